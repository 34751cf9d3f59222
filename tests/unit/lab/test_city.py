from openjpki.lab.city import MINATO, MUNICIPALITIES, WAKABA
from openjpki.site import city


def test_the_cities_are_invented() -> None:
    """Real prefecture codes run from 01 to 47 (JIS X 0401): 99 is nobody's."""
    assert MUNICIPALITIES == (WAKABA, MINATO)
    assert {municipality.code[:2] for municipality in MUNICIPALITIES} == {"99"}
    assert WAKABA.code != MINATO.code


def test_a_sandbox_has_the_laboratorys_cities() -> None:
    """A card is from the same place in a home and in a test."""
    assert city.MUNICIPALITIES is MUNICIPALITIES
