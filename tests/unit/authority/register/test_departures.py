from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import Person
from openjpki.desk.messages import ReportAccepted
from openjpki.rules.kinds import CardState, CertificateState, LifeEvent
from tests.support.authority import MOVED, SIGNATURE, Scene
from tests.support.hierarchy import AOBA

pytestmark = pytest.mark.django_db(databases=["authority"])


def hanako() -> Person:
    """Return Hanako's row."""
    return Person.objects.get()


def test_a_departure_ends_nothing_by_itself(scene: Scene) -> None:
    """Until the arrival the certificates are in force and the municipality left serves the person (R-5.3, R-5.21)."""
    scene.with_both()
    assert scene.expect(ReportAccepted, scene.departure()).ended == ()

    assert (hanako().municipality, hanako().leaving_to) == ("99201", "99202")
    assert {record.state for record in scene.records()} == {CertificateState.VALID}
    (row,) = Entry.objects.using("authority").filter(verb="person.leaves")
    assert row.data == {"to": "99202"}


def test_an_arrival_needs_the_departure(scene: Scene) -> None:
    """No municipality takes a person by its own word; after the departure it does, once (R-5.21)."""
    scene.with_both()
    assert scene.refusal(scene.arrival_report()) == "authority.departure-missing"
    assert hanako().municipality == "99201"

    (ended,) = scene.expect(ReportAccepted, scene.arrival()).ended
    assert ended.kind is SIGNATURE
    assert (hanako().municipality, hanako().leaving_to) == ("99202", "")
    back = scene.life_event(LifeEvent.MOVE, municipality="99201")
    assert scene.refusal(back) == "authority.departure-missing"


def test_a_departure_is_to_one_place(scene: Scene) -> None:
    """Who moves elsewhere after all arrives there only."""
    scene.authority.enrol(replace(AOBA, code="99203"))
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.departure())
    scene.expect(ReportAccepted, scene.departure(to_municipality="99203"))

    assert scene.refusal(scene.arrival_report()) == "authority.departure-missing"
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.MOVE, municipality="99203"))
    assert hanako().municipality == "99203"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to_municipality": "99999"}, "authority.municipality-unknown"),
        ({"municipality": "99202", "to_municipality": "99201"}, "authority.other-municipality"),
        ({"resident_code": "99999999999"}, "authority.person-unknown"),
        ({"left_on": date(2026, 1, 6)}, "authority.departure-day-impossible"),
        ({"left_on": date(1800, 1, 1)}, "authority.departure-day-impossible"),
    ],
)
def test_what_is_no_departure_is_refused(scene: Scene, change: dict[str, object], code: str) -> None:
    """To a municipality that takes part, by the person's own, on a day that has come."""
    scene.expect(ReportAccepted, scene.person())

    assert scene.refusal(msgspec.structs.replace(scene.departure(), **change)) == code
    assert hanako().leaving_to == ""


def stayed() -> int:
    """Return how many departures were withdrawn, as the record has them."""
    return Entry.objects.using("authority").filter(verb="person.stays").count()


def test_a_departure_is_withdrawn(scene: Scene) -> None:
    """転出取消: a departure to where the person lives takes the earlier one back; of none there is nothing to take back."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.departure())
    scene.expect(ReportAccepted, scene.departure(to_municipality="99201"))
    scene.expect(ReportAccepted, scene.departure(to_municipality="99201"))

    assert (hanako().leaving_to, hanako().leaving_reported_at) == ("", None)
    assert stayed() == 1
    assert scene.refusal(scene.arrival_report()) == "authority.departure-missing"
    scene.expect(ReportAccepted, scene.arrival())


@pytest.mark.parametrize("event", [LifeEvent.MOVE, LifeEvent.NAME])
def test_what_happens_later_where_the_person_lives_withdraws_the_departure(scene: Scene, event: LifeEvent) -> None:
    """Who moves within the municipality, or whose name is corrected there, has not left it: nobody takes them years later."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.departure())
    scene.expect(ReportAccepted, scene.life_event(event))

    assert stayed() == 1
    assert scene.refusal(scene.arrival_report()) == "authority.departure-missing"
    assert hanako().municipality == "99201"


def test_a_card_in_use_withdraws_the_departure_a_lost_one_does_not(scene: Scene) -> None:
    """A card handed over shows that the person is still there; a stop says nothing of it, and must not undo the move."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.departure())
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    scene.expect(ReportAccepted, scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST))
    assert hanako().leaving_to == "99202"

    scene.expect(ReportAccepted, scene.card("9" * 15))
    assert hanako().leaving_to == ""
    scene.expect(ReportAccepted, scene.departure())
    scene.expect(ReportAccepted, scene.card("9" * 15, expires=date(2035, 6, 9)))
    assert scene.refusal(scene.arrival_report()) == "authority.departure-missing"


@pytest.mark.parametrize(("later", "taken"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_a_departure_ends_with_its_term(scene: Scene, later: timedelta, *, taken: bool) -> None:
    """`Terms.departure` after it was reported nobody arrives by it any more; a departure that is reported anew counts again."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.departure())
    scene.clock.advance_to(scene.clock() + scene.authority.terms.departure + later)
    if taken:
        scene.expect(ReportAccepted, scene.arrival_report())
        return

    assert scene.refusal(scene.arrival_report()) == "authority.departure-missing"
    scene.expect(ReportAccepted, scene.arrival())


def test_a_belated_departure_counts_from_its_report(scene: Scene) -> None:
    """Who left long ago and says so today may arrive: the term bounds how long the word stands, not how late it is given."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, msgspec.structs.replace(scene.departure(), left_on=date(2020, 4, 1)))

    scene.expect(ReportAccepted, scene.arrival_report())


def test_who_left_the_record_departs_no_more(scene: Scene) -> None:
    """The dead do not move; who comes back from abroad has no departure open."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.departure())
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.EMIGRATION, attributes=None))
    assert scene.refusal(scene.departure()) == "authority.not-resident"
    assert scene.refusal(scene.arrival_report()) == "authority.not-resident"

    scene.expect(ReportAccepted, scene.person(attributes=MOVED))
    assert hanako().leaving_to == ""
