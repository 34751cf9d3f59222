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
from typing import Any, Final, Self

from openjpki.desk.places import Doorstep, NoPlace, Places
from openjpki.errors import trace

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
MAX_REPLY_SECONDS: Final = 20.0
"""From the first byte of the reply to the last: a peer that reads slowly gives its place back."""


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


class _UntilDeadline(io.RawIOBase):
    """A client's bytes, either way, as long as they come or go in time: one that drips or sips does not keep a thread."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._wait_no_longer()
        return self._connection.recv_into(buffer)

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

    server: "MutualServer"
    connection: ssl.SSLSocket
    protocol_version = "HTTP/1.1"
    server_version = "OpenJPKI"
    sys_version = ""
    reply_type = "application/octet-stream"
    """What its replies are, if nothing else is said."""

    def setup(self) -> None:
        """Read until the deadline; what is written is kept until it is whole."""
        super().setup()
        self.rfile = io.BufferedReader(_UntilDeadline(self.connection, self.server.bounds.request_seconds))
        self.wfile = self._head = io.BytesIO()

    def peer(self) -> str:
        """Return whom the connection proves to be, the empty text for nobody of ours."""
        return self.server.peer_of(self.connection)

    def stated_length(self) -> int | None:
        """Return the length that the request states of its body, None if it states none in plain digits."""
        text = self.headers.get("Content-Length", "")
        plain = re.fullmatch("[0-9]{1,9}", text) and "Transfer-Encoding" not in self.headers
        return int(text) if plain else None

    def body(self, most: int) -> bytes | None:
        """Return the request's body, of a stated and bounded length; None if that was refused, or the client went away."""
        length = self.stated_length()
        if length is None:
            self.answer(HTTPStatus.LENGTH_REQUIRED)
        elif length > most:
            self.answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif len(body := self.rfile.read(length)) == length:
            return body
        return None

    def answer(self, status: HTTPStatus, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Send the reply, in time or not at all."""
        self.send_response(status)
        for name, value in ({"Content-Type": self.reply_type} | dict(headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        reply = _UntilDeadline(self.connection, self.server.bounds.reply_seconds)
        reply.send(self._head.getvalue() + body)

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


class MutualServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens with mutual TLS; made, it holds its port, and answers while `answering`.

    `peer_of` tells whom a connection proves to be after its handshake. Raises `OSError` for a port that is taken.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        context: ssl.SSLContext,
        handler: type[Handler],
        *,
        peer_of: Callable[[ssl.SSLSocket], str],
        bounds: Bounds,
    ) -> None:
        """Take the address, port 0 for one that the system proposes."""
        self.bounds = bounds
        self.peer_of = peer_of
        self._context = context
        self._doorstep = Doorstep(bounds.handshakes)
        self._places = Places(most=bounds.places, of_one=bounds.places_of_one)
        super().__init__(address, handler)
        self.port: int = self.server_address[1]

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
