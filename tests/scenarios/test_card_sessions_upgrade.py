"""A home of an earlier version kept what cards were told in sessions that are over: the upgrade forgets it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from openjpki.authority.models import Card, CardSession, Person

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)
BEFORE, AFTER = [("authority", "0006_departures")], [("authority", "0007_card_session_scripts")]
OPENED = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
STATES: tuple[dict[str, Any], ...] = (
    {"state": "done", "counter": 1},
    {"state": "closed", "closed_because": "replaced"},
    {"state": "opened"},
)


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave the tables as they were found."""
    yield
    executor = MigrationExecutor(connections["authority"])
    executor.migrate(executor.loader.graph.leaf_nodes("authority"))
    for model in (CardSession, Card, Person):
        model.objects.all().delete()


@pytest.mark.usefixtures("restored")
def test_commands_that_were_answered_are_forgotten() -> None:
    """Those of a session whose commands are on their way stay: its answers are opened by them."""
    old = MigrationExecutor(connections["authority"]).migrate(BEFORE).apps
    person = old.get_model("authority", "Person").objects.create(
        resident_code="1" * 11,
        municipality="99201",
        name="見本 花子",
        address="見本県若葉市一丁目",
        birth_date=date(1990, 6, 10),
        sex="female",
    )
    for place, fields in enumerate((*STATES, {"state": "sent", "counter": 1})):
        card = old.get_model("authority", "Card").objects.create(
            card_number=f"{place:015}", person=person, expires=date(2035, 6, 10), state="active", municipality="99201"
        )
        old.get_model("authority", "CardSession").objects.create(
            session_id=fields["state"],
            card=card,
            municipality="99201",
            work_id="w",
            request=b"",
            script=["80e2"],
            host_challenge=b"",
            opened_at=OPENED,
            **fields,
        )
    MigrationExecutor(connections["authority"]).migrate(AFTER)

    kept = dict(CardSession.objects.values_list("state", "script"))
    assert kept == {"done": [], "closed": [], "opened": [], "sent": ["80e2"]}
