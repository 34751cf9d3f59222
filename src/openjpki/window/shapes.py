"""What may be written into the resident register: the shape of its items. Nothing is normalised on the way in."""

import re
import unicodedata
from datetime import date

from openjpki.rules.dates import FIRST_DAY, BadDay, read_day
from openjpki.rules.era import BadEraDate, BeforeCalendar, read_era
from openjpki.rules.kinds import ResidenceStatus, Sex
from openjpki.rules.words import word

MAX_NAME = 100
"""Characters of a name; the longest that a register has recorded stay below, and a certificate holds 200."""
MAX_ADDRESS = 200
"""As `rules.person.FourAttributes` has it."""
FULL_WIDTH_SPACE = "\u3000"
SEXES = {"男": Sex.MALE, "女": Sex.FEMALE, "不明": Sex.UNKNOWN} | {sex.value: sex for sex in Sex}

STATUSES = {"": ResidenceStatus.JAPANESE} | {
    text: status for status in ResidenceStatus for text in (status.value, word(status, "ja"))
}

_RESIDENT_CODE = re.compile(r"[0-9]{11}")
_CARD_NUMBER = re.compile(r"[0-9]{15}")
_KANA = re.compile(r"[\u30a1-\u30fa\u30fb-\u30fe]+(?:\u3000[\u30a1-\u30fa\u30fb-\u30fe]+)*")
_ADDRESS_START = re.compile(r".{2,3}[都道府県]")


def resident_code_is_well_formed(text: str) -> bool:
    """住民票コード: eleven ASCII digits."""
    return _RESIDENT_CODE.fullmatch(text) is not None


def card_number_is_well_formed(text: str) -> bool:
    """製造番号: fifteen ASCII digits."""
    return _CARD_NUMBER.fullmatch(text) is not None


def name_is_well_formed(text: str) -> bool:
    """氏名: parts separated by one full-width space, no other space, no control character, at most 100 characters."""
    return 0 < len(text) <= MAX_NAME and _is_plain(text) and all(text.split(FULL_WIDTH_SPACE))


def kana_is_well_formed(text: str) -> bool:
    """フリガナ: full-width katakana, parts separated by one full-width space."""
    return len(text) <= MAX_NAME and _KANA.fullmatch(text) is not None


def address_is_well_formed(text: str) -> bool:
    """住所: begins with the prefecture, no postcode before it, at most 200 characters."""
    return (
        len(text) <= MAX_ADDRESS
        and _is_plain(text)
        and text == text.strip(FULL_WIDTH_SPACE)
        and _ADDRESS_START.match(text) is not None
    )


def read_date(text: str) -> date | None:
    """Return a date written as 1990-06-10, 平成2年6月10日 or H2.6.10; None if it is none of these."""
    try:
        return read_day(text) if text[:4].isdecimal() and text.isascii() else read_era(text)
    except (BadDay, BadEraDate, BeforeCalendar):
        return None


def read_sex(text: str) -> Sex | None:
    """Return the sex written as 男, 女 or 不明, or as the wire's words; None if it is none of these."""
    return SEXES.get(text)


def read_status(text: str) -> ResidenceStatus | None:
    """Return the residence status written in Japanese, or as the wire's word; empty for a national, None if it is none."""
    return STATUSES.get(text)


def birth_date_is_possible(born: date, *, today: date) -> bool:
    """生年月日: a day of the calendar now in use, not in the future."""
    return FIRST_DAY <= born <= today


def _is_plain(text: str) -> bool:
    return all(
        character == FULL_WIDTH_SPACE or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
        for character in text
    )
