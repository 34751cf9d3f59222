"""For whom a card is made: a person of the authority's own register, as it stands that day."""

from datetime import datetime

from openjpki.authority.acts import act, authority_at
from openjpki.authority.cards.factory import Registered
from openjpki.authority.register.persons import hold_resident, locked
from openjpki.authority.verbs import Verb


def registered(resident_code: str, at: datetime) -> Registered:
    """Return the person; reading the record is an act too. Raises `PersonUnknown` or `NotResident`."""
    with act():
        person = locked(resident_code)
        hold_resident(person)
        authority_at(at).note(Verb.PERSON_READ, person, {"purpose": "card"})
        return Registered(
            resident_code=person.resident_code, attributes=person.attributes(), municipality=person.municipality
        )
