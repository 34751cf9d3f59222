from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum, unique

import pytest
from django.db import connections, transaction

from openjpki.audit.chain import commitment
from openjpki.audit.models import Entry, Personal
from openjpki.audit.record import NoSalt, NotInTransaction, record

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


@pytest.mark.django_db(databases=["window"])
def test_personal_values_stand_outside_the_row() -> None:
    """The row holds a salted commitment to each, and nothing of the value."""
    salts = iter((b"a" * 16, b"b" * 16))
    with transaction.atomic(using="window"):
        record(
            "window",
            at=MOMENT,
            actor="sato",
            verb=Verb.DONE,
            subject="resident:1",
            personal={"resident_code": "12345678901", "name": "見本　花子"},
            entropy=lambda length: next(salts)[:length],
        )

    row = Entry.objects.using("window").get()
    assert row.commitments == {
        "resident_code": commitment(b"a" * 16, "12345678901"),
        "name": commitment(b"b" * 16, "見本　花子"),
    }
    values = Personal.objects.using("window").order_by("pk")
    assert [(value.entry, value.name, bytes(value.salt), value.value) for value in values] == [
        (row.pk, "resident_code", b"a" * 16, "12345678901"),
        (row.pk, "name", b"b" * 16, "見本　花子"),
    ]
    assert [str(value) for value in values] == [f"{row.pk} resident_code", f"{row.pk} name"]


@pytest.mark.django_db(databases=["window"])
def test_a_personal_value_without_a_salt_is_a_bug() -> None:
    """A commitment to a resident code without a salt could be guessed in a day."""
    with transaction.atomic(using="window"), pytest.raises(NoSalt):
        record("window", at=MOMENT, actor="sato", verb=Verb.DONE, subject="resident:1", personal={"code": "1"})

    assert not Entry.objects.using("window").exists()
