"""The two key algorithms of the house: RSA-2048 with SHA-256 today, P-384 with SHA-384 for the coming card."""

from enum import Enum, unique
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from openjpki.errors import Failure, Kind

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

RSA_BITS = 2048
"""The profile's length; the law asks for at least as much (施行規則 Art. 2)."""
RSA_EXPONENT = 65537


class UnsupportedKey(Failure):
    """A public key that no certificate of the house may carry."""

    code = "pki.unsupported-key"
    kind = Kind.REFUSED
    ja = "この公開鍵には対応していません。RSA 2048ビット(公開指数65537)またはNIST P-384の鍵を使ってください。"
    en = "This public key is not supported. Use RSA of 2048 bits with exponent 65537, or NIST P-384."


@unique
class KeyAlgorithm(Enum):
    """A kind of key pair together with the only signature it makes."""

    RSA_2048_SHA_256 = "rsa-2048-sha-256"
    """sha256WithRSAEncryption, PKCS#1 v1.5, parameters NULL (RFC 4055 §5)."""
    P384_SHA_384 = "p-384-sha-384"
    """ecdsa-with-SHA384, parameters absent (RFC 5758 §3.2)."""

    def hash(self) -> hashes.SHA256 | hashes.SHA384:
        """Return a fresh hash of this algorithm's signatures."""
        return hashes.SHA256() if self is KeyAlgorithm.RSA_2048_SHA_256 else hashes.SHA384()

    @property
    def digest_name(self) -> str:
        """Return the hash as hashlib and CMS name it: "sha256" or "sha384"."""
        return self.hash().name

    @property
    def oid(self) -> str:
        """Return the object identifier of this algorithm's signatures, dotted."""
        return _OIDS[self]

    @property
    def identifier(self) -> bytes:
        """Return the AlgorithmIdentifier of this algorithm's signatures, DER."""
        return _IDENTIFIERS[self]

    @classmethod
    def of(cls, public_key: bytes | CertificatePublicKeyTypes) -> "KeyAlgorithm":
        """Tell the algorithm of a public key (SubjectPublicKeyInfo DER, or a loaded key); raise `UnsupportedKey`."""
        key = load_public_key(public_key) if isinstance(public_key, bytes) else public_key
        if isinstance(key, rsa.RSAPublicKey):
            if key.key_size == RSA_BITS and key.public_numbers().e == RSA_EXPONENT:
                return cls.RSA_2048_SHA_256
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1):
            return cls.P384_SHA_384
        raise UnsupportedKey


_IDENTIFIERS = {
    KeyAlgorithm.RSA_2048_SHA_256: bytes.fromhex("300d06092a864886f70d01010b0500"),
    KeyAlgorithm.P384_SHA_384: bytes.fromhex("300a06082a8648ce3d040303"),
}


_OIDS = {
    KeyAlgorithm.RSA_2048_SHA_256: "1.2.840.113549.1.1.11",
    KeyAlgorithm.P384_SHA_384: "1.2.840.10045.4.3.3",
}


def load_public_key(spki: bytes) -> PublicKey:
    """Load a SubjectPublicKeyInfo; raise `UnsupportedKey` unless it is a supported key in its one DER form."""
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnsupportedKey from error
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise UnsupportedKey
    KeyAlgorithm.of(key)
    if public_key_bytes(key) != spki:
        raise UnsupportedKey
    return key


@lru_cache(maxsize=64)
def known_key(spki: bytes) -> tuple[PublicKey, KeyAlgorithm]:
    """Load a SubjectPublicKeyInfo with its algorithm; raise as `load_public_key` does.

    Cached: whoever signs holds every signature against the same few keys.
    """
    key = load_public_key(spki)
    return key, KeyAlgorithm.of(key)


def public_key_bytes(key: PublicKey) -> bytes:
    """Return the SubjectPublicKeyInfo of a public key, DER (an elliptic curve point is uncompressed, RFC 5480 §2.2)."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
