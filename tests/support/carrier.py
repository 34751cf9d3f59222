"""A carrier without a desk: a test's handler stands right behind the wire form."""

from collections.abc import Callable

from openjpki.desk.carrier import AuthorityUnreachable, decode_reply, decode_request, encode
from openjpki.desk.messages import Refused, Reply, Request
from openjpki.errors import Failure, Kind


class InProcess:
    """Carries messages within one process, through their wire form both ways, so that nothing else can cross.

    It bears no seal: the handler stands behind no gate. The roles of a home meet through `desk.sealing`.
    """

    def __init__(self, handler: Callable[[Request], Reply]) -> None:
        self._handler = handler

    def send(self, request: Request) -> Reply:
        """Encode, decode, hand over; a `Failure` of the authority comes back as `Refused`."""
        try:
            reply = self._handler(decode_request(encode(request)))
        except Failure as failure:
            if failure.kind is Kind.UNAVAILABLE:
                raise AuthorityUnreachable from failure
            reply = Refused(code=failure.code, ja=failure.message("ja"), en=failure.message("en"))
        return decode_reply(encode(reply))
