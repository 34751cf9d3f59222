"""The outermost layer of the web application: names each request, counts it, and writes its one line where one logs."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from openjpki.authority.responding.transport import RESPONSE
from openjpki.site.entropy import entropy
from openjpki.site.watching import logs
from openjpki.site.watching.wiring import measures

NOWHERE = "none"
"""The view of a request that no address of ours was asked by."""
_OCSP = frozenset({"ocsp", "ocsp-get"})


class Watch:
    """Sees a request come and its answer go. Neither address nor query nor body is kept: only which view it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._logger = logs.logger()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then count and tell."""
        token = logs.REQUEST.set(entropy(8).hex())
        began = time.perf_counter()
        try:
            response = self._get_response(request)
            self._tell(request, response, time.perf_counter() - began)
        finally:
            logs.REQUEST.reset(token)
        return response

    def _tell(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        view = request.resolver_match.view_name if request.resolver_match else NOWHERE
        method = request.method or ""
        counts = measures()
        if counts is not None:
            counts.request(view, method, response.status_code)
            if view in _OCSP:
                counts.answer(_answer_in(response), seconds)
        if not logs.is_installed():
            return
        level = self._logger.error if response.status_code >= 500 else self._logger.info  # noqa: PLR2004  -- HTTP's own
        level(
            "request",
            view=view,
            method=method if method in {"GET", "HEAD", "POST"} else "other",
            status=response.status_code,
            milliseconds=round(seconds * 1000, 3),
        )


def _answer_in(response: HttpResponseBase) -> bytes | None:
    """Return the OCSP answer that a response carries, None if it carries none."""
    if response.headers.get("Content-Type") != RESPONSE:
        return None
    content: bytes = getattr(response, "content", b"")
    return content or None
