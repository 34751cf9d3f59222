"""What the responder answers over HTTP: a question in, bytes out. No framework, no database, no socket.

`POST /ocsp/<kind>` and `GET /ocsp/<kind>/<base64>` (RFC 6960 §A.1); `/healthz` says that the process lives, `/readyz`
that it has something sure to say. `lines` reads the requests and writes the replies.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from openjpki.authority.responding.answering import INTERNAL_ERROR, MALFORMED, TRY_LATER, Answered
from openjpki.authority.responding.cache import CachedDesk
from openjpki.authority.responding.reading import StatusFile
from openjpki.authority.responding.requests import RequestHead
from openjpki.authority.responding.tally import ROW, Tally
from openjpki.authority.responding.transport import (
    REQUEST,
    RESPONSE,
    cache_control,
    has,
    question_in,
    validators,
)
from openjpki.authority.responding.view import NotSure
from openjpki.errors import Failure
from openjpki.pki.ocsp import MOST_REQUEST_BYTES
from openjpki.rules.kinds import CertificateKind

MOST_SIGNING: Final = 32
"""Questions at once that wait for the signing process; one more is told to try later."""
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One HTTP reply: what comes before the fields that the connection adds, and the body."""

    head: bytes
    """Status line and fields, each with its line's end."""
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A question, and whose address it was sent to."""

    kind: CertificateKind
    question: bytes
    has: str = ""
    """If-None-Match: what the asker has (RFC 9110 §13.1.2), where that may be said."""


_PLAIN: Fields = (("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"))


def reply_of(status: HTTPStatus, fields: Fields, body: bytes = b"") -> Reply:
    """Return a reply with its length stated, where one is (RFC 9110 §8.6)."""
    length = () if status is HTTPStatus.NOT_MODIFIED else (("content-length", str(len(body))),)
    lines = (f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {said}" for name, said in (*fields, *length)), "")
    return Reply(head="\r\n".join(lines).encode("latin-1"), body=body)


def plain(status: HTTPStatus, body: bytes = b"", *fields: tuple[str, str]) -> Reply:
    """Return a reply that no cache keeps, of words or of none."""
    return reply_of(status, (*fields, *_PLAIN), body)


_POSTED = {f"/ocsp/{kind.value}": kind for kind in CertificateKind}
_KINDS = {kind.value: kind for kind in CertificateKind}
_NOT_FOUND = plain(HTTPStatus.NOT_FOUND)
_ONLY_POST = plain(HTTPStatus.METHOD_NOT_ALLOWED, b"", ("allow", "POST"))
_ONLY_GET = plain(HTTPStatus.METHOD_NOT_ALLOWED, b"", ("allow", "GET, HEAD"))
_OTHER_TYPE = plain(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
_OK = plain(HTTPStatus.OK, b"ok\n")
_NOTHING_SURE = plain(HTTPStatus.SERVICE_UNAVAILABLE, b"not ready\n")
_TOO_LONG = plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


@dataclass(kw_only=True)
class OcspApplication:
    """Answers from a node's store. `real` is the real clock, `clock` the legal one; `fault` is told what went wrong."""

    desk: CachedDesk
    store: StatusFile
    clock: Callable[[], datetime]
    real: Callable[[], datetime]
    fault: Callable[[Exception], None]
    signs_elsewhere: bool = False
    """The key is in another process: what waits for it must not keep the others waiting."""
    tally: Tally = field(default_factory=lambda: Tally([0] * ROW))
    _signing: int = field(default=0, init=False)
    _second: tuple[datetime, datetime] | None = field(default=None, init=False)
    _said: dict[bytes, Reply] = field(default_factory=dict, init=False)
    """The replies of this second with answers from memory, which are the same until the next."""

    def answer(self, head: RequestHead, body: bytes) -> Reply | Coroutine[Any, Any, Reply]:
        """Return the reply to a request, or what waits for it where another process has to sign."""
        began = time.perf_counter()
        asked = _asked(head, body)
        if asked is None:
            return self._other(head)
        if isinstance(asked, Reply):
            return asked
        at = self.clock()
        if not 0 < len(asked.question) <= MOST_REQUEST_BYTES:
            return self._told(asked, MALFORMED, at, began, kept=False)
        answered = self.desk.kept(asked.question, at, asked.kind)
        if answered is not None:
            return self._told(asked, answered, at, began, kept=True)
        if self.signs_elsewhere:
            return self._later(asked, at, began)
        return self._told(asked, self._signed(asked, at), at, began, kept=False)

    def too_long(self, head: RequestHead) -> Reply:
        """Return the reply to a request whose body is longer than any question."""
        if head.method != "POST" or head.path not in _POSTED:
            return _TOO_LONG
        return self._told(
            _Asked(kind=_POSTED[head.path], question=b""), MALFORMED, self.clock(), time.perf_counter(), kept=False
        )

    async def _later(self, asked: _Asked, at: datetime, began: float) -> Reply:
        if self._signing >= MOST_SIGNING:
            return self._told(asked, TRY_LATER, at, began, kept=False)
        self._signing += 1
        try:
            answered = await asyncio.to_thread(self._signed, asked, at)
        finally:
            self._signing -= 1
        return self._told(asked, answered, at, began, kept=False)

    def _signed(self, asked: _Asked, at: datetime) -> Answered:
        try:
            return self.desk.answer(asked.question, at, asked.kind)
        except Failure as failure:  # the key is out of reach
            self.fault(failure)
            return TRY_LATER
        except Exception as error:  # noqa: BLE001  -- the last edge: a bug is told here, and nothing of it to the asker
            self.fault(error)
            return INTERNAL_ERROR

    def _told(self, asked: _Asked, answered: Answered, at: datetime, began: float, *, kept: bool) -> Reply:
        now = self.real()
        if asked.has and has(asked.has, answered, at):
            told = reply_of(HTTPStatus.NOT_MODIFIED, validators(answered, at, now))
        elif kept and answered.next_update is not None:
            told = self._again(answered, at, now)
        else:
            told = _reply(answered, at, now)
        self.tally.answered(answered.word, time.perf_counter() - began, kept=kept)
        return told

    def _again(self, answered: Answered, at: datetime, now: datetime) -> Reply:
        if self._second != (at, now):
            self._second = (at, now)
            self._said.clear()
        told = self._said.get(answered.der)
        if told is None:
            told = self._said[answered.der] = _reply(answered, at, now)
        return told

    def _other(self, head: RequestHead) -> Reply:
        if head.path not in {"/healthz", "/readyz"}:
            return _NOT_FOUND
        if head.method not in {"GET", "HEAD"}:
            return _ONLY_GET
        if head.path == "/readyz":
            try:
                self.store.look(self.clock())
            except NotSure:
                return _NOTHING_SURE
        return _OK


def _asked(head: RequestHead, body: bytes) -> _Asked | Reply | None:
    """Return the question of a request, a reply that refuses it, or None if it is sent to none of the two addresses."""
    kind = _POSTED.get(head.path)
    if kind is not None:
        if head.method != "POST":
            return _ONLY_POST
        return _Asked(kind=kind, question=body) if head.content_type == REQUEST else _OTHER_TYPE
    room, _, rest = head.path.removeprefix("/").partition("/")
    named, _, encoded = rest.partition("/")
    if room != "ocsp" or named not in _KINDS:
        return None
    if head.method not in {"GET", "HEAD"}:
        return _ONLY_GET
    return _Asked(kind=_KINDS[named], question=question_in(unquote(encoded)), has=head.if_none_match)


def _reply(answered: Answered, at: datetime, now: datetime) -> Reply:
    control = ("cache-control", cache_control(answered, at))
    fields = validators(answered, at, now) or (control,)
    return reply_of(HTTPStatus.OK, (("content-type", RESPONSE), *fields), answered.der)
