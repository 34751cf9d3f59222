from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from openjpki.window.back_off import BackOff, Patience, is_due
from tests.unit.window.counter import at

NOW = at("2021-07-01")
MINUTE = timedelta(minutes=1)

schedules = st.builds(
    lambda first, factor, more: BackOff(
        first=timedelta(seconds=first), factor=factor, longest=timedelta(seconds=first + more)
    ),
    st.integers(1, 3600),
    st.integers(2, 10),
    st.integers(0, 1_000_000),
)


def test_the_waits_double_up_to_the_longest() -> None:
    """The schedule is exponential and bounded: 1, 2, 4, then always 5 minutes."""
    schedule = BackOff(first=MINUTE, factor=2, longest=5 * MINUTE)

    assert [schedule.after(failures) / MINUTE for failures in (1, 2, 3, 4, 1000)] == [1, 2, 4, 5, 5]


@given(schedules, st.integers(1, 10_000))
def test_a_wait_is_never_shorter_than_before_nor_longer_than_the_longest(schedule: BackOff, failures: int) -> None:
    """Waits grow by the factor until they reach the bound, however often it failed, and never overflow."""
    waits = [schedule.after(failures), schedule.after(failures + 1)]

    assert schedule.first <= waits[0] <= waits[1] <= schedule.longest
    assert waits[1] in {schedule.longest, waits[0] * schedule.factor}


def test_the_schedules_in_use_are_in_order() -> None:
    """A whole authority is noticed to be back sooner than one mended record."""
    patience = Patience()
    for schedule in (patience.refused, patience.unreachable):
        waits = [schedule.after(failures) for failures in range(1, 20)]
        assert waits[0] == schedule.first
        assert all(one <= next_one for one, next_one in pairwise(waits))
        assert waits[-1] == schedule.longest
    assert patience.unreachable.longest < patience.refused.longest


def test_what_is_due() -> None:
    """What has no time is due; what has one is due from then on; a clock set back makes nothing wait longer."""
    assert is_due(NOW, next_try_at=None, tried_at=None)
    assert is_due(NOW, next_try_at=NOW, tried_at=NOW - MINUTE)
    assert not is_due(NOW, next_try_at=NOW + MINUTE, tried_at=NOW)
    assert is_due(NOW, next_try_at=NOW + 60 * MINUTE, tried_at=NOW + 59 * MINUTE)
