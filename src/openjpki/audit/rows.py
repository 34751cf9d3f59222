"""The chain in a role's database, as plain values: what is sealed, in order, and where the chain ends.

Whoever may write to the database may put anything into a column. What cannot be read as what it should be is named like
any other fault, by a `Broken`: a verification ends there, and `readable` turns it into a refusal for everybody else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from django.db import DataError, OperationalError
from django.db.models import Min, Model, QuerySet

from openjpki.audit.chain import BATCH_LIMIT, GENESIS, Head, PersonalValue, PurgeStatement, Record, Seal, moment_text
from openjpki.audit.faults import Broken, Fault, FaultKind
from openjpki.audit.lines import is_fact
from openjpki.audit.models import Batch, Entry, Personal, Purge
from openjpki.audit.verification import Group
from openjpki.errors import Failure, Kind

_ROW = TypeVar("_ROW", bound=Model)
_DAMAGE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError, DataError, OperationalError)
"""What reading a row raises that holds what its columns should not; an `OperationalError` may be of another cause."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when a row waits that nobody can date: somebody should look."""
_MAX = 2**63 - 1
"""The last number that a column of 64 bits holds."""


class Unreadable(Failure):
    """A row of the record holds what nobody here wrote: it can be neither sealed nor handed out."""

    code = "audit.unreadable"
    kind = Kind.REFUSED
    ja = "{role} の監査記録に読めない行があるため、封印も書き出しもしません。{ja}"
    en = "The audit record of {role} has a row that cannot be read; nothing is sealed or exported. {en}"


@contextmanager
def readable(role: str) -> Iterator[None]:
    """Raise `Unreadable` for a row that the block finds to be none."""
    try:
        yield
    except Broken as broken:
        raise Unreadable(role=role, ja=broken.fault.message("ja"), en=broken.fault.message("en")) from broken


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Where a chain ends: the number of its last batch, the sequence number of its last record, its head."""

    number: int
    sequence: int
    head: str


def tail_of(role: str) -> Tail:
    """Return the end of a role's chain; that of an empty one is at 0. Raises `Broken`."""
    for batch in batches_in(Batch.objects.using(role).order_by("-number")[:1]):
        return Tail(number=batch.number, sequence=_last_in(batch), head=seal_of(role, batch).head)
    for purge in _read(Purge.objects.using(role).order_by("-number")[:1], _as_purge, _no_purge):
        return Tail(number=purge.batches, sequence=purge.records, head=purge.head)
    return Tail(number=0, sequence=0, head=GENESIS)


def head_of(role: str) -> Head | None:
    """Return the head of a role's chain, if anything was ever sealed."""
    tail = tail_of(role)
    return Head(role, tail.number, tail.head) if tail.number else None


def groups_of(role: str) -> Iterator[Group]:
    """Yield every batch with the rows that claim a place in it, and their personal values. Raises `Broken`."""
    for batch in _pages(Batch.objects.using(role), _batches):
        places = (batch.first, _last_in(batch))
        rows = entries_in(Entry.objects.using(role).filter(sequence__range=places).order_by("sequence"))
        sequences = {row.pk: row.sequence or 0 for row in rows}
        values = Personal.objects.using(role).filter(entry__in=list(sequences)).order_by("entry", "name")
        yield Group(
            seal=seal_of(role, batch),
            records=[record_of(row) for row in rows],
            personal=[_personal_of(value, sequences[value.entry]) for value in values],
        )


def strays_of(role: str) -> Iterator[int]:
    """Yield the places claimed before or behind every batch: gaps between batches are `verify`'s to see.

    Then look through the rows that wait, which claim nothing: raises `Broken` for one that could not be sealed.
    """
    first = Batch.objects.using(role).order_by("number").values_list("first", flat=True).first()
    outside = Entry.objects.using(role).filter(sequence__gt=tail_of(role).sequence)
    if first is not None:
        outside |= Entry.objects.using(role).filter(sequence__lt=first)
    for place in outside.order_by("sequence").values_list("sequence", flat=True).iterator():
        yield place or 0
    waiting = Entry.objects.using(role).filter(sequence=None)
    for _ in _pages(waiting, _entries):
        pass


def purges_of(role: str) -> Iterator[PurgeStatement]:
    """Yield the purge statements, oldest first. Raises `Broken`."""
    for row in _read(Purge.objects.using(role).order_by("number"), _as_purge, _no_purge):
        yield PurgeStatement(
            role=role,
            number=row.number,
            batches=row.batches,
            records=row.records,
            head=row.head,
            sealed_at=row.sealed_at,
            legal_at=row.legal_at,
            before=row.before,
            purged_at=row.purged_at,
            key=row.key,
            signature=bytes(row.signature),
        )


def entries_in(rows: QuerySet[Entry]) -> list[Entry]:
    """Return rows that are records; raises `Broken` for the first that is none."""
    return list(_entries(rows))


def batches_in(rows: QuerySet[Batch]) -> list[Batch]:
    """Return rows that are seals, whoever signed them; raises `Broken` for the first that is none."""
    return list(_batches(rows))


def unsealed_in(role: str) -> int:
    """Return how many rows wait for the next seal: until then nothing protects them."""
    return Entry.objects.using(role).filter(sequence=None).count()


