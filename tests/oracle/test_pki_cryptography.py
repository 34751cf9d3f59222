"""Our encoders against those of the library: the same values give the same bytes."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from openjpki.pki.crl import RevokedEntry
from openjpki.pki.issuer import issuer_of, load_certificate
from openjpki.pki.keys import key_identifier
from openjpki.pki.ocsp import build_request
from openjpki.rules.kinds import CertificateKind, RevocationReason
from tests.support.hierarchy import DAY, ISSUED, WAKABA, Hierarchy, hierarchy
from tests.support.keys import PooledKeys

pytestmark = pytest.mark.oracle

THIS = ISSUED + 400 * DAY
MADE = hierarchy()
LINES = st.lists(
    st.builds(
        RevokedEntry,
        serial=st.integers(1, 2**159 - 1),
        revoked_at=st.integers(-30 * 365 * 86_400, 0).map(lambda seconds: THIS + timedelta(seconds=seconds)),
        reason=st.sampled_from(RevocationReason),
    ),
    max_size=40,
    unique_by=lambda entry: entry.serial,
).map(lambda entries: sorted(entries, key=lambda entry: entry.serial))


def library_crl(made: Hierarchy, entries: list[RevokedEntry], number: int, lives: timedelta) -> bytes:
    """Return the list as the library's builder writes it."""
    ca = issuer_of(made.ca)
    point = x509.IssuingDistributionPoint(
        full_name=[x509.DirectoryName(made.profiles.partition_name(made.kind, WAKABA))],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    builder = x509.CertificateRevocationListBuilder(ca.subject, THIS, THIS + lives)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier(key_identifier(ca.public_key), None, None), critical=False
    )
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    builder = builder.add_extension(point, critical=True)
    for entry in entries:
        line = x509.RevokedCertificateBuilder(entry.serial, entry.revoked_at)
        if entry.reason is not RevocationReason.UNSPECIFIED:
            line = line.add_extension(x509.CRLReason(x509.ReasonFlags[entry.reason.value]), critical=False)
        builder = builder.add_revoked_certificate(line.build())
    key = PooledKeys().generate(made.algorithm)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@given(entries=LINES, number=st.integers(1, 2**159 - 1), lives=st.integers(1, 40 * 366 * 86_400))
def test_lists_are_byte_for_byte_the_librarys(entries: list[RevokedEntry], number: int, lives: int) -> None:
    """RSA signatures are deterministic: the whole list is the same, whatever is in it (and past 2050, too)."""
    ours = MADE.crl(*entries, number=number, this_update=THIS, next_update=THIS + timedelta(seconds=lives))

    assert ours == library_crl(MADE, entries, number, timedelta(seconds=lives))


@pytest.mark.parametrize("kind", CertificateKind)
@pytest.mark.parametrize(("name", "digest"), [("sha1", hashes.SHA1()), ("sha256", hashes.SHA256())])  # noqa: S303  -- identifiers
@pytest.mark.parametrize("nonce", [None, b"0123456789abcdef"])
def test_requests_are_byte_for_byte_the_librarys(
    kind: CertificateKind, name: str, digest: hashes.SHA1 | hashes.SHA256, nonce: bytes | None
) -> None:
    """A question is written by us as by the library."""
    made = hierarchy(kind)
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        load_certificate(made.holder), load_certificate(made.ca), digest
    )
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    theirs = builder.build().public_bytes(serialization.Encoding.DER)

    assert build_request([(made.holder, made.ca)], nonce, hash_name=name) == theirs
