from hashlib import sha1

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from openjpki.pki.algorithms import KeyAlgorithm, UnsupportedKey, load_public_key
from openjpki.pki.keys import (
    FreshKeys,
    SignatureInvalid,
    SignerFaulty,
    SoftwareSigner,
    key_identifier,
    proven,
    verify_signature,
)
from tests.support.faulty import FAULTS, Fault, FaultySigner
from tests.support.keys import POOL_SIZE, PooledKeys, pooled_signer

MESSAGE = b"to be signed"


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_signature_fits_its_message_and_key(algorithm: KeyAlgorithm) -> None:
    """A signature holds for the message and key it was made with."""
    signer = pooled_signer(0, algorithm)
    signature = signer.sign(MESSAGE)

    assert signer.algorithm is algorithm
    verify_signature(signer.public_key, algorithm, MESSAGE, signature)


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
@pytest.mark.parametrize("pieces", [(), (b"",), (MESSAGE,), (b"to be ", b"", b"signed")])
def test_a_stream_is_signed_as_the_whole_is(algorithm: KeyAlgorithm, pieces: tuple[bytes, ...]) -> None:
    """What is hashed in pieces has the signature of what they are together; RSA's is the same octets (RFC 8017 §8.2.1)."""
    signer = pooled_signer(0, algorithm)
    signature = signer.sign_stream(pieces)

    verify_signature(signer.public_key, algorithm, b"".join(pieces), signature)
    assert (signature == signer.sign(b"".join(pieces))) is (algorithm is KeyAlgorithm.RSA_2048_SHA_256)


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_changed_message_signature_or_key_is_refused(algorithm: KeyAlgorithm) -> None:
    """Nothing else fits: another message, another signature, another key."""
    signer = pooled_signer(0, algorithm)
    signature = signer.sign(MESSAGE)
    other = pooled_signer(1, algorithm)

    for spki, message, tried in (
        (signer.public_key, MESSAGE + b"!", signature),
        (signer.public_key, MESSAGE, signature[:-1] + bytes([signature[-1] ^ 1])),
        (signer.public_key, MESSAGE, b""),
        (other.public_key, MESSAGE, signature),
    ):
        with pytest.raises(SignatureInvalid):
            verify_signature(spki, algorithm, message, tried)


def test_an_algorithm_that_is_not_the_keys_is_refused() -> None:
    """The algorithm is the key's, never the message's choice."""
    signer = pooled_signer()

    with pytest.raises(SignatureInvalid):
        verify_signature(signer.public_key, KeyAlgorithm.P384_SHA_384, MESSAGE, signer.sign(MESSAGE))


def test_an_unknown_key_is_refused() -> None:
    """A key outside the profile verifies nothing."""
    with pytest.raises(UnsupportedKey):
        verify_signature(b"", KeyAlgorithm.RSA_2048_SHA_256, MESSAGE, b"")


def test_short_padding_is_refused() -> None:
    """RFC 8017 §8.2.2: the whole encoded message is compared; a cut padding with trailing bytes is a forgery."""
    numbers = PooledKeys().generate(KeyAlgorithm.RSA_2048_SHA_256).private_numbers()
    assert isinstance(numbers, rsa.RSAPrivateNumbers)
    digest_info = bytes.fromhex("3031300d060960864801650304020105000420") + bytes(32)
    encoded = b"\x00\x01" + b"\xff" * 8 + b"\x00" + digest_info
    padded = encoded + bytes(256 - len(encoded))
    forged = pow(int.from_bytes(padded, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")

    with pytest.raises(SignatureInvalid):
        verify_signature(pooled_signer().public_key, KeyAlgorithm.RSA_2048_SHA_256, MESSAGE, forged)


def test_another_digest_is_refused() -> None:
    """A SHA-1 signature by the right key is refused."""
    key = PooledKeys().generate(KeyAlgorithm.RSA_2048_SHA_256)
    assert isinstance(key, rsa.RSAPrivateKey)
    from cryptography.hazmat.primitives import hashes

    signature = key.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  -- the refused case

    with pytest.raises(SignatureInvalid):
        verify_signature(pooled_signer().public_key, KeyAlgorithm.RSA_2048_SHA_256, MESSAGE, signature)


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_key_identifier_is_the_sha1_of_the_key_bits(algorithm: KeyAlgorithm) -> None:
    """RFC 5280 §4.2.1.2 method 1, as the library computes it too."""
    spki = pooled_signer(0, algorithm).public_key
    identifier = key_identifier(spki)

    assert identifier == x509.SubjectKeyIdentifier.from_public_key(load_public_key(spki)).digest
    assert len(identifier) == 20
    assert identifier != sha1(spki, usedforsecurity=False).digest()


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_fresh_keys_differ(algorithm: KeyAlgorithm) -> None:
    """A key source makes a new pair each time, of the algorithm that was asked."""
    first, second = (SoftwareSigner(FreshKeys().generate(algorithm)) for _ in range(2))

    assert first.algorithm is second.algorithm is algorithm
    assert first.public_key != second.public_key


def test_pooled_keys_differ_within_a_source_and_repeat_between_sources() -> None:
    """Tests share a few keys: one source gives different ones, the next begins again."""
    algorithm = KeyAlgorithm.P384_SHA_384
    first, second = PooledKeys(), PooledKeys()
    keys = [first.generate(algorithm) for _ in range(POOL_SIZE)]

    assert len({id(key) for key in keys}) == POOL_SIZE
    assert second.generate(algorithm) is first.generate(algorithm) is keys[0]


def test_a_signer_shows_no_key() -> None:
    """The repr of a signer holds no private number."""
    assert "private" not in repr(pooled_signer()).lower().replace("softwaresigner", "")


@pytest.mark.wrong_on_purpose
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_faulty_signature_never_leaves(algorithm: KeyAlgorithm, fault: Fault) -> None:
    """A keeper that signs other bytes, lets a bit fall over or answers nothing is found before anything is used."""
    right = pooled_signer(0, algorithm)

    verify_signature(right.public_key, algorithm, b"list", proven(right, b"list", right.public_key))
    with pytest.raises(SignerFaulty):
        proven(FaultySigner(right, fault), b"list", right.public_key)


def test_a_signature_is_proven_by_the_key_of_the_certificate() -> None:
    """Not by the key that the keeper says it has: another one in its place is found, of either algorithm."""
    right, others = pooled_signer(0), (pooled_signer(1), pooled_signer(0, KeyAlgorithm.P384_SHA_384))

    for other in others:
        with pytest.raises(SignerFaulty):
            proven(other, b"list", right.public_key)
