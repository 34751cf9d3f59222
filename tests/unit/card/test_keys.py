from hashlib import sha256, sha384

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_der_public_key,
)

from openjpki.card import keys
from openjpki.card.keys import (
    MAX_VERBATIM,
    PrivateKey,
    compute_signature,
    from_pkcs8,
    hold_sound,
    prove,
    public_key_of,
    to_pkcs8,
)
from openjpki.card.status import Refusal
from tests.unit.card.cards import ec_key, rsa_key, spki

MESSAGE = "公的個人認証".encode()
RSA, EC = to_pkcs8(rsa_key(0)), to_pkcs8(ec_key(0))


def opened(key: rsa.RSAPrivateKey, signature: bytes) -> bytes:
    """Return what PKCS#1 v1.5 wrapped: the signature opened with the public numbers alone (RFC 8017 §8.2.2)."""
    numbers = key.public_key().public_numbers()
    block = pow(int.from_bytes(signature), numbers.e, numbers.n).to_bytes(256)
    assert block.startswith(b"\0\1\xff")
    return block[2:].lstrip(b"\xff")[1:]


@pytest.mark.parametrize("key", [rsa_key(0), ec_key(0)], ids=["rsa-2048", "p-384"])
def test_a_key_goes_in_and_out_as_pkcs8(key: PrivateKey) -> None:
    """PKCS#8 (RFC 5958) holds either key; its public half is the SubjectPublicKeyInfo."""
    assert to_pkcs8(from_pkcs8(to_pkcs8(key))) == to_pkcs8(key)
    assert public_key_of(to_pkcs8(key)) == spki(key)


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"no key",
        to_pkcs8(rsa.generate_private_key(65537, 1024)),  # noqa: S505  -- a weak key is what is refused
        ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        rsa_key(0).private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())[:-1],
    ],
    ids=["empty", "text", "rsa-1024", "p-256", "ed25519", "cut"],
)
def test_other_keys_are_refused(der: bytes) -> None:
    """A card's key is RSA-2048 or P-384."""
    with pytest.raises(ValueError, match="not a private key"):
        from_pkcs8(der)


def test_a_proof_is_a_signature_over_the_message() -> None:
    """Proof of possession: PKCS#1 v1.5 with SHA-256, or ECDSA with SHA-384."""
    rsa_key(0).public_key().verify(prove(RSA, MESSAGE), MESSAGE, padding.PKCS1v15(), SHA256())
    ec_key(0).public_key().verify(prove(EC, MESSAGE), MESSAGE, ec.ECDSA(SHA384()))


@pytest.mark.parametrize("payload", [b"\0", b"\xff" * MAX_VERBATIM])
def test_scheme_00_signs_the_payload_as_it_is(payload: bytes) -> None:
    """P1 00: the card adds the padding only; 1 to 245 bytes."""
    assert opened(rsa_key(0), compute_signature(RSA, 0, payload, ecdsa="der")) == payload


def test_scheme_01_signs_the_bare_hash() -> None:
    """P1 01: SHA-256 by the card, no DigestInfo."""
    assert opened(rsa_key(0), compute_signature(RSA, 1, MESSAGE, ecdsa="der")) == sha256(MESSAGE).digest()


@pytest.mark.parametrize(("scheme", "data"), [(2, sha256(MESSAGE).digest()), (3, MESSAGE)])
def test_schemes_02_and_03_make_an_ordinary_signature(scheme: int, data: bytes) -> None:
    """P1 02 takes the hash, 03 the message; both wrap a DigestInfo."""
    signature = compute_signature(RSA, scheme, data, ecdsa="der")

    rsa_key(0).public_key().verify(signature, MESSAGE, padding.PKCS1v15(), SHA256())


@pytest.mark.parametrize(("scheme", "data"), [(4, sha256(MESSAGE).digest()), (5, MESSAGE)])
def test_schemes_04_and_05_make_a_pss_signature(scheme: int, data: bytes) -> None:
    """P1 04 takes the hash, 05 the message: RSASSA-PSS, SHA-256, a salt of 32 bytes."""
    signature = compute_signature(RSA, scheme, data, ecdsa="der")

    rsa_key(0).public_key().verify(signature, MESSAGE, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())


