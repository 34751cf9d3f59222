"""The days of one life, computed backwards from the day it ends: pure, for any day and any policy.

The card ends on its tenth birthday after issue, its certificates on the fifth and, renewed inside the window, on the
sixth after that: ten years in which everything the story tells has its place.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from openjpki.rules.dates import JST
from openjpki.rules.office import office_open
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import Window, renewal_window
from openjpki.rules.validity import authentication_expiry, card_expiry

AGE_AT_END = 32
"""The holder's age on the last birthday. A multiple of four, so that 29 February stays a birthday."""
LIFE_OF_CARD = 10
"""Years from the birthday before the card's issue to its expiry."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What happens on which Japanese civil day, in this order."""

    born: date
    ceremony: date
    """The first generation of both CAs is made."""
    issued: date
    """The card is handed over and both certificates are issued."""
    signed: date
    logged_in: date
    moved: date
    """The resident reports the move at the new city's counter."""
    noticed: date
    """The next day: the revocation shows."""
    reissued: date
    second_ceremony: date
    too_early: date
    """The last open day before the renewal window opens."""
    window: Window
    renewed: date
    signed_again: date
    last_day: date
    """Certificates and card are valid through its last second."""
    expired: date

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days of the acts, in the order in which they are told."""
        return (
            self.ceremony,
            self.issued,
            self.signed,
            self.logged_in,
            self.moved,
            self.noticed,
            self.reissued,
            self.second_ceremony,
            self.too_early,
            self.renewed,
            self.signed_again,
            self.last_day,
            self.expired,
        )


def plan(policy: Policy, *, ends_on: date) -> Plan:
    """Lay out a life whose certificates are expired on `ends_on` and were valid the day before (R-3.1, R-3.3, R-3.7)."""
    last_day = ends_on - timedelta(days=1)
    born = last_day.replace(year=last_day.year - AGE_AT_END)
    issued = next_open(policy, _years_before(last_day, LIFE_OF_CARD) + timedelta(days=6))
    card_expires = card_expiry(policy, issued=issued, received=issued, born=born).expires
    first_end = authentication_expiry(policy, issued=issued, born=born, card_expires=card_expires).expires
    window = renewal_window(policy, first_end)
    moved = next_open(policy, issued + timedelta(days=500))
    renewed = next_open(policy, window.opens)
    return Plan(
        born=born,
        ceremony=last_open(policy, issued - timedelta(days=4)),
        issued=issued,
        signed=issued + timedelta(days=9),
        logged_in=issued + timedelta(days=40),
        moved=moved,
        noticed=moved + timedelta(days=1),
        reissued=next_open(policy, moved + timedelta(days=5)),
        second_ceremony=last_open(policy, window.opens - timedelta(days=60)),
        too_early=last_open(policy, window.opens - timedelta(days=1)),
        window=window,
        renewed=renewed,
        signed_again=renewed + timedelta(days=30),
        last_day=last_day,
        expired=ends_on,
    )


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the moment, in UTC, of a Japanese wall clock on a day."""
    return datetime.combine(day, time(hour, minute), tzinfo=JST).astimezone(UTC)


def next_open(policy: Policy, day: date) -> date:
    """Return the first day from `day` on which the counter is open at ten (R-4.4)."""
    while not office_open(policy, at(day, 10)).open:
        day += timedelta(days=1)
    return day


def last_open(policy: Policy, day: date) -> date:
    """Return the last day up to `day` on which the counter is open at ten (R-4.4)."""
    while not office_open(policy, at(day, 10)).open:
        day -= timedelta(days=1)
    return day


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
