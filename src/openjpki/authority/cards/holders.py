"""For whom a card is made: a person of the authority's own register, as it stands that day, and of whom it is written down."""

from datetime import date, datetime

from openjpki.authority.acts import act, authority_at
from openjpki.authority.cards.factory import CardFactory, Registered
from openjpki.authority.models import MadeCard
from openjpki.authority.register.persons import hold_resident, locked
from openjpki.authority.verbs import Verb
from openjpki.card.image import CardImage


def registered(resident_code: str, at: datetime) -> Registered:
    """Return the person; reading the record is an act too. Raises `PersonUnknown` or `NotResident`."""
    with act():
        person = locked(resident_code)
        hold_resident(person)
        authority_at(at).note(Verb.PERSON_READ, person, {"purpose": "card"})
        return Registered(
            resident_code=person.resident_code, attributes=person.attributes(), municipality=person.municipality
        )


def made_for(
    factory: CardFactory, holder: Registered, expires: date, at: datetime, number: str | None = None
) -> CardImage:
    """Have a person's card made; whose it is stands in the register before anybody has it. Raises as `CardFactory.make_for` does.

    `number` is the card's own where it is settled already.
    """
    image = factory.make_for(holder, expires, number)
    with act():
        person = locked(holder.resident_code)
        made = MadeCard.objects.create(card_number=image.number, person=person, made_at=at)
        authority_at(at).note(Verb.CARD_MADE, made, {"person": str(person)})
    return image
