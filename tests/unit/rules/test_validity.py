from datetime import date

import pytest

from openjpki.rules.policy import Policy
from openjpki.rules.validity import (
    Expiry,
    authentication_expiry,
    card_expiry,
    signature_expiry,
    special_period_end,
)

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")
BORN = date(1990, 6, 10)
CARD = date(2031, 6, 10)
FAR = date(2100, 1, 1)
OLD_EXPIRY = date(2026, 6, 10)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def test_first_issue() -> None:
    """R-3.1, R-3.2, R-3.7; S-19, S-21, S-22: E-13, card and certificates issued 2021-07-01."""
    issued = date(2021, 7, 1)
    card = card_expiry(NATIONAL, issued=issued, received=issued, born=BORN)
    authentication = authentication_expiry(NATIONAL, issued=issued, born=BORN, card_expires=card.expires)
    signature = signature_expiry(
        NATIONAL, issued=issued, born=BORN, card_expires=card.expires, authentication_expires=authentication.expires
    )

    assert card.expires == date(2031, 6, 10)
    assert card.because == "tenth-birthday"
    assert authentication == Expiry(expires=OLD_EXPIRY, because="fifth-birthday", rules=("R-3.1", "R-3.5"))
    assert signature == authentication


@pytest.mark.parametrize(
    ("issued", "end"), [("2021-06-09", "2030-06-10"), ("2021-06-10", "2031-06-10")], ids=["E-14", "E-15"]
)
def test_the_day_of_issue_is_not_counted(issued: str, end: str) -> None:
    """R-3.5: E-14, E-15, a card issued the day before and on the birthday."""
    assert card_expiry(NATIONAL, issued=_day(issued), received=_day(issued), born=BORN).expires == _day(end)


@pytest.mark.parametrize(
    ("issued", "end", "because"),
    [
        ("2026-03-10", "2030-06-10", "fifth-birthday"),
        ("2026-03-11", "2031-06-10", "sixth-birthday"),
        ("2026-06-10", "2031-06-10", "fifth-birthday"),
        ("2026-06-11", "2031-06-10", "fifth-birthday"),
    ],
    ids=["E-16", "E-17", "E-18", "E-19"],
)
def test_re_issue_around_the_expiry(issued: str, end: str, because: str) -> None:
    """R-3.3, R-3.4, CF-10: E-16 to E-19, the 6th birthday inside the window, the 5th before it, on its last day, after."""
    for expiry in (signature_expiry, authentication_expiry):
        found = expiry(NATIONAL, issued=_day(issued), born=BORN, card_expires=FAR, replaces_expiring=OLD_EXPIRY)

        assert (found.expires, found.because) == (_day(end), because)


def test_the_literal_reading_of_the_expiry_day() -> None:
    """R-3.4, CF-2: `expiry_day_birthdays = 6` gives six years on the expiry day."""
    policy = NATIONAL.with_settings({"expiry_day_birthdays": "6"})
    found = signature_expiry(policy, issued=OLD_EXPIRY, born=BORN, card_expires=FAR, replaces_expiring=OLD_EXPIRY)

    assert found.expires == date(2032, 6, 10)
    assert found.rules == ("R-3.4", "R-3.5")


def test_the_page_alone_knows_no_sixth_birthday() -> None:
    """S-19, CF-10: `early_renewal_birthdays = 5` loses a year."""
    policy = NATIONAL.with_settings({"early_renewal_birthdays": "5"})
    found = signature_expiry(
        policy, issued=_day("2026-03-11"), born=BORN, card_expires=FAR, replaces_expiring=OLD_EXPIRY
    )

    assert found.expires == date(2030, 6, 10)


def test_an_expiry_day_that_is_no_birthday() -> None:
    """R-3.3, R-3.4: where a card ended the old certificate, its last day is a day of the window like any other."""
    old = date(2026, 8, 31)
    found = signature_expiry(NATIONAL, issued=old, born=date(1995, 10, 10), card_expires=FAR, replaces_expiring=old)

    assert found.expires == date(2031, 10, 10)
    assert found.because == "sixth-birthday"


