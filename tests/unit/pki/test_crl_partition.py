from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from openjpki.pki.crl_partition import is_partition
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import AOBA, WAKABA, hierarchy

SIGNATURE, AUTHENTICATION = CertificateKind
PROFILES = hierarchy().profiles


@pytest.mark.parametrize("kind", CertificateKind)
@pytest.mark.parametrize("municipality", [WAKABA, AOBA])
def test_a_municipalitys_partition_is_one(kind: CertificateKind, municipality: object) -> None:
    """docs/certificates.md §7: whatever the municipality is called, and only of its own CA."""
    name = PROFILES.partition_name(kind, municipality).public_bytes()  # type: ignore[arg-type]  # by parameter

    assert is_partition(PROFILES, kind, name)
    assert not is_partition(PROFILES, SIGNATURE if kind is AUTHENTICATION else AUTHENTICATION, name)


def changed(*attributes: x509.NameAttribute[str], keep: int = 4) -> bytes:
    """Return a partition's name with other attributes behind the first ones."""
    return x509.Name([*list(PROFILES.partition_name(SIGNATURE, WAKABA))[:keep], *attributes]).public_bytes()


OU = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Mihon-ken")
CN = x509.NameAttribute(NameOID.COMMON_NAME, "Wakaba-shi CRLDP")


@pytest.mark.parametrize(
    "name",
    [
        b"",
        b"\x30\x00",
        changed(OU, CN) + b"\x00",
        changed(OU),
        changed(CN, OU),
        changed(OU, CN, CN),
        changed(OU, x509.NameAttribute(NameOID.COMMON_NAME, "Wakaba-shi")),
        changed(OU, x509.NameAttribute(NameOID.COMMON_NAME, " CRLDP")),
        changed(OU, CN, keep=3),
        PROFILES.ca_name(SIGNATURE).public_bytes(),
        replace(PROFILES, organization="JPKI").partition_name(SIGNATURE, WAKABA).public_bytes(),
        changed(OU, CN).replace(b"\x0c\x10Wakaba", b"\x0c\x10Wakab\xff"),
        changed(OU, CN).replace(b"\x0c\x10Wakaba", b"\x13\x10Wakaba"),
    ],
)
def test_another_name_is_none(name: bytes) -> None:
    """Cut, longer, in another order, of another set of names, no text, or written in another way."""
    assert not is_partition(PROFILES, SIGNATURE, name)
