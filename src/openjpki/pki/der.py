"""DER by hand, as small as certificate lists and OCSP need it: an encoder that streams and a reader that is strict.

ITU-T X.690 §8, §10 and §11. Lists of a million entries and an answer per question do not go through object trees.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
ENUMERATED: Final = 0x0A
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30

FIRST_GENERALIZED_YEAR: Final = 2050
"""Dates are UTCTime through 2049 and GeneralizedTime from then on (RFC 5280 §4.1.2.5)."""

_SHORT_LENGTH = 0x80
_MOST_LENGTH_OCTETS = 4
"""Four length octets reach 4 GiB: more than any list that is read here."""


class NotDer(ValueError):
    """The bytes are not the DER that was expected. Says where by tag only, never with content."""


def context(number: int, *, constructed: bool = True) -> int:
    """Return the identifier octet of a context-specific tag."""
    return (0xA0 if constructed else 0x80) | number


def header(tag: int, length: int) -> bytes:
    """Return the identifier and length octets, in the fewest octets (X.690 §10.1)."""
    if length < _SHORT_LENGTH:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT_LENGTH | len(octets))) + octets


def tlv(tag: int, *contents: bytes) -> bytes:
    """Return one element around the concatenated contents."""
    body = b"".join(contents)
    length = len(body)
    return (bytes((tag, length)) if length < _SHORT_LENGTH else header(tag, length)) + body


def sequence(*contents: bytes) -> bytes:
    """Return a SEQUENCE of elements."""
    return tlv(SEQUENCE, *contents)


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Return a non-negative INTEGER (or ENUMERATED) in the fewest octets (X.690 §8.3.2)."""
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def object_identifier(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER from its dotted form (X.690 §8.19)."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OBJECT_IDENTIFIER, *(_base128(arc) for arc in (first * 40 + second, *rest)))


def _base128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(0x80 | arc & 0x7F)
    return bytes(reversed(digits))


def octet_string(*contents: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tlv(OCTET_STRING, *contents)


def bit_string(contents: bytes) -> bytes:
    """Return a BIT STRING of whole octets."""
    return tlv(BIT_STRING, b"\x00", contents)


def extension(identifier: bytes, value: bytes, *, critical: bool = False) -> bytes:
    """Return an Extension (RFC 5280 §4.1); `identifier` and `value` are DER; FALSE is left out (X.690 §11.5)."""
    return sequence(identifier, b"\x01\x01\xff" if critical else b"", octet_string(value))


def time(moment: datetime) -> bytes:
    """Return a Time (RFC 5280 §4.1.2.5): UTCTime through 2049, then GeneralizedTime."""
    second = whole_seconds(moment)
    if second.year >= FIRST_GENERALIZED_YEAR:
        return generalized_time(second)
    return tlv(UTC_TIME, f"{second:%y%m%d%H%M%SZ}".encode())


def generalized_time(moment: datetime) -> bytes:
    """Return a GeneralizedTime in UTC without fractions (RFC 5280 §4.1.2.5.2)."""
    return _generalized_time(whole_seconds(moment))


@lru_cache(maxsize=1024)
def _generalized_time(moment: datetime) -> bytes:
    """Write a moment. Cached: a responder says the same few of them in a thousand answers."""
    return tlv(GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%SZ}".encode())


def whole_seconds(moment: datetime) -> datetime:
    """Return the moment in UTC, cut to its second; a naive moment is a bug of the caller."""
    if moment.tzinfo is None:
        message = "a moment has no time zone"
        raise ValueError(message)
    if moment.tzinfo is UTC and not moment.microsecond:
        return moment
    return moment.astimezone(UTC).replace(microsecond=0)


class Reader:
    """Reads the elements of one DER content one after the other; whatever is not expected raises `NotDer`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def more(self) -> bool:
        """Tell whether there is another element."""
        return self._at < len(self._data)

    def next_is(self, tag: int) -> bool:
        """Tell whether the next element has this tag."""
        return self.more() and self._data[self._at] == tag

    def whole(self, tag: int) -> bytes:
        """Return the next element, identifier and length included."""
        start = self._at
        self.content(tag)
        return self._data[start : self._at]

    def content(self, tag: int) -> bytes:
        """Return the content of the next element, which must have this tag."""
        data, at = self._data, self._at
        if at >= len(data) or data[at] != tag:
            message = f"tag {tag:#04x} expected"
            raise NotDer(message)
        short = at + 1 < len(data) and data[at + 1] < _SHORT_LENGTH
        start, length = (at + 2, data[at + 1]) if short else self._length(at + 1)
        end = start + length
        if end > len(data):
            message = f"tag {tag:#04x} is cut off"
            raise NotDer(message)
        self._at = end
        return data[start:end]

    def header(self, tag: int) -> int:
        """Read identifier and length of the next element and return the length; its content may be cut off here."""
        if not self.next_is(tag):
            message = f"tag {tag:#04x} expected"
            raise NotDer(message)
        self._at, length = self._length(self._at + 1)
        return length

    def rest(self) -> bytes:
        """Return what was not read yet."""
        return self._data[self._at :]

    def inside(self, tag: int) -> "Reader":
        """Return a reader over the content of the next element."""
        return Reader(self.content(tag))

    def end(self) -> None:
        """Hold that nothing follows."""
        if self.more():
            message = "something follows the last element"
            raise NotDer(message)

    def _length(self, at: int) -> tuple[int, int]:
        octets = self._data[at : at + 1 + _MOST_LENGTH_OCTETS]
        if not octets:
            message = "a length is cut off"
            raise NotDer(message)
        first = octets[0]
        if first < _SHORT_LENGTH:
            return at + 1, first
        count = first & 0x7F
        length = int.from_bytes(octets[1 : 1 + count], "big")
        if not 1 <= count <= _MOST_LENGTH_OCTETS or len(header(0, length)) != 2 + count or len(octets) < 1 + count:
            message = "a length is not in its shortest form"
            raise NotDer(message)
        return at + 1 + count, length


def read_integer(content: bytes) -> int:
    """Read the content of an INTEGER in its shortest form (X.690 §8.3.2)."""
    value = int.from_bytes(content, "big", signed=True)
    magnitude = value if value >= 0 else ~value
    if len(content) != magnitude.bit_length() // 8 + 1:
        message = "an integer is not in its shortest form"
        raise NotDer(message)
    return value
