"""The chain in a role's database, as plain values: what is sealed, in order, and where the chain ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from openjpki.audit.chain import GENESIS, Head, PersonalValue, PurgeStatement, Record, Seal
from openjpki.audit.models import Batch, Entry, Personal, Purge
from openjpki.audit.verification import Group


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Where a chain ends: the number of its last batch, the sequence number of its last record, its head."""

    number: int
    sequence: int
    head: str


def tail_of(role: str) -> Tail:
    """Return the end of a role's chain; that of an empty one is at 0."""
    batch = Batch.objects.using(role).order_by("-number").first()
    if batch is not None:
        return Tail(number=batch.number, sequence=batch.first + batch.count - 1, head=seal_of(role, batch).head)
    purge = Purge.objects.using(role).order_by("-number").first()
    if purge is not None:
        return Tail(number=purge.batches, sequence=purge.records, head=purge.head)
    return Tail(number=0, sequence=0, head=GENESIS)


def head_of(role: str) -> Head | None:
    """Return the head of a role's chain, if anything was ever sealed."""
    tail = tail_of(role)
    return Head(role, tail.number, tail.head) if tail.number else None


def groups_of(role: str) -> Iterator[Group]:
    """Yield every batch with the rows that claim a place in it, and their personal values."""
    for batch in Batch.objects.using(role).order_by("number").iterator():
        places = (batch.first, batch.first + batch.count - 1)
        rows = list(Entry.objects.using(role).filter(sequence__range=places).order_by("sequence"))
        sequences = {row.pk: row.sequence for row in rows}
        values = Personal.objects.using(role).filter(entry__in=list(sequences)).order_by("entry", "name")
        yield Group(
            seal=seal_of(role, batch),
            records=[record_of(row) for row in rows],
            personal=[
                PersonalValue(
                    sequence=sequences[value.entry] or 0, name=value.name, salt=bytes(value.salt), value=value.value
                )
                for value in values
            ],
        )


def strays_of(role: str) -> Iterator[Record]:
    """Yield the rows that claim a place before or behind every batch: gaps between batches are `verify`'s to see."""
    first = Batch.objects.using(role).order_by("number").first()
    outside = Entry.objects.using(role).filter(sequence__gt=tail_of(role).sequence)
    if first is not None:
        outside |= Entry.objects.using(role).filter(sequence__lt=first.first)
    yield from map(record_of, outside.order_by("sequence").iterator())


def purges_of(role: str) -> Iterator[PurgeStatement]:
    """Yield the purge statements, oldest first."""
    for row in Purge.objects.using(role).order_by("number"):
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


def unsealed_in(role: str) -> int:
    """Return how many rows wait for the next seal: until then nothing protects them."""
    return Entry.objects.using(role).filter(sequence=None).count()


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
