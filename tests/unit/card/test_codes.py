from datetime import date

import pytest

from openjpki.card.codes import birth_code, check_digit, code_b, is_individual_number


@pytest.mark.parametrize("number", ["123456789018", "537686677188", "900000000010", "000000000000"])
def test_an_individual_number_ends_with_its_check_digit(number: str) -> None:
    """Ordinance on the individual number, art. 5: the number of a test card (C myna-card), and one with remainder 0."""
    assert check_digit(number[:-1]) == number[-1]
    assert is_individual_number(number)


@pytest.mark.parametrize(
    "number", ["123456789019", "12345678901", "1234567890188", "12345678901x", "１２３４５６７８９０１８"]
)
def test_what_is_no_individual_number(number: str) -> None:
    """Twelve ASCII digits, the last of which checks the others."""
    assert not is_individual_number(number)


def test_a_wrong_digit_is_found() -> None:
    """Modulo 11 finds every single wrong digit but one that makes the remainder 0 from 1, or 1 from 0."""
    whole = "53768667718"
    others = {whole[:at] + digit + whole[at + 1 :] for at in range(11) for digit in "0123456789"} - {whole}

    assert all(check_digit(other) != "8" for other in others)


@pytest.mark.parametrize(
    ("born", "era", "western"),
    [
        (date(1980, 2, 17), "550217", "800217"),
        (date(1989, 1, 7), "640107", "890107"),
        (date(1989, 1, 8), "010108", "890108"),
        (date(2019, 4, 30), "310430", "190430"),
        (date(2019, 5, 1), "010501", "190501"),
        (date(2008, 12, 3), "201203", "081203"),
    ],
)
def test_the_birth_date_has_the_year_of_its_era(born: date, era: str, western: str) -> None:
    """和暦 YYMMDD (C myna-card); the western form is a setting."""
    assert birth_code(born, "era") == era
    assert birth_code(born, "western") == western


def test_the_printed_code_of_a_test_card() -> None:
    """Born in 昭和55, valid until 2035, security code 2285: 55021720352285 opens a test card (C myna-card)."""
    assert code_b(date(1980, 2, 17), date(2035, 2, 17), "2285", "era") == "55021720352285"
