"""A move from one municipality to another needs both: who is left says so, before who is arrived at (R-5.21)."""

from openjpki.authority.acts import Doer
from openjpki.authority.models import Certificate, Person
from openjpki.authority.municipalities import enrolled
from openjpki.authority.persons import OtherMunicipality, hold_resident, locked_of
from openjpki.authority.verbs import Verb
from openjpki.desk.messages import DepartureReported
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import FIRST_DAY, civil_date


class DepartureMissing(Failure):
    """Nobody may take a person from a municipality that has not let them go."""

    code = "authority.departure-missing"
    kind = Kind.REFUSED
    ja = "転出元の市区町村から、この市区町村への転出の通知がまだありません。"
    en = "The municipality that the person leaves has not reported a departure to this one."


class DepartureNowhere(Failure):
    """A departure leads to another municipality."""

    code = "authority.departure-nowhere"
    kind = Kind.REFUSED
    ja = "転出先が転出元と同じです。市区町村内の転居として通知してください。"
    en = "The municipality moved to is the one that is left. Report a move within it."


class DepartureDayImpossible(Failure):
    """The day of the departure cannot be."""

    code = "authority.departure-day-impossible"
    kind = Kind.REFUSED
    ja = "転出の日は、まだ来ていないか、あり得ない日です。"
    en = "The day of the departure has not come yet, or cannot be."


def depart(fact: DepartureReported, doer: Doer) -> list[Certificate]:
    """Write down where a person moves; it ends nothing, and the municipality left serves the person until the arrival.

    A later departure takes the place of an earlier one: the person moves elsewhere after all.
    """
    enrolled(fact.to_municipality)
    if fact.to_municipality == fact.municipality:
        raise DepartureNowhere
    if not FIRST_DAY <= fact.left_on <= civil_date(doer.at):
        raise DepartureDayImpossible
    person = locked_of(fact.resident_code, fact.municipality)
    hold_resident(person)
    person.leaving_to = fact.to_municipality
    person.save(update_fields=["leaving_to"])
    doer.note(Verb.PERSON_LEAVES, person, {"to": fact.to_municipality})
    return []


def take_over(person: Person, municipality: str, *, moved: bool) -> None:
    """Hold that a life event of a resident comes from their municipality, which after a move is the new one.

    The caller saves. Raises `OtherMunicipality` unless the person is theirs already or the event is a move,
    `NotResident`, and `DepartureMissing` for a move that the municipality left has not reported.
    """
    if person.municipality != municipality and not moved:
        raise OtherMunicipality
    hold_resident(person)
    if person.municipality == municipality:
        return
    if person.leaving_to != municipality:
        raise DepartureMissing
    person.municipality, person.leaving_to = municipality, ""
