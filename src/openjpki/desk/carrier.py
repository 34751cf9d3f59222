"""What takes a message across, whichever way it goes: its wire form both ways, and what may come of it."""

import re
from typing import Protocol, TypeVar

import msgspec

from openjpki.desk.messages import Reply, Request
from openjpki.errors import Failure, Kind

MAX_MESSAGE = 256 * 1024
"""Bytes of one message on the wire; the largest honest one (`MOST_RECORDS` certificates of a card) has about 160 KiB."""


_M = TypeVar("_M")


class BadMessage(Failure):
    """The wire form is not one of ours."""

    code = "desk.bad-message"
    kind = Kind.USAGE
    ja = "窓口と機構の間の電文が壊れています({reason})。"
    en = "A message between the window and the authority is malformed ({reason})."


class AuthorityUnreachable(Failure):
    """The authority did not answer; orders wait in the sender's outbox."""

    code = "desk.authority-unreachable"
    kind = Kind.UNAVAILABLE
    ja = "機構の認証局に接続できません。受付済みの申請は送信待ちとして保存されています。"
    en = "The authority cannot be reached. Accepted orders are kept and wait to be sent."


class SealRefused(Failure):
    """The authority refused the envelope, not the message in it: the message is kept and sent again in a new one."""

    code = "desk.seal-refused"
    kind = Kind.REFUSED
    ja = "機構の受付が電文を受け取りませんでした。{ja}({reason})"
    en = "The authority's desk did not take the message. {en} ({reason})"

    @property
    def reason(self) -> str:
        """Return the gate's own code."""
        return str(self.data["reason"])


class Carrier(Protocol):
    """Takes a request to the authority and brings back its reply."""

    def send(self, request: Request) -> Reply:
        """Return the authority's reply, `Refused` included; raise `AuthorityUnreachable` if there is none.

        Raises `SealRefused` where the desk did not take the message for who sent it, and when.
        """
        ...


def encode(message: Request | Reply) -> bytes:
    """Return the wire form: one JSON object, tagged with the message's type; raise `BadMessage` for half a character."""
    return encode_any(message)


def encode_any(value: msgspec.Struct) -> bytes:
    """Return the wire form of a value of the desk; raise `BadMessage` for half a character."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError as error:
        raise BadMessage(reason=type(error).__name__) from error


def decode_request(wire: bytes) -> Request:
    """Read a request from its wire form; raise `BadMessage`."""
    return decode_as(wire, _REQUESTS, MAX_MESSAGE)


def decode_reply(wire: bytes) -> Reply:
    """Read a reply from its wire form; raise `BadMessage`."""
    return decode_as(wire, _REPLIES, MAX_MESSAGE)


_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request, strict=True)
_REPLIES: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply, strict=True)


def decode_as(wire: bytes, decoder: "msgspec.json.Decoder[_M]", limit: int) -> _M:
    """Read a value of at most `limit` bytes from its wire form; raise `BadMessage`."""
    if len(wire) > limit:
        raise BadMessage(reason="too large")
    try:
        return decoder.decode(wire)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    """Name the fault and the field, never the value: a value may be a person's."""
    place = re.search(r"at `(\$[\w.\[\]]{0,60})`$", str(error))
    return " ".join((type(error).__name__, *(place.groups() if place else ())))
