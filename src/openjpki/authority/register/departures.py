"""A move from one municipality to another needs both: who is left says so, before who is arrived at (R-5.21).

A departure is a word about one move. It ends with the arrival, when the municipality that was left takes it back or
reports anything that only somebody who is still there can do, and with its term.
"""

from openjpki.authority.acts import Doer
from openjpki.authority.means import Means
from openjpki.authority.models import Card, Certificate, Person
from openjpki.authority.register.municipalities import enrolled
from openjpki.authority.register.persons import OtherMunicipality, hold_resident, locked_of
from openjpki.authority.verbs import Verb
from openjpki.desk.messages import DepartureReported
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import FIRST_DAY, civil_date


class DepartureMissing(Failure):
    """Nobody may take a person from a municipality that has not let them go."""

    code = "authority.departure-missing"
    kind = Kind.REFUSED
    ja = "転出元の市区町村から、この市区町村への有効な転出の通知がありません。まだ届いていないか、取り消されたか、期限が過ぎています。"
    en = "No departure to this municipality is in force: it was not reported yet, was withdrawn, or its term is over."


class DepartureDayImpossible(Failure):
    """The day of the departure cannot be."""

    code = "authority.departure-day-impossible"
    kind = Kind.REFUSED
    ja = "転出の日は、まだ来ていないか、あり得ない日です。"
    en = "The day of the departure has not come yet, or cannot be."


def depart(fact: DepartureReported, doer: Doer) -> list[Certificate]:
    """Write down where a person moves; it ends nothing, and the municipality left serves the person until the arrival.

    A later departure takes the place of an earlier one: the person moves elsewhere after all, or, if it leads to where
    the person lives, nowhere (転出取消).
    """
    enrolled(fact.to_municipality)
    if not FIRST_DAY <= fact.left_on <= civil_date(doer.at):
        raise DepartureDayImpossible
    person = locked_of(fact.resident_code, fact.municipality)
    hold_resident(person)
    if fact.to_municipality == fact.municipality:
        stay(person, doer)
        return []
    person.leave_for(fact.to_municipality, doer.at)
    person.save(update_fields=["leaving_to", "leaving_reported_at"])
    doer.note(Verb.PERSON_LEAVES, person, {"to": fact.to_municipality})
    return []


def stay(person: Person, doer: Doer) -> None:
    """Strike out the departure of a person who is still there, if one is open; inside the act."""
    if not person.leaving_to:
        return
    person.leave_no_more()
    person.save(update_fields=["leaving_to", "leaving_reported_at"])
    doer.note(Verb.PERSON_STAYS, person)


def take_over(means: Means, person: Person, municipality: str, doer: Doer, *, moved: bool) -> None:
    """Hold that a life event of a resident comes from their municipality, which after a move is the new one.

    A move takes the cards along that the municipality left spoke for; anything else shows that the person has not left.
    The caller saves. Raises `OtherMunicipality` unless the person is theirs already or the event is a move,
    `NotResident`, and `DepartureMissing` for a move that the municipality left has not reported.
    """
    if person.municipality != municipality and not moved:
        raise OtherMunicipality
    hold_resident(person)
    if person.municipality == municipality:
        stay(person, doer)
        return
    if person.leaving_to != municipality or _is_over(means, person, doer):
        raise DepartureMissing
    Card.objects.filter(person=person, municipality=person.municipality).update(municipality=municipality)
    person.municipality = municipality
    person.leave_no_more()


def _is_over(means: Means, person: Person, doer: Doer) -> bool:
    reported_at = person.leaving_reported_at
    return reported_at is None or doer.at - reported_at > means.terms.departure
