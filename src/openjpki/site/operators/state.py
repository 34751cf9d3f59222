"""What the page 状態 shows: checks, generations, lists, the journal and the store behind it, and what waits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from openjpki.authority.generations.listing import told_generations
from openjpki.authority.models import ControlledAct, Notice, NoticeState, PhoneHold, StatusHead
from openjpki.authority.responding.form import DATA
from openjpki.authority.responding.reading import StatusFile
from openjpki.authority.responding.view import NotSure
from openjpki.errors import Language
from openjpki.site.house import House
from openjpki.site.operators.states import FIGURES_JA
from openjpki.site.watching import figures
from openjpki.site.watching.health import Finding, look

MOST_LISTS: Final = 200
"""Lists on the page: those that need somebody first. Of sound ones beyond it, only the number is told."""
_ORDER: Final = ("run-out", "none", "late", "sound")


@dataclass(frozen=True, kw_only=True)
class CheckEntry:
    """One check of `openjpki status`."""

    name: str
    standing: str
    """ "sound", "warning" or "unsound"."""
    figures: tuple[tuple[str, str], ...]
    """Word and value."""


@dataclass(frozen=True, kw_only=True)
class ResponderEntry:
    """A responder's certificate in force."""

    issuer: str
    serial: int
    not_after: datetime
    days_left: int


@dataclass(frozen=True, kw_only=True)
class GenerationEntry:
    """A CA generation."""

    issuer: str
    does: str
    issues_from: datetime
    not_after: datetime
    days_left: int
    key_identifier: str
    algorithm: str
    keeper: str


@dataclass(frozen=True, kw_only=True)
class ListEntry:
    """The newest list of one partition."""

    issuer: str
    municipality: str
    number: int
    standing: str
    """ "sound", "late", "run-out" or "none"."""
    this_update: datetime | None
    next_update: datetime | None
    age_minutes: int


@dataclass(frozen=True, kw_only=True)
class StatusEntry:
    """How far journal and store have come."""

    journal: int
    standing: str
    """Of this machine's store: "sound", "stale" (it gives no answer) or "none"."""
    store: int = 0
    behind: int = 0


@dataclass(frozen=True, kw_only=True)
class State:
    """The whole page."""

    checks: tuple[CheckEntry, ...]
    generations: tuple[GenerationEntry, ...]
    responders: tuple[ResponderEntry, ...]
    lists: tuple[ListEntry, ...]
    lists_more: int
    status: StatusEntry
    queues: tuple[tuple[str, int], ...]
    """Name of a word of the pages, and how many wait."""


def state_of(house: House, now: datetime, language: Language) -> State:
    """Return the state of a home at its legal moment."""
    generations = told_generations(now, house.authority.keeper)
    lists = sorted(map(_list(now), figures.lists(now)), key=lambda one: _ORDER.index(one.standing))
    return State(
        checks=tuple(_check(name, finding, language) for name, finding in look(house).findings.items()),
        generations=tuple(_generation(one) for one in generations),
        responders=tuple(
            ResponderEntry(
                issuer=one["issuer"],
                serial=responder["serial"],
                not_after=datetime.fromisoformat(responder["not_after"]),
                days_left=responder["days_left"],
            )
            for one in generations
            for responder in one["responders"]
        ),
        lists=tuple(lists[:MOST_LISTS]),
        lists_more=max(0, len(lists) - MOST_LISTS),
        status=_status(house, now),
        queues=_queues(now),
    )


def _check(name: str, finding: Finding, language: Language) -> CheckEntry:
    words: Mapping[str, str] = FIGURES_JA if language == "ja" else {}
    standing = "unsound" if not finding.sound else "warning" if finding.warning else "sound"
    told = tuple((words.get(figure, figure), str(value)) for figure, value in finding.figures.items())
    return CheckEntry(name=name, standing=standing, figures=told)


def _generation(told: Mapping[str, Any]) -> GenerationEntry:
    return GenerationEntry(
        issuer=told["issuer"],
        does=told["does"],
        issues_from=datetime.fromisoformat(told["issues_from"]),
        not_after=datetime.fromisoformat(told["not_after"]),
        days_left=told["days_left"],
        key_identifier=told["key_identifier"],
        algorithm=told["algorithm"],
        keeper=told["keeper"] or "-",
    )


def _list(now: datetime) -> Callable[[figures.ListFigures], ListEntry]:
    def entry(one: figures.ListFigures) -> ListEntry:
        known = one.number > 0
        standing = "none" if not known else "run-out" if one.left_seconds <= 0 else "late" if one.is_late else "sound"
        return ListEntry(
            issuer=one.issuer,
            municipality=one.municipality,
            number=one.number,
            standing=standing,
            this_update=now - timedelta(seconds=one.age_seconds) if known else None,
            next_update=now + timedelta(seconds=one.left_seconds) if known else None,
            age_minutes=int(one.age_seconds // 60),
        )

    return entry


def _status(house: House, now: datetime) -> StatusEntry:
    head = StatusHead.objects.filter(pk=StatusHead.ONLY).first()
    journal = head.last if head else 0
    if not (house.home.status / DATA).exists():
        return StatusEntry(journal=journal, standing="none")
    terms = house.authority.terms
    store = StatusFile(
        house.home.status, answer=terms.ocsp_answer, bound=terms.ocsp_store_bound, tolerance=terms.clock_tolerance
    )
    try:
        found = store.look(now).head
    except NotSure:
        return StatusEntry(journal=journal, standing="stale")
    finally:
        store.close()
    behind = max(0, journal - found.position)
    return StatusEntry(journal=journal, standing="sound", store=found.position, behind=behind)


def _queues(now: datetime) -> tuple[tuple[str, int], ...]:
    orders, outbox = figures.open_orders(now), figures.outbox(now)
    not_done = ControlledAct.objects.filter(done_at__isnull=True)
    waiting = not_done.filter(expires_at__gt=now) | not_done.filter(begun_at__isnull=False)
    not_handed_over = [NoticeState.WAITING.value, NoticeState.GIVEN.value]
    return (
        ("acts-waiting", waiting.count()),
        ("orders-open", sum(orders.values())),
        ("orders-old", orders[figures.OLDER]),
        ("outbox-waiting", outbox.waiting),
        ("outbox-refused", outbox.refused),
        ("letters-waiting", Notice.objects.filter(state__in=not_handed_over).count()),
        ("stops-open", PhoneHold.objects.filter(acknowledged_at__isnull=True).count()),
    )
