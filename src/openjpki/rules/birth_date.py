"""生年月日 as a signature certificate writes it: the era's digit, then the Gregorian date (R-1.9, R-8.3 step 6).

17 February 1980, a day of 昭和, is "319800217": 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和.
"""

from datetime import date

from openjpki.errors import Failure, Kind
from openjpki.rules.dates import FIRST_DAY
from openjpki.rules.era import era_of

UNKNOWN_ERA = "0"
"""不明: read from foreign certificates, never written."""

_LENGTH = 9


class BadBirthDate(Failure):
    """The text is no birth date as certificates write it. What it says is personal data and not repeated."""

    code = "birth-date.unreadable"
    kind = Kind.REFUSED
    ja = "生年月日が、元号の番号1桁と西暦の年月日8桁で書かれていません。"
    en = "The birth date is not written as the era's digit and the eight digits of a Gregorian date."


def birth_date_text(day: date) -> str:
    """Return a birth date as certificates write it (R-8.3); raise `era.BeforeCalendar`."""
    return f"{era_of(day).digit}{day:%Y%m%d}"


def read_birth_date(text: str) -> date:
    """Return the day of a birth date that a certificate carries (R-8.3); raise `BadBirthDate`.

    Era and date must agree, unless the era is unknown.
    """
    if len(text) != _LENGTH or not (text.isascii() and text.isdigit()):
        raise BadBirthDate
    try:
        day = date(int(text[1:5]), int(text[5:7]), int(text[7:9]))
    except ValueError:
        raise BadBirthDate from None
    if text[0] != UNKNOWN_ERA and (day < FIRST_DAY or birth_date_text(day) != text):
        raise BadBirthDate
    return day
