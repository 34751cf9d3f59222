from http.server import BaseHTTPRequestHandler

import pytest

from openjpki.authority.checking import fetching
from openjpki.authority.checking.fetching import BadServedAddress, NotServed, address, fetched
from tests.support.http import served


class Echo(BaseHTTPRequestHandler):
    """Answers with the path, or with what was posted and its type; turns elsewhere when asked to."""

    def do_GET(self) -> None:
        """Answer with the path, or a redirection."""
        self.send_response(302 if self.path == "/elsewhere" else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(self.path.encode())

    def do_POST(self) -> None:
        """Answer with what was posted."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Content-Type"].encode() + b" " + body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_what_stands_there_is_read() -> None:
    """A GET, and a POST with its type (RFC 6960 §A.1)."""
    with served(Echo) as base:
        assert fetched(f"{base}/ca/signature-1.cer") == b"/ca/signature-1.cer"
        assert fetched(f"{base}/ocsp", body=b"question", content_type="x/y") == b"x/y question"


def test_nothing_is_believed_beyond_a_plain_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirection, something too large, and silence are no answer."""
    with served(Echo) as base:
        with pytest.raises(NotServed, match="302"):
            fetched(f"{base}/elsewhere")
        monkeypatch.setattr(fetching, "MOST_SERVED_BYTES", 3)
        with pytest.raises(NotServed, match="too large"):
            fetched(f"{base}/long")
    with pytest.raises(NotServed):
        fetched(f"{base}/gone")


@pytest.mark.parametrize("text", ["http://127.0.0.1:8480", "https://ocsp.example.invalid/", "http://[::1]:80/jpki/"])
def test_an_address_has_no_slash_at_its_end(text: str) -> None:
    """Paths are put behind it."""
    assert address(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    ["", "127.0.0.1", "ftp://a", "http://", "http://a?b", "http://a#b", "http://u:p@a", "http://a:99999", "http://[a"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Only http and https, without query, fragment or password."""
    with pytest.raises(BadServedAddress):
        address(text)
