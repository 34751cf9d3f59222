from datetime import date

import pytest
from django.db import IntegrityError, transaction

from openjpki.window.models import CardHolding, Resident
from tests.unit.window.counter import HANAKO, TARO, Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def stored(resident_code: str, **changes: object) -> bool:
    """Say whether the database takes a card of a resident's."""
    card = {
        "municipality": "99201",
        "resident": Resident.objects.for_municipality("99201").get(resident_code=resident_code),
        "card_number": "2" * 15,
        "expires_date": date(2031, 6, 10),
        "handed_over_date": date(2021, 7, 1),
    }
    try:
        with transaction.atomic(using="window"):
            CardHolding(**card | changes).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def test_the_database_knows_what_a_card_is(counter: Counter) -> None:
    """One living card per resident, one row per number, a state of the four, an end not before the hand-over."""
    counter.with_card(HANAKO)

    assert not stored(HANAKO)
    assert not stored(HANAKO, state="suspended")
    assert stored(HANAKO, state="abolished")
    assert not stored(TARO)
    assert not stored(TARO, card_number="3" * 15, state="melted")
    assert not stored(TARO, card_number="3" * 15, expires_date=date(2021, 6, 30))
    assert stored(TARO, card_number="3" * 15)


def test_a_card_is_named_by_its_key(counter: Counter) -> None:
    """What is printed of a card is not its number."""
    counter.with_card(HANAKO)

    card = CardHolding.objects.for_municipality("99201").get()
    assert str(card) == f"99201/{card.pk}"
