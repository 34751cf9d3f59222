import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from openjpki.authority.signing.keys import (
    KeyExists,
    KeyKeeper,
    KeyMissing,
    KeyStore,
    PassphraseMissing,
    TooOpen,
    WrongPassphrase,
)
from openjpki.errors import Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, PrivateKey, key_identifier, verify_signature

P384 = KeyAlgorithm.P384_SHA_384
PASSPHRASE = b"correct horse"


def a_key() -> PrivateKey:
    """Return a new key, quickly made."""
    return FreshKeys().generate(P384)


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    """Return a passphrase file as it should be."""
    path = tmp_path / "passphrase"
    path.write_bytes(PASSPHRASE + b"\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def store(tmp_path: Path, passphrase: Path) -> KeyStore:
    """Return an empty key store."""
    return KeyStore(tmp_path / "keys", passphrase, FreshKeys())


def again(tmp_path: Path) -> KeyStore:
    """Return the store as another process opens it."""
    return KeyStore(tmp_path / "keys", tmp_path / "passphrase", FreshKeys())


def test_a_stored_key_signs_after_a_restart(tmp_path: Path, store: KeyStore) -> None:
    """The signer of a new process is the signer that was stored."""
    stored = store.store("signature-ca", a_key())
    signer = again(tmp_path).signer("signature-ca")

    assert signer.public_key == stored.public_key
    verify_signature(stored.public_key, P384, b"message", signer.sign(b"message"))


def test_a_key_that_the_store_makes_has_its_identifier_in_its_name(tmp_path: Path, store: KeyStore) -> None:
    """Two keys of one purpose have two names, and a certificate's key identifier finds its key."""
    names = [store.make("signature-ca", P384) for _ in range(2)]
    signers = [again(tmp_path).signer(name) for name in names]

    assert names == [f"signature-ca-{key_identifier(signer.public_key).hex()[:16]}" for signer in signers]
    assert names[0] != names[1]
    assert {signer.algorithm for signer in signers} == {P384}


def test_a_key_file_is_encrypted_and_private(tmp_path: Path, store: KeyStore) -> None:
    """The file is encrypted PKCS#8 (RFC 5958), readable by its owner only, in a folder of the owner's."""
    store.store("signature-ca", a_key())
    path = tmp_path / "keys" / "signature-ca.pem"

    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(path.read_bytes(), None)


def test_a_key_is_never_overwritten(tmp_path: Path, store: KeyStore) -> None:
    """A second key under one name would make the CA's certificate useless: it is refused."""
    store.store("signature-ca", a_key())
    before = (tmp_path / "keys" / "signature-ca.pem").read_bytes()

    with pytest.raises(KeyExists):
        store.store("signature-ca", a_key())

    assert (tmp_path / "keys" / "signature-ca.pem").read_bytes() == before


def test_a_missing_key_is_named(store: KeyStore) -> None:
    """Whoever reads the refusal learns which file to look for."""
    with pytest.raises(KeyMissing) as refusal:
        store.signer("signature-ca")

    assert "signature-ca" in refusal.value.message("ja")
    assert refusal.value.kind is Kind.UNAVAILABLE


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path, store: KeyStore, passphrase: Path) -> None:
    """The refusal shows neither passphrase nor key."""
    store.store("signature-ca", a_key())
    passphrase.write_bytes(b"another passphrase")

    with pytest.raises(WrongPassphrase) as refusal:
        again(tmp_path).signer("signature-ca")

    assert "another passphrase" not in str(refusal.value)


@pytest.mark.parametrize("damage", [b"", b"no key at all", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"])
def test_a_damaged_key_file_is_told(tmp_path: Path, store: KeyStore, damage: bytes) -> None:
    """A file that is no key is a refusal, not a traceback."""
    store.store("signature-ca", a_key())
    (tmp_path / "keys" / "signature-ca.pem").write_bytes(damage)

    with pytest.raises(WrongPassphrase):
        again(tmp_path).signer("signature-ca")


def test_a_key_of_another_kind_does_not_sign(tmp_path: Path, store: KeyStore) -> None:
    """Only RSA and P-384 keys sign here."""
    store.store("signature-ca", a_key())
    foreign = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSPHRASE),
    )
    (tmp_path / "keys" / "signature-ca.pem").write_bytes(foreign)

    with pytest.raises(WrongPassphrase):
        again(tmp_path).signer("signature-ca")


@pytest.mark.parametrize("content", [None, b"", b" \n"])
def test_without_a_passphrase_nothing_is_stored(
    tmp_path: Path, store: KeyStore, passphrase: Path, content: bytes | None
) -> None:
    """An absent or empty passphrase must not end in a key that anybody can open."""
    if content is None:
        passphrase.unlink()
    else:
        passphrase.write_bytes(content)

    with pytest.raises(PassphraseMissing):
        store.store("signature-ca", a_key())

    assert not (tmp_path / "keys" / "signature-ca.pem").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700 | 0o010])
def test_secrets_that_others_may_read_are_refused(tmp_path: Path, store: KeyStore, passphrase: Path, mode: int) -> None:
    """A passphrase or key that group or others may touch is a secret no more; it is refused before it is read."""
    store.store("signature-ca", a_key())
    passphrase.chmod(mode)
    with pytest.raises(TooOpen):
        again(tmp_path).signer("signature-ca")
    passphrase.chmod(0o600)
    (tmp_path / "keys" / "signature-ca.pem").chmod(mode)

    with pytest.raises(TooOpen) as refusal:
        again(tmp_path).signer("signature-ca")

    assert f"{mode:04o}" in refusal.value.message("en")


def test_a_signer_in_use_survives_the_loss_of_its_file(tmp_path: Path, store: KeyStore) -> None:
    """A key is read once in a process: the passphrase is not asked for at every signature."""
    store.store("signature-ca", a_key())
    store.signer("signature-ca")
    (tmp_path / "keys" / "signature-ca.pem").unlink()

    assert store.signer("signature-ca").sign(b"message")


def test_a_destroyed_key_is_gone(tmp_path: Path, store: KeyStore) -> None:
    """From the folder and from this process's memory; once more is no fault."""
    store.store("signature-ca", a_key())
    store.destroy("signature-ca")
    store.destroy("signature-ca")

    assert not (tmp_path / "keys" / "signature-ca.pem").exists()
    with pytest.raises(KeyMissing):
        store.signer("signature-ca")
    assert isinstance(store, KeyKeeper)
