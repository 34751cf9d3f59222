"""The web server: on loopback, one port. Inside this process for the story, as a server of its own for `serve`."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from openjpki.errors import Failure, Kind

LOOPBACK = "127.0.0.1"
Application = Callable[..., Any]


class PortTaken(Failure):
    """Another program listens on the port."""

    code = "serve.port-taken"
    kind = Kind.UNAVAILABLE
    ja = "ポート {port} は別のプログラムが使用中です。--port で別の番号を指定してください。"
    en = "Port {port} is used by another program. Choose another with --port."


class _Quiet(WSGIRequestHandler):
    """Answers without writing a line for each request."""

    timeout = 10
    """Seconds a client may keep a thread waiting."""

    def log_message(self, *_: object) -> None:
        """Write nothing."""


class _Threaded(ThreadingMixIn, WSGIServer):
    """A thread for each request; all of them end with the program."""

    daemon_threads = True


class Listener:
    """A port on loopback that is ours: whoever asks is kept waiting until an application answers."""

    def __init__(self, port: int) -> None:
        """Take the port, 0 for one that the system proposes; raises `PortTaken`."""
        try:
            self._server = _Threaded((LOOPBACK, port), _Quiet)
        except OSError as error:
            raise PortTaken(port=port) from error
        self.port: int = self._server.server_port

    @contextmanager
    def answering(self, application: Application) -> Iterator[None]:
        """Answer with the application while the block runs."""
        self._server.set_app(application)
        thread = threading.Thread(target=self._server.serve_forever, name="status", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()

    def close(self) -> None:
        """Give the port back."""
        self._server.server_close()


@contextmanager
def listening(wanted: int) -> Iterator[Listener]:
    """Hold `wanted`, or if it is taken a port that the system proposes, while the block runs."""
    try:
        listener = Listener(wanted)
    except PortTaken:
        listener = Listener(0)
    try:
        yield listener
    finally:
        listener.close()


def free_port(wanted: int) -> int:
    """Return `wanted` if nothing listens there, else a port that the system proposes."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
            return number
    raise PortTaken(port=wanted)


def require_port(port: int) -> None:
    """Raise `PortTaken` unless the port can be listened on."""
    if free_port(port) != port:
        raise PortTaken(port=port)


@contextmanager
def holding_port(port: int) -> Iterator[None]:
    """Keep the port from everybody else who would serve, while the block runs; raises `PortTaken`.

    The web server's processes share a port (`SO_REUSEPORT`) and begin to listen a second after they were asked to:
    until then it looks free, and a second server would share it too. So the first one takes a name that the kernel
    gives to one process only, within the network that the port belongs to, and takes back when that process ends.
    """
    with socket.socket(socket.AF_UNIX) as name:
        try:
            name.bind(f"\0openjpki-port-{port}")
        except OSError as error:
            raise PortTaken(port=port) from error
        require_port(port)
        yield
