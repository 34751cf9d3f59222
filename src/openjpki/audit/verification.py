"""Holds a chain against its seals, and names the first record that was removed, changed, moved, inserted or back-dated.

A pure function over plain values: batch after batch, so that a chain of any length passes through.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from openjpki.audit.chain import (
    GENESIS,
    Head,
    PersonalValue,
    PurgeStatement,
    Record,
    Seal,
    commitment,
    leaf_of,
    root_of,
)
from openjpki.audit.faults import Broken, Fault, FaultKind, Remark
from openjpki.pki.algorithms import KeyAlgorithm, UnsupportedKey
from openjpki.pki.keys import SignatureInvalid, verify_signature

TOLERANCE = timedelta(minutes=10)
"""How far a record may be dated before the seal that preceded its sealing: the longest act, and the difference of two clocks."""

_ANY = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Floors:
    """The earliest dates that the records of one sealing may bear."""

    written: datetime = _ANY
    recorded: datetime = _ANY


@dataclass(frozen=True, kw_only=True)
class Group:
    """A seal with the records and personal values that are there for it, in the order in which they stand."""

    seal: Seal
    records: Sequence[Record]
    personal: Sequence[PersonalValue] = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a verification found. Counts are of what was held against the chain before the first fault."""

    role: str
    fault: Fault | None
    batches: int
    records: int
    purged_batches: int
    purged_records: int
    personal: int
    """Personal values that fit their commitments."""
    forgotten: int
    """Commitments whose personal value is not there: purged, or not exported."""
    head: Head | None
    remarks: tuple[Remark, ...]


def _broken(kind: FaultKind, *, sequence: int = 0, last: int = 0, batch: int = 0) -> Broken:
    return Broken(Fault(kind=kind, sequence=sequence, last=last, batch=batch))


def verify(
    role: str,
    *,
    keys: Mapping[str, bytes],
    purges: Iterable[PurgeStatement],
    groups: Iterable[Group],
    strays: Iterable[int],
    heads: Iterable[Head] = (),
) -> Verdict:
    """Verify the chain of a role.

    `keys` maps the names of trusted audit keys to their SubjectPublicKeyInfo (DER). `groups` come in the order of the
    chain; `strays` are the places that records claim outside every seal, and are looked at last. `heads` were kept
    elsewhere: each of this role must be in the chain, or belong to the part that was purged. What is read as it is
    asked for may raise `Broken` for what cannot be read.
    """
    walk = _Walk(role, keys, [head for head in heads if head.role == role])
    fault = None
    try:
        for purge in purges:
            walk.purge(purge)
        for group in groups:
            walk.group(group)
        for stray in strays:
            raise _broken(FaultKind.INSERTED, sequence=stray)
        walk.end()
    except Broken as broken:
        fault = broken.fault
    return walk.verdict(fault)


@dataclass(frozen=True)
class _Before:
    """What the next batch continues."""

    number: int = 0
    sequence: int = 0
    head: str = GENESIS
    sealed_at: datetime | None = None
    legal_at: datetime | None = None
    floors: _Floors = _Floors()
    """Those of its sealing; none behind a purge, which does not say where its last sealing began."""


