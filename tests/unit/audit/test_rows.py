from datetime import timedelta

import pytest
from django.db import OperationalError, connections

from openjpki.audit import rows
from openjpki.audit.chain import GENESIS
from openjpki.audit.faults import Broken, Fault, FaultKind
from openjpki.audit.models import Batch, Entry
from openjpki.audit.rows import (
    LONG_AGO,
    Unreadable,
    groups_of,
    head_of,
    purges_of,
    readable,
    record_of,
    strays_of,
    tail_of,
    unsealed_in,
    waiting_since,
)
from tests.support.audit import ROLE, START
from tests.support.audit_rows import RESIDENT, Desk

pytestmark = pytest.mark.django_db(databases=[ROLE])


def test_an_empty_chain_ends_at_its_beginning() -> None:
    """The first batch will be number 1, its first record number 1."""
    tail = tail_of(ROLE)

    assert (tail.number, tail.sequence, tail.head, head_of(ROLE)) == (0, 0, GENESIS, None)
    assert not list(groups_of(ROLE))
    assert not list(strays_of(ROLE))


def test_a_row_comes_back_as_it_was_sealed() -> None:
    """Moments to the microsecond, data and commitments: the same hash from either database."""
    desk = Desk()
    desk.write(2, person=RESIDENT)
    desk.seal()
    (group,) = groups_of(ROLE)

    assert [record.sequence for record in group.records] == [1, 2]
    assert group.records[1].recorded_at == group.records[1].written_at == START
    assert group.records[1].data == {"number": 1}
    assert [(value.sequence, value.value) for value in group.personal] == [(1, RESIDENT), (2, RESIDENT)]
    assert tail_of(ROLE).sequence == 2
    assert head_of(ROLE) == desk.safe.kept


def test_rows_outside_every_seal_are_strays() -> None:
    """Before the first and behind the last; what waits for a seal claims nothing."""
    desk = Desk()
    desk.write(2)
    desk.seal()
    desk.write(2)
    assert unsealed_in(ROLE) == 2
    assert list(strays_of(ROLE)) == []

    last = Entry.objects.using(ROLE).order_by("-pk")[0]
    Entry.objects.using(ROLE).filter(pk=last.pk).update(sequence=9, leaf="f" * 64)
    Batch.objects.using(ROLE).update(first=2, count=1)
    assert list(strays_of(ROLE)) == [1, 9]


def test_a_row_without_a_place_is_given_one() -> None:
    """What the sealer hashes."""
    desk = Desk()
    desk.write()
    row = Entry.objects.using(ROLE).get()

    assert (record_of(row, 5).sequence, record_of(row).sequence) == (5, 0)


def overwrite(table: str, column: str, value: str, where: str = "") -> None:
    """Put what no program of ours writes into a column of every row, or of some, behind Django's back."""
    with connections[ROLE].cursor() as cursor:
        cursor.execute(f"UPDATE audit_{table} SET {column} = {value} {where}")  # noqa: S608  -- our own words


IS_SQLITE = connections[ROLE].vendor == "sqlite"
ENDLESS = "'infinity'"
"""PostgreSQL knows moments that no program of ours can hold; SQLite takes anything for one."""
NO_MOMENTS = ["'junk'", "''", "7", "x'ff'", "'2026-13-41 00:00:00'", "'0001-01-01T00:00:00+05:00'"]
NO_ENTRIES: list[tuple[str, str]] = [
    *(
        (column, value)
        for column in ("recorded_at", "written_at")
        for value in (NO_MOMENTS if IS_SQLITE else [ENDLESS])
    ),
    *((column, value) for column in ("data", "commitments") for value in ("'[]'", "'\"x\"'", "'7'")),
    ("data", """'{"a": {"b": 1}}'"""),
    ("data", """'{"a": 1.5}'"""),
    ("commitments", """'{"a": 1}'"""),
    *([("actor", "x'ff'"), ("subject", "CAST(x'ff' AS TEXT)")] if IS_SQLITE else []),
]
NO_BATCHES: list[tuple[str, str]] = [
    *((column, value) for column in ("sealed_at", "legal_at") for value in (NO_MOMENTS if IS_SQLITE else [ENDLESS])),
    *([("root", "x'ff'"), ("count", "'junk'"), ("signature", "7")] if IS_SQLITE else []),
]


@pytest.mark.parametrize(("column", "value"), NO_ENTRIES)
def test_a_row_that_is_no_record_is_named(column: str, value: str) -> None:
    """By its place if it was sealed, by its key in the database if it waits; nothing is sealed or exported meanwhile."""
    desk = Desk()
    desk.write(3)
    row = Entry.objects.using(ROLE).order_by("pk")[1].pk
    overwrite("entry", column, value, f"WHERE id = {row}")
    fault = desk.ledger.verify().fault
    assert fault == Fault(kind=FaultKind.ROW_UNREADABLE, row=row)
    assert str(row) in fault.message("ja")
    with pytest.raises(Unreadable, match=str(row)):
        desk.ledger.seal()
    assert unsealed_in(ROLE) == 3


