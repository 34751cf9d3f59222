from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from openjpki.pki import der
from openjpki.pki.algorithms import UnsupportedKey
from openjpki.pki.keys import SignatureInvalid
from openjpki.pki.ocsp import MalformedRequest, parse_request
from openjpki.pki.ocsp_signature import RequestSignature, hold_signature
from tests.support.hierarchy import ISSUED
from tests.unit.pki.test_ocsp import ITEM, request

SIGNED = der.sequence(der.sequence(), der.bit_string(b"s"))


def test_a_signature_is_read() -> None:
    """RFC 6960 §4.1.1: a signed request is read with what was signed; whether it must be is the responder's rule."""
    plain = request(ITEM)
    read = parse_request(request(ITEM, tail=der.tlv(0xA0, SIGNED)))

    assert read.items == parse_request(plain).items
    assert read.signature is not None
    assert (read.signature.to_be_signed, read.signature.signature) == (
        der.Reader(plain).inside(der.SEQUENCE).whole(der.SEQUENCE),
        b"s",
    )
    assert read.signature.certificates == ()


@pytest.mark.parametrize(
    "tail",
    [
        der.tlv(0xA0, der.sequence()),
        der.tlv(0xA0, SIGNED, b"\x05\x00"),
        der.tlv(0xA1, SIGNED),
        der.tlv(0xA0, SIGNED) * 2,
        der.tlv(0xA0, der.sequence(der.sequence(), b"\x03\x02\x01s")),
        der.tlv(0xA0, der.sequence(der.sequence(), der.bit_string(b"s"), b"\x05\x00")),
        der.tlv(0xA0, der.sequence(der.sequence(), der.bit_string(b"s"), der.tlv(0xA0, der.sequence(), b"\x05\x00"))),
        der.tlv(0xA0, der.sequence(der.sequence(), der.bit_string(b"s"), der.tlv(0xA0, der.sequence(*[ITEM] * 5)))),
    ],
)
def test_a_signature_is_read_to_its_end(tail: bytes) -> None:
    """X.690: whatever is not of its form, or more than a signature and four certificates, is malformed."""
    with pytest.raises(MalformedRequest):
        parse_request(request(ITEM, tail=tail))


KEYS: list[tuple[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, str]] = [
    (rsa.generate_private_key(65537, 2048), "300d06092a864886f70d01010b0500"),
    (rsa.generate_private_key(65537, 3072), "300d06092a864886f70d01010d0500"),
    (ec.generate_private_key(ec.SECP256R1()), "300a06082a8648ce3d040302"),
    (ec.generate_private_key(ec.SECP384R1()), "300a06082a8648ce3d040303"),
    (ec.generate_private_key(ec.SECP384R1()), "300a06082a8648ce3d040302"),
    (ed25519.Ed25519PrivateKey.generate(), "300506032b6570"),
]
HASHES = {"0b": hashes.SHA256(), "0d": hashes.SHA512(), "02": hashes.SHA256(), "03": hashes.SHA384()}
SAID = b"what was asked"


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """Return a certificate of a key, which it signs itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bank")])
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, ISSUED, ISSUED + timedelta(days=1))
    hashed = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return built.sign(key, hashed).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(("key", "algorithm"), KEYS[:-1], ids=[algorithm for _, algorithm in KEYS[:-1]])
def test_what_a_verifiers_key_signed_holds(key: Any, algorithm: str) -> None:
    """RFC 6960 §4.1.2: RSA, P-256 and P-384 with SHA-2, as the verifiers' register certifies them; another byte does not."""
    hashed = HASHES[algorithm.removesuffix("0500")[-2:]]
    made = (
        key.sign(SAID, padding.PKCS1v15(), hashed)
        if isinstance(key, rsa.RSAPrivateKey)
        else key.sign(SAID, ec.ECDSA(hashed))
    )
    signature = RequestSignature(to_be_signed=SAID, algorithm=bytes.fromhex(algorithm), signature=made, certificates=())
    hold_signature(signature, certificate(key))
    for changed in (
        replace(signature, to_be_signed=SAID + b"!"),
        replace(signature, signature=bytes(len(made))),
        replace(signature, algorithm=bytes.fromhex("300d06092a864886f70d0101050500")),  # SHA-1
    ):
        with pytest.raises(SignatureInvalid):
            hold_signature(changed, certificate(key))


def test_a_key_of_another_kind_holds_nothing() -> None:
    """The register certifies none such."""
    key, algorithm = KEYS[-1]
    signature = RequestSignature(
        to_be_signed=SAID, algorithm=bytes.fromhex(algorithm), signature=bytes(64), certificates=()
    )
    with pytest.raises(UnsupportedKey):
        hold_signature(signature, certificate(key))
