from datetime import date

import pytest

from openjpki.rules.characters import substitute
from openjpki.rules.kinds import Sex
from openjpki.site.city import MINATO, WAKABA
from openjpki.story import cast
from openjpki.window.register_csv import read_register

BORN, SINCE = date(1994, 11, 22), date(2016, 11, 1)


def test_the_resident_comes_in_by_the_register_as_anybody_does() -> None:
    """The story's resident is one line of a resident register that the counter reads without complaint."""
    persons, bad = read_register(cast.register_line(BORN, SINCE), today=date(2016, 11, 28))

    assert bad == []
    assert [(one.resident_code, one.name, one.kana, one.address) for one in persons] == [
        (cast.RESIDENT_CODE, cast.NAME, cast.KANA, cast.FIRST_ADDRESS)
    ]
    assert (persons[0].birth_date, persons[0].resident_since, persons[0].sex) == (BORN, SINCE, Sex.FEMALE)


def test_the_name_needs_a_substitution() -> None:
    """髙 cannot stand in a certificate, which the story shows (R-1.9)."""
    assert substitute(cast.NAME) == ("高橋　さくら", "100000")


def test_the_clerks_and_addresses_are_of_the_two_invented_cities() -> None:
    """The move goes from one city of the sandbox to the other."""
    assert (cast.WAKABA_CLERK.municipality, cast.MINATO_CLERK.municipality) == (WAKABA.code, MINATO.code)
    assert cast.FIRST_ADDRESS.startswith(WAKABA.prefecture + WAKABA.name)
    assert cast.SECOND_ADDRESS.startswith(MINATO.prefecture + MINATO.name)


@pytest.mark.parametrize("show", [repr, str])
def test_pins_do_not_show(show: type[str]) -> None:
    """What only the resident knows does not get into a trace or a log."""
    shown = show(cast.Pins(signature="SECRET1", authentication="4711"))

    assert "SECRET1" not in shown
    assert "4711" not in shown
