from datetime import date

import pytest

from openjpki.rules.holidays import holiday_name


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-05-06", "憲法記念日 振替休日"),  # E-32
        ("2026-09-22", "国民の休日"),  # E-33
        ("2026-11-23", "勤労感謝の日"),
        ("1981-05-04", "憲法記念日 振替休日"),
        ("1986-05-05", "こどもの日"),
        ("1988-05-04", "国民の休日"),
    ],
)
def test_holidays_have_their_names(day: str, name: str) -> None:
    """R-4.4, 祝日法: holidays, 振替休日 and 国民の休日."""
    assert holiday_name(date.fromisoformat(day)) == name


def test_no_citizens_holiday_before_its_act() -> None:
    """R-4.4: 国民の休日 is law from 1985-12-27; of the Mays 4th before it only a 振替休日 is a holiday."""
    found = {year: holiday_name(date(year, 5, 4)) for year in range(1949, 1986)}

    assert {year for year, name in found.items() if name} == {1981}


def test_no_holiday_before_the_act() -> None:
    """祝日法 came into force on 1948-07-20."""
    assert holiday_name(date(1948, 1, 1)) is None
    assert holiday_name(date(1949, 1, 1)) == "元日"


def test_ordinary_days() -> None:
    """An ordinary day has no name."""
    assert holiday_name(date(2026, 11, 24)) is None
