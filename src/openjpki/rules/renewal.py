"""The renewal window (R-3.8), and why a renewal is refused outside it."""

from dataclasses import dataclass
from datetime import date, timedelta

from openjpki.rules.dates import months_before
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
