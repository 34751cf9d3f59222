import os
import socket
import stat
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from openjpki.authority.signing import server
from openjpki.authority.signing.callers import Callers
from openjpki.authority.signing.client import RemoteKeys, SignerSilent
from openjpki.authority.signing.guard import Guard
from openjpki.authority.signing.keys import KeyStore, key_name
from openjpki.authority.signing.line import SOCKET, Line, SignList, answers
from openjpki.authority.signing.server import FolderOfOthers, GroupNotOurs, SignerRuns, hold_own, listening
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import StreamSigner, verify_signature
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import hierarchy
from tests.support.keys import PooledKeys
from tests.support.lists import THIS, frame, in_pieces, line, to_be_signed
from tests.support.programs import PATIENCE
from tests.support.signing import NOW, PROFILES, answering

P384 = KeyAlgorithm.P384_SHA_384
MADE = hierarchy(CertificateKind.SIGNATURE, P384)


def test_the_socket_is_its_owners(tmp_path: Path, store: KeyStore) -> None:
    """Who may connect may sign: others on the machine may not, and nothing is left when it ends."""
    with answering(tmp_path, store):
        assert stat.S_IMODE((tmp_path / SOCKET).stat().st_mode) & 0o077 == 0
    assert not (tmp_path / SOCKET).exists()


def test_whoever_is_not_allowed_is_not_heard(tmp_path: Path, store: KeyStore) -> None:
    """T-107: the connection ends before a word is read or said, takes no room, and the journal has the user."""
    told: list[tuple[int, int]] = []
    others = Callers(frozenset((os.geteuid() + 1,)))
    with (
        answering(tmp_path, store, callers=others, tell=lambda user, more: told.append((user, more))),
        ExitStack() as lines,
    ):
        for _ in range(3):
            line = connected(lines, tmp_path)
            with suppress(OSError):
                line.sendall(b"anything")
            assert nothing_comes(line)
        with pytest.raises(SignerSilent):
            RemoteKeys(tmp_path).make("signature-ca", P384)
    assert told == [(os.geteuid(), 0)]
    assert not (tmp_path / "keys").exists()


def test_a_caller_whom_the_kernel_does_not_name_is_not_heard(
    tmp_path: Path, store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a user there is nobody to be on the list."""

    def unnamed(_: socket.socket) -> int:
        raise OSError

    monkeypatch.setattr(server, "user_at", unnamed)
    with answering(tmp_path, store), ExitStack() as lines:
        assert nothing_comes(connected(lines, tmp_path))


def nothing_comes(line: socket.socket) -> bool:
    """Say whether the other side hung up without a word."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_group_reaches_the_socket_and_nothing_else(tmp_path: Path, store: KeyStore) -> None:
    """T-107: the folder is passed through, not read; the lock, which would keep the next process out, is its owner's."""
    (tmp_path / "signer.lock").touch(0o644)
    with answering(tmp_path, store, callers=Callers(group=os.getgid())):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, *tmp_path.glob("signer.*"))}
        RemoteKeys(tmp_path).make("signature-ca", P384)
    assert modes == {tmp_path.name: 0o710, SOCKET: 0o660, "signer.lock": 0o600}


