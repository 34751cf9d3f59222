"""To-be-signed certificates: the library's builder, asked through a key that holds no secret and signs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from openjpki.pki import der
from openjpki.pki.algorithms import RSA_BITS, KeyAlgorithm, load_public_key

Extension = tuple[x509.ExtensionType, bool]
"""A value and whether it is critical."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything a certificate says, except who signed it."""

    issuer: x509.Name
    issuer_algorithm: KeyAlgorithm
    subject: x509.Name
    public_key: bytes
    """SubjectPublicKeyInfo, DER."""
    serial: int
    not_before: datetime
    not_after: datetime
    extensions: Sequence[Extension]
    """In the order in which they are encoded."""

    def to_be_signed(self) -> bytes:
        """Return the TBSCertificate, DER; a value that no certificate can carry is a `ValueError`."""
        builder = x509.CertificateBuilder(
            issuer_name=self.issuer,
            subject_name=self.subject,
            public_key=load_public_key(self.public_key),
            serial_number=self.serial,
        )
        builder = builder.not_valid_before(der.whole_seconds(self.not_before))
        builder = builder.not_valid_after(der.whole_seconds(self.not_after))
        for value, critical in self.extensions:
            builder = builder.add_extension(value, critical)
        unsigned = builder.sign(_KEYS[self.issuer_algorithm], self.issuer_algorithm.hash())
        return unsigned.tbs_certificate_bytes


class _NoKey:
    """What the builder asks of a private key; only a signature is ever asked, and it is empty."""

    key_size = RSA_BITS
    curve = ec.SECP384R1()

    def sign(self, *_: object) -> bytes:
        return b""

    def _refuse(self, *_: object) -> NoReturn:
        message = "there is no private key here"
        raise TypeError(message)

    public_key = private_numbers = private_bytes = decrypt = exchange = __copy__ = __deepcopy__ = _refuse


class _NoRsaKey(_NoKey, rsa.RSAPrivateKey):
    """An RSA private key to the builder."""


class _NoEllipticCurveKey(_NoKey, ec.EllipticCurvePrivateKey):
    """An elliptic curve private key to the builder."""


_KEYS: dict[KeyAlgorithm, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey] = {
    KeyAlgorithm.RSA_2048_SHA_256: _NoRsaKey(),
    KeyAlgorithm.P384_SHA_384: _NoEllipticCurveKey(),
}


_NOBODYS = {
    KeyAlgorithm.RSA_2048_SHA_256: bytes(range(256)),
    KeyAlgorithm.P384_SHA_384: der.sequence(der.integer(1), der.integer(1)),
}
"""A signature of the right form that nobody made: 2048 bits, or two numbers (RFC 3279 §2.2.3)."""


def as_if_signed(to_be_signed: bytes, issuer_key: bytes) -> bytes:
    """Return the certificate that a key (SPKI DER) would sign, DER, with a signature that verifies under no key.

    It is for programs that read certificates before one is signed; raises `UnsupportedKey`.
    """
    algorithm = KeyAlgorithm.of(issuer_key)
    return der.sequence(to_be_signed, algorithm.identifier, der.bit_string(_NOBODYS[algorithm]))
