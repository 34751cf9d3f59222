"""Terms in days: how each is counted, whether a closed last day moves it on, and what follows if it is missed.

A term of the law or of a letter runs on to the next open day; a renewal window, a validity and the end of a card never
do (R-4.7). `since` is always the day that starts the count or, for what never moves, the end itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from openjpki.rules.catalogue import find
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import FeeReason, LifeEvent, OtherCause, Term
from openjpki.rules.office import open_day_from, open_day_until
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import Cause

MOVE_IN_DAYS = 14
"""転入届: from the day after moving (R-5.21)."""

PLANNED_DEPARTURE_DAYS = 30
"""転入届: from the day after the day named in the 転出届 (R-5.21)."""

CONTINUED_USE_DAYS = 90
"""継続利用: the day of the 転入届 is day 1 (R-5.21)."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The last day of a term, included, and the open days around it."""

    term: Term
    counted: date
    """The last day by the count alone."""
    last_day: date
    """The last day on which the act is in time."""
    last_open_day: date
    """The last day up to it on which the window opens (E-36)."""
    next_open_day: date
    """The first day after it on which the window opens: from then on it is too late."""
    rules: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Say whether a closed day moved the end on."""
        return self.last_day != self.counted


@dataclass(frozen=True, kw_only=True)
class Missed:
    """What follows when a term has passed."""

    ends_on: date
    """The first day after the term."""
    cause: Cause | None
    """What ends the certificates, for `revocation.effect_of`; None: they are not touched, or have expired."""
    fee: FeeReason | None
    """What the way back costs, for `fees.fee`; None: nothing is made anew."""
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a person stands on a day: in time or not, what is found, and what follows if not."""

    deadline: Deadline
    in_time: bool
    missed: Missed | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class _Row:
    """How one term is counted, and what its passing means."""

    days: Callable[[Policy], int]
    """From `since` to the last day by the count."""
    moves: bool
    rules: tuple[str, ...]
    finding: str
    cause: Cause | None = None
    fee: FeeReason | None = None


def _days(count: int) -> Callable[[Policy], int]:
    return lambda _: count


def _of_a_move(days: int) -> _Row:
    """Return a term of R-5.21: missed, the card is void."""
    return _Row(
        days=_days(days),
        moves=True,
        rules=("R-4.7", "R-5.21"),
        finding="deadline.card-void",
        cause=OtherCause.CONTINUED_USE_MISSED,
        fee=FeeReason.CONTINUED_USE_MISSED,
    )


_ROWS: Mapping[Term, _Row] = {
    Term.MOVE_IN: _of_a_move(MOVE_IN_DAYS),
    Term.PLANNED_DEPARTURE: _of_a_move(PLANNED_DEPARTURE_DAYS),
    Term.CONTINUED_USE: _of_a_move(CONTINUED_USE_DAYS - 1),
    Term.CONTINUED_USE_ABROAD: _Row(
        days=_days(-1),
        moves=False,
        rules=("R-2.14", "R-4.7", "R-5.5"),
        finding="deadline.left-japan",
        cause=LifeEvent.EMIGRATION,
        fee=FeeReason.RETURNED_ON_LEAVING,
    ),
    Term.INQUIRY_REPLY: _Row(
        days=lambda policy: policy.inquiry_reply_days,
        moves=True,
        rules=("R-2.24", "R-4.7"),
        finding="inquiry.lapsed",
    ),
    Term.RENEWAL: _Row(
        days=lambda policy: policy.renewal_last_day_offset,
        moves=False,
        rules=("R-3.8", "R-4.7"),
        finding="renewal.over",
        fee=FeeReason.AFTER_EXPIRY,
    ),
    Term.VALIDITY: _Row(
        days=_days(0),
        moves=False,
        rules=("R-3.6", "R-4.7"),
        finding="deadline.expired",
        fee=FeeReason.AFTER_EXPIRY,
    ),
    Term.STAY_EXTENSION: _Row(
        days=_days(0),
        moves=False,
        rules=("R-3.7", "R-4.7"),
        finding="stay.too-late",
        cause=OtherCause.CARD_EXPIRED,
        fee=FeeReason.STAY_MISSED,
    ),
}


def deadline(policy: Policy, *, term: Term, since: date) -> Deadline:
    """Return the last day of a term and the open days around it (R-4.7, R-2.24, R-5.21; E-36, E-37); raise `NeverOpen`."""
    row = _ROWS[term]
    counted = since + timedelta(days=row.days(policy))
    last = open_day_from(policy, counted) if row.moves else counted
    return Deadline(
        term=term,
        counted=counted,
        last_day=last,
        last_open_day=open_day_until(policy, last),
        next_open_day=open_day_from(policy, last + _ONE_DAY),
        rules=row.rules,
    )


def last_day(policy: Policy, *, term: Term, since: date) -> date:
    """Return the last day on which an act is in time (R-4.7)."""
    return deadline(policy, term=term, since=since).last_day


def move_in(policy: Policy, *, moved: date, planned_departure: date) -> Deadline:
    """Return the term of the 転入届 that ends first: 14 days from moving, 30 from the 転出予定日; both count (R-5.21)."""
    return min(
        deadline(policy, term=Term.MOVE_IN, since=moved),
        deadline(policy, term=Term.PLANNED_DEPARTURE, since=planned_departure),
        key=lambda found: found.last_day,
    )


def missed(policy: Policy, *, term: Term, since: date) -> Missed:
    """Return what follows when a term passes: the card void, a new issue, another inquiry (R-5.21, R-3.10, R-2.24)."""
    return _missed(deadline(policy, term=term, since=since))


def standing(policy: Policy, *, term: Term, since: date, on: date) -> Standing:
    """Say where a person stands on a day, and what to do (R-4.7, R-5.21)."""
    found = deadline(policy, term=term, since=since)
    if on > found.last_day:
        over = _missed(found)
        return Standing(deadline=found, in_time=False, missed=over, findings=(over.finding,))
    return Standing(deadline=found, in_time=True, missed=None, findings=_advice(found))


def continued_use(policy: Policy, *, reported: date, on: date, moved_again: date | None = None) -> Standing:
    """Say whether the card can still be put to 継続利用 (R-5.21): within 90 days, and not after moving again without it.

    `moved_again`: the day of another 転出 since the 転入届 was `reported`; the card is void from that day.
    """
    term = Term.CONTINUED_USE
    found = standing(policy, term=term, since=reported, on=on)
    if moved_again is None or moved_again > min(on, found.deadline.last_day):
        return found
    row = _ROWS[term]
    void = Missed(ends_on=moved_again, cause=row.cause, fee=row.fee, finding=find("deadline.moved-again"))
    return Standing(deadline=found.deadline, in_time=False, missed=void, findings=(void.finding,))


def _missed(found: Deadline) -> Missed:
    row = _ROWS[found.term]
    return Missed(
        ends_on=found.last_day + _ONE_DAY,
        cause=row.cause,
        fee=row.fee,
        finding=find(row.finding, last=found.last_day, closes=found.last_day),
    )


def _advice(found: Deadline) -> tuple[Finding, ...]:
    if found.moved:
        return (find("deadline.moved", counted=found.counted, last=found.last_day),)
    if found.last_open_day != found.last_day:
        return (find("deadline.closed-day", last=found.last_day, open=found.last_open_day),)
    return ()
