from datetime import UTC, datetime, timedelta

import pytest

from openjpki.site.clock import ShiftedClock, SteppedClock, real_moment

MOMENT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_the_real_moment_counts_in_seconds() -> None:
    """Certificates and lists count in seconds, so the clock does too."""
    assert real_moment().microsecond == 0
    assert real_moment().tzinfo is UTC


def test_a_shifted_clock_runs() -> None:
    """A sandbox may live a year later; its clock runs on from there."""
    ahead = ShiftedClock(timedelta(days=365))() - real_moment()

    assert timedelta(days=365) - timedelta(seconds=5) <= ahead <= timedelta(days=365)


def test_a_stepped_clock_stands_until_it_is_set_forward() -> None:
    """The story's clock moves only when it is told to."""
    clock = SteppedClock(MOMENT)
    clock.advance_to(MOMENT + timedelta(hours=1))

    assert clock() == MOMENT + timedelta(hours=1)


def test_a_stepped_clock_never_goes_back() -> None:
    """Nothing may be recorded before the past."""
    clock = SteppedClock(MOMENT)

    with pytest.raises(ValueError, match="lies before"):
        clock.advance_to(MOMENT - timedelta(seconds=1))