@pytest.mark.parametrize(
    ("scheme", "data"), [(0, sha384(MESSAGE).digest()), (2, sha384(MESSAGE).digest()), (3, MESSAGE)]
)
def test_p_384_signs_the_hash_or_the_message(scheme: int, data: bytes) -> None:
    """The coming card: SHA-384, ECDSA-Sig-Value."""
    signature = compute_signature(EC, scheme, data, ecdsa="der")

    ec_key(0).public_key().verify(signature, MESSAGE, ec.ECDSA(SHA384()))


def test_p_384_can_answer_raw_numbers() -> None:
    """With the setting "raw": r and s, 48 bytes each."""
    digest = sha384(MESSAGE).digest()
    signature = compute_signature(EC, 0, digest, ecdsa="raw")
    der = encode_dss_signature(int.from_bytes(signature[:48]), int.from_bytes(signature[48:]))

    assert len(signature) == 96
    ec_key(0).public_key().verify(der, digest, ec.ECDSA(Prehashed(SHA384())))


@pytest.mark.parametrize(
    ("key", "scheme", "size", "sw"),
    [
        (RSA, 0, 0, 0x6985),
        (RSA, 0, 246, 0x6985),
        (RSA, 2, 31, 0x6985),
        (RSA, 2, 33, 0x6985),
        (RSA, 4, 20, 0x6985),
        (RSA, 6, 32, 0x6A86),
        (EC, 0, 32, 0x6985),
        (EC, 2, 64, 0x6985),
        (EC, 1, 48, 0x6A86),
        (EC, 4, 48, 0x6A86),
    ],
)
def test_what_does_not_fit_the_scheme_is_refused(key: bytes, scheme: int, size: int, sw: int) -> None:
    """A bad length answers 6985, an unknown scheme 6A86 (measured by myna-card)."""
    with pytest.raises(Refusal) as refused:
        compute_signature(key, scheme, bytes(size), ecdsa="der")

    assert refused.value.sw == sw


def test_the_public_half_can_be_loaded_by_anyone() -> None:
    """What goes out is an ordinary SubjectPublicKeyInfo."""
    assert load_der_public_key(public_key_of(EC)) == ec_key(0).public_key()


def test_a_key_is_checked_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no key never passes; of sound ones only digests are remembered, and not without bound."""
    checked: list[bytes] = []
    monkeypatch.setattr(keys, "_sound", set())
    monkeypatch.setattr(keys, "_MOST_SOUND", 1)
    monkeypatch.setattr(keys, "from_pkcs8", checked.append)
    for encoded in (b"one", b"one", b"two", b"one"):
        hold_sound(encoded)
    assert checked == [b"one", b"two", b"one"]

    monkeypatch.undo()
    for _ in range(2):
        with pytest.raises(ValueError, match="not a private key"):
            hold_sound(b"no key")


def test_the_keys_of_the_card_in_use_stay_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures by two keys in turn load each once; a third key takes the place of the one that was used longest ago."""
    loaded: list[bytes] = []

    def count(encoded: bytes, password: None, *, unsafe_skip_rsa_key_validation: bool) -> object:
        loaded.append(encoded)
        return load_der_private_key(encoded, password, unsafe_skip_rsa_key_validation=unsafe_skip_rsa_key_validation)

    keys._load.cache_clear()
    monkeypatch.setattr(keys, "load_der_private_key", count)
    first, second, third = (to_pkcs8(rsa_key(number)) for number in range(3))
    for encoded in (first, second, first, second, third, second):
        compute_signature(encoded, 0x00, MESSAGE, ecdsa="der")
    assert loaded == [first, second, third]

    compute_signature(first, 0x00, MESSAGE, ecdsa="der")
    assert loaded == [first, second, third, first]
