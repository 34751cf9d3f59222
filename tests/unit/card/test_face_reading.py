from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.card.face import FaceKey
from openjpki.card.face_files import text_files
from openjpki.card.face_reading import (
    FaceUnreadable,
    Seal,
    attributes_in,
    number_in,
    photo_in,
    seal_of_attributes,
    seal_of_number,
    seal_of_photo,
)
from openjpki.card.key_reference import FACE_ISSUER
from openjpki.card.tlv import tlv
from openjpki.rules.kinds import Sex
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON, face_data, holder, issuer, key

TEXT, VISUAL = holder().face.text, holder().face.visual
HELD = Seal(held=True, signer=FACE_ISSUER.hex())
ALTERED = replace(HELD, held=False)


@cache
def of_another() -> bytes:
    """Return EF 0002 of somebody who moved since."""
    moved = replace(PERSON, address="見本県みなと市南町九番九号")
    keys = {name: key(name).public_key() for name in FaceKey}
    return text_files(face_data(moved), keys, issuer())[2]


def flipped(file: bytes, at: int) -> bytes:
    """Return the file with one bit of it turned over."""
    return bytes(octet ^ 1 if place == at % len(file) else octet for place, octet in enumerate(file))


def test_what_the_issuer_wrote_is_read() -> None:
    """The counterpart of `face_files`: number, attributes and photo as they were written, and each signature holds."""
    attributes = attributes_in(TEXT[2])

    assert number_in(TEXT[1]) == INDIVIDUAL_NUMBER
    assert (attributes.name, attributes.address, attributes.birth_date, attributes.sex) == (
        PERSON.name,
        PERSON.address,
        "19880229",
        Sex.FEMALE,
    )
    assert photo_in(VISUAL[2]) == face_data().pictures.photo
    assert seal_of_number(TEXT[1], TEXT[3], TEXT[4]) == HELD
    assert seal_of_attributes(TEXT[2], TEXT[3], TEXT[4]) == HELD
    assert seal_of_photo(VISUAL[2], VISUAL[4]) == HELD


def test_the_attributes_of_a_test_card_are_read() -> None:
    """The file that myna-card's tests have of a test card with an invented holder."""
    file = (
        "ff2065df2108000e002000590064df220fe9bb92e6a190e38080e5b9b9e4b99fdf2336e69db1e4baace983bde6b885e780ace5b882e8a6b3e5b8"
        "83e5ad90e58d97efbc91efbc92efbc8defbc97efbc8defbc92efbc90efbc92df24083139383030323137df250131"
    )
    found = attributes_in(bytes.fromhex(file))

    assert (found.name, found.address) == ("黒桐　幹也", "東京都清瀬市観布子南１２－７－２０２")
    assert (found.birth_date, found.sex) == (f"{date(1980, 2, 17):%Y%m%d}", Sex.MALE)


def test_a_sex_that_has_no_word_reads_as_unknown() -> None:
    """JIS X 0303 has `9`, not applicable."""
    assert attributes_in(TEXT[2][:-1] + b"9").sex is Sex.UNKNOWN


@given(st.integers(0, 10_000))
def test_what_was_altered_is_no_longer_held(at: int) -> None:
    """Whatever bit of the attributes is turned over: unreadable, or the digest says so; so for the number."""
    for altered, sealed in (
        (flipped(TEXT[2], at), seal_of_attributes),
        (flipped(TEXT[1], at), seal_of_number),
    ):
        try:
            seal = sealed(altered, TEXT[3], TEXT[4])
        except FaceUnreadable:
            continue
        offsets = altered[6:14] != TEXT[2][6:14]  # the table is not covered
        assert seal == ALTERED or (offsets and sealed is seal_of_attributes) or altered[:2] != TEXT[2][:2]


def test_the_attributes_of_another_are_not_those_that_were_signed() -> None:
    """A whole file in the place of another, made by the same issuer."""
    assert seal_of_attributes(of_another(), TEXT[3], TEXT[4]) == ALTERED


@pytest.mark.parametrize("at", [30, -300, -1])
def test_digests_that_were_altered_are_not_believed(at: int) -> None:
    """The signature is over both digests; a digest made to fit a changed file does not help."""
    integrity = flipped(TEXT[3], at)

    assert seal_of_number(TEXT[1], integrity, TEXT[4]).held is False


def test_an_altered_photo_is_told() -> None:
    """One of three digests in one DigestInfo; the last day and the security code's picture are not signed (C myna-card)."""
    at = VISUAL[2].index(face_data().pictures.photo)
    code = VISUAL[2].index(face_data().pictures.security_code)

    assert seal_of_photo(flipped(VISUAL[2], at + 9), VISUAL[4]) == ALTERED
    assert seal_of_photo(flipped(VISUAL[2], code + 9), VISUAL[4]) == HELD


UNREADABLE: dict[str, Callable[[], object]] = {
    "a number of another tag": lambda: number_in(tlv(0xFF11, INDIVIDUAL_NUMBER.encode())),
    "a number of eleven digits": lambda: number_in(tlv(0xFF10, b"1" * 11)),
    "a number with a letter": lambda: number_in(tlv(0xFF10, b"1" * 11 + b"A")),
    "a number of no digits at all": lambda: number_in(tlv(0xFF10, b"\xff" * 12)),
    "no file": lambda: number_in(b""),
    "attributes that break off": lambda: attributes_in(TEXT[2][:-1]),
    "attributes without a name": lambda: attributes_in(tlv(0xFF20, tlv(0xDF23, b"x"))),
    "attributes of another tag": lambda: attributes_in(tlv(0xFF21, TEXT[2][3:])),
    "two objects": lambda: attributes_in(TEXT[2] + TEXT[2]),
    "a name of no characters": lambda: attributes_in(TEXT[2].replace(PERSON.name.encode()[:3], b"\xff" * 3)),
    "a birth date of no digits": lambda: attributes_in(TEXT[2].replace(b"1988", b"\xff" * 4)),
    "a birth date of nine digits": lambda: attributes_in(
        tlv(0xFF20, b"".join(tlv(tag, b"123456789") for tag in (0xDF22, 0xDF23, 0xDF24, 0xDF25)))
    ),
    "a face without a photo": lambda: photo_in(tlv(0xFF20, b"")),
    "no certificate": lambda: seal_of_number(TEXT[1], TEXT[3], TEXT[5]),
    "a certificate without a key": lambda: seal_of_number(TEXT[1], TEXT[3], tlv(0x7F21, tlv(0x5F4E, bytes(40)))),
}


@pytest.mark.parametrize("read", UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_file_of_another_form_is_told(read: Callable[[], object]) -> None:
    """Whatever a card has there, it is read as specified or refused."""
    with pytest.raises(FaceUnreadable):
        read()


def test_nothing_that_is_read_shows_in_a_repr() -> None:
    """R-0.3: a person's attributes come out where they are asked for, not in a log."""
    assert PERSON.name not in repr(attributes_in(TEXT[2]))