def waiting_since(role: str) -> datetime | None:
    """Return when the oldest row that waits for its seal was written, if any waits; `LONG_AGO` if a row does not say."""
    try:
        oldest = Entry.objects.using(role).filter(sequence=None).aggregate(oldest=Min("written_at"))["oldest"]
    except _DAMAGE as error:
        if _is_busy(error):
            raise
        return LONG_AGO
    return None if oldest is None else max(oldest, LONG_AGO)


def record_of(row: Entry, sequence: int | None = None) -> Record:
    """Return a row as a value; in the place given, if it has none yet."""
    return Record(
        sequence=sequence or row.sequence or 0,
        recorded_at=row.recorded_at,
        written_at=row.written_at,
        actor=row.actor,
        verb=row.verb,
        subject=row.subject,
        data=row.data,
        commitments=row.commitments,
        leaf=row.leaf,
    )


def seal_of(role: str, row: Batch) -> Seal:
    """Return a batch as a value."""
    return Seal(
        role=role,
        number=row.number,
        first=row.first,
        count=row.count,
        root=row.root,
        previous=row.previous,
        sealed_at=row.sealed_at,
        legal_at=row.legal_at,
        key=row.key,
        signature=bytes(row.signature),
    )


def _last_in(batch: Batch) -> int:
    """Return the last place of a batch; of one that nobody signed, no number that a query could not hold."""
    return min(batch.first + batch.count - 1, _MAX)


def _personal_of(row: Personal, sequence: int) -> PersonalValue:
    if not (_is_bytes(row.salt) and _are_texts(row.name, row.value)):
        raise Broken(Fault(kind=FaultKind.PERSONAL_CHANGED, sequence=sequence))
    return PersonalValue(sequence=sequence, name=row.name, salt=bytes(row.salt), value=row.value)


def _entries(rows: QuerySet[Entry]) -> Iterator[Entry]:
    return _read(rows, _as_entry, _no_entry)


def _batches(rows: QuerySet[Batch]) -> Iterator[Batch]:
    return _read(rows, _as_batch, _no_batch)


def _pages(rows: QuerySet[_ROW], read: Callable[[QuerySet[_ROW]], Iterator[_ROW]]) -> Iterator[_ROW]:
    """Yield rows in the order of their keys, of which few are in memory at once."""
    last: int | None = 0
    while last is not None:
        page, last = rows.filter(pk__gt=last).order_by("pk")[:BATCH_LIMIT], None
        for row in read(page):
            yield row
            last = row.pk


def _read(rows: QuerySet[_ROW], hold: Callable[[_ROW], None], fault: Callable[[str, int], Fault]) -> Iterator[_ROW]:
    """Yield rows that hold what they should, and raise `Broken` at the first other."""
    try:
        found = list(rows)
        for row in found:
            hold(row)
    except _DAMAGE as error:
        if _is_busy(error):
            raise
    else:
        yield from found
        return
    for key in rows.values_list("pk", flat=True):
        one = rows.model._base_manager.using(rows.db).filter(pk=key)  # noqa: SLF001  -- Django documents it
        yield from _one(one, hold, fault, key)


def _one(row: QuerySet[_ROW], hold: Callable[[_ROW], None], fault: Callable[[str, int], Fault], key: int) -> list[_ROW]:
    """Read the row with a key, if it is still there."""
    try:
        found = list(row)
        for one in found:
            hold(one)
    except _DAMAGE as error:
        if _is_busy(error):
            raise
        raise Broken(fault(row.db, key)) from error
    return found


def _is_busy(error: Exception) -> bool:
    """Say whether the database is silent or locked, which says nothing of a row; SQLite tells text that is none likewise."""
    return isinstance(error, OperationalError) and "UTF-8" not in str(error)


def _as_entry(row: Entry) -> None:
    _hold(_are_moments(row.recorded_at, row.written_at))
    _hold(_are_texts(row.actor, row.verb, row.subject, row.leaf, *row.commitments, *row.commitments.values()))
    _hold(all(map(is_fact, row.data.values())))


def _as_batch(row: Batch) -> None:
    _hold(_are_moments(row.sealed_at, row.legal_at) and _are_numbers(row.number, row.first, row.count))
    _hold(_are_texts(row.root, row.previous, row.key) and _is_bytes(row.signature))


def _as_purge(row: Purge) -> None:
    _hold(_are_moments(row.sealed_at, row.legal_at, row.before, row.purged_at))
    _hold(_are_numbers(row.number, row.batches, row.records))
    _hold(_are_texts(row.head, row.key) and _is_bytes(row.signature))


def _hold(condition: bool) -> None:  # noqa: FBT001  -- it is the condition itself
    if not condition:
        raise ValueError


def _are_moments(*values: object) -> bool:
    return all(isinstance(value, datetime) and bool(moment_text(value)) for value in values)


def _are_texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


def _are_numbers(*values: object) -> bool:
    return all(isinstance(value, int) for value in values)


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes | memoryview)


def _no_entry(role: str, key: int) -> Fault:
    place = Entry.objects.using(role).filter(pk=key).values_list("sequence", flat=True).first()
    if place is None:
        return Fault(kind=FaultKind.ROW_UNREADABLE, row=key)
    return Fault(kind=FaultKind.RECORD_UNREADABLE, sequence=place)


def _no_batch(_: str, key: int) -> Fault:
    return Fault(kind=FaultKind.BATCH_UNREADABLE, batch=key)


def _no_purge(_: str, key: int) -> Fault:
    return Fault(kind=FaultKind.PURGE_CHANGED, batch=key)
