"""An operator's own key: P-256 in an encrypted file that the operator keeps, opened by a passphrase that nobody else has.

It signs what the operator proposes and approves, the transcript of a ceremony, and a certificate for the operator's own
browser. Each begins in a way of its own, so that no signature over one is one over another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from openjpki.desk.keys import DeskKeyUnreadable, DeskSignatureInvalid, public_bytes, verify_desk_signature
from openjpki.errors import Failure, Kind

SHORTEST_PASSPHRASE: Final = 12
"""Characters of a passphrase at least: the file may be copied and tried at leisure."""
MAX_KEY_FILE: Final = 16 * 1024
"""Bytes of a key file: an encrypted P-256 key has about 400."""


class OperatorKeyUnreadable(Failure):
    """The file is no operator's key, or the passphrase does not open it."""

    code = "authority.operators.key-unreadable"
    kind = Kind.REFUSED
    ja = "運用者の鍵のファイル {path} を開けません。パスフレーズが違うか、鍵のファイルではありません。"
    en = "The operator's key file {path} cannot be opened: the passphrase is wrong, or it is no such key."


class PassphraseTooShort(Failure):
    """A passphrase that is tried out in a day protects nothing."""

    code = "authority.operators.passphrase-too-short"
    kind = Kind.REFUSED
    ja = "パスフレーズが短すぎます。{least}文字以上にしてください。"
    en = "The passphrase is too short: it takes {least} characters or more."


@dataclass(frozen=True)
class Hand:
    """An operator who is present: a name, and a way to sign. The key itself stays where it is."""

    name: str
    sign: Callable[[bytes], bytes]

    def __repr__(self) -> str:
        return f"Hand({self.name!r})"


class OperatorKey:
    """An opened key. It shows its public half only."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public_key: bytes = public_bytes(private.public_key())
        """SubjectPublicKeyInfo, DER."""

    def __repr__(self) -> str:
        return "OperatorKey(…)"

    @classmethod
    def generate(cls) -> "OperatorKey":
        """Make a new key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes, path: object) -> "OperatorKey":
        """Open an encrypted PKCS #8 file; raises `OperatorKeyUnreadable`, which names `path`."""
        try:
            private = serialization.load_pem_private_key(pem, passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise OperatorKeyUnreadable(path=path) from None
        if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
            raise OperatorKeyUnreadable(path=path)
        return cls(private)

    def to_pem(self, passphrase: bytes) -> bytes:
        """Return the key as encrypted PKCS #8; raises `PassphraseTooShort`."""
        if len(passphrase.decode(errors="replace")) < SHORTEST_PASSPHRASE:
            raise PassphraseTooShort(least=SHORTEST_PASSPHRASE)
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )

    def public_pem(self) -> bytes:
        """Return the public half, as it is given to whoever enrols the operator."""
        return self._private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        """Return the signature over a message, DER."""
        return self._private.sign(message, ec.ECDSA(SHA256()))

    def certify(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        """Return a certificate of the operator's own, for their browser (`browser_certificates`)."""
        return builder.sign(self._private, SHA256())


def public_key_of(pem: bytes, path: object) -> bytes:
    """Return the SubjectPublicKeyInfo of a public key file; raises `OperatorKeyUnreadable` if it is no P-256 key."""
    try:
        public = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise OperatorKeyUnreadable(path=path) from None
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise OperatorKeyUnreadable(path=path)
    return public_bytes(public)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether this key signed these bytes."""
    try:
        verify_desk_signature(public_key, message, signature)
    except (DeskSignatureInvalid, DeskKeyUnreadable):
        return False
    return True


def fingerprint_of(public_key: bytes) -> str:
    """Return the SHA-256 of a public key, hexadecimal."""
    return sha256(public_key).hexdigest()
