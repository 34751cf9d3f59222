"""The signing process itself: answers questions about its keys at a socket in a folder that only its owner may enter.

Where it has a user of its own, a group may reach the socket as well, and of these the users named are heard (decision 0033).
"""

import fcntl
import os
import socket
import stat
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingUnixStreamServer
from typing import Any

from openjpki.authority.durable import PRIVATE
from openjpki.authority.signing.answers import hold_answer, hold_responder
from openjpki.authority.signing.callers import Callers, Refusals, user_at
from openjpki.authority.signing.guard import Guard
from openjpki.authority.signing.keys import SigningKeys
from openjpki.authority.signing.line import (
    LIST_PATIENCE,
    PATIENCE,
    SOCKET,
    Answer,
    Failed,
    Find,
    Key,
    Line,
    LineBroken,
    Make,
    Question,
    Sign,
    Signed,
    SignList,
    address,
    questions,
)
from openjpki.authority.signing.purpose import NO_KEY, hold_name
from openjpki.errors import Failure, Kind

MOST_LINES = 32
"""Connections at once, each with a thread; one more waits for its turn in the queue of the socket."""
MOST_LISTS = 4
"""Of those, lists: each may take minutes, and answers must not wait for them. One more is hung up on, and comes again."""
_LOCK = "signer.lock"
_OWNERS_ONLY = 0o077
_OWNER_AND_GROUP = 0o710
"""Of the folder: the group finds the socket, and sees nothing else."""
_SOCKET_OF_A_GROUP = 0o660
_WRITTEN_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_LOOK_UP = 0.1
"""Seconds between two looks whether to stop."""


class SignerRuns(Failure):
    """Another signing process answers for this home."""

    code = "authority.signing.runs-already"
    kind = Kind.UNAVAILABLE
    ja = "このホームの署名プロセスはもう動いています。"
    en = "A signing process of this home runs already."


class GroupNotOurs(Failure):
    """The folder and the socket cannot be given to the group."""

    code = "authority.signing.group-not-ours"
    kind = Kind.UNAVAILABLE
    ja = "ソケットのフォルダーを指定のグループに渡せません。署名プロセスの利用者が、フォルダーの所有者で、そのグループの一員であることを確かめてください。"
    en = "The socket's folder cannot be given to that group. See that the signing process's user owns the folder and is in the group."


class FolderOfOthers(Failure):
    """Who owns the folder of the keys can exchange them."""

    code = "authority.signing.folder-of-others"
    kind = Kind.UNAVAILABLE
    ja = "{path} は、署名プロセスの利用者のものではないか、他の人が書き込めます。鍵を差し替えられるため、使いません。"
    en = "{path} belongs to another user than the signing process's, or others may write to it: the keys could be exchanged. It is not used."


def answer(keys: SigningKeys, guard: Guard, question: Question, pieces: Iterable[bytes] = ()) -> Answer:
    """Do what a question asks; a failure is an answer. `pieces` are those of the list that it is about."""
    try:
        match question:
            case Make(prefix, algorithm):
                hold_name(f"{prefix}-{NO_KEY}")
                name = keys.make(prefix, algorithm)
                return Key(name, keys.signer(name).public_key)
            case Find(name):
                hold_name(name)
                return Key(name, keys.signer(name).public_key)
            case Sign(name, to_be_signed):
                hold_name(name)
                signer = keys.signer(name)
                guard.hold(name, signer.public_key, to_be_signed)
                hold_answer(name, signer.public_key, to_be_signed, guard.clock)
                hold_responder(keys, name, to_be_signed)
                signature = signer.sign(to_be_signed)
                guard.note(name, signer.public_key, to_be_signed, signature)
                return Signed(signature)
            case SignList(name):
                hold_name(name)
                signer = keys.signer(name)
                return Signed(signer.sign_stream(guard.held_list(name, signer.public_key, pieces)))
    except Failure as failure:
        return Failed(failure.code, {name: str(value) for name, value in failure.data.items()})


class _Handler(BaseRequestHandler):
    """One connection: one question and its answer. Whoever says anything else is left without an answer."""

    request: socket.socket
    server: "_Server"

    def handle(self) -> None:
        """Answer."""
        line = Line(self.request, PATIENCE)
        with suppress(OSError, LineBroken):
            question = line.receive(questions)
            if isinstance(question, SignList):
                line.allow(LIST_PATIENCE)
                with self.server.room_for_a_list():
                    said = answer(self.server.keys, self.server.guard, question, line.pieces())
            else:
                said = answer(self.server.keys, self.server.guard, question)
            line.send(said)


