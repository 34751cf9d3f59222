"""Dates by era (和暦), out and in, and the one form in which a person is told a day. Before 1873 Japan counted otherwise."""

import re
from datetime import date
from enum import Enum, unique

from openjpki.errors import Failure, Kind, Language
from openjpki.rules.dates import FIRST_DAY


class BeforeCalendar(Failure):
    """A day before 1873 has no date by era in the Gregorian calendar."""

    code = "era.before-calendar"
    kind = Kind.USAGE
    ja = "明治6年1月1日より前の日は、現在の暦では和暦に直せません。"
    en = "Days before 1 January 1873 cannot be written by era in today's calendar."


class BadEraDate(Failure):
    """The text is no date by era."""

    code = "era.bad-date"
    kind = Kind.USAGE
    ja = "「{text}」は和暦の日付として読めません。例:令和8年11月23日"
    en = '"{text}" is not a date by era. Example: 令和8年11月23日'


@unique
class Era(Enum):
    """The eras of the Gregorian calendar in Japan, oldest first; the value is the name."""

    MEIJI = "明治"
    TAISHO = "大正"
    SHOWA = "昭和"
    HEISEI = "平成"
    REIWA = "令和"

    @property
    def digit(self) -> int:
        """Return the digit that stands for the era in the birth date of a certificate: 1 for 明治 to 5 for 令和."""
        return list(Era).index(self) + 1

    @property
    def letter(self) -> str:
        """Return the letter used on forms: M, T, S, H or R."""
        return self.name[0]

    @property
    def begins(self) -> date:
        """Return the era's first day. An era ends on the day before the next one's first."""
        return _BEGINS[self]


_BEGINS = {
    Era.MEIJI: date(1868, 1, 25),
    Era.TAISHO: date(1912, 7, 30),
    Era.SHOWA: date(1926, 12, 25),
    Era.HEISEI: date(1989, 1, 8),
    Era.REIWA: date(2019, 5, 1),
}

_NAMES = {name: era for era in Era for name in (era.value, era.letter)}

_DATE = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHR])(?P<year>元|[0-9]{1,3})(?:年|[./-])(?P<month>[0-9]{1,2})(?:月|[./-])(?P<day>[0-9]{1,2})日?"
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width ASCII, as forms are filled in."""
_WEEKDAYS = (("月", "Mon"), ("火", "Tue"), ("水", "Wed"), ("木", "Thu"), ("金", "Fri"), ("土", "Sat"), ("日", "Sun"))
"""`date.weekday()` counts from Monday = 0."""


def era_of(day: date) -> Era:
    """Return the era of a day; raise `BeforeCalendar`."""
    if day < FIRST_DAY:
        raise BeforeCalendar
    return next(era for era in reversed(Era) if era.begins <= day)


def in_era(day: date) -> str:
    """Return the date by era: "令和8年11月23日", the first year as 元年; raise `BeforeCalendar`."""
    era = era_of(day)
    year = day.year - era.begins.year + 1
    return f"{era.value}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def spoken(day: date, language: Language, *, weekday: bool = True) -> str:
    """Return a day as every room tells it to a person: 令和8年（2026年）12月1日（火）, or 2026-12-01 (Tue).

    Japanese has both years, since cards show one and forms the other; a day before today's calendar began in Japan has
    its Gregorian year only. A birth date is told without its weekday.
    """
    ja, en = _WEEKDAYS[day.weekday()]
    if language != "ja":
        return f"{day.isoformat()} ({en})" if weekday else day.isoformat()
    year = f"{day.year}年"
    if day >= FIRST_DAY:
        era = era_of(day)
        count = day.year - era.begins.year + 1
        year = f"{era.value}{'元' if count == 1 else count}年（{year}）"
    return f"{year}{day.month}月{day.day}日" + (f"（{ja}）" if weekday else "")


class Told(date):
    """A day in a refusal: `{day:ja}` and `{day:en}` speak it in the sentences, as data it is the ISO date that programs read."""

    @classmethod
    def of(cls, day: date) -> "Told":
        """Return the day, to be told."""
        return cls(day.year, day.month, day.day)

    def __format__(self, language: str) -> str:
        """Return the day as a sentence has it; without a language, or with any other form, as `date` does."""
        if language == "ja":
            return spoken(self, "ja")
        return spoken(self, "en") if language == "en" else super().__format__(language)


def read_era(text: str, *, strict: bool = True) -> date:
    """Read "令和8年11月23日", "平成元年…", "H1.1.8", also in full-width digits and with blanks; raise `BadEraDate`.

    A date before its era began is refused. A date after its era ended (平成31年5月1日, as printed before the change) is
    refused too if `strict`, and counted on if not.
    """
    found = _DATE.fullmatch("".join(text.split()).translate(_FULL_WIDTH))
    if not found:
        raise BadEraDate(text=text)
    era = _NAMES[found["era"]]
    year = 1 if found["year"] == "元" else int(found["year"])
    try:
        day = date(era.begins.year + year - 1, int(found["month"]), int(found["day"]))
    except ValueError:
        raise BadEraDate(text=text) from None
    if day < max(era.begins, FIRST_DAY) or (strict and era_of(day) is not era):
        raise BadEraDate(text=text)
    return day
