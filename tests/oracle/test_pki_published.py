"""Our production profile against the figures of the CA certificates that the real service publishes.

The vectors are figures only: key, serial, dates, signature, fingerprint. From them our profile must write the very
certificate, so that its SHA-256 is the published fingerprint.
"""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm, public_key_bytes
from openjpki.pki.issuer import issuer_of
from openjpki.pki.keys import key_identifier, verify_signature
from openjpki.pki.lint.rules import examine
from openjpki.pki.preparing import Prepared, prepare_ca
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import CertificateKind

pytestmark = pytest.mark.oracle

VECTORS = Path(__file__).parents[1] / "vectors" / "published-ca.json"
PUBLISHED: dict[str, dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))["certificates"]
PRODUCTION = ProfileSet.production("http://ocsp.invalid")


def prepared(name: str) -> Prepared:
    """Return what our production profile prepares for a published CA's key, serial and dates."""
    figures = PUBLISHED[name]
    key = rsa.RSAPublicNumbers(figures["exponent"], int(figures["modulus"], 16)).public_key()
    return prepare_ca(
        PRODUCTION,
        kind=CertificateKind(name[:-3]),
        public_key=public_key_bytes(key),
        serial=figures["serial"],
        not_before=datetime.fromisoformat(figures["not_before"]),
        not_after=datetime.fromisoformat(figures["not_after"]),
    )


def certificate(name: str) -> bytes:
    """Return our to-be-signed bytes under the published signature."""
    signature = der.bit_string(bytes.fromhex(PUBLISHED[name]["signature"]))
    return der.sequence(prepared(name).to_be_signed, KeyAlgorithm.RSA_2048_SHA_256.identifier, signature)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_the_profile_writes_what_the_real_service_wrote(name: str) -> None:
    """docs/certificates.md §2: given key, serial, dates and signature, our certificate has the published fingerprint."""
    ours = prepared(name)

    assert sha256(certificate(name)).hexdigest() == PUBLISHED[name]["sha256"]
    assert examine(PRODUCTION, ours.profile, ours.to_be_signed, None)[0] == ()


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_identifiers_and_signatures_are_read_as_the_real_service_writes_them(name: str) -> None:
    """The key identifier is the SHA-1 of the key bits, the signature is the key's own."""
    ca = issuer_of(certificate(name))

    assert (
        ca.key_identifier == key_identifier(ca.public_key) == bytes.fromhex(PUBLISHED[name]["subject_key_identifier"])
    )
    signature = bytes.fromhex(PUBLISHED[name]["signature"])
    verify_signature(ca.public_key, ca.algorithm, prepared(name).to_be_signed, signature)


def test_generations_share_a_name_and_no_key() -> None:
    """docs/certificates.md §2: three signature CAs, one name: who selects an anchor by name selects by chance."""
    cas = [issuer_of(certificate(f"signature-0{number}")) for number in (1, 2, 3)]

    assert len({ca.name for ca in cas}) == 1
    assert len({ca.key_identifier for ca in cas}) == 3
