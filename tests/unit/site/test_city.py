import csv
from importlib.resources import files

import pytest

from openjpki.rules.person import Municipality
from openjpki.site.city import MINATO, MUNICIPALITIES, WAKABA


def test_the_cities_are_invented() -> None:
    """Real prefecture codes run from 01 to 47 (JIS X 0401): 99 is nobody's."""
    assert MUNICIPALITIES == (WAKABA, MINATO)
    assert {municipality.code[:2] for municipality in MUNICIPALITIES} == {"99"}
    assert WAKABA.code != MINATO.code


@pytest.mark.parametrize("municipality", MUNICIPALITIES, ids=lambda one: one.name_romaji)
def test_the_residents_live_where_they_are_registered(municipality: Municipality) -> None:
    """Every line of a city's register has an address in that city."""
    register = files("openjpki.site").joinpath("seed", f"{municipality.code}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(register.splitlines()))

    assert rows
    assert all(row["address"].startswith(municipality.prefecture + municipality.name) for row in rows)
    assert all(row["resident_code"].startswith(municipality.code) for row in rows)
