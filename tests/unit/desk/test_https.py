import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openjpki.desk.carrier import MAX_MESSAGE, AuthorityUnreachable
from openjpki.desk.https import REPLY_TYPE
from openjpki.desk.tls import server_context
from openjpki.site.clock import real_moment
from tests.support.desk import LOOPBACK, Ends


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    """Return both ends' certificates."""
    return Ends(tmp_path / "ends")


@contextmanager
def saying(ends: Ends, answer: bytes) -> Iterator[int]:
    """Answer one connection with these bytes, whatever it asks, and hang up."""
    context = server_context(ends.ca.server_file(real_moment()), ends.ca.certificate)
    with socket.create_server((LOOPBACK, 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(65536)
                secured.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def reply(body: bytes, *, status: str = "200 OK", kind: str = REPLY_TYPE, length: int | None = None) -> bytes:
    """Return an HTTP answer."""
    stated = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {stated}\r\n\r\n".encode() + body


def test_a_reply_is_brought_back(ends: Ends) -> None:
    """The body of the answer, byte for byte."""
    with saying(ends, reply(b"hello")) as port:
        assert ends.line(port).exchange("99201", b"envelope") == b"hello"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no http\r\n\r\n",
        reply(b"hello", status="500 Internal Server Error"),
        reply(b"hello", status="429 Too Many Requests"),
        reply(b"hello", status="302 Found"),
        reply(b"hello", kind="text/html"),
        reply(b"hello", length=50),
        reply(b"", length=MAX_MESSAGE + 1),
        f"HTTP/1.1 200 OK\r\nContent-Type: {REPLY_TYPE}\r\n\r\nhello".encode(),
    ],
    ids=["nothing", "no-http", "fault", "limited", "redirect", "other-type", "half", "too-large", "no-length"],
)
def test_what_is_no_whole_reply_is_none(ends: Ends, answer: bytes) -> None:
    """The sender keeps its message unless a whole reply of the right form has come."""
    with saying(ends, answer) as port, pytest.raises(AuthorityUnreachable):
        ends.line(port).exchange("99201", b"envelope")


def test_nobody_there_is_unreachable(ends: Ends) -> None:
    """A port on which nothing listens, and one that never answers."""
    with socket.create_server((LOOPBACK, 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(AuthorityUnreachable):
            ends.line(port, seconds=0.2).exchange("99201", b"envelope")
    with pytest.raises(AuthorityUnreachable):
        ends.line(port).exchange("99201", b"envelope")


def test_another_ca_is_not_trusted(ends: Ends, tmp_path: Path) -> None:
    """A server that the desk's CA has not certified learns nothing, not even the envelope."""
    heard: list[bytes] = []

    def hear(_peer: str, wire: bytes) -> bytes:
        heard.append(wire)
        return b""

    with Ends(tmp_path / "other").serving(hear) as port:
        with pytest.raises(AuthorityUnreachable):
            ends.line(port).exchange("99201", b"envelope")
        assert heard == []
