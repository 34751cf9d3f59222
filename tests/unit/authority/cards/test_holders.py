import pytest

from openjpki.audit.models import Entry
from openjpki.authority.cards.holders import registered
from openjpki.authority.models import Person, PersonState
from openjpki.authority.register.persons import NotResident, PersonUnknown
from tests.support.authority import RESIDENT, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


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
