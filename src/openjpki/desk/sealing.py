"""The carrier that seals: every request crosses in an envelope, over whatever line it is given."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from openjpki.desk.carrier import AuthorityUnreachable, BadMessage, SealRefused, decode_reply, encode
from openjpki.desk.envelope import NONCE_BYTES, Envelope, encode_envelope, signed_bytes, signer_of
from openjpki.desk.keys import DeskKey
from openjpki.desk.messages import Refused, Reply, Request
from openjpki.errors import Failure, Kind

OF_THE_DESK: Final = "desk."
"""How the codes begin by which the gate refuses an envelope."""


class DeskKeys(Protocol):
    """Where the keys of the senders are."""

    def key_of(self, municipality: str, signer: str) -> DeskKey:
        """Return the key of an officer, or of the municipality itself if `signer` is empty."""
        ...


class Line(Protocol):
    """Takes the bytes of an envelope to the authority, as one municipality's, and brings back those of the reply."""

    def exchange(self, municipality: str, wire: bytes) -> bytes:
        """Return the reply's wire form; raise `AuthorityUnreachable` if there is none, or only half of one."""
        ...


class InProcessLine:
    """The line within one process: the peer is whom the composition root says it is."""

    def __init__(self, receive: Callable[[str, bytes], bytes]) -> None:
        self._receive = receive

    def exchange(self, municipality: str, wire: bytes) -> bytes:
        """Hand the envelope over; whatever is UNAVAILABLE at the authority is unreachable here."""
        try:
            return self._receive(municipality, wire)
        except Failure as failure:
            if failure.kind is Kind.UNAVAILABLE:
                raise AuthorityUnreachable from failure
            raise


class Sealer:
    """Puts requests into envelopes. `clock` is the transport clock, `entropy` gives the nonces."""

    def __init__(self, keys: DeskKeys, *, clock: Callable[[], datetime], entropy: Callable[[int], bytes]) -> None:
        self._keys = keys
        self._clock = clock
        self._entropy = entropy

    def seal(self, request: Request) -> Envelope:
        """Return a new envelope around a request, signed by whom the request needs."""
        message, signer, sent_at = encode(request), signer_of(request), self._clock()
        nonce = self._entropy(NONCE_BYTES)
        key = self._keys.key_of(request.municipality, signer)
        return Envelope(
            municipality=request.municipality,
            signer=signer,
            nonce=nonce,
            sent_at=sent_at,
            message=message,
            signature=key.sign(signed_bytes(request.municipality, signer, nonce, sent_at, message)),
        )


class Sealed:
    """A `Carrier`: seals each request and sends it over the line. A request sent again gets a new envelope."""

    def __init__(self, sealer: Sealer, line: Line) -> None:
        self._sealer = sealer
        self._line = line

    def send(self, request: Request) -> Reply:
        """Return the authority's reply; a reply that cannot be read is none, and raises `AuthorityUnreachable`.

        Raises `SealRefused` for a refusal of the desk itself: its codes begin with "desk.", the authority's never do.
        """
        wire = encode_envelope(self._sealer.seal(request))
        try:
            reply = decode_reply(self._line.exchange(request.municipality, wire))
        except BadMessage as failure:
            raise AuthorityUnreachable from failure
        if isinstance(reply, Refused) and reply.code.startswith(OF_THE_DESK):
            raise SealRefused(reason=reply.code, ja=reply.ja, en=reply.en)
        return reply
