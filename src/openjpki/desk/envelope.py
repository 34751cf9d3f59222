"""The envelope: a message, who sends it, when, a number used once, and a signature over all of it (docs/desk.md)."""

from datetime import UTC
from typing import Annotated, Final

import msgspec

from openjpki.desk.carrier import MAX_MESSAGE, BadMessage, decode_as, encode_any
from openjpki.desk.keys import MAX_SIGNATURE
from openjpki.desk.messages import CardRequest, CertificateOrder, Moment, MunicipalityCode, Request, RevocationOrder

CONTEXT: Final = b"openjpki desk envelope 1"
"""What these signatures are for, and the version of the form; the first field of the signed bytes."""
NONCE_BYTES: Final = 16
MAX_ENVELOPE: Final = MAX_MESSAGE * 4 // 3 + 4096
"""Bytes of an envelope on the wire: the message in Base64, and the rest."""
MUNICIPALITY_ITSELF: Final = ""
"""The signer of what no officer orders: the municipality's own system."""

Signer = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{0,64}\Z")]
"""An officer's login, or the empty text for the municipality itself."""
Nonce = Annotated[bytes, msgspec.Meta(min_length=NONCE_BYTES, max_length=NONCE_BYTES)]
"""128 random bits, never used twice by one municipality."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message under its seal."""

    municipality: MunicipalityCode
    """The sender."""
    signer: Signer
    nonce: Nonce
    sent_at: Moment
    """By the transport clock: a message that is sent again gets a new envelope."""
    message: Annotated[bytes, msgspec.Meta(max_length=MAX_MESSAGE)]
    """The message's wire form, unread."""
    signature: Annotated[bytes, msgspec.Meta(min_length=1, max_length=MAX_SIGNATURE)]
    """ECDSA over `signed_bytes`, DER."""

    def __repr__(self) -> str:
        """Name the sender; the message is personal data."""
        return f"Envelope({self.municipality}/{self.signer or 'itself'})"

    def signed_bytes(self) -> bytes:
        """Return what the signature covers."""
        return signed_bytes(self.municipality, self.signer, self.nonce, self.sent_at, self.message)


def signed_bytes(municipality: str, signer: str, nonce: bytes, sent_at: Moment, message: bytes) -> bytes:
    """Return context, sender, signer, nonce, moment and message, each behind its length in four bytes, big-endian.

    The moment is written in UTC with six decimals ("2026-01-05T00:00:00.000000+00:00"), whatever zone the wire named.
    """
    moment = sent_at.astimezone(UTC).isoformat(timespec="microseconds").encode()
    fields = (CONTEXT, municipality.encode(), signer.encode(), nonce, moment, message)
    return b"".join(len(field).to_bytes(4) + field for field in fields)


def signer_of(request: Request) -> str:
    """Return who must sign a message: the officer whom an order or work on a card names, else the municipality itself."""
    if isinstance(request, CertificateOrder | RevocationOrder | CardRequest):
        return request.officer
    return MUNICIPALITY_ITSELF


def encode_envelope(envelope: Envelope) -> bytes:
    """Return the wire form: one JSON object, bytes in Base64."""
    return encode_any(envelope)


def decode_envelope(wire: bytes) -> Envelope:
    """Read an envelope from its wire form; raise `BadMessage`. The message inside is not read yet."""
    envelope = decode_as(wire, _ENVELOPES, MAX_ENVELOPE)
    try:
        envelope.sent_at.astimezone(UTC)
    except OverflowError as error:
        raise BadMessage(reason="sent_at") from error
    return envelope


_ENVELOPES: msgspec.json.Decoder[Envelope] = msgspec.json.Decoder(Envelope, strict=True)
