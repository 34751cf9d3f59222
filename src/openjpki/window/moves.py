"""A move from one municipality to the next, as the two registers show it."""

from datetime import date, datetime

from openjpki.errors import Failure, Kind
from openjpki.window.equipment import note
from openjpki.window.loading import cards_of
from openjpki.window.models import CardHolding, Resident
from openjpki.window.officer import Clerk, Officer
from openjpki.window.residents import subject
from openjpki.window.states import ResidentState
from openjpki.window.verbs import Verb


class LivesHere(Failure):
    """The person is recorded here already."""

    code = "window.event.lives-here"
    kind = Kind.USAGE
    ja = "このかたは既にこの市区町村の住民です。転入ではなく、市区町村内の転居として入力してください。"
    en = "This person is on this municipality's register already. Enter a move within it."


def arrive(officer: Officer, leaving: Resident, *, address: str, on: date, at: datetime) -> Resident:
    """Close the record left behind and open the one here, cards included; inside the act's transaction.

    The row of an earlier residence here, if there is one, is opened again. Raises `LivesHere`.
    """
    if leaving.municipality == officer.municipality:
        raise LivesHere
    leaving.state = ResidentState.MOVED_OUT.value
    leaving.ended_date = on
    leaving.save(update_fields=("state", "ended_date"))
    left_behind = Clerk(officer.login, leaving.municipality)
    note(left_behind, Verb.RESIDENT_LEFT, subject(leaving), at=at, to_municipality=officer.municipality)
    arrived, _ = Resident.objects.for_municipality(officer.municipality).update_or_create(
        municipality=officer.municipality,
        resident_code=leaving.resident_code,
        defaults={
            "name": leaving.name,
            "kana": leaving.kana,
            "address": address,
            "birth_date": leaving.birth_date,
            "sex": leaving.sex,
            "state": ResidentState.RESIDENT.value,
            "resident_since_date": on,
            "ended_date": None,
            "residence_status": leaving.residence_status,
            "stay_until_date": leaving.stay_until_date,
        },
    )
    for card in cards_of(leaving):
        CardHolding.objects.for_municipality(officer.municipality).update_or_create(
            municipality=officer.municipality,
            card_number=card.card_number,
            defaults={
                "resident": arrived,
                "expires_date": card.expires_date,
                "state": card.state,
                "handed_over_date": card.handed_over_date,
                "special_until_date": card.special_until_date,
            },
        )
    return arrived
