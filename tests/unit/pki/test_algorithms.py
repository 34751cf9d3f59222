import pytest
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from openjpki.pki import der
from openjpki.pki.algorithms import (
    KeyAlgorithm,
    PublicKey,
    UnsupportedKey,
    known_key,
    load_public_key,
    public_key_bytes,
)
from tests.support.keys import pooled_signer


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_key_tells_its_algorithm(algorithm: KeyAlgorithm) -> None:
    """A public key is of one algorithm, as bytes and loaded."""
    spki = pooled_signer(0, algorithm).public_key

    assert KeyAlgorithm.of(spki) is algorithm
    assert KeyAlgorithm.of(load_public_key(spki)) is algorithm
    assert known_key(spki)[1] is algorithm
    assert known_key(spki) is known_key(bytes(bytearray(spki)))


@pytest.mark.parametrize(
    ("algorithm", "oid", "parameters", "digest"),
    [
        (KeyAlgorithm.RSA_2048_SHA_256, "1.2.840.113549.1.1.11", b"\x05\x00", "sha256"),
        (KeyAlgorithm.P384_SHA_384, "1.2.840.10045.4.3.3", b"", "sha384"),
    ],
)
def test_identifiers_say_null_for_rsa_and_nothing_for_ecdsa(
    algorithm: KeyAlgorithm,
    oid: str,
    parameters: bytes,
    digest: str,
) -> None:
    """RFC 4055 §5: parameters of RSA signatures are NULL; RFC 5758 §3.2: of ECDSA they are absent."""
    read = SignedDigestAlgorithm.load(algorithm.identifier, strict=True)

    assert read["algorithm"].dotted == algorithm.oid == oid
    assert algorithm.identifier == der.sequence(der.object_identifier(oid), parameters)
    assert algorithm.digest_name == algorithm.hash().name == digest


def _refused_keys() -> list[PublicKey]:
    return [
        rsa.generate_private_key(65537, 1024).public_key(),  # noqa: S505  -- the refused case
        rsa.generate_private_key(3, 2048).public_key(),
        ec.generate_private_key(ec.SECP256R1()).public_key(),
    ]


@pytest.mark.parametrize("key", _refused_keys(), ids=["rsa-1024", "exponent-3", "p-256"])
def test_other_keys_are_refused(key: PublicKey) -> None:
    """The profile has RSA of 2048 bits with exponent 65537 and P-384; a shorter key is below the law's criterion."""
    with pytest.raises(UnsupportedKey):
        KeyAlgorithm.of(key)
    with pytest.raises(UnsupportedKey):
        load_public_key(public_key_bytes(key))


def test_other_kinds_of_keys_are_refused() -> None:
    """An Ed25519 key has no place in the profile."""
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    with pytest.raises(UnsupportedKey):
        load_public_key(spki)
    with pytest.raises(UnsupportedKey):
        KeyAlgorithm.of(key)


@pytest.mark.parametrize("spki", [b"", b"0\x03\x02\x01\x01", b"\x00" * 300])
def test_no_key_is_refused(spki: bytes) -> None:
    """Bytes that are no SubjectPublicKeyInfo are an unsupported key, not a crash."""
    with pytest.raises(UnsupportedKey):
        load_public_key(spki)


def test_a_key_has_one_form() -> None:
    """A compressed point is another encoding of the same key, and refused: identifiers hash the encoding (RFC 5480)."""
    key = pooled_signer(0, KeyAlgorithm.P384_SHA_384)
    point = load_public_key(key.public_key).public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    head = bytes.fromhex("3046301006072a8648ce3d020106052b8104002203320 0".replace(" ", ""))

    with pytest.raises(UnsupportedKey):
        load_public_key(head + point)
