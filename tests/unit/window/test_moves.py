from datetime import date
from importlib import import_module

import pytest
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from openjpki.desk.carrier import decode_request
from openjpki.desk.messages import DepartureReported, LifeEventReported
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, LifeEvent
from openjpki.rules.lifecycle import CardEvent
from openjpki.window.changes import Change
from openjpki.window.events import NotOnRegister
from openjpki.window.loading import ResidentNotFound
from openjpki.window.models import OutboxMessage
from openjpki.window.moves import LivesHere
from openjpki.window.states import ResidentState
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import BY_PIN, HANAKO, MINATO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])

NEW_ADDRESS = "見本県みなと市港町9番地"


def move_in(counter: Counter, day: str = "2024-05-01") -> None:
    """Report Hanako's move from Wakaba at Minato's counter."""
    counter.clock.turn(day)
    counter.window.events.move_in(
        MINATO, resident_code=HANAKO, from_municipality="99201", address=NEW_ADDRESS, on=date.fromisoformat(day)
    )


def test_a_person_moves_in_with_the_card(counter: Counter) -> None:
    """転入 (R-5.21): the old record is closed, the new one has person, card and what is known of the certificates."""
    move_in(counter.with_certificates())

    left = counter.window.residents.show(WAKABA, HANAKO)
    here = counter.window.residents.show(MINATO, HANAKO)
    assert (left.state, left.ended_on) == (ResidentState.MOVED_OUT, date(2024, 5, 1))
    assert (here.state, here.address, here.resident_since) == (
        ResidentState.RESIDENT,
        NEW_ADDRESS,
        date(2024, 5, 1),
    )
    assert [card.card_number for card in here.cards] == [counter.card.number]
    assert {certificate.kind: certificate.state for certificate in here.certificates} == {
        CertificateKind.SIGNATURE: CertificateState.REVOKED,
        CertificateKind.AUTHENTICATION: CertificateState.VALID,
    }
    departure, report = (m for m in counter.desk.sent if isinstance(m, DepartureReported | LifeEventReported))
    assert isinstance(departure, DepartureReported)
    assert (departure.municipality, departure.to_municipality) == ("99201", "99202")
    assert isinstance(report, LifeEventReported)
    assert (report.municipality, report.event) == ("99202", LifeEvent.MOVE)
    (row,) = audited("resident.left")
    assert row.data == {"municipality": "99201", "to_municipality": "99202"}


def test_both_sides_of_a_move_wait_in_their_order(counter: Counter) -> None:
    """The authority away: departure and arrival wait, and the one that is left behind is heard first (R-5.21)."""
    counter.with_card()
    counter.desk.reachable = False
    move_in(counter)
    assert counter.window.outbox.deliver().waiting == 2

    counter.desk.reachable = True
    counter.desk.sent.clear()

    assert counter.window.outbox.deliver(forced=True).sent == 2
    assert counter.desk.names() == ["DepartureReported", "LifeEventReported"]


def test_the_effect_of_a_move_is_shown_at_the_new_counter(counter: Counter) -> None:
    """The new municipality shows what the move ends before it enters it."""
    counter.with_certificates()
    counter.clock.turn("2024-05-01")
    change = Change(event=LifeEvent.MOVE, on=date(2024, 5, 1), address=NEW_ADDRESS)

    shown = counter.window.events.effects_before_confirming(
        MINATO, resident_code=HANAKO, change=change, from_municipality="99201"
    )

    assert [certificate.kind for certificate in shown.ends] == [CertificateKind.SIGNATURE]


def test_after_the_move_the_old_counter_does_nothing_more(counter: Counter) -> None:
    """R-1.1, S-58: who moved out applies where they live now; the same move is not entered twice."""
    move_in(counter.with_certificates())

    with pytest.raises(NotOnRegister):
        move_in(counter)
    counter.card.municipality = "99202"
    outcome = counter.window.procedures.new_issue(
        MINATO, resident_code=HANAKO, card=counter.card, shown=BY_PIN, kinds=[CertificateKind.SIGNATURE]
    )
    assert outcome.done


def test_a_person_may_come_back(counter: Counter) -> None:
    """The row of an earlier residence is opened again, with the cards as they are by then."""
    move_in(counter.with_card())
    counter.window.cards.change(
        MINATO,
        resident_code=HANAKO,
        card_number=counter.card.number,
        event=CardEvent.ABOLISH,
        cause=LifeEvent.CARD_LOST,
    )
    counter.window.cards.hand_over(MINATO, resident_code=HANAKO, card=CounterCard("9" * 15))
    counter.clock.turn("2025-05-01")

    counter.window.events.move_in(
        WAKABA,
        resident_code=HANAKO,
        from_municipality="99202",
        address="見本県若葉市一丁目2番3号",
        on=date(2025, 5, 1),
    )

    here = counter.window.residents.show(WAKABA, HANAKO)
    assert (here.state, here.ended_on) == (ResidentState.RESIDENT, None)
    assert [card.state for card in here.cards] == [CardState.ABOLISHED, CardState.ACTIVE]


def test_a_move_within_is_no_move_in(counter: Counter) -> None:
    """A resident does not move in from the same municipality, nor from one where they do not live."""
    counter.register()

    for clerk, origin, failure in ((WAKABA, "99201", LivesHere), (MINATO, "99203", ResidentNotFound)):
        with pytest.raises(failure):
            counter.window.events.move_in(
                clerk, resident_code=HANAKO, from_municipality=origin, address=NEW_ADDRESS, on=date(2021, 7, 1)
            )
    assert counter.window.residents.show(WAKABA, HANAKO).state is ResidentState.RESIDENT


def test_a_move_that_waits_from_before_gets_its_departure(counter: Counter) -> None:
    """A home of an earlier version has arrivals alone in its outbox: updated, each goes behind its departure, and only once."""
    migration = import_module("openjpki.window.migrations.0004_departures")
    counter.with_card()
    counter.desk.reachable = False
    move_in(counter)
    change = Change(event=LifeEvent.MOVE, on=date(2024, 5, 1), address="見本県みなと市港町10番地")
    counter.window.events.record(MINATO, resident_code=HANAKO, change=change)
    waiting = OutboxMessage.objects.across_municipalities().filter(sent_at=None)
    waiting.filter(pk__in=[row.pk for row in waiting if decoded(row) == "DepartureReported"]).delete()
    assert waiting.all().count() == 2
    kept = list(waiting.order_by("pk").values_list("message_id", "message"))

    state = MigrationLoader(connections["window"]).project_state(("window", "0003_walls"))
    migration.put_departures(state.apps, connections["window"].schema_editor())

    rows = list(waiting.order_by("pk"))
    assert [decoded(row) for row in rows] == ["DepartureReported", "LifeEventReported", "LifeEventReported"]
    assert [(row.message_id, row.message) for row in rows[1:]] == kept
    first = decode_request(rows[0].message.encode())
    assert isinstance(first, DepartureReported)
    assert (first.municipality, first.to_municipality, first.left_on) == ("99201", "99202", date(2024, 5, 1))
    assert (first.report_id, rows[0].municipality) == (rows[0].message_id, "99201")
    counter.desk.reachable = True
    assert counter.window.outbox.deliver(forced=True).sent == 3


def decoded(row: OutboxMessage) -> str:
    """Return the type of a waiting message."""
    return type(decode_request(row.message.encode())).__name__
