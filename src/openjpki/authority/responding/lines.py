"""The responder's connections: requests are read off them one after the other, and answered in one write each.

A question whose answer is in memory is answered before the next one is looked at; for one that waits for another process
its connection waits, and no other. Whoever is silent, drips, or does not read is hung up on by a sweep each second.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final, cast

from openjpki.authority.responding.application import OcspApplication, Reply, plain
from openjpki.authority.responding.requests import MOST_HEAD, BadHead, RequestHead, read_head
from openjpki.pki.ocsp import MOST_REQUEST_BYTES

MOST_CONNECTIONS: Final = 800
"""Of one process, which by default may have 1024 descriptors; one more is hung up on."""
HEAD_SECONDS: Final = 10.0
"""How long a client may be silent, or take for the head of a request, or for reading what it is told."""
BODY_SECONDS: Final = 10.0
"""From the head of a request to the last byte of its body, which takes milliseconds."""
SWEEP_SECONDS: Final = 1.0
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_END = b"\r\n\r\n"


class Lines:
    """All connections of a process: what they have in common."""

    def __init__(
        self,
        application: OcspApplication,
        real: Callable[[], datetime],
        *,
        head_seconds: float = HEAD_SECONDS,
        body_seconds: float = BODY_SECONDS,
        most: int = MOST_CONNECTIONS,
    ) -> None:
        """Answer with an application; `real` is the real clock, for the Date of each reply."""
        self.application = application
        self.head_seconds, self.body_seconds = head_seconds, body_seconds
        self._real = real
        self._most = most
        self._open: set[Line] = set()
        self._dated: tuple[datetime | None, bytes] = (None, b"")

    def connection(self) -> "Line":
        """Return what a new connection is read by: asyncio's factory of protocols."""
        return Line(self)

    def date(self) -> bytes:
        """Return the Date field (RFC 9110 §6.6.1) and the blank line behind the head."""
        now = self._real()
        if now != self._dated[0]:
            self._dated = (now, f"date: {format_datetime(now, usegmt=True)}\r\n\r\n".encode())
        return self._dated[1]

    def enter(self, line: "Line") -> bool:
        """Take a connection up, unless there are too many."""
        if len(self._open) >= self._most:
            return False
        self._open.add(line)
        return True

    def leave(self, line: "Line") -> None:
        """Forget a connection."""
        self._open.discard(line)

    async def sweep(self, pause: float = SWEEP_SECONDS) -> None:
        """Hang up on whoever is too slow, for ever."""
        while True:
            await asyncio.sleep(pause)
            now = asyncio.get_running_loop().time()
            for line in [line for line in self._open if line.deadline < now]:
                line.too_slow()


class Line(asyncio.Protocol):
    """One connection."""

    __slots__ = (
        "_body_from",
        "_come",
        "_full",
        "_head",
        "_lines",
        "_loop",
        "_over",
        "_transport",
        "_waiting",
        "deadline",
    )

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._loop = asyncio.get_running_loop()
        self._come = b""
        self._head: RequestHead | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._full = False
        self._over = False
        self.deadline = self._loop.time() + lines.head_seconds

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        if not self._lines.enter(self):
            self._over = True
            self._transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        """End; who waits for an answer waits no more."""
        self._over = True
        self._lines.leave(self)
        if self._waiting is not None:
            self._waiting.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer what has come whole."""
        if self._over:  # said everything; what still comes is let go by
            return
        self._come = self._come + data if self._come else data
        if self._waiting is not None or self._full:
            if len(self._come) > MOST_HEAD + MOST_REQUEST_BYTES:
                self._transport.pause_reading()
            return
        self._work()

    def pause_writing(self) -> None:
        """Answer no more until the client reads."""
        self._full = True

    def resume_writing(self) -> None:
        """Go on."""
        self._full = False
        self._go_on()

    def too_slow(self) -> None:
        """Hang up: with a word, if a request was under way."""
        if self._waiting is not None:
            return  # it is we who are slow
        if self._over or self._full or not (self._come or self._head):
            self._transport.abort()
        else:
            self._finish(plain(HTTPStatus.REQUEST_TIMEOUT))

    def _go_on(self) -> None:
        if self._over:
            return
        self._transport.resume_reading()
        self._work()

    def _work(self) -> None:
        """Answer all requests that are here, until one is not whole, has to wait, or is the last."""
        try:
            while not self._over and self._waiting is None and not self._full:
                head = self._head or self._next_head()
                if head is None:
                    return
                body = self._body(head)
                if body is None:
                    return
                self._head = None
                self._answer(head, body)
        except BadHead as bad:
            self._finish(plain(bad.status))

    def _next_head(self) -> RequestHead | None:
        come = self._come
        end = come.find(_END)
        if end < 0 or end > MOST_HEAD:
            if len(come) > MOST_HEAD:
                raise BadHead(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return None
        head = read_head(come[:end])
        self._come = come[end + 4 :]
        return head

    def _body(self, head: RequestHead) -> bytes | None:
        """Return the body of a request, None while it is not here; of one that is too long only as much as says so."""
        come, length = self._come, head.length
        if length > MOST_REQUEST_BYTES:
            return come[: MOST_REQUEST_BYTES + 1].ljust(MOST_REQUEST_BYTES + 1, b"\0")
        if len(come) >= length:
            self._come = come[length:]
            return come[:length]
        if self._head is None:
            self._head = head
            self.deadline = self._loop.time() + self._lines.body_seconds
            if head.expects:
                self._transport.write(_CONTINUE)
        return None

    def _answer(self, head: RequestHead, body: bytes) -> None:
        if len(body) > MOST_REQUEST_BYTES:  # what follows is not read, so this is the last
            self._finish(self._lines.application.too_long(head))
            return
        reply = self._lines.application.answer(head, body)
        if isinstance(reply, Reply):
            self._say(head, reply)
        else:
            self._waiting = self._loop.create_task(self._later(head, reply))

    async def _later(self, head: RequestHead, coming: Awaitable[Reply]) -> None:
        reply = await coming
        self._waiting = None
        self._say(head, reply)
        self._go_on()

    def _say(self, head: RequestHead, reply: Reply) -> None:
        if not head.keep_alive:
            self._finish(reply, head)
            return
        self.deadline = self._loop.time() + self._lines.head_seconds
        kept = b"connection: keep-alive\r\n" if head.old else b""
        body = b"" if head.method == "HEAD" else reply.body
        self._transport.write(b"".join((reply.head, kept, self._lines.date(), body)))

    def _finish(self, reply: Reply, head: RequestHead | None = None) -> None:
        """Say the last word, and wait a while for the client to hang up: it may still be sending, and would not hear it."""
        self._over = True
        self._come = b""
        body = b"" if head is not None and head.method == "HEAD" else reply.body
        self._transport.write(b"".join((reply.head, b"connection: close\r\n", self._lines.date(), body)))
        if head is not None:  # all of the request is read
            self._transport.close()
            return
        self.deadline = self._loop.time() + self._lines.head_seconds
        self._transport.write_eof()
        self._transport.resume_reading()
