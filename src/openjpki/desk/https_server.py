"""The authority's end of the line over HTTPS: it hands each envelope over with its proven sender.

The peer is what the verified client certificate says: exactly one URI `urn:openjpki:municipality:CODE` among its names.
"""

import ssl
from collections.abc import Callable
from http import HTTPStatus

from openjpki.desk.envelope import MAX_ENVELOPE
from openjpki.desk.https import ENVELOPE_TYPE, PATH, REPLY_TYPE
from openjpki.desk.mutual_tls import Handler, MutualServer
from openjpki.desk.tls import peer_of
from openjpki.errors import Failure, Kind

Receive = Callable[[str, bytes], bytes]
"""Peer and envelope in, reply out; raises what is UNAVAILABLE."""


class DeskPortTaken(Failure):
    """Another program listens on the desk's port."""

    code = "desk.port-taken"
    kind = Kind.UNAVAILABLE
    ja = "ポート {port} は別のプログラムが使用中です。--desk-port で別の番号を指定してください。"
    en = "Port {port} is used by another program. Choose another with --desk-port."


class _Handler(Handler):
    """One request of one municipality."""

    server: "DeskServer"
    reply_type = REPLY_TYPE

    def do_POST(self) -> None:  # noqa: N802  -- the standard library's name for it
        """Take an envelope."""
        self.close_connection = True
        peer = self.peer()
        if not peer:
            self.answer(HTTPStatus.FORBIDDEN)
        elif self.path != PATH:
            self.answer(HTTPStatus.NOT_FOUND)
        elif self.headers.get_content_type() != ENVELOPE_TYPE:
            self.answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif (wire := self.body(MAX_ENVELOPE)) is not None:
            taken = self.made(lambda: self._taken(peer, wire))
            if taken is not None:
                self.answer(*taken)

    def _taken(self, peer: str, wire: bytes) -> tuple[HTTPStatus, bytes]:
        """Return the reply with its status; what is UNAVAILABLE lets the sender keep its message."""
        try:
            return HTTPStatus.OK, self.server.receive(peer, wire)
        except Failure as failure:
            limited = failure.code == "desk.rate-limited"
            return HTTPStatus.TOO_MANY_REQUESTS if limited else HTTPStatus.SERVICE_UNAVAILABLE, b""


class DeskServer(MutualServer[Receive]):
    """The desk's server."""

    handler = _Handler
    port_taken = DeskPortTaken

    def peer_of(self, connection: ssl.SSLSocket) -> str:
        """Return the municipality that the client certificate names."""
        return peer_of(connection.getpeercert() or {})
