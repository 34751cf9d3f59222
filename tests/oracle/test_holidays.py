from datetime import date, timedelta

import holidays
import pytest

from openjpki.rules.holidays import holiday_name

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("decade", range(1986, 2100, 10))
def test_every_day_agrees_with_an_independent_calendar(decade: int) -> None:
    """R-4.4: from 1986, the first year of 国民の休日, to 2099, both calendars close on the same days."""
    first, last = date(decade, 1, 1), min(date(decade + 9, 12, 31), date(2099, 12, 31))
    other = holidays.country_holidays("JP", years=range(first.year, last.year + 1))
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]

    assert [day for day in days if (holiday_name(day) is not None) != (day in other)] == []


def test_the_mays_of_before_1986_agree() -> None:
    """R-4.4: the 27 Mays 4th that jpholiday marks wrongly are corrected: no 国民の休日 before its act."""
    other = holidays.country_holidays("JP", years=range(1955, 1986))

    assert [
        year
        for year in range(1955, 1986)
        if (holiday_name(date(year, 5, 4)) is not None) != (date(year, 5, 4) in other)
    ] == []
