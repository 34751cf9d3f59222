"""How long the outbox leaves alone what failed: exponential, bounded, and the same every time.

There is no jitter: one municipality has one outbox, and whoever reads the queue can tell when the next try comes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class BackOff:
    """A schedule of tries. `factor` is greater than 1, and `longest` is no shorter than `first`."""

    first: timedelta
    """Between the first failure and the next try."""
    factor: int
    """By how much each further failure in a row lengthens the wait."""
    longest: timedelta
    """No wait is longer, however often it failed: what was mended is noticed within this time."""

    def after(self, failures: int) -> timedelta:
        """Return the wait after so many failures in a row (one or more)."""
        wait = self.first
        for _ in range(failures - 1):
            wait *= self.factor
            if wait >= self.longest:
                return self.longest
        return min(wait, self.longest)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """The two schedules of an outbox."""

    refused: BackOff = BackOff(first=timedelta(minutes=1), factor=2, longest=timedelta(hours=6))
    """For one message that the authority refuses: somebody has to mend a register first."""
    unreachable: BackOff = BackOff(first=timedelta(seconds=15), factor=2, longest=timedelta(minutes=10))
    """For everything, while the authority does not answer or asks to be left alone: it is back as a whole."""


def is_due(now: datetime, *, next_try_at: datetime | None, tried_at: datetime | None) -> bool:
    """Say whether something may be tried: its time has come, or the clock was set back behind its last try."""
    return next_try_at is None or next_try_at <= now or (tried_at is not None and tried_at > now)
