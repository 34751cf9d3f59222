"""The individual number and the codes that are printed on a card (照合番号): how they are made and what they look like."""

from datetime import date
from typing import Literal

from openjpki.rules.era import era_of

NUMBER_DIGITS = 12
"""個人番号: eleven digits and a check digit."""
SECURITY_CODE_DIGITS = 4
CodeYear = Literal["era", "western"]


def check_digit(digits: str) -> str:
    """Return the check digit for the first eleven digits of an individual number.

    Ministerial ordinance on the individual number (平成26年総務省令第85号), art. 5: the weights are 2 to 7 and again 2 to
    6 from the last digit on, modulo 11; a remainder of 0 or 1 gives 0.
    """
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11
    return str(11 - rest) if rest > 1 else "0"


def is_individual_number(text: str) -> bool:
    """Tell whether twelve digits end with their check digit."""
    return len(text) == NUMBER_DIGITS and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]


def birth_code(born: date, year: CodeYear) -> str:
    """Return the birth date in six digits: the year of the era (C myna-card) or the last two of the western year."""
    counted = born.year - era_of(born).begins.year + 1 if year == "era" else born.year % 100
    return f"{counted:02}{born.month:02}{born.day:02}"


def code_b(born: date, expires: date, security_code: str, year: CodeYear) -> str:
    """Return 照合番号B in fourteen digits: birth date, western year of the card's last day, security code (C myna-card)."""
    return f"{birth_code(born, year)}{expires:%Y}{security_code}"
