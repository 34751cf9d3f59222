"""The two clocks. The legal one may be shifted in a sandbox; the transport one (sockets, locks, waits) is always real.

Everything below the use cases takes the moment as an argument; use cases take a `Clock`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the legal moment, UTC-aware, to the second: certificates and lists count in seconds."""


def real_moment() -> datetime:
    """Return the real moment, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  -- this is the one place


class ShiftedClock:
    """The real clock plus a fixed shift: a sandbox lives that much later or earlier."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def __call__(self) -> datetime:
        """Return the shifted moment."""
        return real_moment() + self._shift


class SteppedClock:
    """A clock that stands still until it is set forward: the story and tests tell their own time."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def __call__(self) -> datetime:
        """Return the moment last set."""
        return self._moment

    def advance_to(self, moment: datetime) -> None:
        """Set the clock forward; raises ValueError backwards, since nothing here may be recorded before the past."""
        if moment < self._moment:
            message = f"{moment} lies before {self._moment}"
            raise ValueError(message)
        self._moment = moment
