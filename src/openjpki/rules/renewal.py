"""The renewal window (R-3.8), and why a renewal is refused outside it."""

from dataclasses import dataclass
from datetime import date, timedelta

from openjpki.rules.catalogue import find
from openjpki.rules.dates import months_before
from openjpki.rules.finding import Finding
from openjpki.rules.office import open_day_from, open_day_until
from openjpki.rules.policy import Policy

_MONTHS = 3


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days on which a certificate can be renewed, both ends included."""

    opens: date
    closes: date
    rules: tuple[str, ...]

    def contains(self, day: date) -> bool:
        """Say whether the day lies in the window, its first and last day included."""
        return self.opens <= day <= self.closes


def less_than_three_months_from(policy: Policy, expires: date) -> date:
    """Return the first day on which less than three months remain (R-3.8; S-24, S-31, S-32).

    It is the day after the day three months before; where that day does not exist, the first of the next month.
    """
    before = months_before(expires, _MONTHS)
    missing = before.day != expires.day
    if policy.renewal_window_start == "same_day" and not missing:
        return before
    return before + timedelta(days=1)


def renewal_window(policy: Policy, expires: date) -> Window:
    """Return the window: from the day on which less than three months remain, through the expiry (R-3.8; S-31, CF-1, CF-2, CF-14)."""
    return Window(
        opens=less_than_three_months_from(policy, expires),
        closes=expires + timedelta(days=policy.renewal_last_day_offset),
        rules=("R-3.8",),
    )


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """Whether a living certificate can be renewed on a day, its window, and what stands in the way."""

    open: bool
    window: Window
    findings: tuple[Finding, ...]


def renewal(
    policy: Policy, *, expires: date, card_expires: date, on: date, notice: bool = False, japanese: bool = True
) -> Renewal:
    """Say whether a certificate can be renewed on a day (R-3.8, R-3.10, R-7.1, R-7.5; S-31, S-33, S-35, S-36, S-40).

    Past the end of the card nothing but a new one helps (R-1.2).
    `notice`: the expiry notice is in hand. It neither opens the window nor is needed, unless the policy says so (CF-11).
    `japanese`: a foreigner's card that ends with the stay is extended, not made anew (R-2.12, R-3.7). Raises `NeverOpen`.
    """
    window = renewal_window(policy, expires)
    if card_expires < on:  # nothing else is done with it, and nothing else said
        return Renewal(open=False, window=window, findings=(find("eligibility.card-expired"),))
    findings: list[Finding] = []
    if on < window.opens and not (notice and policy.notice_opens_window):
        first = open_day_from(policy, window.opens)
        findings.append(find("renewal.not-yet", opens=window.opens, closes=window.closes, first=first))
    if on > window.closes:
        findings.append(find("renewal.over", closes=window.closes))
    if policy.card_first_if_same_expiry and card_expires <= expires:
        findings.append(_card_first(policy, card_expires, on, japanese=japanese))
    if policy.notice_required and not notice:
        findings.append(find("renewal.notice-required"))
    return Renewal(open=not findings, window=window, findings=tuple(findings))


def about_the_days(policy: Policy, found: Renewal, on: date) -> tuple[Finding, ...]:
    """Tell what the office's calendar does to a renewal that is open: nothing moves its last day (R-4.4, R-4.7; E-36).

    Raises `NeverOpen`.
    """
    if not found.open:
        return ()
    closes, soonest = found.window.closes, open_day_from(policy, on)
    if soonest > closes:
        return (find("renewal.no-open-day", closes=closes, next=soonest),)
    told = [] if soonest == on else [find("renewal.closed-day", on=on, next=soonest)]
    last = open_day_until(policy, closes)
    if last != closes:
        told.append(find("deadline.closed-day", last=closes, open=last))
    return tuple(told)


def _card_first(policy: Policy, card_expires: date, on: date, *, japanese: bool) -> Finding:
    """Tell what becomes of the card first: made anew, or a foreigner's extended while a day is left for it (R-2.12, R-3.7, R-7.5)."""
    last_open = open_day_until(policy, card_expires)
    if japanese or on > last_open:
        return find("renewal.card-first", expires=card_expires)
    return find("stay.extend-card-first", expires=card_expires, last=last_open)
