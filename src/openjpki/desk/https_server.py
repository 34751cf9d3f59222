"""The authority's end of the line over HTTPS: it hands each envelope over with its proven sender.

The peer is what the verified client certificate says: exactly one URI `urn:openjpki:municipality:CODE` among its names.
"""

import ssl
import sys
from collections.abc import Callable
from http import HTTPStatus

from openjpki.desk.envelope import MAX_ENVELOPE
from openjpki.desk.https import ENVELOPE_TYPE, PATH, REPLY_TYPE
from openjpki.desk.mutual_tls import DEFAULT_BOUNDS, Bounds, Handler, MutualServer
from openjpki.desk.tls import peer_of
from openjpki.errors import Failure, Kind, trace

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
        elif (length := self.stated_length()) is None:
            self.answer(HTTPStatus.LENGTH_REQUIRED)
        elif length > MAX_ENVELOPE:
            self.answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._take(peer, length)

    def _take(self, peer: str, length: int) -> None:
        wire = self.body(length)
        if len(wire) < length:
            return  # the client went away in the middle
        try:
            reply = self.server.receive(peer, wire)
        except Failure as failure:
            limited = failure.code == "desk.rate-limited"
            self.answer(HTTPStatus.TOO_MANY_REQUESTS if limited else HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception as error:  # noqa: BLE001  -- a bug must not take the server down; the sender keeps its message
            sys.stderr.write(trace(error))
            self.answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        else:
            self.answer(HTTPStatus.OK, reply)


class DeskServer(MutualServer):
    """The desk's server; `receive` takes what comes."""

    def __init__(
        self,
        address: tuple[str, int],
        context: ssl.SSLContext,
        receive: Receive,
        *,
        bounds: Bounds = DEFAULT_BOUNDS,
    ) -> None:
        """Take the address, port 0 for one that the system proposes; raises `DeskPortTaken`."""
        self.receive = receive
        try:
            super().__init__(address, context, _Handler, peer_of=_municipality, bounds=bounds)
        except OSError as error:
            raise DeskPortTaken(port=address[1]) from error


def _municipality(connection: ssl.SSLSocket) -> str:
    return peer_of(connection.getpeercert() or {})
