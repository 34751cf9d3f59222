"""Everything legal is a Japanese civil date; instants are UTC-aware; the last second of a day is included (R-3.6)."""

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone

from openjpki.errors import Failure, Kind
from openjpki.rules.policy import Policy

JST = timezone(timedelta(hours=9), "JST")
"""Japan Standard Time: no summer time since 1951."""

FIRST_DAY = date(1873, 1, 1)
"""明治6年1月1日: before it Japan counted by another calendar."""

LAST_DAY = date(2999, 12, 31)
"""No certificate, card or person comes near; a typing error does."""

_ONE_DAY = timedelta(days=1)


class BadDay(Failure):
    """The text is no day of the calendar, or one that no rule can meet."""

    code = "dates.bad-day"
    kind = Kind.USAGE
    ja = "「{text}」は日付として読めません。1873-01-01 から 2999-12-31 までの日を YYYY-MM-DD で指定してください。"
    en = '"{text}" is not a date. Give a day from 1873-01-01 to 2999-12-31 as YYYY-MM-DD.'


class BadMoment(Failure):
    """The text is no moment."""

    code = "dates.bad-moment"
    kind = Kind.USAGE
    ja = "「{text}」は日時として読めません。YYYY-MM-DDTHH:MM(日本時間)の形で指定してください。"
    en = '"{text}" is not a moment. Give it as YYYY-MM-DDTHH:MM (Japanese time).'


def read_day(text: str) -> date:
    """Read a day as YYYY-MM-DD, between FIRST_DAY and LAST_DAY; raise `BadDay`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadDay(text=text) from None
    if day.isoformat() != text or not FIRST_DAY <= day <= LAST_DAY:
        raise BadDay(text=text)
    return day


def read_moment(text: str) -> datetime:
    """Read an ISO 8601 moment as UTC; without an offset it is Japanese time. Raise `BadMoment`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment(text=text) from None
    if not FIRST_DAY < moment.date() < LAST_DAY:
        raise BadMoment(text=text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=JST)).astimezone(UTC)


def in_japan(moment: datetime) -> datetime:
    """Return an aware moment in Japanese time; a naive one is a bug (ValueError), since nobody knows whose time it is."""
    if moment.tzinfo is None:
        message = "a moment without a time zone"
        raise ValueError(message)
    return moment.astimezone(JST)


def civil_date(moment: datetime) -> date:
    """Return the day on which an aware moment falls in Japan."""
    return in_japan(moment).date()


def first_second(day: date) -> datetime:
    """Return 00:00:00 JST of the day, in UTC."""
    return datetime.combine(day, time(0, 0, 0), JST).astimezone(UTC)


def last_second(day: date) -> datetime:
    """Return 23:59:59 JST of the day, in UTC: validity ends then, the last day included (R-3.6)."""
    return datetime.combine(day, time(23, 59, 59), JST).astimezone(UTC)


def _shift_months(day: date, months: int) -> date:
    """Return the corresponding day of another month, or that month's last day if there is none."""
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    month = month_index + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def months_before(day: date, months: int) -> date:
    """Return the corresponding day so many months before, or that month's last day if there is none (R-3.8)."""
    return _shift_months(day, -months)


def months_after(day: date, months: int) -> date:
    """Return the corresponding day so many months after, or that month's last day if there is none (R-3.7)."""
    return _shift_months(day, months)


def _anniversary(born: date, year: int, *, leap_day_falls_on: date) -> date:
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return leap_day_falls_on.replace(year=year)
    return born.replace(year=year)


def validity_birthday(born: date, year: int, policy: Policy) -> date:
    """Return the birthday of a year as validity counts it: 29 February is 28 February in a common year (R-3.9)."""
    common = date(2001, 2, 28) if policy.feb29_validity_birthday == "02-28" else date(2001, 3, 1)
    return _anniversary(born, year, leap_day_falls_on=common)


def nth_birthday_after(born: date, day: date, n: int, policy: Policy) -> date:
    """Return the n-th birthday strictly after a day: the day itself is not counted (R-3.1, R-3.5)."""
    passed = 1 if validity_birthday(born, day.year, policy) <= day else 0
    return validity_birthday(born, day.year + passed + n - 1, policy)


def day_of_age(born: date, age: int, policy: Policy) -> date:
    """Return the first day on which a person counts as of an age (R-1.4).

    For age 29 February gives 1 March in a common year: the age is reached at 24:00 of 28 February.
    """
    birthday = _anniversary(born, born.year + age, leap_day_falls_on=date(2001, 3, 1))
    return birthday if policy.age_rule == "birthday" else birthday - _ONE_DAY


def age_on(born: date, day: date, policy: Policy) -> int:
    """Return the age in full years on a day, as `age_rule` counts it (R-1.4); 0 before birth."""
    years = max(0, day.year - born.year + 1)  # under "eve" the age of next year may already count on 31 December
    while years > 0 and day_of_age(born, years, policy) > day:
        years -= 1
    return years
