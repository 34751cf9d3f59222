import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import pytest

from openjpki.desk.mutual_tls import Bounds, Handler, MutualServer, Streamed
from openjpki.desk.tls import peer_of, server_context
from openjpki.errors import Failure, Kind
from openjpki.site.clock import real_moment
from tests.support.desk import LOOPBACK, Ends

LONG = bytes(range(256)) * 1000
"""Longer than a piece."""
FILES = {"/long": lambda: BytesIO(LONG + b"more"), "/short": lambda: BytesIO(LONG[:-1])}


class Greeter(Handler):
    """Says whom it knows."""

    reply_type = "text/x"

    def do_GET(self) -> None:  # noqa: N802  -- the standard library's name for it
        """Greet the peer; give a long file, one that is cut short, or nothing new."""
        self.close_connection = True
        if self.path == "/unchanged":
            self.answer(HTTPStatus.NOT_MODIFIED, headers={"ETag": '"x"'})
            return
        if self.path in FILES:
            self.answer(HTTPStatus.OK, Streamed(file=FILES[self.path](), length=len(LONG)))
            return
        self.answer(HTTPStatus.OK, self.peer().encode(), {"X-Length": str(self.stated_length())})


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    """Return both ends' certificates."""
    return Ends(tmp_path / "ends")


class Taken(Failure):
    """Another has it."""

    code = "test.port-taken"
    kind = Kind.UNAVAILABLE
    ja = "ポート {port} は使用中です。"
    en = "Port {port} is taken."


class GreetingServer(MutualServer[None]):
    """Lets municipalities in."""

    handler = Greeter
    port_taken = Taken

    def peer_of(self, connection: ssl.SSLSocket) -> str:
        """Return the municipality."""
        return peer_of(connection.getpeercert() or {})


@pytest.fixture
def server(ends: Ends) -> Iterator[GreetingServer]:
    """Serve the greeter."""
    context = server_context(ends.ca.server_file(real_moment()), ends.ca.certificate)
    found = GreetingServer((LOOPBACK, 0), context, None, bounds=Bounds(places_of_one=1))
    with found.answering():
        yield found


def asked(ends: Ends, port: int, request: bytes) -> bytes:
    """Send raw bytes under a certificate, and return what comes back."""
    context = ends.line(port)._files_of("99201").context()
    with (
        socket.create_connection((LOOPBACK, port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=LOOPBACK) as secured,
    ):
        secured.sendall(request)
        answer = b""
        while read := secured.recv(65536):
            answer += read
        return answer


def test_a_handler_knows_the_peer_and_answers_in_its_type(ends: Ends, server: GreetingServer) -> None:
    """What a door of another kind needs: who asks, how long the body is, and a reply with its own headers (R-5.24)."""
    answer = asked(ends, server.port, b"GET / HTTP/1.1\r\nContent-Length: 7\r\n\r\n")

    assert answer.endswith(b"\r\n\r\n99201")
    assert b"Content-Type: text/x\r\n" in answer
    assert b"X-Length: 7\r\n" in answer


def test_a_length_is_stated_in_plain_digits(ends: Ends, server: GreetingServer) -> None:
    """None, a sign or a chunked body state no length."""
    for header in (b"", b"Content-Length: +7\r\n", b"Content-Length: 7\r\nTransfer-Encoding: chunked\r\n"):
        assert b"X-Length: None\r\n" in asked(ends, server.port, b"GET / HTTP/1.1\r\n" + header + b"\r\n")


def test_a_port_that_is_taken_is_told_in_the_doors_own_words(ends: Ends, server: GreetingServer) -> None:
    """Each door has its own words for it."""
    context = server_context(ends.ca.server_file(real_moment()), ends.ca.certificate)
    with pytest.raises(Taken, match=str(server.port)):
        GreetingServer((LOOPBACK, server.port), context, None)


def test_a_long_body_goes_out_in_pieces(ends: Ends, server: GreetingServer) -> None:
    """Its stated length and no more; a file that ends early ends the connection, and the client sees that it is not whole."""
    whole, short = (asked(ends, server.port, f"GET {path} HTTP/1.1\r\n\r\n".encode()) for path in FILES)

    for got in (whole, short):
        assert f"Content-Length: {len(LONG)}\r\n".encode() in got
    assert whole.partition(b"\r\n\r\n")[2] == LONG
    assert short.partition(b"\r\n\r\n")[2] == LONG[:-1]


def test_nothing_new_has_neither_body_nor_length(ends: Ends, server: GreetingServer) -> None:
    """RFC 9110 §8.6, §15.4.5."""
    got = asked(ends, server.port, b"GET /unchanged HTTP/1.1\r\n\r\n")

    assert got.startswith(b"HTTP/1.1 304 ")
    assert b'ETag: "x"\r\n' in got
    assert b"Content-" not in got
    assert got.endswith(b"\r\n\r\n")
