"""The operators' door: whose browser it is, is asked of the register at every request; then the pages answer.

It knows no socket (`server` does), and the pages know no certificate: they are told a name.
"""

import hmac
import io
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import DatabaseError
from django.template.loader import render_to_string

from openjpki.authority.control.operators import admitted
from openjpki.errors import Failure, Kind
from openjpki.site.operators.server import PageReply, PageRequest
from openjpki.site.operators.visitors import FORM_KEY, OPERATOR

URLS = "openjpki.site.operators.urls"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No script; forms go to where they came from."""
_SECRET_BYTES = 32
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


class RegisterSilent(Failure):
    """The authority's database does not answer, so nobody is known."""

    code = "operators.register-silent"
    kind = Kind.UNAVAILABLE
    ja = "機構のデータベースが応答しないため、運用者を確認できません。"
    en = "The authority's database does not answer, so no operator can be known."


class _Request(WSGIRequest):
    """A request of the operators' pages, whatever else this process serves."""

    urlconf = URLS


class _Application(WSGIHandler):
    """Django over the operators' addresses."""

    request_class = _Request


class OperatorDoor:
    """Answers operators' browsers; several threads may use it.

    `clock` is the transport clock, which is always real. Forms are good for the door that gave them, until it closes.
    """

    def __init__(self, *, clock: Callable[[], datetime], entropy: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._secret = entropy(_SECRET_BYTES)
        self._application = _Application()

    def receive(self, request: PageRequest) -> PageReply:
        """Answer a request under a certificate whose key the line has proven."""
        try:
            operator = admitted(request.certificate, self._clock())
        except Failure as failure:
            return _refusal(failure, HTTPStatus.FORBIDDEN)
        except DatabaseError:
            return _refusal(RegisterSilent(), HTTPStatus.SERVICE_UNAVAILABLE)
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def head(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
            told.append((status, headers))
            return io.BytesIO().write  # nobody writes: what is answered is iterated

        answered = self._application(self._environ(request, operator.name), head)
        try:
            body = b"".join(answered)
        finally:
            answered.close()
        status, headers = told[0]
        said = dict(headers)
        said.pop("Content-Length", None)  # the server says how long what it sends is
        return PageReply(
            status=HTTPStatus(int(status.split(" ", 1)[0])),
            headers={"Cache-Control": "no-store"} | said | _ALWAYS,
            body=body,
        )

    def _environ(self, request: PageRequest, operator: str) -> dict[str, Any]:
        path, _, query = request.path.partition("?")
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
        return headers | {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(request.body),
            OPERATOR: operator,
            FORM_KEY: hmac.digest(self._secret, request.certificate, "sha256"),
        }


def _refusal(failure: Failure, status: HTTPStatus) -> PageReply:
    page = render_to_string(
        "site/operators/refused.html", {"code": failure.code, "ja": failure.message("ja"), "en": failure.message("en")}
    )
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return PageReply(status=status, headers=headers | _ALWAYS, body=page.encode())
