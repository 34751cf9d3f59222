"""Status, lists and CA certificates over HTTP on loopback, at the addresses that the real authority's have.

`POST /ocsp/KIND` and `GET /ocsp/KIND/BASE64` (RFC 6960 §A.1), `/crl/GENERATION/MUNICIPALITY.crl`, `/ca/GENERATION.cer`. The
first of them stands in every certificate of the laboratory. Nothing may be kept by a cache: a test changes the status at
any moment.
"""

import base64
import binascii
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Final, Self
from urllib.parse import unquote

from openjpki.pki.ocsp import MOST_REQUEST_BYTES
from openjpki.rules.kinds import CertificateKind

LOOPBACK: Final = "127.0.0.1"
OCSP_REQUEST, OCSP_RESPONSE = "application/ocsp-request", "application/ocsp-response"
CRL, CERTIFICATE = "application/pkix-crl", "application/pkix-cert"
"""RFC 6960 §A, RFC 2585 §4."""
_POLL = 0.02
"""Seconds within which the server hears that it is to stop."""
_PATIENCE = 10.0
"""Seconds that a client may be silent in the middle of its question."""

Ocsp = Callable[[bytes, CertificateKind], bytes]
File = Callable[[str], bytes | None]
"""Takes the rest of an address, like "signature-2/99201.crl"; None where there is nothing."""


class StatusServer:
    """The server; a context manager. Where its answers come from may be changed while it runs."""

    def __init__(self, *, ocsp: Ocsp, crl: File, ca: File) -> None:
        self._http = _Answers(ocsp, crl, ca)
        self._thread = Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": _POLL}, name="openjpki-lab-status", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Return its address, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._http.server_port}"

    def close(self) -> None:
        """Stop answering."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def __enter__(self) -> Self:
        """Serve."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.close()


class _Answers(ThreadingHTTPServer):
    """The library's server, and where its handlers get their answers."""

    def __init__(self, ocsp: Ocsp, crl: File, ca: File) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.ocsp = ocsp
        self.files = {"crl": (crl, CRL), "ca": (ca, CERTIFICATE)}


class _Handler(BaseHTTPRequestHandler):
    """Reads a question, asks once, answers bytes."""

    timeout = _PATIENCE
    protocol_version = "HTTP/1.1"
    server: "_Answers"

    def do_POST(self) -> None:
        room, _, kind = self.path.strip("/").partition("/")
        size = self.headers.get("Content-Length", "")
        if room != "ocsp" or _kind(kind) is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        elif self.headers.get_content_type() != OCSP_REQUEST:
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif not (size.isascii() and size.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        else:
            count = min(int(size[:9]), MOST_REQUEST_BYTES + 1)
            self.close_connection = count > MOST_REQUEST_BYTES  # what is left of such a question is not read
            self._ocsp(self.rfile.read(count), kind)

    def do_GET(self) -> None:
        room, _, rest = unquote(self.path.lstrip("/")).partition("/")
        kind, _, question = rest.partition("/")
        if room == "ocsp" and question:
            self._ocsp(_decoded(question), kind)
            return
        found, content_type = self.server.files.get(room, (_nothing, ""))
        content = found(rest)
        if content is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            self._tell(content, content_type)

    do_HEAD = do_GET  # noqa: N815  -- the library's name

    def _ocsp(self, question: bytes, word: str) -> None:
        kind = _kind(word)
        if kind is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            self._tell(self.server.ocsp(question, kind), OCSP_RESPONSE)

    def _tell(self, content: bytes, content_type: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _refuse(self, status: HTTPStatus) -> None:
        """Refuse, and let go of the line: what is left of a question on it is not read."""
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  -- the library's name
        """Say nothing: a test's output is the test's."""


def _kind(word: str) -> CertificateKind | None:
    return next((kind for kind in CertificateKind if kind.value == word), None)


def _nothing(_: str) -> None:
    return None


def _decoded(question: str) -> bytes:
    try:
        return base64.b64decode(question, validate=True)
    except (binascii.Error, ValueError):
        return b""
