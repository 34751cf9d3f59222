"""The pictures on a card's chip: PNG of one bit without any font, and one neutral photo for everybody.

A real card has the characters as they are printed. Here a digit is a digit, and any other character is a box of the
hexadecimal digits of its code point, as a browser shows what it has no glyph for.
"""

import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from struct import pack

from openjpki.card.face_files import Pictures
from openjpki.card.portrait import PORTRAIT

_GLYPHS = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00010 00100 01000 11111",
    "3": "11111 00010 00100 00010 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "B": "11110 10001 10001 11110 10001 10001 11110",
    "C": "01110 10001 10000 10000 10000 10001 01110",
    "D": "11100 10010 10001 10001 10001 10010 11100",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "F": "11111 10000 10000 11110 10000 10000 10000",
}
_WIDTH, _HEIGHT = 6, 8
"""Pixels of a digit with the blank beside and below it."""
_LINE = 20
"""Characters of one line of a name or an address."""
DIGITS_HEIGHT = 12
"""With six pixels a digit: an individual number of 72 × 12 and a security code of 24 × 12, as on a test card (C myna-card)."""
_MOST_PIXELS = 4096
"""Bytes of a picture of digits, unpacked: a number has 120."""
_MAGIC = b"\x89PNG\r\n\x1a\n"

Row = list[bool]
"""One line of pixels; true is black."""


def pictures(*, name: str, address: str, individual_number: str, security_code: str) -> Pictures:
    """Return the pictures of a holder."""
    return Pictures(
        name=png(written(name)),
        address=png(written(address)),
        number=png(digits(individual_number)),
        security_code=png(digits(security_code)),
        photo=PORTRAIT,
    )


def digits(text: str) -> list[Row]:
    """Return digits in a row."""
    above = (DIGITS_HEIGHT - _HEIGHT) // 2
    blank: Row = [False] * (_WIDTH * len(text))
    below = DIGITS_HEIGHT - _HEIGHT - above
    return [*_copies(blank, above), *_side_by_side([_glyph(digit) for digit in text]), *_copies(blank, below)]


def digits_in(picture: bytes) -> str:
    """Return the digits that `png(digits(…))` drew: its counterpart; raise ValueError for any other picture."""
    begin = picture.find(b"IDAT") + 4
    size, width = (int.from_bytes(picture[at : at + 4]) for at in (begin - 8, 16))
    try:
        lines = zlib.decompressobj().decompress(picture[begin : begin + size], _MOST_PIXELS)
    except zlib.error:
        lines = b""
    stride = -(-width // 8) + 1
    rows = [lines[start + 1 : start + stride] for start in range(0, len(lines), stride)]
    read = "".join(_drawn_digits().get(_columns(rows, at), "") for at in range(0, min(width, _MOST_PIXELS), _WIDTH))
    if not read or picture != png(digits(read)):
        message = "not a picture of digits"
        raise ValueError(message)
    return read


def written(text: str) -> list[Row]:
    """Return a name or an address, in lines of `_LINE` characters."""
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    drawn = [row for line in lines for row in _side_by_side([_character(one) for one in line])]
    width = max(map(len, drawn))
    return [row + [False] * (width - len(row)) for row in drawn]


def png(rows: list[Row]) -> bytes:
    """Return rows of pixels as a PNG of one bit a pixel, in which 0 is black (ISO/IEC 15948)."""
    header = pack(">IIBBBBB", len(rows[0]), len(rows), 1, 0, 0, 0, 0)
    lines = b"".join(b"\0" + _packed(row) for row in rows)
    return _MAGIC + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")


def _character(character: str) -> list[Row]:
    """Return a digit in the middle of its place, a blank, or a box of hexadecimal digits in two rows."""
    plain = unicodedata.normalize("NFKC", character)
    if plain == " ":
        return _copies([False] * (2 * _WIDTH), 2 * _HEIGHT)
    if plain in set("0123456789"):
        half = _copies([False] * _WIDTH, _HEIGHT // 2)
        return [*half, *_glyph(plain), *half]
    code = f"{ord(character):04X}"
    code = code if len(code) % 2 == 0 else f"0{code}"
    middle = len(code) // 2
    return [
        *_side_by_side([_glyph(one) for one in code[:middle]]),
        *_side_by_side([_glyph(one) for one in code[middle:]]),
    ]


def _glyph(character: str) -> list[Row]:
    rows = [[pixel == "1" for pixel in row] + [False] for row in _GLYPHS[character].split()]
    return [*rows, [False] * _WIDTH]


def _side_by_side(drawn: list[list[Row]]) -> Iterator[Row]:
    for row in zip(*drawn, strict=True):
        yield [pixel for part in row for pixel in part]


@cache
def _drawn_digits() -> Mapping[tuple[str, ...], str]:
    """Return each digit by its pixels."""
    return {_columns([_packed(row) for row in digits(digit)], 0): digit for digit in "0123456789"}


def _columns(packed: list[bytes], start: int) -> tuple[str, ...]:
    """Return the pixels of one digit's place, line by line."""
    return tuple("".join(f"{octet:08b}" for octet in row)[start : start + _WIDTH] for row in packed)


def _copies(row: Row, count: int) -> list[Row]:
    return [list(row) for _ in range(count)]


def _packed(row: Row) -> bytes:
    bits = "".join("0" if pixel else "1" for pixel in row)
    padded = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return int(padded, 2).to_bytes(len(padded) // 8)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))
