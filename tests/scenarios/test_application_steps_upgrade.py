"""A home of an earlier version has applications that wait under other names: the upgrade lets them go on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor

from openjpki.window.models import Application, Resident
from openjpki.window.models.card import CardHolding

pytestmark = pytest.mark.django_db(databases=["window"], transaction=True)
BEFORE, AFTER = [("window", "0004_departures")], [("window", "0005_application_steps")]
MOMENT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
ROWS = (
    ("new", "fee-settled", "ready"),
    ("revocation", "identified", "ready"),
    ("pin-reset", "identified", "ready"),
    ("renewal", "done", "done"),
    ("reissue", "refused", "refused"),
)
"""Procedure, state before, state after; each by a person of its own."""


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave the tables as they were found."""
    yield
    executor = MigrationExecutor(connections["window"])
    executor.migrate(executor.loader.graph.leaf_nodes("window"))
    for model in (Application, CardHolding, Resident):
        model.objects.across_municipalities().all().delete()


def _enter(apps: Any, number: int, procedure: str, state: str) -> None:
    """Write an application as the earlier version had it."""
    rows = {name: apps.get_model("window", name).objects for name in ("Resident", "CardHolding", "Application")}
    resident = rows["Resident"].create(
        municipality="99201",
        resident_code=f"{number:011}",
        name="見本 花子",
        kana="ミホン ハナコ",
        address="見本県若葉市一丁目",
        birth_date=date(1990, 6, 10),
        sex="female",
        resident_since_date=date(2015, 4, 1),
    )
    card = rows["CardHolding"].create(
        municipality="99201",
        resident=resident,
        card_number=f"{number:015}",
        expires_date=date(2035, 6, 10),
        handed_over_date=date(2026, 4, 1),
    )
    rows["Application"].create(
        municipality="99201",
        receipt=f"2026-{number:06}",
        resident=resident,
        card=card,
        procedure=procedure,
        applicant="self",
        kinds=["signature"],
        state=state,
        officer="sato",
        received_at=MOMENT,
        closed_at=MOMENT if state in {"done", "refused"} else None,
        policy="national",
    )


def _states() -> list[str]:
    rows = Application.objects.across_municipalities().order_by("receipt")
    return list(rows.values_list("state", flat=True))


@pytest.mark.usefixtures("restored")
def test_what_waited_is_ready() -> None:
    """R-2.27: what was accepted waits on as ready, what is at its end stays there behind its wall; and back again."""
    old = MigrationExecutor(connections["window"]).migrate(BEFORE).apps
    for number, (procedure, state, _) in enumerate(ROWS, start=1):
        _enter(old, number, procedure, state)
    MigrationExecutor(connections["window"]).migrate(AFTER)

    assert _states() == [after for _, _, after in ROWS]
    ended = Application.objects.across_municipalities().filter(receipt="2026-000004")
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        ended.update(state="ready", closed_at=None)

    waiting = Application.objects.across_municipalities().filter(receipt="2026-000001")
    waiting.update(state="fee-settled")
    with pytest.raises(IrreversibleError):
        MigrationExecutor(connections["window"]).migrate(BEFORE)
    waiting.update(state="ready")
    MigrationExecutor(connections["window"]).migrate(BEFORE)
    rows = old.get_model("window", "Application").objects.order_by("receipt")
    assert list(rows.values_list("state", flat=True)) == [before for _, before, _ in ROWS]
