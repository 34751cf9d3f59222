"""Command and response APDUs, short and extended (ISO 7816-3 §12.1, ISO 7816-4 §5.2)."""

from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import Self

from openjpki.card.status import SW
from openjpki.errors import Failure, Kind

HEADER = 4
SHORT_MAX = 255
"""Bytes of data a one-byte Lc can announce; an Le of 00 asks for one more."""
EXTENDED_MAX = 65535
"""Bytes of data a two-byte Lc can announce; an Le of 0000 asks for one more."""
MAX_COMMAND = HEADER + 3 + EXTENDED_MAX + 2
"""Bytes of the longest command: header, extended Lc, data, extended Le."""


@unique
class Ins(IntEnum):
    """The instruction bytes the card knows outside its administration: ISO 7816-4's, JICSAP's, and those of the card."""

    SELECT = 0xA4
    READ_BINARY = 0xB0
    READ_RECORD = 0xB2
    VERIFY = 0x20
    CHANGE_REFERENCE_DATA = 0x24
    CHANGE_KEY = 0x32
    PERFORM_SECURITY_OPERATION = 0x2A
    INTERNAL_AUTHENTICATE = 0x88
    GET_CHALLENGE = 0x84
    GET_DATA = 0xCA
    SET_PUBLIC_IC_KEY = 0xA2
    SET_SESSION_KEY = 0xAE

    @property
    def words(self) -> str:
        """Return the instruction's name as the standards write it."""
        return self.name.replace("_", " ")


_CARRY_PINS = frozenset({Ins.VERIFY, Ins.CHANGE_REFERENCE_DATA, Ins.CHANGE_KEY})
"""Their data are never shown."""


class MalformedApdu(Failure):
    """The bytes are no command APDU: too short, too long, or Lc does not fit what follows."""

    code = "card.apdu.malformed"
    kind = Kind.USAGE
    ja = "ICカードへの命令(APDU)の形式が正しくありません。"
    en = "The command for the card (APDU) is malformed."


@dataclass(frozen=True, kw_only=True)
class CommandApdu:
    """A command: header, data, and how many bytes of answer are wanted.

    `le` is None if no answer data are asked for, else 1 to 65536. `extended` says that the lengths were written in
    the extended form. `repr` never shows data that may be a PIN.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    le: int | None = None
    extended: bool = False

    def __post_init__(self) -> None:
        """Refuse what has no wire form."""
        long = self.extended
        octets = (self.cla, self.ins, self.p1, self.p2)
        most = EXTENDED_MAX if long else SHORT_MAX
        if (
            not all(0 <= octet <= SHORT_MAX for octet in octets)
            or len(self.data) > most
            or not (self.le is None or 1 <= self.le <= most + 1)
            or (long and not self.data and self.le is None)
        ):
            raise MalformedApdu

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read a command from its wire form; raise `MalformedApdu`."""
        if not HEADER <= len(raw) <= MAX_COMMAND:
            raise MalformedApdu
        cla, ins, p1, p2 = raw[:HEADER]
        data, le, extended = _body(raw[HEADER:])
        return cls(cla=cla, ins=ins, p1=p1, p2=p2, data=data, le=le, extended=extended)

    def __bytes__(self) -> bytes:
        """Return the wire form."""
        size = 2 if self.extended else 1
        mark = b"\0" if self.extended else b""
        wire = bytes((self.cla, self.ins, self.p1, self.p2))
        if self.data:
            wire += mark + len(self.data).to_bytes(size) + self.data
            mark = b""  # an extended Le after data needs no second mark (ISO 7816-3 §12.1.3)
        if self.le is not None:
            wire += mark + (self.le % (1 << 8 * size)).to_bytes(size)
        return wire

    def __repr__(self) -> str:
        """Show header and data, or only the length of data that may be a PIN."""
        secret = self.ins in _CARRY_PINS
        data = f"<{len(self.data)} bytes>" if secret and self.data else self.data.hex()
        return f"CommandApdu({self.cla:02x} {self.ins:02x} {self.p1:02x} {self.p2:02x} {data} le={self.le})"


def _body(body: bytes) -> tuple[bytes, int | None, bool]:
    """Return data, Le and whether the lengths are extended: the seven cases of ISO 7816-3 §12.1.3."""
    if not body:
        return b"", None, False
    if len(body) == 1:
        return b"", body[0] or SHORT_MAX + 1, False
    if body[0]:
        data, le = _split(body[1:], body[0], 1)
        return data, le, False
    if len(body) == 3:  # noqa: PLR2004  -- 00 and a two-byte Le
        return b"", int.from_bytes(body[1:]) or EXTENDED_MAX + 1, True
    length = int.from_bytes(body[1:3])
    if not length:
        raise MalformedApdu
    data, le = _split(body[3:], length, 2)
    return data, le, True


def _split(rest: bytes, length: int, size: int) -> tuple[bytes, int | None]:
    """Part what follows Lc into data and an Le of `size` bytes or none."""
    if len(rest) == length:
        return rest, None
    if len(rest) == length + size:
        return rest[:length], int.from_bytes(rest[length:]) or 1 << 8 * size
    raise MalformedApdu


@dataclass(frozen=True)
class ResponseApdu:
    """An answer: data and status word. `repr` shows no data: the signature certificate's are a person's attributes."""

    sw: int
    data: bytes = field(default=b"", repr=False)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read an answer from its wire form; raise `MalformedApdu` if there is no status word."""
        if len(raw) < 2:  # noqa: PLR2004  -- SW1 and SW2
            raise MalformedApdu
        return cls(int.from_bytes(raw[-2:]), raw[:-2])

    def __bytes__(self) -> bytes:
        """Return the wire form."""
        return self.data + self.sw.to_bytes(2)

    @property
    def ok(self) -> bool:
        """Tell whether the card did what it was asked."""
        return self.sw == SW.SUCCESS
