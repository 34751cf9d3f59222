from datetime import date

import pytest

from openjpki.card.codes import CodeYear
from openjpki.card.face import FaceKey
from openjpki.card.face_writing import write_holder
from openjpki.card.keys import from_pkcs8
from openjpki.card.personalisation import Holder
from openjpki.card.pictures import digits, png
from openjpki.card.pins import CodeKind
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON, fields, issuer, key


def written(entropy: bytes = bytes(4), year: CodeYear = "era") -> Holder:
    """Return what is written of the tests' person."""
    return write_holder(
        individual_number=INDIVIDUAL_NUMBER,
        attributes=PERSON,
        municipality="99201",
        expires=date(2035, 2, 17),
        code_year=year,
        keys={name: key(name) for name in FaceKey},
        issuer=issuer(),
        entropy=entropy,
    )


@pytest.mark.parametrize(("entropy", "code"), [(bytes(4), "0000"), (bytes.fromhex("000027FF"), "0239")])
def test_codes_and_pictures_say_the_same(entropy: bytes, code: str) -> None:
    """The security code is four digits of the entropy: at the end of 照合番号B and in the picture; the number is 照合番号A."""
    made = written(entropy)
    front = fields(made.face.visual[2], 0xFF20)

    assert made.codes[CodeKind.TEXT_B] == made.codes[CodeKind.VISUAL_B] == f"6302292035{code}"
    assert front[0xDF2A] == png(digits(code))
    assert made.codes[CodeKind.TEXT_A] == made.codes[CodeKind.VISUAL_A] == INDIVIDUAL_NUMBER
    assert fields(made.face.visual[5], 0xFF40)[0xDF41] == png(digits(INDIVIDUAL_NUMBER))


@pytest.mark.parametrize(("year", "code"), [("era", "630229"), ("western", "880229")])
def test_the_year_of_the_codes_is_asked_for(year: CodeYear, code: str) -> None:
    """By the era, or western."""
    assert written(year=year).codes[CodeKind.VISUAL_BIRTH_DATE] == code


def test_the_keys_are_those_of_the_card() -> None:
    """Each private key stands under its name."""
    numbers = {name: key(name).private_numbers() for name in FaceKey}
    found = {name: from_pkcs8(pkcs8) for name, pkcs8 in written().face.keys.items()}

    assert {name: one.private_numbers() for name, one in found.items()} == numbers
