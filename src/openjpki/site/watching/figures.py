"""Figures of a home out of its databases: counts and ages, nobody's data. Each query is bounded by an index.

The one exception is the count of all certificates, which reads an index as long as the table; `metrics` keeps it
for minutes.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, Subquery

from openjpki.audit.faults import Broken
from openjpki.audit.models import Batch, Entry
from openjpki.audit.rows import batches_in, unsealed_in, waiting_since
from openjpki.authority.generations.issuers import in_force
from openjpki.authority.models import (
    CardSession,
    Certificate,
    CrlPublication,
    Issuer,
    MunicipalityRow,
    Order,
    Revocation,
    SessionState,
)
from openjpki.authority.models.certificate import OPEN
from openjpki.authority.publishing.partitions import OF_THE_CA
from openjpki.authority.publishing.publication import newest_list
from openjpki.site.settings import ROLES
from openjpki.window.models import AuthorityPause, OutboxMessage

AGES: Mapping[str, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
"""Word → an open order counts under the first whose span it has not passed, else under "older"."""
OLDER = "older"
_LISTED = ("number", "this_update", "next_update")
LATE = timedelta(minutes=3)
"""Before its end a list should have been renewed: one of an hour is, five minutes before (`site.upkeep`)."""


@dataclass(frozen=True, kw_only=True)
class ListFigures:
    """One partition's newest revocation list."""

    issuer: str
    municipality: str
    number: int
    """0: never published."""
    age_seconds: float
    left_seconds: float
    """Until nextUpdate; negative once it has passed."""
    is_late: bool
    """The next list should be there: little time is left, and it is not that an ending will show when it is over."""


@dataclass(frozen=True, kw_only=True)
class OutboxFigures:
    """What waits for the authority."""

    waiting: int
    oldest_seconds: float
    """0 if nothing waits."""
    refused: int
    """Of these, messages that the authority answered and did not take."""
    paused: int
    """Municipalities that the authority does not answer at the moment."""


@dataclass(frozen=True, kw_only=True)
class RecordFigures:
    """One role's audit record."""

    rows: int
    """The number of its last row: rows are only added."""
    unsealed: int
    oldest_seconds: float
    """How long the first unsealed row has waited for its seal; 0 if none waits."""
    sealed_at: float
    """Real moment of the last seal, seconds since 1970; 0 if nothing was ever sealed."""


def outbox(now: datetime) -> OutboxFigures:
    """Return how much waits, and how long."""
    rows = OutboxMessage.objects.across_municipalities().filter(sent_at__isnull=True)
    refused = Count("pk", filter=Q(refusals__gte=1))
    found = rows.aggregate(waiting=Count("pk"), oldest=Min("queued_at"), refused=refused)
    oldest = found["oldest"]
    return OutboxFigures(
        waiting=found["waiting"],
        oldest_seconds=_seconds(now - oldest) if oldest else 0.0,
        refused=found["refused"],
        paused=AuthorityPause.objects.across_municipalities().count(),
    )


def open_orders(now: datetime) -> dict[str, int]:
    """Return how many orders are open, by their age; every word is there."""
    rows = Order.objects.filter(state__in=[state.value for state in OPEN])
    counts, before = {}, 0
    for word, span in AGES.items():
        within = rows.filter(numbered_at__gt=now - span).count()
        counts[word], before = within - before, within
    return counts | {OLDER: rows.count() - before}


def lists(now: datetime) -> tuple[ListFigures, ...]:
    """Return the newest list of every issuer in force and partition: two queries for an issuer, however many there are."""
    return tuple(_figures(issuer, row, now) for issuer in in_force(now) for row in _newest(issuer))


def _newest(issuer: Issuer) -> Iterator[Mapping[str, Any]]:
    """Give code, number, this_update and next_update of each partition's newest list, None before the first."""
    newest = CrlPublication.objects.filter(issuer=issuer, municipality=OuterRef("code")).order_by("-number")
    columns = {name: Subquery(newest.values(name)[:1]) for name in _LISTED}
    yield from MunicipalityRow.objects.order_by("code").values("code", **columns)
    own = newest_list(issuer, OF_THE_CA)
    yield {"code": OF_THE_CA} | {name: getattr(own, name, None) for name in _LISTED}


def _figures(issuer: Issuer, row: Mapping[str, Any], now: datetime) -> ListFigures:
    known = row["number"] is not None
    left = row["next_update"] - now if known else timedelta()
    return ListFigures(
        issuer=str(issuer),
        municipality=row["code"],
        number=row["number"] or 0,
        age_seconds=_seconds(now - row["this_update"]) if known else 0.0,
        left_seconds=left.total_seconds(),
        is_late=timedelta() < left < LATE and not _ends_with_an_ending(issuer, row),
    )


def _ends_with_an_ending(issuer: Issuer, row: Mapping[str, Any]) -> bool:
    """Say whether a list ends because something new will show then (R-2.28): nobody can renew it before."""
    waiting = Revocation.objects.filter(issuer=issuer, issuing_municipality=row["code"])
    return waiting.filter(visible_at=row["next_update"]).exists()


def certificates() -> dict[tuple[str, str], int]:
    """Return (kind, state) → how many certificates there are; EXPIRED is no state of a row (R-3.10)."""
    rows = Certificate.objects.order_by().values_list("kind", "state").annotate(count=Count("pk"))
    return {(kind, state): count for kind, state, count in rows}


def card_sessions() -> int:
    """Return how many sessions with cards are under way, or were cut off and wait for the card."""
    states = [SessionState.OPENED.value, SessionState.SENT.value]
    return CardSession.objects.filter(state__in=states).count()


def records(now: datetime) -> dict[str, RecordFigures]:
    """Return the figures of each role's record; `now` is the real moment, as rows and seals are dated by it."""
    return {role: _record(role, now) for role in ROLES}


def _record(role: str, now: datetime) -> RecordFigures:
    rows = Entry.objects.using(role)
    oldest = waiting_since(role)
    return RecordFigures(
        rows=rows.aggregate(last=Max("pk"))["last"] or 0,
        unsealed=unsealed_in(role),
        oldest_seconds=_seconds(now - oldest) if oldest else 0.0,
        sealed_at=_last_seal(role),
    )


def _last_seal(role: str) -> float:
    """Return the real moment of the last seal in seconds since 1970; 0 if there is none that can be read."""
    with suppress(Broken):
        for batch in batches_in(Batch.objects.using(role).order_by("-number")[:1]):
            return batch.sealed_at.timestamp()
    return 0.0


def _seconds(span: timedelta) -> float:
    return max(0.0, span.total_seconds())
