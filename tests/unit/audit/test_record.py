from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum, unique

import pytest
from django.db import connections, transaction

from openjpki.audit.models import Entry
from openjpki.audit.record import NotInTransaction, record

MOMENT = datetime(2026, 4, 1, 1, 2, 3, tzinfo=UTC)
ROLES = ["authority", "window", "staff"]


@unique
class Verb(Enum):
    """A role's closed vocabulary."""

    DONE = "thing.done"


class Mistake(Exception):
    """What goes wrong in the middle of an act."""


@pytest.mark.parametrize("alias", ROLES)
@pytest.mark.django_db(databases=ROLES)
def test_every_role_writes_into_its_own_database(alias: str) -> None:
    """A row stands in the database of the role that acted, and in no other."""
    with transaction.atomic(using=alias):
        record(alias, at=MOMENT, actor="authority", verb=Verb.DONE, subject="order:1", data={"code": "a.b"})

    assert {role: Entry.objects.using(role).count() for role in ROLES} == {role: int(role == alias) for role in ROLES}
    row = Entry.objects.using(alias).get()
    assert (row.recorded_at, row.actor, row.verb, row.subject) == (MOMENT, "authority", "thing.done", "order:1")
    assert row.data == {"code": "a.b"}


@pytest.mark.django_db(databases=["authority"], transaction=True)
def test_a_row_outside_a_transaction_is_a_bug() -> None:
    """An act and its row are written together or not at all, so a row alone is refused."""
    with pytest.raises(NotInTransaction):
        record("authority", at=MOMENT, actor="authority", verb=Verb.DONE, subject="order:1")

    assert not Entry.objects.using("authority").exists()


@pytest.mark.django_db(databases=["authority"], transaction=True)
def test_an_act_that_fails_leaves_no_row() -> None:
    """The row goes with the act: what was rolled back was not done."""
    with suppress(Mistake), transaction.atomic(using="authority"):
        record("authority", at=MOMENT, actor="authority", verb=Verb.DONE, subject="order:1")
        assert Entry.objects.using("authority").exists()
        raise Mistake

    assert not Entry.objects.using("authority").exists()


@pytest.mark.django_db(databases=["authority", "window"], transaction=True)
def test_another_roles_transaction_does_not_count() -> None:
    """The transaction must be the one of the role's own database: there is none across roles."""
    with pytest.raises(NotInTransaction), transaction.atomic(using="window"):
        record("authority", at=MOMENT, actor="authority", verb=Verb.DONE, subject="order:1")

    assert not connections["authority"].in_atomic_block
