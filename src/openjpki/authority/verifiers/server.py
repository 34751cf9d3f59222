"""The verifiers' door over HTTPS: mutual TLS under the verifiers' own CA, on a port of its own.

The peer is the SHA-256 of the certificate whose key the handshake has proven; no header is asked who somebody is.
"""

import hashlib
import re
import ssl
import sys
from collections.abc import Callable
from http import HTTPStatus

from openjpki.authority.verifiers.door import MAX_BODY, DoorReply, DoorRequest
from openjpki.desk.mutual_tls import DEFAULT_BOUNDS, Bounds, Handler, MutualServer
from openjpki.errors import Failure, Kind, trace

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
        request = DoorRequest(method=method, path=self.path, content_type=self.headers.get_content_type(), body=body)
        try:
            reply = self.server.receive(self.peer(), request)
        except Exception as error:  # noqa: BLE001  -- a bug must not take the server down
            sys.stderr.write(trace(error))
            self.answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        else:
            headers = {"Content-Type": reply.content_type, "Cache-Control": "no-store"}
            self.answer(reply.status, reply.body, headers)


class VerifierServer(MutualServer):
    """The door's server; `receive` answers what comes."""

    def __init__(
        self,
        address: tuple[str, int],
        context: ssl.SSLContext,
        receive: Receive,
        *,
        bounds: Bounds = DEFAULT_BOUNDS,
    ) -> None:
        """Take the address, port 0 for one that the system proposes; raises `VerifierPortTaken`."""
        self.receive = receive
        try:
            super().__init__(address, context, _Handler, peer_of=fingerprint_of, bounds=bounds)
        except OSError as error:
            raise VerifierPortTaken(port=address[1]) from error


def fingerprint_of(connection: ssl.SSLSocket) -> str:
    """Return the SHA-256 of the certificate that a connection has proven, hexadecimal."""
    return hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
