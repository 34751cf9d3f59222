from datetime import date

import pytest
from django.db import IntegrityError, transaction

from openjpki.window.models import Resident

pytestmark = pytest.mark.django_db(databases=["window"])

HANAKO = {
    "municipality": "99201",
    "resident_code": "12345678901",
    "name": "見本　花子",
    "kana": "ミホン　ハナコ",
    "address": "見本県若葉市一丁目2番3号",
    "birth_date": date(1990, 6, 10),
    "sex": "female",
    "resident_since_date": date(2015, 4, 1),
}
LEFT = {"state": "moved-out", "ended_date": date(2020, 1, 1)}


def stored(**changes: object) -> bool:
    """Say whether the database takes the row."""
    try:
        with transaction.atomic(using="window"):
            Resident(**HANAKO | changes).save(force_insert=True)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "asleep", "ended_date": date(2020, 1, 1)},
        {"state": "dead"},
        {"ended_date": date(2020, 1, 1)},
        {"resident_since_date": date(1990, 6, 9)},
    ],
)
def test_the_database_knows_what_a_record_is(changes: dict[str, object]) -> None:
    """A state of the four, an end for who left and for nobody else, and no residence before birth."""
    assert stored()
    assert not stored(resident_code="12345678902", **changes)
    assert stored(resident_code="12345678902", **LEFT)


def test_a_person_is_recorded_in_one_municipality() -> None:
    """A person lives in one municipality at a time, and has one row in each."""
    assert stored()
    assert not stored(municipality="99202")
    assert stored(municipality="99202", **LEFT)
    assert not stored(**LEFT)


def test_a_row_is_named_by_its_key() -> None:
    """What is printed of a row is no personal data."""
    row = Resident(pk=7, **HANAKO)

    assert str(row) == "99201/7"
