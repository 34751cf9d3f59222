"""The municipalities' reports enter the register, and end what the rules say they end (R-5.3 to R-5.6, R-5.20)."""

from datetime import date, datetime

from openjpki.authority.acts import Doer, act, window_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.ending import end_for, release
from openjpki.authority.means import Means
from openjpki.authority.models import Card, Certificate, Person, PersonState
from openjpki.authority.phone_hold import heard
from openjpki.authority.receipts import answered, keep
from openjpki.authority.register.departures import depart, stay, take_over
from openjpki.authority.register.limits import hold_card_expiry
from openjpki.authority.register.municipalities import enrolled
from openjpki.authority.register.persons import OtherMunicipality, card_reported, hold_made_for, hold_resident, locked
from openjpki.authority.register.stays import renew_stay, stay_of
from openjpki.authority.verbs import Verb
from openjpki.desk.messages import (
    Attributes,
    CardReported,
    DepartureReported,
    Fact,
    LifeEventReported,
    PersonReported,
    ReportAccepted,
    StayReported,
)
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import FIRST_DAY, LAST_DAY, civil_date
from openjpki.rules.kinds import CardState, LifeEvent
from openjpki.rules.lifecycle import CARD, CardEvent, advance
from openjpki.rules.person import FourAttributes
from openjpki.rules.revocation import effect_of
from openjpki.rules.words import Told

CHANGES = (LifeEvent.MOVE, LifeEvent.NAME, LifeEvent.BIRTH_DATE, LifeEvent.SEX)
"""Events after which the person is still there, with other attributes."""
DEPARTURES = {LifeEvent.DEATH: PersonState.DEAD, LifeEvent.EMIGRATION: PersonState.LEFT}
"""Events after which the person stands in no resident record."""

_CARD_EVENTS = {
    CardState.SUSPENDED: CardEvent.SUSPEND,
    CardState.ACTIVE: CardEvent.RESUME,
    CardState.ABOLISHED: CardEvent.ABOLISH,
    CardState.EXPIRED: CardEvent.EXPIRE,
}


class PersonKnown(Failure):
    """The resident stands in the register already."""

    code = "authority.person-known"
    kind = Kind.REFUSED
    ja = "この住民は既に登録されています。変更は異動として通知してください。"
    en = "This resident is registered already. Report changes as life events."


class NotOfThisMessage(Failure):
    """The event is reported by another message."""

    code = "authority.event-not-of-this-message"
    kind = Kind.REFUSED
    ja = "異動事由「{event:ja}」はこの通知では扱えません。"
    en = 'The event "{event:en}" cannot be reported by this message.'


class DayImpossible(Failure):
    """A date lies in the future, or outside every calendar the rules know."""

    code = "authority.day-impossible"
    kind = Kind.REFUSED
    ja = "「{field}」の日付は、まだ来ていないか、あり得ない日です。"
    en = 'The date "{field}" has not come yet, or cannot be.'


class AttributesMissing(Failure):
    """A person who stays on the record has four attributes."""

    code = "authority.attributes-missing"
    kind = Kind.REFUSED
    ja = "異動後の基本4情報がありません。"
    en = "The four attributes after the event are missing."


def report(means: Means, fact: Fact, at: datetime) -> ReportAccepted:
    """Take one report into the register, once; the same report again gets the same answer."""
    enrolled(fact.municipality)
    doer = window_at(at, fact.municipality)
    with act():
        before = answered(means, fact.report_id, fact, doer)
        if before is not None:
            return ReportAccepted(report_id=fact.report_id, ended=before)
        ended = keep(fact.report_id, _enter(means, fact, doer), doer)
    means.checkpoint(Checkpoint.REPORT_TAKEN)
    return ReportAccepted(report_id=fact.report_id, ended=ended)


def _enter(means: Means, fact: Fact, doer: Doer) -> list[Certificate]:
    if isinstance(fact, PersonReported):
        return _person(fact, doer)
    if isinstance(fact, LifeEventReported):
        return _life_event(means, fact, doer)
    if isinstance(fact, DepartureReported):
        return depart(fact, doer)
    if isinstance(fact, StayReported):
        return renew_stay(fact, doer)
    return _card(means, fact, doer)


