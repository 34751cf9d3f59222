"""The signing process itself: answers questions about its keys at a socket in a folder that only its owner may enter."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingUnixStreamServer

from openjpki.authority.keys import SigningKeys
from openjpki.authority.signing.answers import hold_answer, hold_responder
from openjpki.authority.signing.guard import Guard
from openjpki.authority.signing.line import (
    PATIENCE,
    SOCKET,
    Answer,
    Failed,
    Find,
    Key,
    LineBroken,
    Make,
    Question,
    Sign,
    Signed,
    address,
    questions,
    receive,
    send,
)
from openjpki.authority.signing.purpose import NO_KEY, hold_name
from openjpki.errors import Failure, Kind

_LOCK = "signer.lock"
_OWNERS_ONLY = 0o077


class SignerRuns(Failure):
    """Another signing process answers for this home."""

    code = "authority.signing.runs-already"
    kind = Kind.UNAVAILABLE
    ja = "このホームの署名プロセスはもう動いています。"
    en = "A signing process of this home runs already."


def answer(keys: SigningKeys, guard: Guard, question: Question) -> Answer:
    """Do what a question asks; a failure is an answer."""
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
    except Failure as failure:
        return Failed(failure.code, {name: str(value) for name, value in failure.data.items()})


class _Handler(BaseRequestHandler):
    """One connection: one question and its answer. Whoever says anything else is left without an answer."""

    request: socket.socket
    server: "_Server"

    def handle(self) -> None:
        """Answer."""
        self.request.settimeout(PATIENCE)
        with suppress(OSError, LineBroken):
            send(self.request, answer(self.server.keys, self.server.guard, receive(self.request, questions)))


class _Server(ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 1024
    """Connections that wait to be taken; one more is refused at once on Linux (unix(7)), which the library's five soon meet."""

    def __init__(self, place: str, keys: SigningKeys, guard: Guard) -> None:
        self.keys, self.guard = keys, guard
        super().__init__(place, _Handler)


class SigningServer:
    """Answers until it is stopped. `serve` returns after `stop`, which another thread calls."""

    def __init__(self, server: _Server) -> None:
        self._server = server

    def serve(self) -> None:
        """Answer."""
        self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """End `serve`."""
        self._server.shutdown()


@contextmanager
def listening(folder: Path, keys: SigningKeys, guard: Guard) -> Iterator[SigningServer]:
    """Hold the socket of a folder while the block runs; raises `SignerRuns`.

    The lock says who answers, and the kernel gives it back when that process ends; a socket that a killed one left
    behind answers nobody and goes.
    """
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SignerRuns from error
        path = folder / SOCKET
        path.unlink(missing_ok=True)
        with address(folder) as place, _private():
            server = _Server(place, keys, guard)
        try:
            yield SigningServer(server)
        finally:
            server.server_close()
            path.unlink(missing_ok=True)


@contextmanager
def _private() -> Iterator[None]:
    """Let what is made in the block be the owner's alone: who may connect to a socket is who may write to its file."""
    before = os.umask(_OWNERS_ONLY)
    try:
        yield
    finally:
        os.umask(before)
