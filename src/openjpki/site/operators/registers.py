"""What the pages of verifiers and of expiry notices show: who may ask until when, and how far the letters have come."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Q

from openjpki.authority.models import Notice, NoticeBatch, NoticeState, Verifier

MOST_BATCHES: Final = 200
"""Batches on the page, the newest first."""
MOST_VERIFIERS: Final = 500
"""Verifiers on the page: more than are registered in the whole country."""


@dataclass(frozen=True, kw_only=True)
class VerifierEntry:
    """A registered verifier."""

    code: str
    name: str
    kind: str
    state: str
    rights: tuple[str, ...]
    until: date
    certified_until: datetime | None
    """When the last of its client certificates in force ends, by the transport clock."""


@dataclass(frozen=True, kw_only=True)
class BatchEntry:
    """What one batch decided, and how many of its letters are not handed over."""

    municipality: str
    on_date: date
    noticed: int
    skipped: int
    taken_out: int
    waiting: int


def verifiers(real: datetime) -> tuple[VerifierEntry, ...]:
    """Return the verifiers by their codes; `real` is the transport clock's moment."""
    return tuple(
        VerifierEntry(
            code=row.code,
            name=row.name,
            kind=row.kind,
            state=row.state,
            rights=tuple(row.rights),
            until=row.until,
            certified_until=max(
                (
                    one.not_after
                    for one in row.certificates.all()
                    if one.revoked_at is None and one.not_before <= real < one.not_after
                ),
                default=None,
            ),
        )
        for row in Verifier.objects.order_by("code").prefetch_related("certificates")[:MOST_VERIFIERS]
    )


def letters() -> tuple[tuple[str, int], ...]:
    """Return how many letters are in which state; every state is there."""
    counted = dict(Notice.objects.order_by().values_list("state").annotate(count=Count("pk")))
    return tuple((state.value, counted.get(state.value, 0)) for state in NoticeState)


def batches() -> tuple[BatchEntry, ...]:
    """Return the newest batches, each with its progress."""
    out = Q(notices__state__in=[NoticeState.WAITING.value, NoticeState.GIVEN.value])
    rows = NoticeBatch.objects.annotate(waiting=Count("notices", filter=out)).order_by("-pk")[:MOST_BATCHES]
    return tuple(
        BatchEntry(
            municipality=row.municipality,
            on_date=row.on_date,
            noticed=row.noticed,
            skipped=row.skipped,
            taken_out=row.taken_out,
            waiting=row.waiting,
        )
        for row in rows
    )
