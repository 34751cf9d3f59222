"""The verifiers' door over HTTPS: mutual TLS under the verifiers' own CA, on a port of its own.

The peer is the SHA-256 of the certificate whose key the handshake has proven; no header is asked who somebody is.
"""

import hashlib
import re
import ssl
from collections.abc import Callable
from http import HTTPStatus

from openjpki.authority.publishing.freshness import Known
from openjpki.authority.verifiers.door import MAX_BODY, DoorReply, DoorRequest
from openjpki.desk.mutual_tls import Handler, MutualServer
from openjpki.errors import Failure, Kind

Receive = Callable[[str, DoorRequest], DoorReply]
_PATH = re.compile("/[!-~]{0,8191}")
"""What a request line may name: a question of OCSP in base64 takes some hundred bytes."""


class VerifierPortTaken(Failure):
    """Another program listens on the port of the verifiers' door."""

    code = "verifier.port-taken"
    kind = Kind.UNAVAILABLE
    ja = "ポート {port} は別のプログラムが使用中です。--verifier-port で別の番号を指定してください。"
    en = "Port {port} is used by another program. Choose another with --verifier-port."


class _Handler(Handler):
    """One request of one verifier."""

    server: "VerifierServer"
    reply_type = "application/json"

    def do_GET(self) -> None:  # noqa: N802  -- the standard library's name for it
        """Answer a question that has no body."""
        self.close_connection = True
        self._take("GET", b"")

    def do_POST(self) -> None:  # noqa: N802  -- the standard library's name for it
        """Answer a question with a body of a stated and bounded length."""
        self.close_connection = True
        body = self.body(MAX_BODY)
        if body is not None:
            self._take("POST", body)

    def _take(self, method: str, body: bytes) -> None:
        if not _PATH.fullmatch(self.path):
            self.answer(HTTPStatus.BAD_REQUEST)
            return
        request = DoorRequest(
            method=method,
            path=self.path,
            content_type=self.headers.get_content_type(),
            body=body,
            known=Known(etag=self.headers.get("If-None-Match", ""), since=self.headers.get("If-Modified-Since", "")),
        )
        reply = self.made(lambda: self.server.receive(self.peer(), request))
        if reply is not None:
            about = {"Content-Type": reply.content_type} if reply.content_type else {}
            self.answer(
                reply.status, reply.list or reply.body, {"Cache-Control": "no-store"} | about | dict(reply.headers)
            )


class VerifierServer(MutualServer[Receive]):
    """The door's server."""

    handler = _Handler
    port_taken = VerifierPortTaken

    def peer_of(self, connection: ssl.SSLSocket) -> str:
        """Return the SHA-256 of the client certificate, hexadecimal."""
        return hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
