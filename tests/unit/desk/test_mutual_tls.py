import socket
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from openjpki.desk.mutual_tls import Bounds, Handler, MutualServer
from openjpki.desk.tls import peer_of, server_context
from openjpki.site.clock import real_moment
from tests.support.desk import LOOPBACK, Ends


class Greeter(Handler):
    """Says whom it knows."""

    reply_type = "text/x"

    def do_GET(self) -> None:  # noqa: N802  -- the standard library's name for it
        """Greet the peer."""
        self.close_connection = True
        self.answer(HTTPStatus.OK, self.peer().encode(), {"X-Length": str(self.stated_length())})


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    """Return both ends' certificates."""
    return Ends(tmp_path / "ends")


@pytest.fixture
def server(ends: Ends) -> Iterator[MutualServer]:
    """Serve the greeter."""
    context = server_context(ends.ca.server_file(real_moment()), ends.ca.certificate)
    found = MutualServer(
        (LOOPBACK, 0),
        context,
        Greeter,
        peer_of=lambda connection: peer_of(connection.getpeercert() or {}),
        bounds=Bounds(places_of_one=1),
    )
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


def test_a_handler_knows_the_peer_and_answers_in_its_type(ends: Ends, server: MutualServer) -> None:
    """What a door of another kind needs: who asks, how long the body is, and a reply with its own headers (R-5.24)."""
    answer = asked(ends, server.port, b"GET / HTTP/1.1\r\nContent-Length: 7\r\n\r\n")

    assert answer.endswith(b"\r\n\r\n99201")
    assert b"Content-Type: text/x\r\n" in answer
    assert b"X-Length: 7\r\n" in answer


def test_a_length_is_stated_in_plain_digits(ends: Ends, server: MutualServer) -> None:
    """None, a sign or a chunked body state no length."""
    for header in (b"", b"Content-Length: +7\r\n", b"Content-Length: 7\r\nTransfer-Encoding: chunked\r\n"):
        assert b"X-Length: None\r\n" in asked(ends, server.port, b"GET / HTTP/1.1\r\n" + header + b"\r\n")


def test_a_port_that_is_taken_is_an_error_of_the_system(ends: Ends, server: MutualServer) -> None:
    """Each door has its own words for it."""
    context = server_context(ends.ca.server_file(real_moment()), ends.ca.certificate)
    with pytest.raises(OSError, match="in use"):
        MutualServer((LOOPBACK, server.port), context, Greeter, peer_of=lambda _: "", bounds=Bounds())
