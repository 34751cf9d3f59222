"""The lists of the counter. Each reads the officer's municipality only and hands out plain values."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Min, QuerySet

from openjpki.window.entries import ApplicationEntry, MessageEntry, PauseEntry, ResidentEntry
from openjpki.window.loading import cards_of, copies_of, load_application, load_resident
from openjpki.window.models import (
    Application,
    AuthorityPause,
    CardHolding,
    CertificateCopy,
    FeeRecord,
    FindingRecord,
    Order,
    OutboxMessage,
    Resident,
)
from openjpki.window.officer import Officer
from openjpki.window.rows import application_entry, message_entry, pause_entry, resident_entry
from openjpki.window.states import ResidentState

PAGE = 200
"""Rows of one list: what a person can look through, and a bound on what one question costs."""

_Child = TypeVar("_Child", CardHolding, CertificateCopy, Order, FindingRecord, FeeRecord)


def residents(
    officer: Officer, *, after: str = "", until: str = "", limit: int = PAGE, living: bool = False
) -> tuple[ResidentEntry, ...]:
    """Return up to `limit` residents by resident code, behind `after` and through `until`, which "" leaves open.

    Former residents are among them unless `living`.
    """
    municipality = officer.municipality
    found = _behind(officer, after, living=living)
    rows = list((found.filter(resident_code__lte=until) if until else found)[:limit])
    cards = _by_parent(CardHolding.objects.for_municipality(municipality).order_by("pk"), "resident", rows)
    copies = _by_parent(
        CertificateCopy.objects.for_municipality(municipality).order_by("issued_date", "serial", "pk"), "resident", rows
    )
    return tuple(resident_entry(row, cards[row.pk], copies[row.pk]) for row in rows)


def resident_codes(officer: Officer, *, after: str, limit: int) -> tuple[str, ...]:
    """Return the codes of up to `limit` persons who live in the municipality, behind `after`."""
    return tuple(_behind(officer, after, living=True).values_list("resident_code", flat=True)[:limit])


def _behind(officer: Officer, after: str, *, living: bool) -> QuerySet[Resident]:
    rows = Resident.objects.for_municipality(officer.municipality).filter(resident_code__gt=after)
    return (rows.filter(state=ResidentState.RESIDENT.value) if living else rows).order_by("resident_code")


def living(officer: Officer) -> int:
    """Return how many persons live in the municipality."""
    rows = Resident.objects.for_municipality(officer.municipality)
    return rows.filter(state=ResidentState.RESIDENT.value).count()


def resident(officer: Officer, resident_code: str) -> ResidentEntry:
    """Return one person of the register; raise `ResidentNotFound`."""
    row = load_resident(officer, resident_code)
    return resident_entry(row, cards_of(row), copies_of(row))


def applications(officer: Officer, *, limit: int = PAGE) -> tuple[ApplicationEntry, ...]:
    """Return the latest applications, newest first."""
    rows = Application.objects.for_municipality(officer.municipality).select_related("resident")
    return _applications(officer, rows.order_by("-received_at", "-pk")[:limit])


def application(officer: Officer, receipt: str) -> ApplicationEntry:
    """Return one application; raise `ApplicationNotFound`."""
    row = load_application(officer, receipt)
    return _applications(officer, [row])[0]


def queue(officer: Officer, *, limit: int = PAGE) -> tuple[ApplicationEntry, ...]:
    """Return the applications that are not at an end, oldest first: accepted and waiting, or partly issued."""
    rows = Application.objects.for_municipality(officer.municipality).select_related("resident")
    return _applications(officer, rows.filter(closed_at__isnull=True).order_by("received_at", "pk")[:limit])


def messages(officer: Officer, *, limit: int = PAGE) -> tuple[MessageEntry, ...]:
    """Return the messages to the authority that wait, and the orders that it refused, oldest first."""
    rows = OutboxMessage.objects.for_municipality(officer.municipality)
    shown = list(rows.exclude(sent_at__isnull=False, last_error="").order_by("pk")[:limit])
    waiting = OutboxMessage.objects.across_municipalities().filter(sent_at__isnull=True)
    of_these = waiting.filter(resident_code__in={row.resident_code for row in shown})
    first = dict(of_these.values_list("resident_code").annotate(Min("pk")).order_by())
    pause = _pause(officer)
    return tuple(message_entry(row, behind=row.pk != first.get(row.resident_code), pause=pause) for row in shown)


def waiting_messages(officer: Officer) -> int:
    """Return how many messages to the authority wait, listed or not."""
    return OutboxMessage.objects.for_municipality(officer.municipality).filter(sent_at__isnull=True).count()


def pause(officer: Officer) -> PauseEntry | None:
    """Return since when the authority has not answered this municipality; None if it does, as far as is known."""
    row = _pause(officer)
    return pause_entry(row) if row else None


def _pause(officer: Officer) -> AuthorityPause | None:
    return AuthorityPause.objects.for_municipality(officer.municipality).first()


def _applications(officer: Officer, found: Iterable[Application]) -> tuple[ApplicationEntry, ...]:
    rows = list(found)
    municipality = officer.municipality
    orders = _by_parent(Order.objects.for_municipality(municipality).order_by("pk"), "application", rows)
    findings = _by_parent(FindingRecord.objects.for_municipality(municipality).order_by("pk"), "application", rows)
    fees = _by_parent(FeeRecord.objects.for_municipality(municipality), "application", rows)
    return tuple(
        application_entry(row, next(iter(fees[row.pk]), None), orders[row.pk], findings[row.pk]) for row in rows
    )


def _by_parent(
    children: QuerySet[_Child], parent: str, parents: Iterable[Resident | Application]
) -> defaultdict[int, tuple[_Child, ...]]:
    """Return the children of these rows by their parent's key: one question, however many parents."""
    found: defaultdict[int, tuple[_Child, ...]] = defaultdict(tuple)
    for child in children.filter(**{f"{parent}__in": list(parents)}):
        found[getattr(child, f"{parent}_id")] += (child,)
    return found
