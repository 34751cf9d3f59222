"""Several windows at one gate at once: an envelope is taken once, a signer has one key, a message is carried out once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import OperationalError, connections

from openjpki.authority.models import Certificate, EnrolledKey, Person, SeenNonce
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.keys import DeskKey
from openjpki.desk.messages import CertificateIssued, Refused, ReportAccepted
from tests.support.authority import Scene
from tests.support.desk import SENT, Desk
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

ATTEMPTS = 200
"""As often as a sender tries; on SQLite in memory a locked table answers at once instead of waiting."""
T = TypeVar("T")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk before an authority with two towns, Wakaba's keys enrolled."""
    found = Desk(Scene(tmp_path).open())
    for signer in ("", "sato"):
        found.keys.key_of("99201", signer)
        found.keys.key_of("99202", signer)
    return found


def together(*acts: Callable[[], T]) -> list[T]:
    """Act at the same time, each in its own thread and connection; who meets a busy register tries again."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        start.wait()
        try:
            for _ in range(ATTEMPTS):
                try:
                    return act()
                except (AuthorityUnreachable, OperationalError):
                    threading.Event().wait(0.01)
            return pytest.fail("the register stayed busy")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def test_one_envelope_four_times_at_once(desk: Desk) -> None:
    """One of the four gets its answer, the others are told that the envelope is spent."""
    envelope = desk.seal(desk.scene.person())
    replies = together(*[lambda: desk.post(envelope)] * 4)

    taken = [reply for reply in replies if isinstance(reply, ReportAccepted)]
    refused = [reply.code for reply in replies if isinstance(reply, Refused)]
    assert len(taken) <= 1  # on a busy register the one that spent the number may have been cut off before its answer
    assert refused == ["desk.replayed"] * (4 - len(taken))
    assert SeenNonce.objects.count() == 1


def test_one_order_in_four_envelopes_at_once(desk: Desk) -> None:
    """Fresh envelopes around the same order: carried out once, and everybody gets the same certificate."""
    order = desk.scene.with_card().order()
    replies = together(*[lambda: desk.carrier.send(order)] * 4)

    assert isinstance(replies[0], CertificateIssued)
    assert all(reply == replies[0] for reply in replies)
    assert Certificate.objects.count() == 1
    assert SeenNonce.objects.count() >= 4
    invariants.check()


def test_four_keys_for_one_signer_at_once(desk: Desk) -> None:
    """Whoever comes last is in force; never two, and none without its row."""
    keys = [DeskKey.generate().public_key for _ in range(4)]

    def enrol(key: bytes) -> Callable[[], None]:
        return lambda: desk.scene.authority.introduce("99201", "tanaka", key, at=SENT)

    together(*[enrol(key) for key in keys])

    rows = EnrolledKey.objects.filter(signer="tanaka")
    assert rows.filter(revoked_at=None).count() == 1
    assert {bytes(row.public_key) for row in rows} <= set(keys)


def test_a_revocation_and_an_enrolment_at_once(desk: Desk) -> None:
    """In either order the signer is out: the new key is ended too, or comes too late to be let in."""
    for signer in ("sato", *(f"officer-{number}" for number in range(8))):
        desk.keys.key_of("99201", signer)
        key = DeskKey.generate().public_key

        together(
            partial(desk.scene.authority.introduce, "99201", signer, key, at=SENT),
            partial(desk.scene.authority.revoke_desk_key, "99201", signer, at=SENT),
        )

        assert not EnrolledKey.objects.filter(municipality="99201", signer=signer, revoked_at=None).exists()


def test_a_departure_and_its_arrival_at_once(desk: Desk) -> None:
    """The arrival is taken after the departure or refused before it: the person is in one of the two places."""
    scene = desk.scene
    scene.expect(ReportAccepted, scene.person())
    departure, arrival = scene.departure(), scene.arrival_report()
    gone, come = together(lambda: desk.carrier.send(departure), lambda: desk.carrier.send(arrival))

    hanako = Person.objects.get()
    assert isinstance(gone, ReportAccepted)
    if isinstance(come, ReportAccepted):
        assert (hanako.municipality, hanako.leaving_to) == ("99202", "")
    else:
        assert isinstance(come, Refused)
        assert come.code == "authority.departure-missing"
        assert (hanako.municipality, hanako.leaving_to) == ("99201", "99202")
