"""A bounded server over mutual TLS: who connects proves itself first, and a connection serves one request.

A connection's handshake, its request and its reply have a deadline each, whatever drips. Until the handshake is over it
stands on the doorstep; then it needs a place, and one peer has only some of them (`places`).
"""

import io
import re
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import IO, Any, ClassVar, Final, Generic, Self, TypeVar

from openjpki.desk.places import Doorstep, NoPlace, Places
from openjpki.errors import Failure, trace

MOST_HANDSHAKES: Final = 32
"""Connections at once that have proven nothing yet; one more sends away the one that has stood longest."""
MOST_PLACES: Final = 32
"""Connections of proven peers at once, each with a thread; one more is hung up on, and comes again later."""
MOST_PLACES_OF_ONE: Final = 8
"""Of those, the connections of one peer: more than a municipality's counters need, and a quarter of all."""
MAX_HANDSHAKE_SECONDS: Final = 3.0
"""From the connection to the end of the handshake, which takes milliseconds."""
MAX_REQUEST_SECONDS: Final = 20.0
"""From the handshake to the last byte of the request: the largest takes as long at 18 kB a second."""
MAX_HEAD: Final = 24 * 1024
"""Bytes of a request before its body: ours have some 200, and up to 8,192 of the body are read with them. The library alone would take 6 MB."""
MAX_REPLY_SECONDS: Final = 20.0
"""From the first byte of the reply to the last: a peer that reads slowly gives its place back."""
PACE: Final = 1024 * 1024
"""Bytes a second that a peer must take of a body that is sent in pieces: what is long may take as much longer."""
PIECE: Final = 64 * 1024
"""Bytes of such a body in memory at a time."""
_Receive = TypeVar("_Receive")
_Made = TypeVar("_Made")


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What the server bears; the constants above say why."""

    handshakes: int = MOST_HANDSHAKES
    places: int = MOST_PLACES
    places_of_one: int = MOST_PLACES_OF_ONE
    handshake_seconds: float = MAX_HANDSHAKE_SECONDS
    request_seconds: float = MAX_REQUEST_SECONDS
    reply_seconds: float = MAX_REPLY_SECONDS


DEFAULT_BOUNDS: Final = Bounds()


class TooLong(OSError):
    """A client sends more than a request of ours has."""


@dataclass(frozen=True, kw_only=True)
class Streamed:
    """A body that is read as it goes out, and closed by whoever sends it."""

    file: IO[bytes]
    length: int
    """Bytes of it from where it stands; a file that is shorter ends the connection early."""


class _UntilDeadline(io.RawIOBase):
    """A client's bytes, either way, as long as they come or go in time: one that drips or sips does not keep a thread.

    No more come in than were allowed; who sends more is hung up on.
    """

    def __init__(self, connection: socket.socket, seconds: float, allowed: int = 0) -> None:
        self._connection = connection
        self._deadline = time.monotonic() + seconds
        self._allowed = allowed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._wait_no_longer()
        if not self._allowed:
            raise TooLong
        read = self._connection.recv_into(buffer, min(len(buffer), self._allowed))
        self._allowed -= read
        return read

    def allow(self, more: int) -> None:
        """Let so many bytes more come in."""
        self._allowed += more

    def send(self, content: bytes) -> None:
        """Send all of it."""
        left = memoryview(content)
        while left:
            self._wait_no_longer()
            left = left[self._connection.send(left) :]

    def _wait_no_longer(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)


class Handler(BaseHTTPRequestHandler):
    """One request of one peer."""

    server: "MutualServer[Any]"
    connection: ssl.SSLSocket
    protocol_version = "HTTP/1.1"
    server_version = "OpenJPKI"
    sys_version = ""
    reply_type = "application/octet-stream"
    """What its replies are, if nothing else is said."""

    def setup(self) -> None:
        """Read until the deadline; what is written is kept until it is whole."""
        super().setup()
        self._incoming = _UntilDeadline(self.connection, self.server.bounds.request_seconds, MAX_HEAD)
        self.rfile = io.BufferedReader(self._incoming)
        self.wfile = self._head = io.BytesIO()

    def peer(self) -> str:
        """Return whom the connection proves to be, the empty text for nobody of ours."""
        return self.server.peer_of(self.connection)

    def body(self, most: int) -> bytes | None:
        """Return the whole body; None where its length was refused by status, or the client went away in the middle."""
        length = self.stated_length()
        if length is None:
            self.answer(HTTPStatus.LENGTH_REQUIRED)
        elif length > most:
            self.answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._incoming.allow(length)
            body = self.rfile.read(length)
            return body if len(body) == length else None
        return None

    def made(self, make: Callable[[], _Made]) -> _Made | None:
        """Return what the house made of the request; a bug does not take the server down: it is told, and answered by its status."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001  -- whatever it is, the next request is served
            sys.stderr.write(trace(error))
            self.answer(HTTPStatus.INTERNAL_SERVER_ERROR)
            return None

    def stated_length(self) -> int | None:
        """Return the length that the request states of its body, None if it states none in plain digits."""
        text = self.headers.get("Content-Length", "")
        plain = re.fullmatch("[0-9]{1,9}", text) and "Transfer-Encoding" not in self.headers
        return int(text) if plain else None

    def answer(
        self, status: HTTPStatus, body: bytes | Streamed = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Send the reply, in time or not to its end. One that says that nothing changed has no body, and no length (RFC 9110 §8.6)."""
        seconds = self.server.bounds.reply_seconds
        if isinstance(body, Streamed):
            streamed, seconds = body, seconds + body.length / PACE
        else:
            streamed = Streamed(file=io.BytesIO(body), length=len(body))
        with streamed.file as file:
            self.send_response(status)
            about_body = {"Content-Type": self.reply_type, "Content-Length": str(streamed.length)}
            told = {} if status is HTTPStatus.NOT_MODIFIED else about_body
            for name, value in (told | dict(headers or {}) | {"Connection": "close"}).items():
                self.send_header(name, value)
            self.end_headers()
            reply = _UntilDeadline(self.connection, seconds)
            reply.send(self._head.getvalue())
            left = streamed.length
            while left and (piece := file.read(min(PIECE, left))):
                reply.send(piece)
                left -= len(piece)

    def handle_expect_100(self) -> bool:
        """Refuse to say first that the body may come: none of our clients asks for it."""
        self.send_error(HTTPStatus.EXPECTATION_FAILED)
        return False

    def send_error(self, code: int, *_: object) -> None:
        """Answer what is no request of ours by its status alone."""
        self.close_connection = True
        self.request_version = self.protocol_version  # what could not be read may have named none
        self.answer(HTTPStatus(code))

    def log_message(self, *_: object) -> None:
        """Write nothing: the audit record says what was refused."""


class MutualServer(socketserver.ThreadingMixIn, socketserver.TCPServer, Generic[_Receive]):
    """Listens with mutual TLS; made, it holds its port, and answers while `answering`.

    A door of the house says how a request is taken (`handler`), who a connection is (`peer_of`), and by which `Failure` a
    taken port is told.
    """

    handler: ClassVar[type[Handler]]
    port_taken: ClassVar[type[Failure]]
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        context: ssl.SSLContext,
        receive: _Receive,
        *,
        bounds: Bounds = DEFAULT_BOUNDS,
    ) -> None:
        """Take the address, port 0 for one that the system proposes; `receive` takes what comes. Raises `port_taken`."""
        self.receive = receive
        self.bounds = bounds
        self._context = context
        self._doorstep = Doorstep(bounds.handshakes)
        self._places = Places(most=bounds.places, of_one=bounds.places_of_one)
        try:
            super().__init__(address, self.handler)
        except OSError as error:
            raise self.port_taken(port=address[1]) from error
        self.port: int = self.server_address[1]

    def peer_of(self, connection: ssl.SSLSocket) -> str:
        """Return whom a connection has proven to be, the empty text for nobody of ours."""
        raise NotImplementedError

    @contextmanager
    def answering(self) -> Iterator[Self]:
        """Answer in threads while the block runs, then give the port back."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), name=type(self).__name__, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()

    def context(self) -> ssl.SSLContext:
        """Return the context of the next connection; raises `OSError`, upon which it is hung up on."""
        return self._context

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection; the handshake waits for the connection's own thread."""
        connection, address = super().get_request()
        try:
            wrapped = self.context().wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        except OSError:
            connection.close()
            raise
        return wrapped, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Let the connection prove itself in a thread of its own."""
        self._doorstep.enter(request)
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._doorstep.leave(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Finish the handshake, then serve the peer if there is a place for it; else hang up."""
        try:
            with self._places.taken(self._proven(request)):
                self.finish_request(request, client_address)
        except Exception:  # noqa: BLE001  -- one connection must not take the server down; what is a bug is told
            self.handle_error()
        finally:
            self.shutdown_request(request)

    def _proven(self, connection: ssl.SSLSocket) -> str:
        """Return whom a connection proves to be, the empty text for nobody of ours; raises `OSError`."""
        try:
            connection.settimeout(self.bounds.handshake_seconds)
            connection.do_handshake()
        finally:
            stood = self._doorstep.leave(connection)
        if not stood:
            raise NoPlace
        return self.peer_of(connection)

    def handle_error(self, *_: object) -> None:
        """Tell a bug; a client that went away, was too slow, proved nothing or found no place is none."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            sys.stderr.write(trace(error))
