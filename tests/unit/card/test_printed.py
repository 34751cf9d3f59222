from dataclasses import replace

import pytest

from openjpki.card.codes import CodeYear
from openjpki.card.face_reading import FaceUnreadable
from openjpki.card.personalisation import FactorySettings
from openjpki.card.pins import CodeKind
from openjpki.card.printed import printed_codes
from openjpki.card.tlv import tlv
from tests.support.faces import INDIVIDUAL_NUMBER, SECURITY_CODE, card_of_holder, holder

VISUAL_FACE = 0x0002


@pytest.mark.parametrize("year", ["era", "western"])
def test_the_codes_are_those_that_the_card_takes(year: CodeYear) -> None:
    """What is read off the card opens it, in either form of the year (docs/card.md `code_year`)."""
    image = card_of_holder(settings=FactorySettings(code_year=year))
    assert image.face is not None
    codes = printed_codes(image.face, year)

    assert (codes.code_a, codes.code_b[-4:]) == (INDIVIDUAL_NUMBER, SECURITY_CODE)
    for name, code in ((CodeKind.TEXT_A, codes.code_a), (CodeKind.TEXT_B, codes.code_b)):
        assert image.pins[name].matches(code.encode("ascii"), image.salt_of(name))
    assert INDIVIDUAL_NUMBER not in repr(codes)


@pytest.mark.parametrize(
    ("born", "expires", "security_code"),
    [
        (b"19880229", b"20350217", b"no picture"),
        (b"19880229", b"2035", b""),
        (b"1988022\xff", b"20350217", b""),
        (b"19880000", b"20350217", b""),
    ],
)
def test_another_houses_print_is_told(born: bytes, expires: bytes, security_code: bytes) -> None:
    """Digits of another shape, or a birth whose day is not known, are no reason for a fault."""
    face = holder().face
    parts = tlv(0xDF22, born) + tlv(0xDF29, expires) + tlv(0xDF2A, security_code)
    with pytest.raises(FaceUnreadable):
        printed_codes(replace(face, visual={**face.visual, VISUAL_FACE: tlv(0xFF20, parts)}), "era")
