import ssl
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from openjpki.documents.exchange import OCSP, TIME_STAMP, NoExchange, post
from tests.support.http import served


class _Server(BaseHTTPRequestHandler):
    """Tells what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Content-Type", TIME_STAMP.answer)
        self.send_header("Location", "/")
        self.end_headers()
        self.wfile.write(self.path.encode() + b" " + str(self.headers["Content-Type"]).encode() + b" " + body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve on loopback and return the address."""
    with served(_Server) as address:
        yield address


def test_a_question_goes_to_the_whole_address(server: str) -> None:
    """Path and query of the address are the owner's; the media type is the protocol's (RFC 3161 §3.4)."""
    asked = post(TIME_STAMP, f"{server}/tsa?policy=1", b"question", seconds=5)

    assert asked == b"/tsa?policy=1 application/timestamp-query question"


@pytest.mark.parametrize("path", ["/moved"])
def test_a_redirect_is_not_followed(server: str, path: str) -> None:
    """Whoever is asked answers, or nobody does."""
    with pytest.raises(NoExchange):
        post(TIME_STAMP, server + path, b"question", seconds=5)


def test_an_answer_of_another_protocol_is_not_looked_at(server: str) -> None:
    """A time-stamp is no status."""
    with pytest.raises(NoExchange):
        post(OCSP, server, b"question", seconds=5)


def test_tls_is_spoken_with_certificates_that_hold(server: str) -> None:
    """An authority may stand behind https; a peer that speaks none is nobody. OCSP is plain only."""
    with pytest.raises(NoExchange) as refusal:
        post(TIME_STAMP, server.replace("http", "https"), b"question", seconds=5)
    assert isinstance(refusal.value.__cause__, ssl.SSLError)
    with pytest.raises(NoExchange, match="scheme"):
        post(OCSP, server.replace("http", "https"), b"question", seconds=5)


def test_no_time_is_no_answer(server: str) -> None:
    """The time counts from the beginning, connecting included."""
    began = time.monotonic()
    with pytest.raises(NoExchange):
        post(TIME_STAMP, server, b"question", seconds=0.0)

    assert time.monotonic() - began < 2