class _Server(ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 1024
    """Connections that wait to be taken; one more is refused at once on Linux (unix(7)), which the library's five soon meet."""

    def __init__(self, place: str, keys: SigningKeys, guard: Guard, callers: Callers, refusals: Refusals) -> None:
        self.keys, self.guard = keys, guard
        self._callers, self._refusals = callers, refusals
        self._lists = threading.BoundedSemaphore(MOST_LISTS)
        self._lines = threading.BoundedSemaphore(MOST_LINES)
        self._stops = threading.Event()
        super().__init__(place, _Handler)

    @contextmanager
    def room_for_a_list(self) -> Iterator[None]:
        """Keep one of the places for lists while the block runs; raises `LineBroken` if none is free."""
        if not self._lists.acquire(blocking=False):
            message = "too many lists at once"
            raise LineBroken(message)
        try:
            yield
        finally:
            self._lists.release()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002  -- the library's signature
        """Say whether whoever connected is heard; otherwise the connection ends without a word, and takes no room."""
        try:
            user = user_at(request)
        except OSError:
            return False
        if user in self._callers.users:
            return True
        self._refusals.note(user)
        return False

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin a thread for a connection once there is room for it: each ends in time, whatever its other side does."""
        while not self._lines.acquire(timeout=_LOOK_UP):
            if self._stops.is_set():
                self.shutdown_request(request)
                return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer in the connection's own thread, and give its room back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._lines.release()

    def shutdown(self) -> None:
        """End `serve_forever`, also while it waits for room."""
        self._stops.set()
        super().shutdown()


class SigningServer:
    """Answers until it is stopped. `serve` returns after `stop`, which another thread calls."""

    def __init__(self, server: _Server) -> None:
        self._server = server

    def serve(self) -> None:
        """Answer."""
        self._server.serve_forever(poll_interval=_LOOK_UP)

    def stop(self) -> None:
        """End `serve`."""
        self._server.shutdown()


@contextmanager
def listening(
    folder: Path,
    keys: SigningKeys,
    guard: Guard,
    callers: Callers | None = None,
    tell: Callable[[int, int], None] = lambda _, __: None,
) -> Iterator[SigningServer]:
    """Hold the socket of a folder while the block runs; raises `SignerRuns`, `GroupNotOurs`.

    The lock says who answers, and the kernel gives it back when that process ends; a socket that a killed one left
    behind answers nobody and goes. `tell` hears of users who were not heard, and how many more there were before.
    """
    callers = callers or Callers()
    with _locked(folder):
        path = folder / SOCKET
        path.unlink(missing_ok=True)
        with address(folder) as place, _private():
            server = _Server(place, keys, guard, callers, Refusals(tell))
        try:
            if callers.group is not None:
                _let_reach(folder, callers.group)
            yield SigningServer(server)
        finally:
            server.server_close()
            path.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock, a file that nobody else may open, since whoever opens it can hold it."""
    descriptor = os.open(folder / _LOCK, os.O_WRONLY | os.O_CREAT, PRIVATE)
    with os.fdopen(descriptor, "w") as lock:
        os.fchmod(descriptor, PRIVATE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SignerRuns from error
        yield


def hold_own(*folders: Path) -> None:
    """Raise `FolderOfOthers` unless folders are this process's user's, and nobody else may write to them."""
    for folder in folders:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & _WRITTEN_BY_OTHERS:
            raise FolderOfOthers(path=folder)


def _let_reach(folder: Path, group: int) -> None:
    """Let a group find the socket and connect to it; raises `GroupNotOurs`."""
    try:
        for path, mode in ((folder, _OWNER_AND_GROUP), (folder / SOCKET, _SOCKET_OF_A_GROUP)):
            os.chown(path, -1, group)
            path.chmod(mode)
    except PermissionError as error:
        raise GroupNotOurs from error


@contextmanager
def _private() -> Iterator[None]:
    """Let what is made in the block be the owner's alone: who may connect to a socket is who may write to its file."""
    before = os.umask(_OWNERS_ONLY)
    try:
        yield
    finally:
        os.umask(before)
