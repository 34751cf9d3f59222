from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from openjpki.authority.cards.face_key import CardFaceKey
from openjpki.authority.signing.keys import KeyMissing, TooOpen, WrongPassphrase
from openjpki.card.face_files import digest_info
from openjpki.pki.keys import FreshKeys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a passphrase."""
    (tmp_path / "passphrase").write_bytes(b"a passphrase")
    (tmp_path / "passphrase").chmod(0o600)
    return tmp_path


def opened(folder: Path) -> CardFaceKey:
    """Return the key as another process finds it."""
    return CardFaceKey(folder / "card-face.pem", folder / "passphrase")


def test_the_key_is_made_once_and_kept_encrypted(folder: Path) -> None:
    """0600, PKCS#8 under the passphrase; a key that is there is never overwritten."""
    opened(folder).create(FreshKeys())
    raw = (folder / "card-face.pem").read_bytes()
    opened(folder).create(FreshKeys())

    assert raw.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert (folder / "card-face.pem").read_bytes() == raw
    assert (folder / "card-face.pem").stat().st_mode & 0o777 == 0o600


def test_a_signature_is_over_the_digest_info_as_it_is(folder: Path) -> None:
    """Of one digest it is an ordinary PKCS #1 v1.5 signature with SHA-256."""
    key = opened(folder)
    key.create(FreshKeys())
    digest = bytes.fromhex("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")  # of "hello"
    signature = key.sign(digest_info(digest))

    opened(folder).public_key().verify(signature, b"hello", PKCS1v15(), SHA256())


def test_what_is_no_usable_key_is_told(folder: Path) -> None:
    """Absent, readable by others, damaged, under another passphrase, of another algorithm: nothing is signed with it."""
    path = folder / "card-face.pem"
    with pytest.raises(KeyMissing, match="card-face"):
        opened(folder).public_key()
    opened(folder).create(FreshKeys())
    path.chmod(0o644)
    with pytest.raises(TooOpen):
        opened(folder).public_key()
    path.chmod(0o600)
    (folder / "passphrase").write_bytes(b"another")
    with pytest.raises(WrongPassphrase, match="card-face"):
        opened(folder).sign(b"")
    other = ec.generate_private_key(ec.SECP384R1())
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"another")))
    with pytest.raises(WrongPassphrase, match="card-face"):
        opened(folder).public_key()
