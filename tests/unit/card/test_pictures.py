import zlib
from struct import unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.card.pictures import digits, digits_in, pictures, png, written
from openjpki.card.portrait import PORTRAIT


def pixels(raw: bytes) -> list[str]:
    """Read a PNG of one bit a pixel back into rows of `#` for black and `.` for white, holding every checksum."""
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(raw):
        (size,) = unpack(">I", raw[at : at + 4])
        kind, content = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + size]
        assert unpack(">I", raw[at + 8 + size : at + 12 + size]) == (zlib.crc32(kind + content),)
        chunks[kind], at = content, at + 12 + size
    width, height, *rest = unpack(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [1, 0, 0, 0, 0]
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    lines = zlib.decompress(chunks[b"IDAT"])
    stride = 1 + -(-width // 8)
    assert len(lines) == height * stride
    rows = [lines[start : start + stride] for start in range(0, len(lines), stride)]
    assert all(row[0] == 0 for row in rows)
    return ["".join(f"{octet:08b}" for octet in row[1:])[:width].translate({48: "#", 49: "."}) for row in rows]


def test_a_number_is_drawn_as_large_as_on_a_test_card() -> None:
    """72 × 12 for twelve digits, 24 × 12 for a security code (C myna-card)."""
    drawn = pixels(png(digits("123456789018")))

    assert (len(drawn[0]), len(drawn)) == (72, 12)
    assert (len(digits("2285")[0]), len(digits("2285"))) == (24, 12)


def test_a_digit_can_be_read() -> None:
    """Black on white."""
    assert pixels(png(digits("4"))) == [
        "......",
        "......",
        "...#..",
        "..##..",
        ".#.#..",
        "#..#..",
        "#####.",
        "...#..",
        "...#..",
        "......",
        "......",
        "......",
    ]


@given(st.text("0123456789", min_size=1, max_size=12))
def test_drawn_digits_are_read_back(text: str) -> None:
    """`digits_in` is the inverse of what is drawn."""
    assert digits_in(png(digits(text))) == text


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        png(written("12")),
        png(written("見本")),
        png(digits("12"))[:-1],
        png(digits("12")).replace(b"IDAT", b"IDAT!"),
        bytes(40) + b"IDAT" + zlib.compress(b""),
    ],
)
def test_another_picture_is_no_digits(picture: bytes) -> None:
    """Larger digits, characters, something cut off or bent: refused, not guessed."""
    with pytest.raises(ValueError, match="not a picture of digits"):
        digits_in(picture)


def test_a_character_without_a_glyph_is_a_box_of_its_code_point() -> None:
    """U+898B is two rows of two digits: as wide and high as a character; a blank is blank, a full-width digit a digit."""
    drawn = pixels(png(written("見　３")))
    eight_nine, eight_b = pixels(png(digits("89"))), pixels(png(digits("8")))

    assert (len(drawn[0]), len(drawn)) == (12 + 12 + 6, 16)
    assert [row[:12] for row in drawn[:7]] == eight_nine[2:9]
    assert [row[:6] for row in drawn[8:15]] == eight_b[2:9]
    assert {row[12:24] for row in drawn} == {"." * 12}
    assert [row[24:] for row in drawn[4:11]] == pixels(png(digits("3")))[2:9]


@pytest.mark.parametrize(("text", "size"), [("𠮷", (18, 16)), ("あ" * 20, (240, 16)), ("あ" * 21, (240, 32))])
def test_lines_are_of_twenty_characters(text: str, size: tuple[int, int]) -> None:
    """A longer address goes on below; a character beyond the basic plane has six digits."""
    drawn = pixels(png(written(text)))

    assert (len(drawn[0]), len(drawn)) == size


def test_all_pictures_of_a_holder() -> None:
    """Each is of what it says."""
    drawn = pictures(name="見本", address="緑町１", individual_number="123456789018", security_code="2285")

    assert drawn.number == png(digits("123456789018"))
    assert drawn.security_code == png(digits("2285"))
    assert (drawn.name, drawn.address) == (png(written("見本")), png(written("緑町１")))
    assert drawn.photo == PORTRAIT
