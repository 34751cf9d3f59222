"""What was decided about expiry notices, for whoever runs the authority: codes and days, nobody's name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from openjpki.authority.models import Notice, NoticeDecision, NoticeState

PAGE: Final = 200
"""Rows of one list: what a person can look through, and a bound on what one question costs."""


@dataclass(frozen=True, kw_only=True)
class DecisionEntry:
    """One expiry: in a letter, or why in none."""

    about: str
    """ "signature", "authentication" or "card"."""
    expires: date
    without: str
    """Why it is in no letter, or in that one no more; empty if it is in one."""
    decided_on: date


@dataclass(frozen=True, kw_only=True)
class NoticeEntry:
    """One letter."""

    notice_id: str
    municipality: str
    """Where the holder lived when it was handed over, or lives now."""
    state: NoticeState
    selected_on: date
    handed_over_at: datetime | None
    about: tuple[DecisionEntry, ...]


@dataclass(frozen=True, kw_only=True)
class SkippedEntry:
    """One expiry that gets no letter; the key goes on where a list ended."""

    key: str
    municipality: str
    """Where the holder lives now."""
    decision: DecisionEntry


def letters(*, after: str = "", municipality: str = "", limit: int = PAGE) -> tuple[NoticeEntry, ...]:
    """Return up to `limit` letters behind one, in the order of their numbers, of one municipality's residents or of all."""
    rows = Notice.objects.filter(notice_id__gt=after).select_related("person", "batch").prefetch_related("decisions")
    found = rows.filter(person__municipality=municipality) if municipality else rows
    return tuple(
        NoticeEntry(
            notice_id=row.notice_id,
            municipality=row.municipality or row.person.municipality,
            state=NoticeState(row.state),
            selected_on=row.batch.on_date,
            handed_over_at=row.handed_over_at,
            about=tuple(_decision(one) for one in sorted(row.decisions.all(), key=lambda one: one.key)),
        )
        for row in found.order_by("notice_id")[:limit]
    )


def skipped(*, after: str = "", municipality: str = "", limit: int = PAGE) -> tuple[SkippedEntry, ...]:
    """Return up to `limit` expiries behind one that are in no letter, and why, by their keys."""
    rows = NoticeDecision.objects.filter(key__gt=after, notice__isnull=True).select_related("card__person")
    found = rows.filter(card__person__municipality=municipality) if municipality else rows
    return tuple(
        SkippedEntry(key=row.key, municipality=row.card.person.municipality, decision=_decision(row))
        for row in found.order_by("key")[:limit]
    )


def _decision(row: NoticeDecision) -> DecisionEntry:
    about, _, _ = row.key.partition("/")
    return DecisionEntry(about=about, expires=row.expires, without=row.without, decided_on=row.decided_on)