def test_a_group_that_is_not_ours_is_told(tmp_path: Path, store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not in a group cannot give it a file; nothing is left open or lying about."""

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refused)
    with pytest.raises(GroupNotOurs), answering(tmp_path, store, callers=Callers(group=1)):
        pass
    assert not (tmp_path / SOCKET).exists()


def test_a_folder_of_others_is_not_used(tmp_path: Path) -> None:
    """Who owns the folder of the keys, or may write to it, can exchange them before the signing process makes one."""
    own = tmp_path / "own"
    own.mkdir(0o700)
    hold_own(own)
    (tmp_path / "link").symlink_to(own)
    with pytest.raises(FolderOfOthers):
        hold_own(own, tmp_path / "link")
    own.chmod(0o770)
    with pytest.raises(FolderOfOthers):
        hold_own(own)


def test_two_signing_processes_are_not_begun(tmp_path: Path, store: KeyStore) -> None:
    """The second is told; the first goes on."""
    with answering(tmp_path, store):
        with pytest.raises(SignerRuns), answering(tmp_path, store):
            pass
        RemoteKeys(tmp_path).make("signature-ca", P384)


def test_many_ask_at_once(tmp_path: Path, store: KeyStore) -> None:
    """Whoever asks while others are being heard waits for a turn; on Linux a full queue refuses at once (unix(7))."""
    with ExitStack() as lines, listening(tmp_path, store, Guard(PROFILES, tmp_path, lambda: NOW)):
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


def test_whoever_says_nothing_keeps_nobody_waiting_for_long(
    tmp_path: Path, store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many silent connections as there are threads: each ends in time, and who waited has a turn then."""
    monkeypatch.setattr(server, "MOST_LINES", 2)
    monkeypatch.setattr(server, "PATIENCE", 0.3)
    with answering(tmp_path, store), ExitStack() as lines:
        for _ in range(2):
            connected(lines, tmp_path)
        RemoteKeys(tmp_path).make("signature-ca", P384)


def test_whoever_sends_slowly_is_not_waited_for(
    tmp_path: Path, store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is a whole question's: an octet now and then does not prolong it."""
    monkeypatch.setattr(server, "PATIENCE", 0.3)
    with answering(tmp_path, store), ExitStack() as lines:
        slow = connected(lines, tmp_path)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            _send_slowly(slow)


def test_a_full_house_can_be_closed(tmp_path: Path, store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a turn when the process stops is hung up on."""
    monkeypatch.setattr(server, "MOST_LINES", 1)
    with ExitStack() as lines:
        with answering(tmp_path, store):
            connected(lines, tmp_path)
            waiting = connected(lines, tmp_path)
            time.sleep(0.2)  # until the server has come to wait for room
        assert waiting.recv(1) == b""


def test_lists_leave_room_for_answers(tmp_path: Path, store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list more than may be signed at once is hung up on; everything else goes on, and its room comes back."""
    monkeypatch.setattr(server, "MOST_LISTS", 1)
    whole, name = to_be_signed(frame(MADE), [line(7)]), key_name("signature-ca", MADE.ca_signer.public_key)
    store.store(name, PooledKeys().generate(P384))
    (tmp_path / "public" / "ca").mkdir(parents=True)
    (tmp_path / "public" / "ca" / "signature-1.cer").write_bytes(MADE.ca)
    with answering(tmp_path, store, lambda: THIS), ExitStack() as lines:
        remote = RemoteKeys(tmp_path)
        signer = remote.signer(name)
        slow = _in_the_only_place(lines, tmp_path, signer, whole, name)
        remote.make("signature-ca", P384)
        slow.send_pieces([whole])
        verify_signature(signer.public_key, P384, whole, slow.receive(answers).signature)  # type: ignore[union-attr]  # or it fails
        verify_signature(signer.public_key, P384, whole, signer.sign_stream(in_pieces(whole, 100)))


def _send_slowly(line: socket.socket) -> None:
    """Send a question octet by octet, for much longer than it may take."""
    for octet in (1000).to_bytes(4) + bytes(100):
        line.sendall(bytes((octet,)))
        time.sleep(0.05)


def connected(lines: ExitStack, folder: Path) -> socket.socket:
    """Return a connection to the signing process, which ends with the stack."""
    line = lines.enter_context(socket.socket(socket.AF_UNIX))
    line.settimeout(PATIENCE)
    line.connect(str(folder / SOCKET))
    return line


def _in_the_only_place(lines: ExitStack, folder: Path, signer: StreamSigner, whole: bytes, name: str) -> Line:
    """Return a connection that has begun with a list and keeps every other list out."""
    for _ in range(100):
        connection = connected(lines, folder)
        slow = Line(connection, PATIENCE)
        slow.send(SignList(name))
        time.sleep(0.1)
        try:
            signer.sign_stream([whole])
        except SignerSilent:
            return slow
        connection.close()  # its turn had not come yet, or came in the way of this list
        time.sleep(0.1)
    raise AssertionError
