import csv
from importlib.resources import files

import pytest

from openjpki.rules.person import Municipality
from openjpki.site.city import MUNICIPALITIES


@pytest.mark.parametrize("municipality", MUNICIPALITIES, ids=lambda one: one.name_romaji)
def test_the_residents_live_where_they_are_registered(municipality: Municipality) -> None:
    """Every line of a city's register has an address in that city."""
    register = files("openjpki.site").joinpath("seed", f"{municipality.code}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(register.splitlines()))

    assert rows
    assert all(row["address"].startswith(municipality.prefecture + municipality.name) for row in rows)
    assert all(row["resident_code"].startswith(municipality.code) for row in rows)