class _Walk:
    """The state of one verification."""

    def __init__(self, role: str, keys: Mapping[str, bytes], heads: Sequence[Head]) -> None:
        self._role = role
        self._keys = keys
        self._heads = heads
        self._before = _Before()
        self._purges = 0
        self._purged = _Before()
        self._batches = self._records = self._personal = self._committed = 0
        self._remarks: dict[Remark, None] = {}

    def purge(self, purge: PurgeStatement) -> None:
        """Begin behind what a purge says has left."""
        self._purges += 1
        fault = _broken(FaultKind.PURGE_CHANGED, batch=self._purges, sequence=1)
        forward = purge.batches > self._purged.number and purge.records > self._purged.sequence
        if purge.role != self._role or purge.number != self._purges or not forward:
            raise fault
        if not self._signed(purge):
            raise fault
        self._purged = self._before = _Before(purge.batches, purge.records, purge.head, purge.sealed_at, purge.legal_at)

    def group(self, group: Group) -> None:
        """Hold one batch against the chain so far."""
        seal = group.seal
        self._seal(seal)
        _in_place(seal, group.records)
        floors = self._floors(seal)
        _dated(seal, group.records, floors)
        if root_of([record.leaf for record in group.records]) != seal.root:
            raise _broken(FaultKind.AMONG, sequence=seal.first, last=seal.first + seal.count - 1, batch=seal.number)
        self._committed += sum(len(record.commitments) for record in group.records)
        self._personal += _fits(seal, group)
        self._batches += 1
        self._records += seal.count
        last = seal.first + seal.count - 1
        self._before = _Before(seal.number, last, seal.head, seal.sealed_at, seal.legal_at, floors)
        for head in self._heads:
            if head.number == seal.number and head.digest != seal.head:
                raise _broken(FaultKind.HEAD_DIFFERS, batch=seal.number, sequence=seal.first)

    def end(self) -> None:
        """Hold the end against the heads that were kept."""
        for head in self._heads:
            if head.number > self._before.number:
                raise _broken(FaultKind.TRUNCATED, batch=head.number, sequence=self._before.sequence + 1)
            if head.number == self._purged.number and head.digest != self._purged.head:
                raise _broken(FaultKind.HEAD_DIFFERS, batch=head.number, sequence=self._purged.sequence)
            if head.number < self._purged.number:
                self._remarks[Remark.HEAD_PURGED] = None

    def verdict(self, fault: Fault | None) -> Verdict:
        """Return what was found."""
        before = self._before
        return Verdict(
            role=self._role,
            fault=fault,
            batches=self._batches,
            records=self._records,
            purged_batches=self._purged.number,
            purged_records=self._purged.sequence,
            personal=self._personal,
            forgotten=self._committed - self._personal,
            head=Head(self._role, before.number, before.head) if before.number else None,
            remarks=tuple(self._remarks),
        )

    def _seal(self, seal: Seal) -> None:
        """Raise unless the seal is signed by a trusted key and continues the one before."""
        number, first = self._before.number + 1, self._before.sequence + 1
        if seal.key not in self._keys:
            raise _broken(FaultKind.KEY_UNKNOWN, batch=number, sequence=first)
        if seal.role != self._role or not self._signed(seal):
            raise _broken(FaultKind.BATCH_CHANGED, batch=number, sequence=first)
        if seal.number > number:
            raise _broken(FaultKind.BATCH_REMOVED, batch=number, sequence=first)
        if (seal.number, seal.first, seal.previous) != (number, first, self._before.head):
            raise _broken(FaultKind.BATCH_UNCHAINED, batch=number, sequence=first)

    def _signed(self, statement: Seal | PurgeStatement) -> bool:
        spki = self._keys.get(statement.key)
        if spki is None:
            return False
        try:
            verify_signature(spki, KeyAlgorithm.of(spki), statement.statement(), statement.signature)
        except (SignatureInvalid, UnsupportedKey):
            return False
        return True

    def _floors(self, seal: Seal) -> _Floors:
        """Return the floors of a batch's sealing: batches of one sealing bear one moment on both clocks.

        Their rows waited together, so that a batch says nothing of when the rows of the next one were written: all are
        held to the seal before the sealing began.
        """
        before = self._before
        if (seal.sealed_at, seal.legal_at) == (before.sealed_at, before.legal_at):
            return before.floors
        return _Floors(
            written=self._floor(before.sealed_at, seal.sealed_at), recorded=self._floor(before.legal_at, seal.legal_at)
        )

    def _floor(self, before: datetime | None, now: datetime) -> datetime:
        """Return the earliest date of a clock's records since a seal: any, if the next seal says that it went back."""
        if before is not None and now < before:
            self._remarks[Remark.CLOCK_SET_BACK] = None
        return _ANY if before is None or now < before else before - TOLERANCE


def _dated(seal: Seal, records: Sequence[Record], floors: _Floors) -> None:
    """Raise for the first record that is dated before the seal which preceded its sealing, on either clock."""
    for record in records:
        if record.written_at < floors.written or record.recorded_at < floors.recorded:
            raise _broken(FaultKind.BACK_DATED, sequence=record.sequence, batch=seal.number)


def _in_place(seal: Seal, records: Sequence[Record]) -> None:
    """Raise for the first place that is not taken by the record that was sealed there."""
    places = range(seal.first, seal.first + seal.count)
    found = [record.sequence for record in records]
    for position, place in enumerate(places):
        if place not in found[position : position + 1]:
            raise _broken(_displaced(found, position, places), sequence=_named(found, position, places))
        record = records[position]
        if leaf_of(record) != record.leaf:
            leaves = {other.leaf for other in records}
            moved = any(leaf_of(record, other) in leaves for other in places if other != place)
            raise _broken(FaultKind.REORDERED if moved else FaultKind.CHANGED, sequence=place, batch=seal.number)
    if len(found) > seal.count:
        raise _broken(FaultKind.INSERTED, sequence=found[seal.count], batch=seal.number)


def _displaced(found: Sequence[int], position: int, places: range) -> FaultKind:
    """Say what happened where another record stands than was sealed there."""
    if places[position] not in found[position:]:
        return FaultKind.REMOVED
    foreign = found[position] not in places or found[position] in found[:position]
    return FaultKind.INSERTED if foreign else FaultKind.REORDERED


def _named(found: Sequence[int], position: int, places: range) -> int:
    inserted = _displaced(found, position, places) is FaultKind.INSERTED
    return found[position] if inserted else places[position]


def _fits(seal: Seal, group: Group) -> int:
    """Return how many personal values fit their commitments; raise for the first that does not."""
    commitments = {record.sequence: record.commitments for record in group.records}
    seen: set[tuple[int, str]] = set()
    for value in sorted(group.personal, key=lambda value: value.sequence):
        place = (value.sequence, value.name)
        promised = commitments.get(value.sequence, {}).get(value.name)
        if place in seen or promised != commitment(value.salt, value.value):
            raise _broken(FaultKind.PERSONAL_CHANGED, sequence=value.sequence, batch=seal.number)
        seen.add(place)
    return len(group.personal)
