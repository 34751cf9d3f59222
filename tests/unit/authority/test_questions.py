from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connections
from django.db.models import Exists, OuterRef
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from openjpki.authority.acts import act
from openjpki.authority.models import Card, Issuer, Person
from openjpki.authority.questions import Change, Question, Slot
from tests.support.authority import AUTHENTICATION, CARD, CARD_EXPIRES, RESIDENT, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_a_question_answers_as_the_mapper_does(scene: Scene) -> None:
    """The rows are the same objects, with what is read beside them, and asked again with other values."""
    scene.with_card()
    question = Question(lambda slot: Card.objects.select_related("person").filter(card_number=slot("number")))

    for number in (CARD, "9" * 15, CARD):
        with CaptureQueriesContext(connections["authority"]) as asked:
            found = [(card, card.person.resident_code) for card in question.ask(number=number)]
        assert found == [(card, RESIDENT) for card in Card.objects.filter(card_number=number)]
        assert len(asked) == 1
    assert question.one(number="9" * 15) is None


def test_moments_orders_and_limits_are_kept(scene: Scene) -> None:
    """A moment is taken as the database keeps it; one value may stand in two places."""
    question = Question(
        lambda slot: Issuer.objects.filter(not_before__lte=slot("at"), not_after__gt=slot("at")).order_by("-kind")[:1]
    )

    assert [issuer.kind for issuer in question.ask(at=scene.clock())] == [SIGNATURE.value]
    assert question.ask(at=datetime(2000, 1, 1, tzinfo=UTC)) == []
    assert AUTHENTICATION.value < SIGNATURE.value


def test_what_is_deferred_or_annotated_comes_as_ever(scene: Scene) -> None:
    """A column that was left out is read when it is asked for; an annotation is an attribute."""
    scene.with_card()
    mine = Card.objects.filter(person=OuterRef("pk"), card_number=slot_of("number"))
    question = Question(
        lambda slot: Person.objects.filter(resident_code=slot("code")).annotate(holds=Exists(mine)).only("municipality")
    )
    person = question.one(code=RESIDENT, number=CARD)
    other = question.one(code=RESIDENT, number="9" * 15)

    assert person is not None
    assert other is not None
    assert (getattr(person, "holds", None), getattr(other, "holds", None)) == (True, False)
    assert person.get_deferred_fields()
    assert person.resident_code == RESIDENT


def slot_of(name: str) -> Slot:
    """Return a slot that stands in a question inside the question."""
    return Slot(name)


def test_a_lock_is_taken_inside_an_act_only(scene: Scene) -> None:
    """Outside of a transaction it would be let go at once; also where the wording is known already."""
    scene.with_card()
    question = Question(lambda slot: Person.objects.select_for_update().filter(resident_code=slot("code")))
    with act():
        assert question.one(code=RESIDENT) is not None


@pytest.mark.django_db(databases=["authority"], transaction=True)
def test_a_lock_outside_of_an_act_is_refused(scene: Scene) -> None:
    """The mapper refuses it when it words the question, and the question when it asks it again."""
    scene.with_card()
    question = Question(lambda slot: Person.objects.select_for_update().filter(resident_code=slot("code")))
    with act():
        question.ask(code=RESIDENT)

    with pytest.raises(TransactionManagementError):
        question.ask(code=RESIDENT)


def test_a_value_that_is_missing_is_a_bug() -> None:
    """No slot is ever filled with nothing."""
    question = Question(lambda slot: Person.objects.filter(resident_code=slot("code")))

    with pytest.raises(KeyError):
        question.ask(resident_code=RESIDENT)


def test_a_change_stores_its_fields_and_no_others(scene: Scene) -> None:
    """As the mapper does it: other fields of the row in hand stay out of the database."""
    scene.with_card()
    card = Card.objects.get()
    card.state, card.expires = "suspended", date(2027, 1, 1)
    Change(Card, "state").store(card)

    stored = Card.objects.get()
    assert stored.state == "suspended"
    assert stored.expires == CARD_EXPIRES


def test_a_change_of_a_row_that_is_gone_is_an_error(scene: Scene) -> None:
    """Nothing is taken for stored that is not."""
    scene.with_card()
    card = Card.objects.get()
    card.pk = card.pk + 1

    with pytest.raises(DatabaseError):
        Change(Card, "state").store(card)
