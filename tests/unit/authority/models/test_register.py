from datetime import date

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import Card, MunicipalityRow, Person, PersonState, Receipt
from openjpki.rules.kinds import CardState, Sex
from openjpki.rules.person import FourAttributes
from tests.support.authority import OPENED
from tests.support.hierarchy import WAKABA

pytestmark = pytest.mark.django_db(databases=["authority"])

ATTRIBUTES = FourAttributes(
    name="見本　花子", address="美本県若葉市一丁目", birth_date=date(1990, 6, 10), sex=Sex.FEMALE
)


def hanako() -> Person:
    """Return a stored person."""
    person = Person(resident_code="12345678901", municipality="99201")
    person.record(ATTRIBUTES)
    person.save()
    return person


def test_a_person_keeps_the_four_attributes() -> None:
    """What is taken over is what is read back, and a new person is a resident."""
    person = Person.objects.get(pk=hanako().pk)

    assert person.attributes() == ATTRIBUTES
    assert person.state == PersonState.RESIDENT.value


def test_rows_name_themselves_without_personal_data() -> None:
    """Audit subjects and logs show internal numbers: no resident code, no card number."""
    person = hanako()
    card = Card(pk=7, card_number="123456789012345", person=person)

    assert str(person) == f"person:{person.pk}"
    assert str(card) == "card:7"
    assert str(Receipt(message_id="r-1")) == "report:r-1"
    assert str(MunicipalityRow(code="99201")) == "99201"


def test_a_departure_has_its_moment() -> None:
    """Whither and since when are known together or not at all: without the moment the term would never end."""
    person = hanako()
    person.leave_for("99202", OPENED)
    person.save()
    person.leave_no_more()
    person.save()

    for half in ({"leaving_to": "99202"}, {"leaving_reported_at": OPENED}):
        with pytest.raises(IntegrityError), transaction.atomic("authority"):
            Person.objects.filter(pk=person.pk).update(**half)


def test_a_resident_and_a_card_stand_in_the_register_once() -> None:
    """住民票コード and 製造番号 name one person and one card."""
    person = hanako()
    Card.objects.create(
        card_number="123456789012345", person=person, expires=date(2035, 6, 10), state=CardState.ACTIVE.value
    )

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        hanako()
    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        Card.objects.create(
            card_number="123456789012345", person=person, expires=date(2035, 6, 10), state=CardState.ACTIVE.value
        )


def test_a_message_is_received_once() -> None:
    """The receipt's key is the message's id."""
    Receipt.objects.create(message_id="r-1", digest="00", received_at=OPENED)

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        Receipt.objects.create(message_id="r-1", digest="01", received_at=OPENED)


def test_a_municipality_gives_its_names() -> None:
    """A row returns the value that certificates and lists are made from."""
    row = MunicipalityRow(
        code="99201", prefecture="美本県", name="若葉市", prefecture_romaji="Mihon-ken", name_romaji="Wakaba-shi"
    )

    assert row.value() == WAKABA
