"""How long a foreign resident may stay: reported, recorded, and a bound of every card and certificate (R-1.8, R-3.7)."""

from openjpki.authority.acts import Doer
from openjpki.authority.models import Certificate
from openjpki.authority.register.departures import stay
from openjpki.authority.register.persons import hold_resident, locked_of
from openjpki.authority.verbs import Verb
from openjpki.desk.messages import Foreigner, StayReported
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import FIRST_DAY, LAST_DAY, civil_date
from openjpki.rules.stay import Stay


class StayImpossible(Failure):
    """A fixed stay has a last day of the calendar, any other status has none; nothing is reported before its day."""

    code = "authority.stay-impossible"
    kind = Kind.REFUSED
    ja = "在留期間の満了日は、在留期間のあるかたにだけ必要です。決定の日は、今日までの日です。"
    en = "A last day of stay goes with a fixed stay, and with nothing else; what is reported was decided by today."


def stay_of(foreigner: Foreigner | None) -> Stay:
    """Return what a report says of a resident's stay; raises `StayImpossible`."""
    if foreigner is None:
        return Stay()
    found = Stay(status=foreigner.status, until=foreigner.stay_until)
    if not found.is_whole or (found.until is not None and not FIRST_DAY <= found.until <= LAST_DAY):
        raise StayImpossible
    return found


def renew_stay(fact: StayReported, doer: Doer) -> list[Certificate]:
    """Record how long a resident may stay from now on; it ends no certificate and lengthens no card (R-2.12, R-3.7)."""
    if not FIRST_DAY <= fact.occurred_on <= civil_date(doer.at):
        raise StayImpossible
    person = locked_of(fact.resident_code, fact.municipality)
    hold_resident(person)
    stay(person, doer)
    person.stay_as(stay_of(fact.foreigner))
    person.save(update_fields=["residence_status", "stay_until"])
    doer.note(Verb.PERSON_CHANGED, person, {"event": "stay"})
    return []
