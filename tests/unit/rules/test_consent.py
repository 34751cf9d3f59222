from datetime import date

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from openjpki.rules.consent import LONGEST_MONTHS, NEWS, Item, Lapse, Term, given, lapse
from openjpki.rules.kinds import RevocationReason, Sex
from openjpki.rules.person import CertifiedAttributes

TERM = Term(since=date(2026, 4, 1), until=date(2027, 3, 31))
HANAKO = CertifiedAttributes(
    name="見本　花子",
    name_substitutions="00000",
    address="見本県若葉市",
    address_substitutions="000000",
    birth_date=date(1990, 6, 10),
    sex=Sex.FEMALE,
)


@pytest.mark.parametrize(
    ("on", "withdrawn", "found"),
    [
        (date(2026, 3, 31), False, Lapse.NOT_BEGUN),
        (date(2026, 4, 1), False, None),
        (date(2027, 3, 31), False, None),
        (date(2027, 4, 1), False, Lapse.OVER),
        (date(2026, 4, 1), True, Lapse.WITHDRAWN),
        (date(2027, 4, 1), True, Lapse.WITHDRAWN),
    ],
)
def test_a_consent_holds_on_its_days_until_it_is_withdrawn(on: date, found: Lapse | None, *, withdrawn: bool) -> None:
    """Both ends are included, and a withdrawal is stronger than any day (R-8.7)."""
    assert lapse(TERM, on, withdrawn=withdrawn) is found


@pytest.mark.parametrize(
    ("since", "until", "sound"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), True),
        (date(2026, 4, 1), date(2026, 3, 31), False),
        (date(2026, 4, 1), date(2031, 4, 1), True),
        (date(2026, 4, 1), date(2031, 4, 2), False),
    ],
)
def test_a_term_has_a_day_and_is_not_too_long(since: date, until: date, *, sound: bool) -> None:
    """Five years at the most, as long as a certificate (R-8.7)."""
    assert Term(since=since, until=until).is_sound() is sound
    assert LONGEST_MONTHS == 60


@over(st.sets(st.sampled_from(Item)))
def test_only_what_was_consented_to_is_given(items: set[Item]) -> None:
    """No other item stands in the answer, in any order asked (R-8.7)."""
    told = given(items, HANAKO)

    assert set(told) == {item.value for item in items}
    assert all(told.values())


def test_a_change_and_a_renewal_are_news() -> None:
    """The two ends after which the attributes are asked for (R-8.7)."""
    assert {RevocationReason.AFFILIATION_CHANGED, RevocationReason.SUPERSEDED} == NEWS
    assert given(tuple(Item), HANAKO) == {
        "name": "見本　花子",
        "address": "見本県若葉市",
        "birth-date": "1990-06-10",
        "sex": "female",
    }
