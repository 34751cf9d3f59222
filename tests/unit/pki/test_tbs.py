from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from openjpki.pki.algorithms import KeyAlgorithm, load_public_key
from openjpki.pki.issuer import load_certificate, subject_public_key
from openjpki.pki.tbs import _KEYS, Draft, as_if_signed
from tests.support.keys import PooledKeys, pooled_signer

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "JP")])


def draft(algorithm: KeyAlgorithm) -> Draft:
    """Return a small draft."""
    return Draft(
        issuer=NAME,
        issuer_algorithm=algorithm,
        subject=NAME,
        public_key=pooled_signer(1, algorithm).public_key,
        serial=77,
        not_before=datetime(2026, 1, 1, 1, 2, 3, 999, tzinfo=UTC),
        not_after=datetime(2027, 1, 1, tzinfo=UTC),
        extensions=((x509.BasicConstraints(ca=True, path_length=None), True), (x509.OCSPNoCheck(), False)),
    )


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_to_be_signed_bytes_are_those_of_a_signed_certificate(algorithm: KeyAlgorithm) -> None:
    """What is captured without a key is what the builder would have signed with one."""
    made = draft(algorithm)
    builder = x509.CertificateBuilder(NAME, NAME, load_public_key(made.public_key), 77)
    builder = builder.not_valid_before(datetime(2026, 1, 1, 1, 2, 3, tzinfo=UTC)).not_valid_after(made.not_after)
    for value, critical in made.extensions:
        builder = builder.add_extension(value, critical)
    signed = builder.sign(PooledKeys().generate(algorithm), made.issuer_algorithm.hash())

    assert made.to_be_signed() == signed.tbs_certificate_bytes


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_the_key_that_is_none_gives_nothing_but_an_empty_signature(algorithm: KeyAlgorithm) -> None:
    """The capturing key holds no secret: it signs with nothing and has nothing to show."""
    key = _KEYS[algorithm]

    if isinstance(key, rsa.RSAPrivateKey):
        assert key.sign(b"", padding.PKCS1v15(), hashes.SHA256()) == b""
    else:
        assert key.sign(b"", ec.ECDSA(hashes.SHA384())) == b""
    with pytest.raises(TypeError, match="no private key"):
        key.private_numbers()


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_what_nobody_signed_can_be_read(algorithm: KeyAlgorithm) -> None:
    """RFC 5280 §4.1: the three parts of a certificate, with the issuer key's algorithm; no key proves it."""
    key = pooled_signer(1, algorithm).public_key
    made = as_if_signed(draft(algorithm).to_be_signed(), key)
    read = load_certificate(made)

    assert read.tbs_certificate_bytes == draft(algorithm).to_be_signed()
    assert read.signature_algorithm_oid.dotted_string == algorithm.oid
    assert subject_public_key(read) == key
    with pytest.raises(InvalidSignature):
        read.verify_directly_issued_by(read)
