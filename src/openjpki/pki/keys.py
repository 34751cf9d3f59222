"""Who signs, who makes keys, and what proves a signature. Private keys are never shown and never leave their signer."""

from collections.abc import Iterable, Iterator
from hashlib import new as new_hash
from hashlib import sha1
from typing import Protocol

from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import HashAlgorithm

from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import (
    RSA_BITS,
    RSA_EXPONENT,
    KeyAlgorithm,
    UnsupportedKey,
    known_key,
    public_key_bytes,
)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SignatureInvalid(Failure):
    """The signature does not fit the message and the public key."""

    code = "pki.signature-invalid"
    kind = Kind.REFUSED
    ja = "電子署名が、署名された内容または公開鍵と一致しません。"
    en = "The signature does not match the signed content or the public key."


class WrongSigner(Failure):
    """The signer does not hold the issuer's key."""

    code = "pki.wrong-signer"
    kind = Kind.REFUSED
    ja = "署名する鍵が、発行者の証明書の鍵と異なります。"
    en = "The signing key is not the key of the issuer's certificate."


class SignerFaulty(Failure):
    """Whoever keeps the key gave a signature that does not verify; nothing that it signed is used or kept."""

    code = "pki.signer-faulty"
    kind = Kind.UNAVAILABLE
    ja = "鍵の保管装置が返した署名が正しくありません。何も発行していません。装置を確認してください。"
    en = "The keeper of the key gave a signature that does not verify. Nothing was issued. Check the keeper."


class Signer(Protocol):
    """The one seam for signing keys: a file, an HSM or a signing process turns to-be-signed bytes into a signature."""

    @property
    def algorithm(self) -> KeyAlgorithm:
        """Return the algorithm of the key pair."""
        ...

    @property
    def public_key(self) -> bytes:
        """Return the SubjectPublicKeyInfo, DER."""
        ...

    def sign(self, to_be_signed: bytes) -> bytes:
        """Return the signature over the hash of `to_be_signed` (PKCS#1 v1.5, or ECDSA as DER)."""
        ...


class StreamSigner(Signer, Protocol):
    """A `Signer` for what is too long to be held whole, as a revocation list is."""

    def sign_stream(self, pieces: Iterable[bytes]) -> bytes:
        """Return the signature over what the pieces are together; all of them are taken before anything is signed."""
        ...


class KeySource(Protocol):
    """Where new key pairs come from."""

    def generate(self, algorithm: KeyAlgorithm) -> PrivateKey:
        """Return a new key pair."""
        ...


class SoftwareSigner:
    """A `StreamSigner` over a private key in memory."""

    def __init__(self, private_key: PrivateKey) -> None:
        self._private_key = private_key
        self.algorithm = KeyAlgorithm.of(private_key.public_key())
        self.public_key = public_key_bytes(private_key.public_key())

    def sign(self, to_be_signed: bytes) -> bytes:
        """Return the signature over the hash of `to_be_signed`."""
        if isinstance(self._private_key, rsa.RSAPrivateKey):
            return self._private_key.sign(to_be_signed, padding.PKCS1v15(), self.algorithm.hash())
        return self._private_key.sign(to_be_signed, ec.ECDSA(self.algorithm.hash()))

    def sign_stream(self, pieces: Iterable[bytes]) -> bytes:
        """Return the signature over the hash of what the pieces are together."""
        digest, made = digest_of(self.algorithm, pieces), Prehashed(self.algorithm.hash())
        if isinstance(self._private_key, rsa.RSAPrivateKey):
            return self._private_key.sign(digest, padding.PKCS1v15(), made)
        return self._private_key.sign(digest, ec.ECDSA(made))


class FreshKeys:
    """A `KeySource` that makes every key pair anew (entropy from the cryptographic library)."""

    def generate(self, algorithm: KeyAlgorithm) -> PrivateKey:
        """Return a new key pair."""
        if algorithm is KeyAlgorithm.RSA_2048_SHA_256:
            return rsa.generate_private_key(RSA_EXPONENT, RSA_BITS)
        return ec.generate_private_key(ec.SECP384R1())


def proven(signer: Signer, to_be_signed: bytes, public_key: bytes) -> bytes:
    """Return a signer's signature after it was held against the key of its certificate (SPKI DER); raise `SignerFaulty`.

    A faulty device, or another thing that answers in its place, is found before anything leaves or is stored. (A
    faulty RSA-CRT signature would even give the key away.) It costs a thirtieth of what an RSA signature costs.
    """
    signature = signer.sign(to_be_signed)
    try:
        verify_signature(public_key, signer.algorithm, to_be_signed, signature)
    except (SignatureInvalid, UnsupportedKey) as error:
        raise SignerFaulty from error
    return signature


def proven_stream(signer: StreamSigner, pieces: Iterable[bytes], public_key: bytes) -> bytes:
    """Return the signature over what the pieces are together, held against a key as `proven` does it; raise `SignerFaulty`."""
    digest = new_hash(signer.algorithm.digest_name)

    def taken() -> Iterator[bytes]:
        for piece in pieces:
            digest.update(piece)
            yield piece

    signature = signer.sign_stream(taken())
    try:
        verify_digest(public_key, signer.algorithm, digest.digest(), signature)
    except (SignatureInvalid, UnsupportedKey) as error:
        raise SignerFaulty from error
    return signature


def digest_of(algorithm: KeyAlgorithm, pieces: Iterable[bytes]) -> bytes:
    """Return the hash that an algorithm signs, of what the pieces are together."""
    digest = new_hash(algorithm.digest_name)
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def verify_signature(spki: bytes, algorithm: KeyAlgorithm, message: bytes, signature: bytes) -> None:
    """Hold a signature against a message; raise `SignatureInvalid`, or `UnsupportedKey` for a key of another kind.

    The whole PKCS#1 encoded message is compared, padding included (RFC 8017 §8.2.2).
    """
    _verify(spki, algorithm, message, signature, algorithm.hash())


def verify_digest(spki: bytes, algorithm: KeyAlgorithm, digest: bytes, signature: bytes) -> None:
    """Hold a signature against the hash of a message; raise as `verify_signature` does."""
    _verify(spki, algorithm, digest, signature, Prehashed(algorithm.hash()))


def _verify(
    spki: bytes, algorithm: KeyAlgorithm, message: bytes, signature: bytes, hashed: HashAlgorithm | Prehashed
) -> None:
    key, known = known_key(spki)
    if known is not algorithm:
        raise SignatureInvalid
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashed)
        else:
            key.verify(signature, message, ec.ECDSA(hashed))
    except InvalidSignature as error:
        raise SignatureInvalid from error


def key_identifier(spki: bytes) -> bytes:
    """Return the SHA-1 of the subjectPublicKey bits (RFC 5280 §4.2.1.2 method 1): 20 bytes that name a key."""
    key_bits: bytes = PublicKeyInfo.load(spki)["public_key"].contents[1:]
    return sha1(key_bits, usedforsecurity=False).digest()