def _person(fact: PersonReported, doer: Doer) -> list[Certificate]:
    """Register a birth or a first registration, or one who comes back after leaving the record.

    Who comes back to another municipality leaves the cards of before behind: it speaks for its resident, not for them.
    """
    attributes = _attributes(fact.attributes, doer)
    person = Person.objects.select_for_update().filter(resident_code=fact.resident_code).first()
    if person is None:
        person = Person(resident_code=fact.resident_code)
    elif person.state != PersonState.LEFT.value:
        raise PersonKnown
    before = person.municipality if person.municipality not in ("", fact.municipality) else ""
    person.municipality, person.state = fact.municipality, PersonState.RESIDENT.value
    person.leave_no_more()
    person.record(attributes)
    person.stay_as(stay_of(fact.foreigner))
    person.save()
    doer.note(Verb.PERSON_REGISTERED, person, {"before": before} if before else None)
    return []


def _life_event(means: Means, fact: LifeEventReported, doer: Doer) -> list[Certificate]:
    """Change the person, then end what the event ends; a move is reported by the municipality moved to (R-5.3, R-5.21)."""
    if fact.event not in CHANGES and fact.event not in DEPARTURES:
        raise NotOfThisMessage(event=Told(fact.event))
    _past(fact.occurred_on, "occurred_on", doer)
    person = locked(fact.resident_code)
    take_over(means, person, fact.municipality, doer, moved=fact.event is LifeEvent.MOVE)
    if fact.event in DEPARTURES:
        person.state = DEPARTURES[fact.event].value
    elif fact.attributes is None:
        raise AttributesMissing
    else:
        person.record(_attributes(fact.attributes, doer))
    person.save()
    doer.note(Verb.PERSON_CHANGED, person, {"event": fact.event.value})
    return end_for(means, person, fact.event, effect_of(means.policy, fact.event, civil_date(doer.at)), doer)


def _card(means: Means, fact: CardReported, doer: Doer) -> list[Certificate]:
    """Register a card, or change it; a stopped card holds, an abolished one ends its certificates (R-5.6, R-5.20)."""
    if fact.event not in (None, LifeEvent.CARD_LOST, LifeEvent.CARD_RETURNED):
        raise NotOfThisMessage(event=Told(fact.event))
    if not FIRST_DAY <= fact.expires <= LAST_DAY:
        raise DayImpossible(field="expires")
    person = locked(fact.resident_code)
    found = card_reported(person, fact.card_number, fact.municipality)
    if fact.state is CardState.ACTIVE:
        _in_use(person, fact, doer)
    if found is None:
        hold_resident(person)
        hold_made_for(person, fact.card_number)
        hold_card_expiry(means, person, expires=fact.expires, before=None, doer=doer)
        card = Card.objects.create(
            card_number=fact.card_number,
            person=person,
            expires=fact.expires,
            state=fact.state.value,
            municipality=fact.municipality,
        )
        doer.note(Verb.CARD_REGISTERED, card, {"person": str(person), "state": card.state})
        return []
    card = found
    heard(card, fact.state, fact.reported_at, doer)
    card.special_until = hold_card_expiry(
        means, person, expires=fact.expires, before=card.expires, special_until=card.special_until, doer=doer
    )
    before = CardState(card.state)
    if fact.state is not before:
        card.state = advance(CARD, before, _CARD_EVENTS[fact.state]).value
    card.expires = fact.expires
    card.save()
    doer.note(Verb.CARD_CHANGED, card, {"state": card.state})
    if fact.state is CardState.ACTIVE and means.policy.auth_hold_release == "release":
        release(card, doer)
    event = _event_of(fact)
    if event is None:
        return []
    return end_for(means, person, event, effect_of(means.policy, event, civil_date(doer.at)), doer, card=card)


def _in_use(person: Person, fact: CardReported, doer: Doer) -> None:
    """Take it that the holder of a card in use is where it is reported; a card left behind is not used again."""
    if person.municipality != fact.municipality:
        raise OtherMunicipality
    stay(person, doer)


def _event_of(fact: CardReported) -> LifeEvent | None:
    """Return what a card's state does to its certificates: a card that is gone without a reason was returned."""
    if fact.state is CardState.SUSPENDED:
        return LifeEvent.HOLD
    if fact.state is CardState.ABOLISHED:
        return fact.event or LifeEvent.CARD_RETURNED
    return None


def _attributes(attributes: Attributes, doer: Doer) -> FourAttributes:
    _past(attributes.birth_date, "birth_date", doer)
    return FourAttributes(
        name=attributes.name, address=attributes.address, birth_date=attributes.birth_date, sex=attributes.sex
    )


def _past(day: date, field: str, doer: Doer) -> None:
    if not FIRST_DAY <= day <= civil_date(doer.at):
        raise DayImpossible(field=field)
