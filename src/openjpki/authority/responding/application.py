"""The responder over HTTP, as a bare ASGI application: a question in, bytes out. No framework, no database.

`POST /ocsp/<kind>` and `GET /ocsp/<kind>/<base64>` (RFC 6960 §A.1); `/healthz` says that the process lives, `/readyz`
that it has something sure to say.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from openjpki.authority.responding.answering import INTERNAL_ERROR, MALFORMED, TRY_LATER, Answered
from openjpki.authority.responding.cache import CachedDesk
from openjpki.authority.responding.store import StatusFile
from openjpki.authority.responding.transport import REQUEST, RESPONSE, cache_control, dates, question_in
from openjpki.authority.responding.view import NotSure
from openjpki.errors import Failure
from openjpki.pki.ocsp import MOST_REQUEST_BYTES
from openjpki.rules.kinds import CertificateKind

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_SECONDS: Final = 10.0
"""From the head of a request to the last byte of its body, which takes milliseconds."""
MOST_SIGNING: Final = 32
"""Questions at once that wait for the signing process; one more is told to try later."""
_KINDS = {kind.value: kind for kind in CertificateKind}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One HTTP answer."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


_PLAIN = (("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"))
_ALLOW_POST = (("allow", "POST"), *_PLAIN)
_ALLOW_GET = (("allow", "GET, HEAD"), *_PLAIN)


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
    body_seconds: float = MAX_BODY_SECONDS
    _signing: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        reply = await self._reply(scope, receive)
        head = [(name.encode(), value.encode()) for name, value in reply.headers]
        head.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status.value, "headers": head})
        body = b"" if scope["method"] == "HEAD" else reply.body
        await send({"type": "http.response.body", "body": body})

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        method, path = scope["method"], scope["path"]
        room, _, rest = path.removeprefix("/").partition("/")
        if room != "ocsp":
            return self._health(method, path)
        named, _, encoded = rest.partition("/")
        kind = _KINDS.get(named)
        if kind is None:
            return Reply(status=HTTPStatus.NOT_FOUND, headers=_PLAIN)
        if not encoded:
            return await self._posted(scope, receive, kind)
        if method not in {"GET", "HEAD"}:
            return Reply(status=HTTPStatus.METHOD_NOT_ALLOWED, headers=_ALLOW_GET)
        return await self._answered(question_in(encoded), kind)

    async def _posted(self, scope: Scope, receive: Receive, kind: CertificateKind) -> Reply:
        if scope["method"] != "POST":
            return Reply(status=HTTPStatus.METHOD_NOT_ALLOWED, headers=_ALLOW_POST)
        if _content_type(scope) != REQUEST:
            return Reply(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers=_PLAIN)
        try:
            async with asyncio.timeout(self.body_seconds):
                body = await _body(receive)
        except TimeoutError:
            return Reply(status=HTTPStatus.REQUEST_TIMEOUT, headers=(*_PLAIN, ("connection", "close")))
        return await self._answered(body, kind)

    def _health(self, method: str, path: str) -> Reply:
        if path not in {"/healthz", "/readyz"}:
            return Reply(status=HTTPStatus.NOT_FOUND, headers=_PLAIN)
        if method not in {"GET", "HEAD"}:
            return Reply(status=HTTPStatus.METHOD_NOT_ALLOWED, headers=_ALLOW_GET)
        if path == "/readyz":
            try:
                self.store.head(self.clock())
            except NotSure:
                return Reply(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=_PLAIN, body=b"not ready\n")
        return Reply(status=HTTPStatus.OK, headers=_PLAIN, body=b"ok\n")

    async def _answered(self, question: bytes, kind: CertificateKind) -> Reply:
        at = self.clock()
        try:
            answered = await self._answer(question, at, kind)
        except Failure as failure:  # the key is out of reach
            self.fault(failure)
            answered = TRY_LATER
        except Exception as error:  # noqa: BLE001  -- the last edge: a bug is told here, and nothing of it to the asker
            self.fault(error)
            answered = INTERNAL_ERROR
        control = ("cache-control", cache_control(answered, at))
        headers = (("content-type", RESPONSE), control, *dates(answered, at, self.real()))
        return Reply(status=HTTPStatus.OK, headers=headers, body=answered.der)

    async def _answer(self, question: bytes, at: datetime, kind: CertificateKind) -> Answered:
        if not question or len(question) > MOST_REQUEST_BYTES:
            return MALFORMED
        kept = self.desk.kept(question, at, kind)
        if kept is not None:
            return kept
        if not self.signs_elsewhere:
            return self.desk.answer(question, at, kind)
        if self._signing >= MOST_SIGNING:
            return TRY_LATER
        self._signing += 1
        try:
            return await asyncio.to_thread(self.desk.answer, question, at, kind)
        finally:
            self._signing -= 1


def _content_type(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"content-type":
            words: str = value.decode("latin-1")
            return words.partition(";")[0].strip().lower()
    return ""


async def _body(receive: Receive) -> bytes:
    """Read a body to its bound, and no further: one byte more says that it is too long."""
    body = b""
    more = True
    while more and len(body) <= MOST_REQUEST_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
