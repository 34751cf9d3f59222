"""A home of an earlier version has rows that were never sealed: the upgrade takes them along, and can be taken back."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from openjpki.audit.models import Entry
from openjpki.site.clock import real_moment
from tests.support.audit import ROLE, START
from tests.support.audit_rows import Desk

pytestmark = pytest.mark.django_db(databases=[ROLE], transaction=True)
BEFORE, AFTER = [("audit", "0001_initial")], [("audit", "0002_sealing")]


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave the tables as they were found."""
    yield
    Entry.objects.using(ROLE).all().delete()
    MigrationExecutor(connections[ROLE]).migrate(AFTER)


@pytest.mark.usefixtures("restored")
def test_old_rows_wait_for_the_first_seal() -> None:
    """They bear the moment of the upgrade as that of writing, and form the beginning of the chain."""
    state = MigrationExecutor(connections[ROLE]).migrate(BEFORE)
    old = state.apps.get_model("audit", "Entry")
    for number in range(3):
        old.objects.using(ROLE).create(recorded_at=START, actor="sato", verb="thing.done", subject=f"thing:{number}")
    upgraded = real_moment()
    MigrationExecutor(connections[ROLE]).migrate(AFTER)

    rows = Entry.objects.using(ROLE).order_by("pk")
    assert [(row.sequence, row.leaf, row.commitments, row.data) for row in rows] == [(None, "", {}, {})] * 3
    assert all(abs((row.written_at - upgraded).total_seconds()) < 600 for row in rows)
    desk = Desk()
    assert desk.ledger.seal().records == 3
    assert desk.ledger.verify().fault is None

    MigrationExecutor(connections[ROLE]).migrate(BEFORE)
    assert old.objects.using(ROLE).count() == 3
