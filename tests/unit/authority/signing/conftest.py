from collections.abc import Iterator
from pathlib import Path

import pytest

from openjpki.authority.signing.client import RemoteKeys
from openjpki.authority.signing.keys import KeyStore
from openjpki.pki.keys import FreshKeys
from tests.support.signing import answering


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    """Return the keys that the signing process keeps."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"a passphrase for tests")
    passphrase.chmod(0o600)
    return KeyStore(tmp_path / "keys", passphrase, FreshKeys())


@pytest.fixture
def remote(tmp_path: Path, store: KeyStore) -> Iterator[RemoteKeys]:
    """Return the keys as another process has them."""
    with answering(tmp_path, store):
        yield RemoteKeys(tmp_path)