def test_a_signature_certificate_ends_with_the_authentication_certificate() -> None:
    """R-3.1 (b), S-20, S-22: E-20, re-issued after a move."""
    found = signature_expiry(
        NATIONAL, issued=date(2024, 5, 1), born=BORN, card_expires=CARD, authentication_expires=OLD_EXPIRY
    )

    assert found == Expiry(expires=OLD_EXPIRY, because="authentication-expiry", rules=("R-3.1",))


def test_the_first_signature_certificate_at_fifteen() -> None:
    """R-1.5: E-03, capped by the authentication certificate of 2024."""
    found = signature_expiry(
        NATIONAL,
        issued=date(2027, 4, 1),
        born=date(2012, 4, 1),
        card_expires=date(2029, 4, 1),
        authentication_expires=date(2029, 4, 1),
    )

    assert found.expires == date(2029, 4, 1)


def test_the_authentication_certificate_has_two_limits() -> None:
    """R-3.2, CF-4: S-20 binds the signature certificate only; by the page's letter it binds both."""
    case = {"issued": date(2024, 5, 1), "born": BORN, "card_expires": CARD, "authentication_expires": OLD_EXPIRY}

    assert authentication_expiry(NATIONAL, **case).expires == date(2028, 6, 10)
    assert authentication_expiry(PAGE, **case) == Expiry(
        expires=OLD_EXPIRY, because="authentication-expiry", rules=("R-3.2",)
    )


def test_the_card_ends_both() -> None:
    """R-3.1 (c), S-21, S-22: no certificate outlives the card."""
    card = date(2026, 8, 31)
    for expiry, rule in ((signature_expiry, "R-3.1"), (authentication_expiry, "R-3.2")):
        found = expiry(NATIONAL, issued=date(2025, 5, 1), born=BORN, card_expires=card)

        assert found == Expiry(expires=card, because="card-expiry", rules=(rule,))


@pytest.mark.parametrize(
    ("born", "received", "issued", "end", "because"),
    [
        ("2003-01-15", "2022-03-31", "2022-04-20", "2027-01-15", "fifth-birthday"),
        ("2008-04-01", "2026-03-31", "2026-03-31", "2030-04-01", "fifth-birthday"),
        ("2003-01-15", "2022-04-01", "2022-04-20", "2032-01-15", "tenth-birthday"),
        ("2008-04-01", "2026-03-31", "2026-04-01", "2036-04-01", "tenth-birthday"),
    ],
    ids=["E-24", "E-25", "received a day later than E-24", "issued a day later than E-25"],
)
def test_the_line_of_age_at_card_issue(born: str, received: str, issued: str, end: str, because: str) -> None:
    """R-3.7: E-24, E-25; 18, or 20 for applications received before 2022-04-01."""
    found = card_expiry(NATIONAL, issued=_day(issued), received=_day(received), born=_day(born))

    assert (found.expires, found.because) == (_day(end), because)


def test_a_period_of_stay_ends_card_and_certificates() -> None:
    """R-3.7: E-26, stay to 2026-08-31."""
    issued, born = date(2025, 5, 1), date(1995, 10, 10)
    card = card_expiry(NATIONAL, issued=issued, received=issued, born=born, stay_until=date(2026, 8, 31))

    assert card == Expiry(expires=date(2026, 8, 31), because="period-of-stay", rules=("R-3.7",))
    assert signature_expiry(NATIONAL, issued=issued, born=born, card_expires=card.expires).expires == card.expires


def test_the_special_period() -> None:
    """R-3.7: E-27, two months while the renewal is pending, or the decision if earlier."""
    stay = date(2026, 8, 31)

    assert special_period_end(stay) == date(2026, 10, 31)
    assert special_period_end(stay, decided_on=date(2026, 9, 15)) == date(2026, 9, 15)
    assert special_period_end(stay, decided_on=date(2026, 12, 1)) == date(2026, 10, 31)
    assert special_period_end(stay, decided_on=date(2026, 8, 1)) == stay


def test_a_real_card() -> None:
    """R-3.1: E-28, issued 2025-10-27 and ending 2030-02-17, agrees with the 5th birthday."""
    found = authentication_expiry(NATIONAL, issued=date(2025, 10, 27), born=date(1985, 2, 17), card_expires=FAR)

    assert found.expires == date(2030, 2, 17)
