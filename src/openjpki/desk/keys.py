"""The keys of the desk: ECDSA on P-256 with SHA-256, one for each municipality and one for each of its officers.

They prove who speaks, and nothing else: no certificate of a holder is ever made for them.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

MAX_SIGNATURE: Final = 80
"""Bytes of a signature at most: two integers of 32 bytes in DER need 72."""
_ALGORITHM: Final = ECDSA(SHA256())


class DeskKeyUnreadable(ValueError):
    """What was given is no P-256 key: a damaged file, or a bug of the caller."""


class DeskSignatureInvalid(Exception):
    """The signature is not by this key over these bytes."""


class DeskKey:
    """A private key of the desk. It shows its public half only."""

    def __init__(self, private: EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public_key: bytes = public_bytes(private.public_key())
        """SubjectPublicKeyInfo, DER, uncompressed point."""

    def __repr__(self) -> str:
        return "DeskKey(…)"

    @classmethod
    def generate(cls) -> "DeskKey":
        """Make a new key."""
        return cls(generate_private_key(SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> "DeskKey":
        """Read an unencrypted PKCS #8 file; raises `DeskKeyUnreadable`."""
        try:
            private = load_pem_private_key(pem, None)
        except (ValueError, TypeError) as error:
            raise DeskKeyUnreadable from error
        if not isinstance(private, EllipticCurvePrivateKey) or not isinstance(private.curve, SECP256R1):
            raise DeskKeyUnreadable
        return cls(private)

    def to_pem(self) -> bytes:
        """Return the key as PKCS #8 without encryption: for a file that its owner alone may read."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """Return the signature over the message, DER."""
        return self._private.sign(message, _ALGORITHM)


def public_bytes(public: EllipticCurvePublicKey) -> bytes:
    """Return a public key as its SubjectPublicKeyInfo, DER."""
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def verify_desk_signature(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Raise `DeskSignatureInvalid` unless this key signed these bytes, `DeskKeyUnreadable` if it is no P-256 key."""
    try:
        public = load_der_public_key(public_key)
    except ValueError as error:
        raise DeskKeyUnreadable from error
    if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
        raise DeskKeyUnreadable
    try:
        public.verify(signature, message, _ALGORITHM)
    except InvalidSignature as error:
        raise DeskSignatureInvalid from error
