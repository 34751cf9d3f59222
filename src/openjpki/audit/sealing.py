"""Seals what was recorded since the last seal. Sealers of one database follow each other; repeating it seals nothing twice.

A place in the chain is given here and not when a row is written: a transaction that commits late has a lower key than rows
that are sealed already, and simply joins the next batch.

A sealing is one transaction, however many batches it makes, and all of them bear its moments. A sealing that was cut off
between two batches would leave rows that are older than its last seal, as if somebody had back-dated them.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from openjpki.audit.chain import BATCH_LIMIT, Head, Seal, key_id, leaf_of, root_of
from openjpki.audit.models import Batch, Entry, SealingLock
from openjpki.audit.rows import (
    Tail,
    batches_in,
    entries_in,
    head_of,
    readable,
    record_of,
    seal_of,
    tail_of,
    unsealed_in,
)
from openjpki.errors import Failure, Kind
from openjpki.pki.keys import Signer

_LOCK = 1


class HeadDiffers(Failure):
    """The chain is not the one whose head was kept: sealing on would cover that up."""

    code = "audit.head-differs"
    kind = Kind.REFUSED
    ja = (
        "{role} の監査記録は、保管されているヘッド(封印 {number} 番)につながりません。封印しません。"
        "`openjpki audit verify` で確かめてください。データベースを復元した場合は、記録を残してからヘッドのファイルを移してください。"
    )
    en = (
        "The audit record of {role} does not contain the head that was kept (seal {number}); nothing is sealed. Look with "
        "`openjpki audit verify`. If the database was restored, note it down and move the head's file away."
    )


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What a sealer did, and where the chain ends now."""

    batches: int
    records: int
    head: Head | None


def seal(role: str, *, signer: Signer, at: datetime, now: datetime, known: Head | None = None) -> Sealed:
    """Seal every row of the role's database that is committed and not sealed, `BATCH_LIMIT` to a batch; all or none.

    `at` is the legal moment, `now` the real one, `known` the head that was kept of this chain. Raises `HeadDiffers` if the
    chain does not contain it, and `Unreadable` for a row that is no record.
    """
    with transaction.atomic(using=role, durable=True), readable(role):
        hold(role)
        _agree(role, tail_of(role), known)
        made: list[int] = []
        waiting = unsealed_in(role)  # a bound: on PostgreSQL rows that commit meanwhile show
        while sum(made) < waiting and (count := _seal_next(role, signer=signer, at=at, now=now)):
            made.append(count)
        return Sealed(batches=len(made), records=sum(made), head=head_of(role))


def hold(role: str) -> None:
    """Wait for other sealers of this database and keep them waiting until the open transaction ends."""
    SealingLock.objects.using(role).get_or_create(pk=_LOCK)
    SealingLock.objects.using(role).select_for_update().get(pk=_LOCK)


def _seal_next(role: str, *, signer: Signer, at: datetime, now: datetime) -> int:
    """Seal the next batch and return how many rows it holds."""
    rows = entries_in(Entry.objects.using(role).filter(sequence=None).order_by("pk")[:BATCH_LIMIT])
    if not rows:
        return 0
    tail = tail_of(role)
    for sequence, row in enumerate(rows, start=tail.sequence + 1):
        row.leaf = leaf_of(record_of(row, sequence))
        row.sequence = sequence
    Entry.objects.using(role).bulk_update(rows, ["sequence", "leaf"], batch_size=200)
    made = Seal(
        role=role,
        number=tail.number + 1,
        first=tail.sequence + 1,
        count=len(rows),
        root=root_of([row.leaf for row in rows]),
        previous=tail.head,
        sealed_at=now,
        legal_at=at,
        key=key_id(signer.public_key),
    )
    _store(replace(made, signature=signer.sign(made.statement())))
    return len(rows)


def _store(seal: Seal) -> None:
    Batch.objects.using(seal.role).create(
        number=seal.number,
        first=seal.first,
        count=seal.count,
        root=seal.root,
        previous=seal.previous,
        sealed_at=seal.sealed_at,
        legal_at=seal.legal_at,
        key=seal.key,
        signature=seal.signature,
    )


def _agree(role: str, tail: Tail, known: Head | None) -> None:
    """Raise `HeadDiffers` unless the chain contains the head that was kept."""
    if known is None:
        return
    there = tail.head if known.number == tail.number else None
    if known.number < tail.number:
        found = batches_in(Batch.objects.using(role).filter(number=known.number))
        there = seal_of(role, found[0]).head if found else known.digest
    if there != known.digest:
        raise HeadDiffers(role=role, number=known.number)
