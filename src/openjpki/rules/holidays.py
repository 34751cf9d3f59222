"""国民の祝日 with 振替休日 and 国民の休日 (国民の祝日に関する法律; R-4.4)."""

from datetime import date

import jpholiday

HOLIDAY_ACT = date(1948, 7, 20)
"""The act came into force."""

CITIZENS_HOLIDAY_ACT = date(1985, 12, 27)
"""国民の休日, the weekday between two holidays, is law from here; jpholiday marks 27 Mays 4th of 1955 to 1985 with it."""

_CITIZENS_HOLIDAY = "国民の休日"


def holiday_name(day: date) -> str | None:
    """Return the holiday's name, None on other days. A future equinox is the forecast of astronomy (見込み)."""
    if day < HOLIDAY_ACT:
        return None
    name = jpholiday.is_holiday_name(day)
    if name == _CITIZENS_HOLIDAY and day < CITIZENS_HOLIDAY_ACT:
        return None
    return name
