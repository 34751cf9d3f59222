from datetime import UTC, date, datetime

import pytest

from openjpki.rules.dates import (
    JST,
    BadDay,
    BadMoment,
    age_on,
    civil_date,
    day_of_age,
    first_second,
    in_japan,
    last_second,
    months_after,
    months_before,
    nth_birthday_after,
    read_day,
    read_moment,
    validity_birthday,
)
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
EVE = NATIONAL.with_settings({"age_rule": "eve"})
MARCH = NATIONAL.with_settings({"feb29_validity_birthday": "03-01"})


def test_a_civil_date_is_japanese() -> None:
    """15:00 UTC is midnight in Japan: the next day begins (R-3.6)."""
    assert civil_date(datetime(2026, 6, 10, 14, 59, 59, tzinfo=UTC)) == date(2026, 6, 10)
    assert civil_date(datetime(2026, 6, 10, 15, 0, 0, tzinfo=UTC)) == date(2026, 6, 11)


def test_a_day_runs_to_its_last_second() -> None:
    """R-3.6: validity ends at 23:59:59 JST of the last day, which is 14:59:59 UTC."""
    assert first_second(date(2026, 6, 10)) == datetime(2026, 6, 9, 15, 0, 0, tzinfo=UTC)
    assert last_second(date(2026, 6, 10)) == datetime(2026, 6, 10, 14, 59, 59, tzinfo=UTC)
    assert last_second(date(2026, 6, 10)).tzinfo is UTC


def test_a_moment_without_a_zone_is_a_bug() -> None:
    """Nobody knows whose time a naive moment is."""
    with pytest.raises(ValueError, match="time zone"):
        in_japan(datetime(2026, 6, 10, 12, 0))  # noqa: DTZ001  -- the point of the test


@pytest.mark.parametrize("text", ["2026-06-10", "1873-01-01", "2999-12-31"])
def test_days_are_read_as_iso(text: str) -> None:
    """Days are ISO, from the Gregorian calendar's first day in Japan to the end of 2999."""
    assert read_day(text).isoformat() == text


@pytest.mark.parametrize("text", ["", "2026-02-29", "20260610", "2026-W24-3", "1872-12-31", "3000-01-01", "令和8年"])
def test_other_days_are_refused(text: str) -> None:
    """A day that does not exist, is written otherwise or lies out of reach is refused with one line."""
    with pytest.raises(BadDay):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-07T17:15", datetime(2026, 5, 7, 8, 15, tzinfo=UTC)),
        ("2026-05-07T17:15+09:00", datetime(2026, 5, 7, 8, 15, tzinfo=UTC)),
        ("2026-05-07T17:15Z", datetime(2026, 5, 7, 17, 15, tzinfo=UTC)),
        ("2026-05-07", datetime(2026, 5, 6, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_without_an_offset_is_japanese_time(text: str, moment: datetime) -> None:
    """Moments come in as ISO 8601 and are UTC inside."""
    assert read_moment(text) == moment
    assert read_moment(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "today", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59-12:00"])
def test_other_moments_are_refused(text: str) -> None:
    """A moment that does not exist or lies out of reach is refused with one line."""
    with pytest.raises(BadMoment):
        read_moment(text)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2020-04-23", "2020-01-23"),  # E-04
        ("2026-05-31", "2026-02-28"),  # E-09: no 31 February
        ("2024-05-30", "2024-02-29"),
        ("2026-12-31", "2026-09-30"),  # E-11
        ("2026-02-28", "2025-11-28"),  # E-12
    ],
)
def test_three_months_before(day: str, before: str) -> None:
    """R-3.8: the corresponding day, or the month's last day if there is none."""
    assert months_before(date.fromisoformat(day), 3) == date.fromisoformat(before)


def test_two_months_after() -> None:
    """R-3.7, E-27: the 特例期間 ends on the corresponding day, or the month's last."""
    assert months_after(date(2026, 8, 31), 2) == date(2026, 10, 31)
    assert months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("day", "n", "birthday"),
    [
        ("2021-07-01", 5, "2026-06-10"),  # E-13
        ("2021-06-09", 10, "2030-06-10"),  # E-14
        ("2021-06-10", 10, "2031-06-10"),  # E-15: the birthday itself is not counted
    ],
)
def test_nth_birthday_after(day: str, n: int, birthday: str) -> None:
    """R-3.1, R-3.5: the n-th birthday strictly after a day."""
    assert nth_birthday_after(date(1990, 6, 10), date.fromisoformat(day), n, NATIONAL) == date.fromisoformat(birthday)


@pytest.mark.parametrize(
    ("issued", "end"),
    [("2021-03-01", "2026-02-28"), ("2023-02-28", "2028-02-29"), ("2024-02-28", "2028-02-29")],
    ids=["E-21", "E-22", "E-23"],
)
def test_a_leap_day_birthday_is_28_february_in_common_years(issued: str, end: str) -> None:
    """R-3.9, CF-14: E-21 to E-23, a holder born on 2000-02-29."""
    assert nth_birthday_after(date(2000, 2, 29), date.fromisoformat(issued), 5, NATIONAL) == date.fromisoformat(end)


def test_a_leap_day_birthday_may_be_1_march() -> None:
    """R-3.9: `feb29_validity_birthday` moves it."""
    assert validity_birthday(date(2000, 2, 29), 2026, MARCH) == date(2026, 3, 1)
    assert validity_birthday(date(2000, 2, 29), 2028, MARCH) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("born", "by_birthday", "by_eve"),
    [("2012-04-01", "2027-04-01", "2027-03-31"), ("2012-02-29", "2027-03-01", "2027-02-28")],
    ids=["E-01", "E-02"],
)
def test_the_day_of_turning_15(born: str, by_birthday: str, by_eve: str) -> None:
    """R-1.4: E-01, E-02; for age 29 February gives 1 March in a common year."""
    assert day_of_age(date.fromisoformat(born), 15, NATIONAL) == date.fromisoformat(by_birthday)
    assert day_of_age(date.fromisoformat(born), 15, EVE) == date.fromisoformat(by_eve)


def test_age_on_a_day() -> None:
    """R-1.4: the age changes on the birthday, or on its eve, even over the new year; before birth it is 0."""
    assert age_on(date(2012, 4, 1), date(2027, 3, 31), NATIONAL) == 14
    assert age_on(date(2012, 4, 1), date(2027, 4, 1), NATIONAL) == 15
    assert age_on(date(2012, 1, 1), date(2026, 12, 31), EVE) == 15
    assert age_on(date(2012, 1, 1), date(2011, 6, 1), NATIONAL) == 0


def test_japan_has_one_offset() -> None:
    """JST is UTC+9 all the year."""
    assert datetime(2026, 7, 1, tzinfo=JST).utcoffset() == datetime(2026, 1, 1, tzinfo=JST).utcoffset()
