import socket
import stat
from contextlib import ExitStack
from pathlib import Path

import pytest

from openjpki.authority.keys import KeyStore
from openjpki.authority.signing.client import RemoteKeys
from openjpki.authority.signing.guard import Guard
from openjpki.authority.signing.line import SOCKET
from openjpki.authority.signing.server import SignerRuns, listening
from openjpki.pki.algorithms import KeyAlgorithm
from tests.support.signing import PROFILES, answering

P384 = KeyAlgorithm.P384_SHA_384


def test_the_socket_is_its_owners(tmp_path: Path, store: KeyStore) -> None:
    """Who may connect may sign: others on the machine may not, and nothing is left when it ends."""
    with answering(tmp_path, store):
        assert stat.S_IMODE((tmp_path / SOCKET).stat().st_mode) & 0o077 == 0
    assert not (tmp_path / SOCKET).exists()


def test_two_signing_processes_are_not_begun(tmp_path: Path, store: KeyStore) -> None:
    """The second is told; the first goes on."""
    with answering(tmp_path, store):
        with pytest.raises(SignerRuns), answering(tmp_path, store):
            pass
        RemoteKeys(tmp_path).make("signature-ca", P384)


def test_many_ask_at_once(tmp_path: Path, store: KeyStore) -> None:
    """Whoever asks while others are being heard waits for a turn; on Linux a full queue refuses at once (unix(7))."""
    with ExitStack() as lines, listening(tmp_path, store, Guard(PROFILES, tmp_path)):
        for _ in range(64):
            line = lines.enter_context(socket.socket(socket.AF_UNIX))
            line.settimeout(0)
            line.connect(str(tmp_path / SOCKET))


def test_a_socket_that_a_killed_process_left_is_taken_away(tmp_path: Path, store: KeyStore) -> None:
    """It answers nobody, and is in nobody's way."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / SOCKET))
    with answering(tmp_path, store):
        RemoteKeys(tmp_path).make("signature-ca", P384)
