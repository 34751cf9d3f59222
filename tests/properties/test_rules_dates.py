from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.dates import age_on, day_of_age, months_before, nth_birthday_after, validity_birthday
from openjpki.rules.era import era_of, in_era, read_era
from openjpki.rules.policy import Policy

POLICIES = st.builds(
    lambda leap, age: Policy().with_settings({"feb29_validity_birthday": leap, "age_rule": age}),
    st.sampled_from(["02-28", "03-01"]),
    st.sampled_from(["birthday", "eve"]),
)
BORN = st.dates(date(1900, 1, 1), date(2050, 12, 31)) | st.sampled_from([date(y, 2, 29) for y in (1984, 2000, 2024)])
DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))
COUNTS = st.integers(1, 12)


@given(born=BORN, day=DAYS, n=COUNTS, policy=POLICIES)
def test_the_nth_birthday_lies_strictly_after_the_day(born: date, day: date, n: int, policy: Policy) -> None:
    """R-3.1, R-3.5: it is a birthday, later than the day, and exactly n of them lie in between or on it."""
    found = nth_birthday_after(born, day, n, policy)
    birthdays = [validity_birthday(born, year, policy) for year in range(day.year, found.year + 1)]

    assert found > day
    assert sum(day < birthday <= found for birthday in birthdays) == n


@given(born=BORN, day=DAYS, later=st.integers(0, 800), n=COUNTS, policy=POLICIES)
def test_the_nth_birthday_is_monotone(born: date, day: date, later: int, n: int, policy: Policy) -> None:
    """R-3.1: a later issue never ends earlier, and one birthday more always ends later."""
    first = nth_birthday_after(born, day, n, policy)

    assert nth_birthday_after(born, day + timedelta(days=later), n, policy) >= first
    assert nth_birthday_after(born, day, n + 1, policy) > first


@given(born=BORN, day=DAYS, policy=POLICIES)
def test_age_agrees_with_the_day_it_is_reached(born: date, day: date, policy: Policy) -> None:
    """R-1.4: on a day a person has the greatest age whose day has come."""
    age = age_on(born, day, policy)

    assert age == 0 or day_of_age(born, age, policy) <= day
    assert day < day_of_age(born, age + 1, policy) or day < born


@given(day=DAYS, months=st.integers(0, 24))
def test_months_before_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    """R-3.8: the corresponding day, or the month's last if there is none."""
    before = months_before(day, months)

    assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == months
    assert before.day == day.day or (before + timedelta(days=1)).day == 1


@given(day=st.dates(date(1873, 1, 1), date(2999, 12, 31)))
def test_era_dates_round_trip(day: date) -> None:
    """Writing and reading by era are inverse; the era has begun on the day."""
    assert read_era(in_era(day)) == day
    assert era_of(day).begins <= day
