import pytest

from openjpki.audit.models import Entry
from openjpki.authority.cards.faces import FaceWriter
from openjpki.authority.cards.factory import CardFactory
from openjpki.authority.cards.holders import made_for, registered
from openjpki.authority.models import Card, MadeCard, Person, PersonState
from openjpki.authority.register.persons import NotResident, PersonUnknown
from openjpki.desk.messages import ReportAccepted
from openjpki.pki.keys import FreshKeys
from tests.support.authority import CARD_EXPIRES, RESIDENT, CountedEntropy, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])
OTHER = "10000000001"


def factory_of(scene: Scene) -> CardFactory:
    """Return the factory of a scene's authority."""
    scene.authority.face_key.create(FreshKeys())
    writer = FaceWriter(key=scene.authority.face_key, key_source=FreshKeys(), entropy=CountedEntropy())
    return CardFactory(scene.authority.card_keys, CountedEntropy(), writer)


def test_a_card_is_handed_to_whom_it_was_made_for_and_to_nobody_else(scene: Scene) -> None:
    """T-108: the authority knows it from the making on: a municipality that says otherwise is refused, before any work on the card."""
    for resident in (RESIDENT, OTHER):
        scene.expect(ReportAccepted, scene.person(resident))
    image = made_for(factory_of(scene), registered(RESIDENT, scene.clock()), CARD_EXPIRES, scene.clock())
    made = MadeCard.objects.get()
    row = Entry.objects.using("authority").get(verb="card.made")

    assert (made.card_number, made.person.resident_code, made.made_at) == (image.number, RESIDENT, scene.clock())
    assert (row.subject, row.data) == (str(made), {"person": str(made.person)})
    assert image.number not in str(made)
    assert scene.refusal(scene.card(image.number, resident=OTHER)) == "authority.card-of-another"
    assert not Card.objects.exists()
    scene.expect(ReportAccepted, scene.card(image.number))
    assert Card.objects.get().person == made.person


def test_a_blank_card_becomes_whose_it_is_reported_to_be_once(scene: Scene) -> None:
    """The authority knows nothing of who gets it until it is told; from then on it is that person's."""
    for resident in (RESIDENT, OTHER):
        scene.expect(ReportAccepted, scene.person(resident))
    blank = factory_of(scene).make(municipality="99201", expires=CARD_EXPIRES)
    scene.expect(ReportAccepted, scene.card(blank.number))

    assert scene.refusal(scene.card(blank.number, resident=OTHER)) == "authority.card-of-another"
    assert not MadeCard.objects.exists()


def test_a_card_is_made_for_a_person_of_the_register(scene: Scene) -> None:
    """As the authority's own register has them that day; reading it is an act, and no attribute stands in its row."""
    scene.with_card()
    person = Person.objects.get(resident_code=RESIDENT)
    found = registered(RESIDENT, scene.clock())
    row = Entry.objects.using("authority").get(verb="person.read")

    assert (found.resident_code, found.attributes, found.municipality) == (RESIDENT, person.attributes(), "99201")
    assert (row.actor, row.subject, row.data) == ("authority", str(person), {"purpose": "card"})


def test_who_is_not_there_gets_no_card(scene: Scene) -> None:
    """Unknown, or in no resident record any more."""
    scene.with_card()
    with pytest.raises(PersonUnknown):
        registered("99999999999", scene.clock())
    for state in (PersonState.LEFT, PersonState.DEAD):
        Person.objects.filter(resident_code=RESIDENT).update(state=state.value)
        with pytest.raises(NotResident):
            registered(RESIDENT, scene.clock())
    assert not Entry.objects.using("authority").filter(verb="person.read").exists()
