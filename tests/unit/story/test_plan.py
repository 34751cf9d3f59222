from datetime import UTC, date, datetime

import pytest

from openjpki.rules.policy import Policy
from openjpki.story.plan import at, last_open, next_open, plan

NATIONAL = Policy.preset("national")


def test_a_wall_clock_in_japan_is_a_moment_in_utc() -> None:
    """Moments are UTC-aware: nine in the morning in Japan is midnight UTC."""
    moment = at(date(2026, 11, 23), 9, 15)

    assert moment == datetime(2026, 11, 23, 0, 15, tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "after", "before"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 11, 24), date(2026, 11, 20)),
        (date(2026, 12, 31), date(2027, 1, 4), date(2026, 12, 28)),
    ],
    ids=["a Friday", "a Saturday before a holiday Monday", "the year's end"],
)
def test_the_counter_keeps_office_days(day: date, after: date, before: date) -> None:
    """Nothing happens at the counter on weekends, holidays and from 29 December to 3 January (R-4.4)."""
    assert next_open(NATIONAL, day) == after
    assert last_open(NATIONAL, day) == before


def test_one_life() -> None:
    """A life that is over on 23 November 2026: ten years, two ends of certificates, one renewal (R-3.1, R-3.3, R-3.8)."""
    life = plan(NATIONAL, ends_on=date(2026, 11, 23))

    assert life.born == date(1994, 11, 22)
    assert life.issued == date(2016, 11, 28)
    assert life.window.opens == life.renewed == date(2021, 8, 23)
    assert life.too_early == date(2021, 8, 20)
    assert life.window.closes == date(2021, 11, 22)
    assert (life.last_day, life.expired) == (date(2026, 11, 22), date(2026, 11, 23))


def test_a_life_may_end_on_a_leap_day() -> None:
    """Born on a 29 February, and 32 on another; the card was made ten years before, when there was none."""
    life = plan(NATIONAL, ends_on=date(2028, 3, 1))

    assert (life.born, life.last_day) == (date(1996, 2, 29), date(2028, 2, 29))
    assert life.issued == date(2018, 3, 6)
