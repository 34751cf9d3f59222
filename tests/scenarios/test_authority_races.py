"""Several windows at once. A sender that meets a busy register sends again, as its outbox would."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from openjpki.authority.models import Certificate, Order, Serial
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import CertificateActivated, CertificateIssued, Refused, Reply, ReportAccepted, Request
from tests.support.authority import SIGNATURE, Scene
from tests.support.carrier import InProcess
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

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
