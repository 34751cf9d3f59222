"""The operators' pages over HTTPS: mutual TLS under the enrolled operators' own keys, on a port of its own.

Who comes is read from the certificate whose key the handshake has proven; of the headers only those are passed on that a
page needs, and none says who somebody is.
"""

import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from openjpki.authority.control.browser_certificates import BrowserCertificateRefused, anchors, operator_in
from openjpki.desk.mutual_tls import DEFAULT_BOUNDS, Bounds, Handler, MutualServer
from openjpki.desk.tls import anchored_context
from openjpki.site.server import PortTaken

MAX_BODY: Final = 16 * 1024
"""Bytes of a form: the longest has a card's number, six questions and a token."""
LOOKED_AGAIN_SECONDS: Final = 2.0
"""How long TLS goes by what it heard of the operators; each request asks the register itself, so a removal is at once."""
_RENEWED: Final = timedelta(hours=12)
"""After this the anchors, which last a day, are made anew."""
_PATH = re.compile("/[!-~]{0,2047}")
_HEADERS: Final = ("Host", "Content-Type", "Accept-Language", "Origin", "Sec-Fetch-Site")
"""What is passed on."""


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """What came over the line, whole; `certificate` is DER, and its key was proven."""

    certificate: bytes = field(repr=False)
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class PageReply:
    """What goes back."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


Receive = Callable[[PageRequest], PageReply]
Operators = Callable[[], Sequence[tuple[str, bytes]]]
"""Gives name and public key of each enrolled operator; raises `OSError` if they cannot be read."""


class Trust:
    """The TLS context of the moment: it trusts the operators who are enrolled, and is made anew when these change.

    `certificate` gives the file of the server's key and certificate at a moment of the transport `clock`.
    """

    def __init__(
        self, certificate: Callable[[datetime], Path], operators: Operators, clock: Callable[[], datetime]
    ) -> None:
        self._certificate = certificate
        self._operators = operators
        self._clock = clock
        self._signer = ec.generate_private_key(ec.SECP256R1())
        self._lock = threading.Lock()
        self._looked: float | None = None
        self._known: Sequence[tuple[str, bytes]] = ()
        self._made_at = clock()
        self._context = self._made()

    def context(self) -> ssl.SSLContext:
        """Return the context; raises `OSError` while the operators cannot be read."""
        with self._lock:
            if self._looked is None or time.monotonic() - self._looked > LOOKED_AGAIN_SECONDS:
                known = self._operators()
                self._looked = time.monotonic()
                if known != self._known or not timedelta() <= self._clock() - self._made_at <= _RENEWED:
                    self._known, self._made_at = known, self._clock()
                    self._context = self._made()
            return self._context

    def _made(self) -> ssl.SSLContext:
        certificate = self._certificate(self._made_at)
        return anchored_context(certificate, anchors(self._known, self._signer, self._made_at))


class _Handler(Handler):
    """One request of one operator."""

    server: "OperatorServer"
    reply_type = "text/plain; charset=utf-8"

    def do_GET(self) -> None:  # noqa: N802  -- the standard library's name for it
        """Answer what asks for a page."""
        self.close_connection = True
        self._take("GET", b"")

    def do_POST(self) -> None:  # noqa: N802  -- the standard library's name for it
        """Answer a form."""
        self.close_connection = True
        body = self.body(MAX_BODY)
        if body is not None:
            self._take("POST", body)

    def _take(self, method: str, body: bytes) -> None:
        if not _PATH.fullmatch(self.path):
            self.answer(HTTPStatus.BAD_REQUEST)
            return
        headers = {name: value for name in _HEADERS if (value := self.headers.get(name)) is not None}
        certificate = self.connection.getpeercert(binary_form=True) or b""
        request = PageRequest(certificate=certificate, method=method, path=self.path, headers=headers, body=body)
        reply = self.made(lambda: self.server.receive(request))
        if reply is not None:
            self.answer(reply.status, reply.body, reply.headers)


class OperatorServer(MutualServer[Receive]):
    """The pages' server."""

    handler = _Handler
    port_taken = PortTaken

    def __init__(
        self, address: tuple[str, int], trust: Trust, receive: Receive, *, bounds: Bounds = DEFAULT_BOUNDS
    ) -> None:
        """Take the address, port 0 for one that the system proposes; `receive` answers what comes. Raises `PortTaken`."""
        self._trust = trust
        super().__init__(address, trust.context(), receive, bounds=bounds)

    def peer_of(self, connection: ssl.SSLSocket) -> str:
        """Return which operator's key signed the certificate that a connection has proven: its places are counted by that."""
        return named_by(connection)

    def context(self) -> ssl.SSLContext:
        """Return the context of the next connection."""
        return self._trust.context()


def named_by(connection: ssl.SSLSocket) -> str:
    """Return the operator whose key signed the certificate of a connection, the empty text for nobody's."""
    try:
        return operator_in(connection.getpeercert(binary_form=True) or b"")
    except BrowserCertificateRefused:
        return ""
