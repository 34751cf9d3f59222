"""One question over HTTP, bounded in size and in time as a whole: how responders and time-stamp authorities are asked.

No redirect is followed, no proxy and no credentials of the surroundings are used. What comes back is signed, and judged
by whoever asked.
"""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit


class NoExchange(Exception):
    """There is no answer that can be looked at; the callers turn it into a refusal of their own."""


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How one kind of question is asked."""

    question: str
    """The media type of the request."""
    answer: str
    """That of the answer; anything else is not looked at."""
    most: int
    """Bytes of an answer."""
    schemes: frozenset[str] = frozenset({"http"})


OCSP = Protocol(question="application/ocsp-request", answer="application/ocsp-response", most=64 * 1024)
"""RFC 6960 Appendix A.1. Ours take about 2 kB, most of it the responder's certificate."""
TIME_STAMP = Protocol(
    question="application/timestamp-query",
    answer="application/timestamp-reply",
    most=64 * 1024,
    schemes=frozenset({"http", "https"}),
)
"""RFC 3161 §3.4. A token with a chain of three certificates takes about 6 kB."""


def post(protocol: Protocol, url: str, question: bytes, *, seconds: float) -> bytes:
    """Post a question and return the answer, within some seconds in all once the name is resolved.

    Raises `NoExchange` with the reason.
    """
    end = time.monotonic() + seconds
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        message = "address"
        raise NoExchange(message) from error
    if parts.scheme not in protocol.schemes or host is None:
        message = "scheme"
        raise NoExchange(message)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=seconds)
    try:
        connection.connect()
        with _deadline(connection.sock, end - time.monotonic()) as late:
            answer = _answer(connection, protocol, target, question)
        if late.is_set():
            raise NoExchange("time")  # noqa: EM101  -- the word a report shows
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoExchange(str(error) or type(error).__name__) from error
    else:
        return answer
    finally:
        connection.close()


def _answer(connection: http.client.HTTPConnection, protocol: Protocol, target: str, question: bytes) -> bytes:
    connection.request("POST", target, body=question, headers={"Content-Type": protocol.question})
    response = connection.getresponse()
    if response.status != http.client.OK or response.headers.get_content_type() != protocol.answer:
        message = f"HTTP {response.status} {response.headers.get_content_type()}"
        raise ValueError(message)
    answer = response.read(protocol.most + 1)
    if len(answer) > protocol.most:
        message = "size"
        raise ValueError(message)
    return answer


@contextmanager
def _deadline(connected: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Shut the socket down after some seconds: its own timeout starts anew with every byte that drips in."""
    late = threading.Event()

    def shut() -> None:
        late.set()
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, seconds), shut)
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
