"""Several windows at once. A sender that meets a busy register sends again, as its outbox would."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections, transaction

from openjpki.authority.acts import act
from openjpki.authority.issuance.orders import hold
from openjpki.authority.models import Card, Certificate, Order, Person, Serial
from openjpki.authority.register.persons import locked as locked_person
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import CertificateActivated, CertificateIssued, Refused, Reply, ReportAccepted, Request
from tests.support.authority import RESIDENT, SIGNATURE, Scene
from tests.support.carrier import InProcess
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

PATIENCE = 20.0
ATTEMPTS = 200
"""As often as a sender tries; on SQLite in memory a locked table answers at once instead of waiting."""


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an authority with two towns."""
    return Scene(tmp_path).open()


def together(scene: Scene, messages: Sequence[Request]) -> list[Reply]:
    """Send messages at the same time, each from its own thread and connection, and return the replies in order."""
    start = threading.Barrier(len(messages))

    def send(message: Request) -> Callable[[], Reply]:
        def run() -> Reply:
            start.wait()
            try:
                return _until_reached(scene, message)
            finally:
                connections.close_all()

        return run

    with ThreadPoolExecutor(len(messages)) as pool:
        return [future.result() for future in [pool.submit(send(message)) for message in messages]]


def _until_reached(scene: Scene, message: Request) -> Reply:
    pause = threading.Event()
    for _ in range(ATTEMPTS):
        try:
            return InProcess(scene.authority.handle).send(message)
        except AuthorityUnreachable:
            pause.wait(0.01)
    return pytest.fail("the register stayed busy")


def test_one_order_sent_by_four_at_once(scene: Scene) -> None:
    """One order is carried out once, and every sender gets the same certificate."""
    order = scene.with_card().order()
    replies = together(scene, [order] * 4)

    assert isinstance(replies[0], CertificateIssued)
    assert all(reply == replies[0] for reply in replies)
    assert Order.objects.count() == Certificate.objects.count() == 1
    invariants.check()


def test_four_orders_for_one_slot_at_once(scene: Scene) -> None:
    """Of four orders for one card and kind one is left on its way; the others are closed, their serials revoked."""
    scene.with_card()
    replies = together(scene, [scene.order(SIGNATURE) for _ in range(4)])

    assert all(isinstance(reply, CertificateIssued | Refused) for reply in replies)
    assert Order.objects.exclude(state="closed").count() == 1
    invariants.check()


def test_orders_for_four_people_at_once(scene: Scene) -> None:
    """Orders of different people do not disturb each other: every one gets its own serial."""
    people = [(f"1000000000{count}", f"99999999999999{count}") for count in range(4)]
    for resident, card in people:
        scene.expect(ReportAccepted, scene.person(resident))
        scene.expect(ReportAccepted, scene.card(card, resident=resident))
    replies = together(scene, [scene.order(card=card, resident=resident) for resident, card in people])

    issued = [reply for reply in replies if isinstance(reply, CertificateIssued)]
    assert len({reply.serial for reply in issued}) == 4
    assert Serial.objects.filter(key__startswith="signature/").count() == 5
    invariants.check()


def test_one_report_sent_by_four_at_once(scene: Scene) -> None:
    """A first registration that arrives four times is one person, and everybody is told the same."""
    replies = together(scene, [scene.person()] * 4)

    assert all(isinstance(reply, ReportAccepted) and reply == replies[0] for reply in replies)
    invariants.check()


def test_a_confirmation_and_a_move_at_once(scene: Scene) -> None:
    """Whichever comes first, no certificate with the old address is left in force (R-5.3)."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(SIGNATURE))
    move = scene.arrival()
    confirmed, moved = together(scene, [scene.confirmation(issued), move])

    assert isinstance(confirmed, CertificateActivated | Refused)
    assert isinstance(moved, ReportAccepted)
    assert Certificate.objects.get().state == "revoked"
    invariants.check()


def test_a_confirmation_sent_by_four_at_once(scene: Scene) -> None:
    """A certificate is activated once, and every sender learns the same."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(SIGNATURE))
    replies = together(scene, [scene.confirmation(issued)] * 4)

    assert all(reply == replies[0] for reply in replies)
    assert isinstance(replies[0], CertificateActivated)
    invariants.check()


def test_an_act_that_waited_for_the_person_sees_what_the_other_left(scene: Scene) -> None:
    """An order that another act carries on, or whose card it stops, is found as that act left it, and no circle closes.

    The act that waits locks the person before the order and the card. Otherwise it would hold what the other still has to
    change, or go on with the rows as they were before it waited.
    """
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(SIGNATURE))
    if connections["authority"].vendor == "sqlite":  # writers queue there: nobody waits with a row in hand
        return
    locked, waiting = threading.Event(), threading.Event()
    seen: list[str] = []

    def waits() -> None:
        try:
            assert locked.wait(PATIENCE)
            with act():
                waiting.set()
                held = hold(issued.order_id)
                seen.extend((held.order.state, held.card.state, held.person.municipality))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, act():
        found = pool.submit(waits)
        person = locked_person(RESIDENT)
        locked.set()
        assert waiting.wait(PATIENCE)
        while not _somebody_waits():
            threading.Event().wait(0.01)
        Order.objects.filter(order_id=issued.order_id).update(state="confirmed")
        Card.objects.filter(person=person).update(state="suspended")
        Person.objects.filter(pk=person.pk).update(municipality="99202")
        transaction.on_commit(lambda: found.result(PATIENCE), using="authority")

    assert seen == ["confirmed", "suspended", "99202"]


def _somebody_waits() -> bool:
    """Tell whether a statement waits for a lock in this database."""
    with connections["authority"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
        return bool(cursor.fetchall())
