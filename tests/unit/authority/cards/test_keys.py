from pathlib import Path

import pytest

from openjpki.authority.cards.keys import CardKeys
from openjpki.authority.signing.keys import KeyMissing, PassphraseMissing, TooOpen, WrongPassphrase
from tests.support.authority import CountedEntropy


@pytest.fixture
def keys(tmp_path: Path) -> CardKeys:
    """Return a new master key's store."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"a passphrase")
    passphrase.chmod(0o600)
    made = CardKeys(tmp_path / "master.key", passphrase)
    made.create(CountedEntropy())
    return made


def opened(folder: Path) -> CardKeys:
    """Return the store as another process opens it."""
    return CardKeys(folder / "master.key", folder / "passphrase")


def test_another_process_derives_the_same_keys(keys: CardKeys, tmp_path: Path) -> None:
    """Each card's own, from one file; made again it is not overwritten."""
    before = (tmp_path / "master.key").read_bytes()
    keys.create(CountedEntropy())

    assert (tmp_path / "master.key").read_bytes() == before
    assert opened(tmp_path).of("1" * 15) == keys.of("1" * 15) != keys.of("2" * 15)


def test_the_file_is_private_and_shows_no_key(keys: CardKeys, tmp_path: Path) -> None:
    """0600, encrypted; what is derived from it is not in it."""
    path = tmp_path / "master.key"

    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.of("1" * 15).enc not in path.read_bytes()


@pytest.mark.usefixtures("keys")
def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """Another passphrase, a damaged file, one that others may read, one that is gone."""
    path, passphrase = tmp_path / "master.key", tmp_path / "passphrase"
    content = path.read_bytes()
    for damaged in (content[:-1], content[:40], b"", content.replace(b"key 1", b"key 2")):
        path.write_bytes(damaged)
        with pytest.raises(WrongPassphrase):
            opened(tmp_path).of("1" * 15)
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(TooOpen):
        opened(tmp_path).of("1" * 15)
    path.chmod(0o600)
    passphrase.write_bytes(b"another")
    with pytest.raises(WrongPassphrase):
        opened(tmp_path).of("1" * 15)
    passphrase.unlink()
    with pytest.raises(PassphraseMissing):
        opened(tmp_path).of("1" * 15)
    path.unlink()
    with pytest.raises(KeyMissing):
        opened(tmp_path).of("1" * 15)
