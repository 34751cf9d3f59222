"""Keeps a node's status store up to the authority's journal, and to the verifiers' register. One process does.

It reads five tables alone: issuers, responders, the journal, and of verifiers and their certificates what lets them ask.

Everything that an act committed before a round began is in the store when the round ends: positions are given in the
order of the commits (`journal`). So the moment at which the round began is the one up to which the store is complete.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.db import connections

from openjpki.authority.acts import ALIAS
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means
from openjpki.authority.models import Issuer, OcspResponder, StatusChange
from openjpki.authority.moments import ClockWentBack
from openjpki.authority.responding.form import Generation, Head, Responder, World
from openjpki.authority.responding.store import Entry, StatusWriter
from openjpki.authority.verifiers.access import askers
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import in_japan

MOST_ENTRIES: Final = 5000
"""Journal entries of one commit of the store: some hundred kilobytes."""
_LOCK = "follower.lock"


class FollowerRuns(Failure):
    """Another process keeps this store."""

    code = "authority.status.follower-runs"
    kind = Kind.UNAVAILABLE
    ja = "この失効情報ストアは、別のプロセスが更新しています。"
    en = "Another process keeps this status store."


class LaggingCopy(Failure):
    """A replica does not know how far it is behind: from it no store is complete up to any moment."""

    code = "authority.status.lagging-copy"
    kind = Kind.UNAVAILABLE
    ja = (
        "データベースは複製(レプリカ)です。遅れが分からないため、失効情報ストアの更新には主サーバーを指定してください。"
    )
    en = "The database is a replica. How far it lags is unknown: let the status store follow the primary."


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What a round brought."""

    position: int
    entries: int
    anew: bool
    """The store was of another journal, as after a restore, and was filled from the beginning."""


class Follower:
    """The writer of one store, following one journal."""

    def __init__(self, writer: StatusWriter, tolerance: timedelta, checkpoint: Callable[[Checkpoint], None]) -> None:
        self._writer = writer
        self._tolerance = tolerance
        self._checkpoint = checkpoint

    def round(self, at: datetime) -> Followed:
        """Bring the store up to the journal; `at` is the legal moment, taken before. Raises `ClockWentBack`, `LaggingCopy`."""
        _hold_primary()
        head = self._writer.head
        self._hold_clock(head, at)
        anew = not _of_this_journal(head)
        if anew:
            self._writer.clear()
            self._checkpoint(Checkpoint.STATUS_STORE_CLEARED)
            head = self._writer.head
        before = head.position
        head = self._catch_up(head)
        world, stored = _world(at), self._writer.world
        if world != stored:
            head = replace(head, version=head.version + 1)
        complete_at = max(head.complete_at, int(at.timestamp()))
        self._writer.add((), replace(head, complete_at=complete_at), world, askers())
        self._checkpoint(Checkpoint.STATUS_STORE_COMPLETE)
        return Followed(position=head.position, entries=head.position - before, anew=anew)

    def _catch_up(self, head: Head) -> Head:
        while True:
            changes = list(StatusChange.objects.filter(position__gt=head.position).order_by("position")[:MOST_ENTRIES])
            if not changes:
                return head
            last = changes[-1]
            head = replace(head, position=last.position, witness=_witness(last))
            self._writer.add(
                (Entry(issuer=one.issuer_id, serial=one.serial, standing=bytes(one.standing)) for one in changes),
                head,
            )
            self._checkpoint(Checkpoint.STATUS_ENTRIES_STORED)

    def _hold_clock(self, head: Head, at: datetime) -> None:
        """Refuse to say that a store is complete up to a moment before the one up to which it was."""
        behind = head.complete_at - int(at.timestamp())
        if behind > self._tolerance.total_seconds():
            reached = datetime.fromtimestamp(head.complete_at, at.tzinfo)
            raise ClockWentBack(now=in_japan(at).isoformat(), reached=in_japan(reached).isoformat())


@contextmanager
def following(
    folder: Path, tolerance: timedelta, checkpoint: Callable[[Checkpoint], None] = Means.checkpoint
) -> Iterator[Follower]:
    """Hold the store of a folder for writing while the block runs; raises `FollowerRuns`.

    `tolerance` is how far the legal clock may lag behind the store (`Terms.clock_tolerance`).
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FollowerRuns from error
        writer = StatusWriter(folder)
        try:
            yield Follower(writer, tolerance, checkpoint)
        finally:
            writer.close()


def _of_this_journal(head: Head) -> bool:
    """Tell whether the entry that the store stopped at is in the journal as it was: after a restore it may not be."""
    if head.position == 0:
        return True
    last = StatusChange.objects.filter(position=head.position).first()
    return last is not None and _witness(last) == head.witness


def _witness(change: StatusChange) -> bytes:
    said = (
        change.position,
        change.issuer_id,
        change.serial,
        bytes(change.standing).hex(),
        change.changed_at.timestamp(),
    )
    return sha256(repr(said).encode()).digest()


def _world(at: datetime) -> World:
    """Return the CA generations that have their keys, and the responders that may still answer."""
    responders: dict[int, list[Responder]] = {}
    for row in OcspResponder.objects.filter(not_after__gt=at).order_by("not_after", "pk"):
        one = Responder(
            certificate=bytes(row.certificate),
            key_name=row.key_name,
            not_before=row.not_before,
            not_after=row.not_after,
        )
        responders.setdefault(row.issuer_id, []).append(one)
    return World(
        generations=tuple(
            Generation(
                number=row.pk,
                kind=row.kind,
                certificate=bytes(row.certificate),
                not_before=row.not_before,
                not_after=row.not_after,
                responders=tuple(responders.get(row.pk, ())),
            )
            for row in Issuer.objects.filter(key_destroyed_at__isnull=True).order_by("kind", "generation")
        )
    )


def _hold_primary() -> None:
    connection = connections[ALIAS]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        (copy,) = cursor.fetchone() or (True,)
    if copy:
        raise LaggingCopy
