"""The card's own use of its private keys: the schemes of COMPUTE DIGITAL SIGNATURE, and proof of possession."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Literal, Protocol, TypeVar, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo, Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, Hash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from openjpki.card.status import SW, Refusal

AlgorithmName_contra = TypeVar("AlgorithmName_contra", contravariant=True)
"""How the key source names algorithms; the card itself only looks at the key."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
"""RSA 2048 with SHA-256 is today's card; P-384 with SHA-384 stands for the coming one."""

RSA_BITS = 2048
MAX_VERBATIM = RSA_BITS // 8 - 11
"""PKCS#1 v1.5 needs eleven bytes of its own (RFC 8017 §9.2): 245 are left for the payload."""
PSS_SALT = SHA256.digest_size
"""The salt as long as the hash, as RFC 8017 §9.1 recommends (the card's own length is not published)."""
ON_CARD_HASH = 0x03
"""The scheme in which the card hashes the message and wraps the hash in a DigestInfo."""
_FIELD = 48
"""Bytes of one coordinate of P-384."""
_MOST_SOUND = 1000
"""Keys that a process remembers as sound, by their SHA-256: more cards than a counter sees in a day."""
_MOST_LOADED = 2
"""Keys that a process keeps ready to sign: the two of the card that was used last."""
_sound: set[bytes] = set()


class KeySource(Protocol[AlgorithmName_contra]):
    """Makes key pairs: inside the card, as far as the rest of the house can tell."""

    def generate(self, algorithm: AlgorithmName_contra) -> PrivateKey:
        """Return a fresh key pair of this algorithm."""
        ...


def to_pkcs8(key: PrivateKey) -> bytes:
    """Return PKCS#8 DER (RFC 5958), unencrypted: the image is as secret as the card."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def from_pkcs8(der: bytes) -> PrivateKey:
    """Read and check a key of one of the two algorithms; raise ValueError for anything else."""
    message = "not a private key of RSA-2048 or P-384"
    try:
        key = load_der_private_key(der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(message) from error
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size == RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP384R1):
        return key
    raise ValueError(message)


def hold_sound(pkcs8: bytes) -> None:
    """Check a key as `from_pkcs8` does, once in a process: that an RSA key is one takes longer than a signature by it."""
    digest = sha256(pkcs8).digest()
    if digest in _sound:
        return
    from_pkcs8(pkcs8)
    if len(_sound) >= _MOST_SOUND:
        _sound.clear()
    _sound.add(digest)


def public_key_of(pkcs8: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo, DER."""
    return _load(pkcs8).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def prove(pkcs8: bytes, message: bytes) -> bytes:
    """Sign a whole message: RSA PKCS#1 v1.5 with SHA-256, or ECDSA with SHA-384 as DER."""
    key = _load(pkcs8)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), SHA256())
    return key.sign(message, ec.ECDSA(SHA384()))


def compute_signature(pkcs8: bytes, p1: int, data: bytes, *, ecdsa: Literal["der", "raw"]) -> bytes:
    """Sign as P1 of COMPUTE DIGITAL SIGNATURE asks; raise `Refusal` for an unknown scheme or an ill-sized input."""
    key = _load(pkcs8)
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = _RSA.get(p1)
        if scheme is None:
            raise Refusal(SW.WRONG_P1_P2)
        return scheme(key, data)
    prepare = _EC.get(p1)
    if prepare is None:
        raise Refusal(SW.WRONG_P1_P2)
    signature = key.sign(prepare(data), ec.ECDSA(Prehashed(SHA384())))
    if ecdsa == "der":
        return signature
    return b"".join(number.to_bytes(_FIELD) for number in decode_dss_signature(signature))


@lru_cache(maxsize=_MOST_LOADED)
def _load(pkcs8: bytes) -> PrivateKey:
    """Load a key of the image: it was checked when it came in, so its arithmetic is not checked again.

    A key that was just used is kept loaded: what OpenSSL prepares for a key's first signature costs half of the next.
    """
    return cast("PrivateKey", load_der_private_key(pkcs8, password=None, unsafe_skip_rsa_key_validation=True))


def _sized(data: bytes, low: int, high: int) -> bytes:
    if not low <= len(data) <= high:
        raise Refusal(SW.CONDITIONS_NOT_SATISFIED)
    return data


def _sha256(message: bytes) -> bytes:
    digest = Hash(SHA256())
    digest.update(message)
    return digest.finalize()


def _sha384(message: bytes) -> bytes:
    digest = Hash(SHA384())
    digest.update(message)
    return digest.finalize()


def _verbatim(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(_sized(data, 1, MAX_VERBATIM), padding.PKCS1v15(), NoDigestInfo())


def _bare_hash(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return _verbatim(key, _sha256(data))


def _hash(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    digest = _sized(data, SHA256.digest_size, SHA256.digest_size)
    return key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))


def _message(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(data, padding.PKCS1v15(), SHA256())


def _pss_hash(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    digest = _sized(data, SHA256.digest_size, SHA256.digest_size)
    return key.sign(digest, padding.PSS(padding.MGF1(SHA256()), PSS_SALT), Prehashed(SHA256()))


def _pss_message(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return _pss_hash(key, _sha256(data))


def _given_hash(data: bytes) -> bytes:
    return _sized(data, SHA384.digest_size, SHA384.digest_size)


_RSA: Mapping[int, Callable[[rsa.RSAPrivateKey, bytes], bytes]] = {
    0x00: _verbatim,  # the caller brings the DigestInfo
    0x01: _bare_hash,  # the card hashes, and signs the hash without a DigestInfo
    0x02: _hash,  # the caller brings the hash, the card wraps it
    ON_CARD_HASH: _message,  # the card hashes and wraps
    0x04: _pss_hash,
    0x05: _pss_message,
}
"""The schemes of P1, as measured on test cards (C myna-card)."""

_EC: Mapping[int, Callable[[bytes], bytes]] = {0x00: _given_hash, 0x02: _given_hash, 0x03: _sha384}
"""For P-384 the payload is the bare SHA-384 hash, or the message (U: docs/divergences.md)."""
