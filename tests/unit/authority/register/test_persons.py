from dataclasses import replace

import pytest

from openjpki.authority.acts import act
from openjpki.authority.models import Card, Person
from openjpki.authority.register.persons import (
    CardLeftBehind,
    CardOfAnother,
    CardUnknown,
    NotResident,
    OtherMunicipality,
    PersonUnknown,
    card_of,
    hold_resident,
    locked,
    locked_of,
    locked_served_by,
)
from openjpki.errors import Failure
from tests.support.authority import CARD, RESIDENT, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_a_person_is_locked_inside_an_act(scene: Scene) -> None:
    """The row is taken for the rest of the act; outside one there is nothing to lock for."""
    scene.with_card()

    with act():
        assert locked(RESIDENT).resident_code == RESIDENT
        assert locked_of(RESIDENT, "99201").municipality == "99201"


def test_who_is_not_in_the_register_is_unknown(scene: Scene) -> None:
    """A refusal about a person says nothing of the person."""
    scene.with_card()

    with act(), pytest.raises(PersonUnknown) as refusal:
        locked("99999999999")
    assert "99999999999" not in str(refusal.value)


def test_a_municipality_speaks_for_its_residents_only(scene: Scene) -> None:
    """Another municipality is told to send the person home (R-1.1, S-57)."""
    scene.with_card()

    with act():
        with pytest.raises(OtherMunicipality):
            locked_of(RESIDENT, "99202")
        with pytest.raises(OtherMunicipality):
            locked_served_by(scene.authority, RESIDENT, "99202")


def test_another_municipality_may_serve_where_the_policy_lets_it(scene: Scene) -> None:
    """The route of Art. 3(10) is a setting (R-1.1); reports stay with the municipality of residence."""
    scene.with_card()
    policy = replace(scene.authority.policy, accept_via_other_municipality=True)
    means = replace(scene.authority, policy=policy)

    with act():
        assert locked_served_by(means, RESIDENT, "99202").municipality == "99201"


@pytest.mark.parametrize(("state", "refusal"), [("resident", None), ("left", NotResident), ("dead", NotResident)])
def test_only_residents_apply(state: str, refusal: type[Failure] | None) -> None:
    """Who left the resident record applies for nothing."""
    person = Person(state=state)

    if refusal is None:
        hold_resident(person)
    else:
        with pytest.raises(refusal):
            hold_resident(person)


def test_a_card_belongs_to_one_person(scene: Scene) -> None:
    """A card is found through its holder only."""
    scene.with_card()
    hanako = Person.objects.get(resident_code=RESIDENT)
    other = Person(pk=hanako.pk + 1)

    assert card_of(hanako, CARD) == Card.objects.get()
    with pytest.raises(CardOfAnother):
        card_of(other, CARD)
    with pytest.raises(CardUnknown):
        card_of(hanako, "000000000000000")
    hanako.municipality = "99202"
    with pytest.raises(CardLeftBehind):
        card_of(hanako, CARD)
