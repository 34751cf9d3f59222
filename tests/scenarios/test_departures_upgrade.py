"""A home of an earlier version has departures without a moment and cards without a municipality: the upgrade gives both."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from openjpki.authority.models import Card, LegalClock, Person

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)
BEFORE, AFTER = [("authority", "0005_card_sessions")], [("authority", "0006_departures")]
REACHED = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave the tables as they were found."""
    yield
    executor = MigrationExecutor(connections["authority"])
    executor.migrate(executor.loader.graph.leaf_nodes("authority"))
    for model in (Card, Person, LegalClock):
        model.objects.all().delete()


@pytest.mark.parametrize("reached", [REACHED, None])
@pytest.mark.usefixtures("restored")
def test_what_was_on_record_is_kept(reached: datetime | None) -> None:
    """An open departure has its term from the moment that the authority had reached, a card goes with its holder; and back.

    Where the authority never acted there is no moment, and no departure that anybody waits for.
    """
    old = MigrationExecutor(connections["authority"]).migrate(BEFORE).apps
    if reached is not None:
        old.get_model("authority", "LegalClock").objects.create(reached_at=reached)
    for code, leaving_to in (("1" * 11, "99202"), ("2" * 11, "")):
        person = old.get_model("authority", "Person").objects.create(
            resident_code=code,
            municipality="99201",
            name="見本 花子",
            address="見本県若葉市一丁目",
            birth_date=date(1990, 6, 10),
            sex="female",
            leaving_to=leaving_to,
        )
        old.get_model("authority", "Card").objects.create(
            card_number=code + "0000", person=person, expires=date(2035, 6, 10), state="active"
        )
    new = MigrationExecutor(connections["authority"]).migrate(AFTER).apps

    leaving, staying = new.get_model("authority", "Person").objects.order_by("resident_code")
    expected = ("99202", reached) if reached else ("", None)
    assert (leaving.leaving_to, leaving.leaving_reported_at) == expected
    assert (staying.leaving_to, staying.leaving_reported_at) == ("", None)
    cards = new.get_model("authority", "Card").objects
    assert set(cards.values_list("municipality", flat=True)) == {"99201"}

    MigrationExecutor(connections["authority"]).migrate(BEFORE)
    assert old.get_model("authority", "Card").objects.count() == 2
