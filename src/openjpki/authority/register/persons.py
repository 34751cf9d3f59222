"""Who is in the register: found, held against the municipality that speaks for them, and locked."""

from openjpki.authority.means import Means
from openjpki.authority.models import Card, MadeCard, Person, PersonState
from openjpki.authority.questions import Question
from openjpki.errors import Failure, Kind


class PersonUnknown(Failure):
    """No such resident was reported."""

    code = "authority.person-unknown"
    kind = Kind.REFUSED
    ja = "この住民は機構に登録されていません。住民の登録を先に通知してください。"
    en = "This resident is not in the authority's register. Report the resident first."


class NotResident(Failure):
    """The person left the resident record."""

    code = "authority.not-resident"
    kind = Kind.REFUSED
    ja = "この方の住民票は消除されています。"
    en = "This person no longer stands in a resident record."


class OtherMunicipality(Failure):
    """The person lives elsewhere (R-1.1)."""

    code = "authority.other-municipality"
    kind = Kind.REFUSED
    ja = "この方の住所は別の市区町村にあります。手続きは住所地の市区町村で行います。"
    en = "This person lives in another municipality, where the procedure must be done."


class CardUnknown(Failure):
    """No such card was reported."""

    code = "authority.card-unknown"
    kind = Kind.REFUSED
    ja = "このカードは機構に登録されていません。カードの交付を先に通知してください。"
    en = "This card is not in the authority's register. Report its hand-over first."


class CardOfAnother(Failure):
    """The card was handed to somebody else, or made for somebody else."""

    code = "authority.card-of-another"
    kind = Kind.REFUSED
    ja = "このカードは別の方のものとして登録されています。"
    en = "This card is registered for another person."


class CardLeftBehind(Failure):
    """The holder came back from abroad to another municipality than the one that speaks for the card (ADR 0017)."""

    code = "authority.card-left-behind"
    kind = Kind.REFUSED
    ja = "このカードは、国外転出前の市区町村で交付されたもので、この市区町村では使えません。新しいカードを交付してください。"
    en = (
        "The municipality that the holder left for abroad gave this card, and it is not used here. Hand a new one over."
    )


_LOCKED = Question(lambda slot: Person.objects.select_for_update().filter(resident_code=slot("resident_code")))
_CARD = Question(lambda slot: Card.objects.filter(card_number=slot("card_number")))


def locked(resident_code: str) -> Person:
    """Return a person and lock the row until the act ends: acts on one person's certificates come one by one."""
    person = _LOCKED.one(resident_code=resident_code)
    if person is None:
        raise PersonUnknown
    return person


def locked_of(resident_code: str, municipality: str) -> Person:
    """Return and lock a person of the municipality that reports about them; raises `OtherMunicipality`."""
    person = locked(resident_code)
    if person.municipality != municipality:
        raise OtherMunicipality
    return person


def locked_served_by(means: Means, resident_code: str, municipality: str) -> Person:
    """Return and lock a person who may apply at this municipality (R-1.1, setting `accept_via_other_municipality`)."""
    if means.policy.accept_via_other_municipality:
        return locked(resident_code)
    return locked_of(resident_code, municipality)


def hold_resident(person: Person) -> None:
    """Raise `NotResident` unless the person stands in a resident record."""
    if person.state != PersonState.RESIDENT.value:
        raise NotResident


def card_of(person: Person, card_number: str) -> Card:
    """Return a person's card; raises `CardUnknown`, `CardOfAnother` or `CardLeftBehind`."""
    card = _CARD.one(card_number=card_number)
    if card is None:
        raise CardUnknown
    if card.person_id != person.pk:
        raise CardOfAnother
    if card.municipality != person.municipality:
        raise CardLeftBehind
    return card


def hold_made_for(person: Person, card_number: str) -> None:
    """Raise `CardOfAnother` for a card that the authority made for somebody else, whoever is said to have been given it."""
    if MadeCard.objects.filter(card_number=card_number).exclude(person=person).exists():
        raise CardOfAnother


def card_reported(person: Person, card_number: str, municipality: str) -> Card | None:
    """Return the card that a municipality reports about, None if it is a new one.

    Its own is each card of its own resident, and one that a former resident left behind. Raises `OtherMunicipality` and
    what `card_of` raises.
    """
    card = Card.objects.filter(card_number=card_number).first()
    if card is not None and (card.person_id, card.municipality) == (person.pk, municipality):
        return card
    if person.municipality != municipality:
        raise OtherMunicipality
    return None if card is None else card_of(person, card_number)
