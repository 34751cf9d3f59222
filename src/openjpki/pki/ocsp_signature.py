"""The signature of a request: who asks (RFC 6960 §4.1.1)."""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from openjpki.pki import der
from openjpki.pki.algorithms import UnsupportedKey
from openjpki.pki.issuer import load_certificate
from openjpki.pki.keys import SignatureInvalid

MOST_CERTIFICATES = 4
"""Beside a request: the asker's own, and what some add."""
_WHOLE_OCTETS = 0
_SHA_2 = (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
_NULL = b"\x05\x00"
_BY_RSA = {
    der.sequence(der.object_identifier(f"1.2.840.113549.1.1.{arc}"), _NULL): hashed
    for arc, hashed in enumerate(_SHA_2, start=11)
}
"""PKCS#1 v1.5 with SHA-2 (RFC 4055 §5), by the AlgorithmIdentifier, DER."""
_BY_EC = {
    der.sequence(der.object_identifier(f"1.2.840.10045.4.3.{arc}")): hashed
    for arc, hashed in enumerate(_SHA_2, start=2)
}
"""ECDSA with SHA-2 (RFC 5758 §3.2)."""


@dataclass(frozen=True, kw_only=True)
class RequestSignature:
    """What stands beside a signed request; nothing in it is checked yet."""

    to_be_signed: bytes = field(repr=False)
    """The TBSRequest, DER."""
    algorithm: bytes
    """AlgorithmIdentifier, DER."""
    signature: bytes = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)
    """DER; the asker's own first."""


def read_signature(to_be_signed: bytes, explicit: der.Reader) -> RequestSignature:
    """Read the optionalSignature; raises `NotDer`."""
    outer = explicit.inside(der.SEQUENCE)
    explicit.end()
    algorithm = outer.whole(der.SEQUENCE)
    bits = outer.content(der.BIT_STRING)
    if bits[:1] != bytes((_WHOLE_OCTETS,)):
        message = "a signature has whole octets"
        raise der.NotDer(message)
    certificates = _certificates(outer.inside(der.context(0))) if outer.next_is(der.context(0)) else ()
    outer.end()
    return RequestSignature(
        to_be_signed=to_be_signed, algorithm=algorithm, signature=bits[1:], certificates=certificates
    )


def _certificates(explicit: der.Reader) -> tuple[bytes, ...]:
    reader = explicit.inside(der.SEQUENCE)
    explicit.end()
    found: list[bytes] = []
    while reader.more():
        if len(found) == MOST_CERTIFICATES:
            message = "too many certificates"
            raise der.NotDer(message)
        found.append(reader.whole(der.SEQUENCE))
    return tuple(found)


def hold_signature(signature: RequestSignature, certificate: bytes) -> None:
    """Raise `SignatureInvalid` unless the certificate's key signed the request; `CertificateUnreadable`, `UnsupportedKey`.

    The key is a verifier's, which is RSA, P-256 or P-384 and not of the house's two algorithms alone; the hash is SHA-2.
    """
    try:
        key = load_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnsupportedKey from error
    try:
        if isinstance(key, rsa.RSAPublicKey):
            hashed = _BY_RSA[signature.algorithm]
            key.verify(signature.signature, signature.to_be_signed, padding.PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature.signature, signature.to_be_signed, ec.ECDSA(_BY_EC[signature.algorithm]))
        else:
            raise UnsupportedKey
    except (KeyError, InvalidSignature) as error:
        raise SignatureInvalid from error
