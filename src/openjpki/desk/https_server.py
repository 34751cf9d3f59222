"""The authority's end of the line over HTTPS: a bounded server that hands each envelope over with its proven sender.

The peer is what the verified client certificate says: exactly one URI `urn:openjpki:municipality:CODE` among its names.
A connection serves one request. Its handshake, its reading and its writing have one deadline together, and there are no
more connections at a time than threads.
"""

import io
import re
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from openjpki.desk.envelope import MAX_ENVELOPE
from openjpki.desk.https import ENVELOPE_TYPE, PATH, REPLY_TYPE
from openjpki.desk.tls import peer_of
from openjpki.errors import Failure, Kind, trace

THREADS: Final = 16
SECONDS: Final = 20.0
"""From the connection to the last byte of the request."""

Receive = Callable[[str, bytes], bytes]
"""Peer and envelope in, reply out; raises what is UNAVAILABLE."""


class DeskPortTaken(Failure):
    """Another program listens on the desk's port."""

    code = "desk.port-taken"
    kind = Kind.UNAVAILABLE
    ja = "ポート {port} は別のプログラムが使用中です。--desk-port で別の番号を指定してください。"
    en = "Port {port} is used by another program. Choose another with --desk-port."


class _UntilDeadline(io.RawIOBase):
    """What a client sends, as long as it comes in time: a client that drips bytes does not keep a thread."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    """One request of one peer."""

    server: "DeskServer"
    connection: ssl.SSLSocket
    protocol_version = "HTTP/1.1"
    server_version = "OpenJPKI"
    sys_version = ""

    def setup(self) -> None:
        """Finish the handshake, in this connection's own thread, then read until the deadline."""
        deadline = time.monotonic() + self.server.seconds
        self.request.settimeout(self.server.seconds)
        self.request.do_handshake()
        super().setup()
        self.rfile = io.BufferedReader(_UntilDeadline(self.connection, deadline))

    def do_POST(self) -> None:
        """Take an envelope."""
        self.close_connection = True
        peer = peer_of(self.connection.getpeercert() or {})
        if not peer:
            self._answer(HTTPStatus.FORBIDDEN)
        elif self.path != PATH:
            self._answer(HTTPStatus.NOT_FOUND)
        elif self.headers.get_content_type() != ENVELOPE_TYPE:
            self._answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif (length := self._length()) is None:
            self._answer(HTTPStatus.LENGTH_REQUIRED)
        elif length > MAX_ENVELOPE:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._take(peer, length)

    def _take(self, peer: str, length: int) -> None:
        wire = self.rfile.read(length)
        if len(wire) < length:
            return  # the client went away in the middle
        try:
            reply = self.server.receive(peer, wire)
        except Failure as failure:
            limited = failure.code == "desk.rate-limited"
            self._answer(HTTPStatus.TOO_MANY_REQUESTS if limited else HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception as error:  # noqa: BLE001  -- a bug must not take the server down; the sender keeps its message
            sys.stderr.write(trace(error))
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        else:
            self._answer(HTTPStatus.OK, reply)

    def _length(self) -> int | None:
        text = self.headers.get("Content-Length", "")
        plain = re.fullmatch("[0-9]{1,9}", text) and "Transfer-Encoding" not in self.headers
        return int(text) if plain else None

    def _answer(self, status: HTTPStatus, body: bytes = b"") -> None:
        self.connection.settimeout(self.server.seconds)
        self.send_response(status)
        self.send_header("Content-Type", REPLY_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, *_: object) -> None:
        """Answer what is no request of ours by its status alone."""
        self.close_connection = True
        self.request_version = self.protocol_version  # what could not be read may have named none
        self._answer(HTTPStatus(code))

    def log_message(self, *_: object) -> None:
        """Write nothing: the audit record says what was refused."""


class DeskServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens with mutual TLS; made, it holds its port, and answers while `answering`."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        context: ssl.SSLContext,
        receive: Receive,
        *,
        threads: int = THREADS,
        seconds: float = SECONDS,
    ) -> None:
        """Take the address, port 0 for one that the system proposes; raises `DeskPortTaken`."""
        self.receive = receive
        self.seconds = seconds
        self._context = context
        self._free = threading.BoundedSemaphore(threads)
        try:
            super().__init__(address, _Handler)
        except OSError as error:
            raise DeskPortTaken(port=address[1]) from error
        self.port: int = self.server_address[1]

    @contextmanager
    def answering(self) -> Iterator["DeskServer"]:
        """Answer in threads while the block runs, then give the port back."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="desk", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection; the handshake waits for the connection's own thread."""
        connection, address = super().get_request()
        try:
            wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        except OSError:
            connection.close()
            raise
        return wrapped, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread if one is free; else the client is sent away, and tries again later."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection, then free its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, *_: object) -> None:
        """Tell a bug; a client that went away, was too slow or proved nothing is none."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            sys.stderr.write(trace(error))