@pytest.mark.parametrize(("column", "value"), NO_ENTRIES)
def test_a_sealed_row_that_is_no_record_any_more_is_named(column: str, value: str) -> None:
    """In whichever batch it stands: those before it were held."""
    desk = Desk()
    for _ in range(3):
        desk.write(2)
        desk.seal()
    overwrite("entry", column, value, "WHERE sequence = 4")
    verdict = desk.ledger.verify()

    assert (verdict.fault, verdict.batches) == (Fault(kind=FaultKind.RECORD_UNREADABLE, sequence=4), 1)


@pytest.mark.parametrize(("column", "value"), NO_BATCHES)
def test_a_seal_that_is_none_any_more_is_named(column: str, value: str) -> None:
    """It neither verifies nor can be sealed behind."""
    desk = Desk()
    for _ in range(2):
        desk.write(2)
        desk.seal()
    desk.write()
    overwrite("batch", column, value, "WHERE number = 2")
    verdict = desk.ledger.verify()

    assert (verdict.fault, verdict.batches) == (Fault(kind=FaultKind.BATCH_UNREADABLE, batch=2), 1)
    with pytest.raises(Unreadable):
        desk.ledger.seal()


def test_a_seal_beyond_every_number_is_a_changed_one() -> None:
    """Nobody signed it, and it makes no query fail."""
    desk = Desk()
    desk.write()
    desk.seal()
    Batch.objects.using(ROLE).update(first=2**62, count=2**63 - 1)
    fault = desk.ledger.verify().fault

    assert fault is not None
    assert fault.kind is FaultKind.BATCH_CHANGED


@pytest.mark.parametrize("column", ["sealed_at", "legal_at", "before", "purged_at"])
def test_a_purge_that_is_none_any_more_is_named(column: str) -> None:
    """Where everything has left, nothing can be sealed behind it either."""
    desk = Desk()
    desk.write()
    desk.seal()
    desk.times.wait(timedelta(days=4000))
    desk.ledger.purge(actor="operator")
    overwrite("purge", column, NO_MOMENTS[0] if IS_SQLITE else ENDLESS)

    assert desk.ledger.verify().fault == Fault(kind=FaultKind.PURGE_CHANGED, batch=1)
    with pytest.raises(Unreadable):
        desk.ledger.seal()
    with pytest.raises(Broken):
        list(purges_of(ROLE))


@pytest.mark.parametrize(("column", "value"), [("salt", "7"), ("value", "x'ff'"), ("name", "x'ff'")])
def test_a_personal_value_that_is_none_is_a_changed_one(column: str, value: str) -> None:
    """A number for a salt, bytes for a text: SQLite takes them."""
    if not IS_SQLITE:
        return
    desk = Desk()
    desk.write(2, person=RESIDENT)
    desk.seal()
    overwrite("personal", column, value)

    assert desk.ledger.verify().fault == Fault(kind=FaultKind.PERSONAL_CHANGED, sequence=1)


def test_a_busy_database_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """That it does not answer says nothing of a row: it stays what it is."""
    desk = Desk()
    desk.write()

    def busy(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(rows, "_as_entry", busy)
    with pytest.raises(OperationalError):
        desk.ledger.seal()
    monkeypatch.setattr(rows, "Min", busy)
    with pytest.raises(OperationalError):
        waiting_since(ROLE)


def test_what_is_readable_by_itself_is_yielded_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that left, or was mended, between the two looks is no fault."""
    desk = Desk()
    desk.write(3)
    looks: list[Entry] = []

    def once(row: Entry) -> None:
        looks.append(row)
        if len(looks) == 1:
            raise ValueError

    monkeypatch.setattr(rows, "_as_entry", once)
    assert desk.seal().records == 3


@pytest.mark.parametrize("value", ["''", "7"] if IS_SQLITE else ["'-infinity'"])
def test_a_row_that_nobody_can_date_waits_since_long_ago(value: str) -> None:
    """So that health warns of it; a database that does not answer is told as such."""
    desk = Desk()
    assert waiting_since(ROLE) is None
    desk.write(2)
    assert waiting_since(ROLE) == START
    overwrite("entry", "written_at", value)

    assert waiting_since(ROLE) == LONG_AGO


def test_a_block_that_reads_well_raises_nothing() -> None:
    """And whatever else goes wrong in it stays what it is."""
    with readable(ROLE):
        pass
    with pytest.raises(KeyError), readable(ROLE):
        raise KeyError
