from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
from cryptography.x509 import ocsp

from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.models import StatusChange, StatusHead
from openjpki.authority.moments import ClockWentBack
from openjpki.authority.publishing import following as module
from openjpki.authority.publishing.following import Followed, FollowerRuns, LaggingCopy, following
from openjpki.authority.responding.store import copy_store
from openjpki.authority.responding.view import NotSure
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.rules.kinds import LifeEvent, Procedure
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.support.responder import Node, question, said
from tests.support.walls import without_walls

pytestmark = pytest.mark.django_db(databases=["authority"])

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
MIDNIGHT = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
"""0:00 of 2026-01-06 in Japan."""


@pytest.fixture
def node(scene: Scene, tmp_path: Path) -> Node:
    """Return a node beside the scene's authority, with responders to answer, and an empty folder."""
    scene.authority.renew_responders()
    return Node(scene, tmp_path / "status")


def test_a_node_begins_with_nothing(scene: Scene, node: Node) -> None:
    """Before its store is there, and while it is filled, a node says tryLater; then what the authority says."""
    issued = scene.with_card().issue()
    assert node.ask(issued) == "TRY_LATER"

    assert node.follow() == Followed(position=1, entries=1, anew=False)
    assert node.ask(issued) == scene.word(issued) == "good"
    assert node.passed == [Checkpoint.STATUS_ENTRIES_STORED, Checkpoint.STATUS_STORE_COMPLETE]


def test_a_node_says_what_the_authority_says(scene: Scene, node: Node) -> None:
    """R-5.25: whatever happened, at every moment the store's verdict, moment and reason are the register's."""
    scene.with_card()
    old = scene.issue(SIGNATURE)
    login = scene.issue(AUTHENTICATION)
    new = scene.issue(SIGNATURE, Procedure.REISSUE)
    waiting = scene.expect(CertificateIssued, scene.order(SIGNATURE, Procedure.REISSUE))
    scene.at(date(2026, 1, 5), 14).expect(ReportAccepted, scene.arrival())
    steps = [scene.clock(), MIDNIGHT - MINUTE, MIDNIGHT - SECOND, MIDNIGHT, MIDNIGHT + MINUTE]
    for at in steps:
        scene.clock.advance_to(at)
        node.follow()
        for issued in (old, login, new, waiting):
            told = [
                ocsp.load_der_ocsp_response(answered.der).responses
                for answered in (
                    node.desk.answer(question(issued), at),
                    scene.authority.answer_status(question(issued)),
                )
            ]
            assert _facts(next(told[0])) == _facts(next(told[1]))
    assert [node.ask(issued) for issued in (old, login, new, waiting)] == [
        "revoked superseded",
        "good",
        "revoked affiliation_changed",
        "revoked unspecified",
    ]


def _facts(single: ocsp.OCSPSingleResponse) -> tuple[object, ...]:
    return (
        single.certificate_status,
        single.revocation_time_utc,
        single.revocation_reason,
        single.this_update_utc,
        single.next_update_utc,
    )


def test_an_answer_says_since_when_it_is_known(scene: Scene, node: Node) -> None:
    """RFC 6960 §4.2.2.1: thisUpdate is when the store was complete, and a quarter of an hour counts from there."""
    issued = scene.with_card().issue()
    node.follow()
    known = scene.clock()
    answered = node.desk.answer(question(issued), known + timedelta(seconds=40))
    answer = ocsp.load_der_ocsp_response(answered.der)

    assert (answer.this_update_utc, answer.produced_at_utc) == (known, known + timedelta(seconds=40))
    assert answered.next_update == answer.next_update_utc == known + timedelta(minutes=15)


def test_a_store_that_nobody_keeps_ends_by_itself(scene: Scene, node: Node) -> None:
    """A follower that is dead or cut off: within `ocsp_store_bound` the last word stands, beyond it is tryLater."""
    issued = scene.with_card().issue()
    node.follow()

    assert [node.ask(issued, after) for after in (MINUTE, MINUTE + SECOND)] == ["good", "TRY_LATER"]


def test_a_clock_that_stands_still_makes_no_store_younger(scene: Scene, node: Node) -> None:
    """A clock stepped back again and again within its tolerance: the seconds that really passed end the store too."""
    issued = scene.with_card().issue()
    node.follow()
    assert node.ask(issued) == "good"
    node.elapsed.seconds = 60.0
    assert node.ask(issued) == "good"
    node.elapsed.seconds = 60.5

    assert node.ask(issued) == "TRY_LATER"
    scene.clock.advance_to(scene.clock() + SECOND)
    node.follow()
    assert node.ask(issued) == "good"


def test_a_clock_set_back_says_nothing(scene: Scene, node: Node) -> None:
    """What was revoked is not good again because a clock says that it is earlier."""
    issued = scene.with_card().issue()
    scene.clock.advance_to(MIDNIGHT)
    scene.revoke(LifeEvent.KEY_COMPROMISE)
    node.follow()

    assert node.ask(issued) == "revoked key_compromise"
    assert node.ask(issued, -MINUTE) == "revoked key_compromise"
    assert node.ask(issued, -MINUTE - SECOND) == "TRY_LATER"


def test_a_clock_set_back_between_two_questions(scene: Scene, node: Node) -> None:
    """A worker remembers how far the clock came, also beyond the store's last round."""
    issued = scene.with_card().issue()
    node.follow()
    assert node.ask(issued, timedelta(seconds=50)) == "good"

    assert node.ask(issued, -timedelta(seconds=20)) == "TRY_LATER"


def test_no_round_takes_the_store_back(scene: Scene, node: Node) -> None:
    """A follower whose clock went back confirms nothing; within the tolerance the moment stands still."""
    issued = scene.with_card().issue()
    node.follow()
    before = scene.clock()
    node.follow(before - MINUTE)
    assert node.ask(issued) == "good"
    with pytest.raises(ClockWentBack):
        node.follow(before - MINUTE - SECOND)

    answer = ocsp.load_der_ocsp_response(node.desk.answer(question(issued), before).der)
    assert answer.this_update_utc == before


def test_long_journals_come_in_pieces(scene: Scene, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece is one commit of the store; it is complete after the last one alone."""
    monkeypatch.setattr(module, "MOST_ENTRIES", 2)
    scene.with_both()
    issued = scene.issue(SIGNATURE, Procedure.REISSUE)

    assert node.follow().entries == 4
    assert node.passed == [Checkpoint.STATUS_ENTRIES_STORED] * 2 + [Checkpoint.STATUS_STORE_COMPLETE]
    assert node.ask(issued) == "good"


def test_a_round_cut_off_leaves_what_was_sure(
    scene: Scene, node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two pieces, the store says what it said, for as long as it was sure; the next round goes on."""
    issued = scene.with_card().issue()
    node.follow()
    monkeypatch.setattr(module, "MOST_ENTRIES", 1)
    scene.revoke(LifeEvent.KEY_COMPROMISE)
    scene.issue(SIGNATURE)

    def die(_: Checkpoint) -> None:
        raise KeyboardInterrupt

    node.store.close()
    with (
        pytest.raises(KeyboardInterrupt),
        following(tmp_path / "status", MINUTE, die) as follower,
    ):
        follower.round(scene.clock() + SECOND)
    assert node.ask(issued) == "revoked key_compromise"
    assert node.follow(scene.clock() + SECOND) == Followed(position=3, entries=1, anew=False)


@pytest.mark.parametrize("lost", ["the last entries", "all", "another in their place"])
def test_a_store_of_another_journal_begins_anew(scene: Scene, node: Node, lost: str) -> None:
    """After a restore the journal may be shorter, or go on otherwise: nothing of the other one stays in the store."""
    issued = scene.with_card().issue()
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    node.follow()
    assert node.ask(issued) == "revoked cessation_of_operation"
    with without_walls():
        if lost == "all":
            StatusChange.objects.all().delete()
        else:
            StatusChange.objects.filter(position=2).delete()
        if lost == "another in their place":
            first = StatusChange.objects.get()
            StatusChange.objects.create(
                position=2, issuer=first.issuer, serial=99, standing=b"", changed_at=first.changed_at
            )
        StatusHead.objects.update(last=StatusChange.objects.count())

    assert node.follow().anew is True
    assert Checkpoint.STATUS_STORE_CLEARED in node.passed
    assert node.ask(issued) == ("unknown" if lost == "all" else "good")


def test_one_process_keeps_a_store(node: Node, tmp_path: Path) -> None:
    """The lock of the store's folder is the follower's; the system gives it back when that process ends."""
    node.follow()
    with following(tmp_path / "status", MINUTE), pytest.raises(FollowerRuns) as refused:
        node.follow()
    assert "別のプロセス" in refused.value.message("ja")
    node.follow()


def test_the_next_responder_is_taken_up(scene: Scene, node: Node) -> None:
    """A responder certified anew answers from the next round on, without a restart; the one before answers until then."""
    issued = scene.with_card().issue()
    node.follow()
    scene.clock.advance_to(scene.clock() + timedelta(days=25))
    node.follow()
    first = _responder(node, issued)
    assert len(scene.authority.renew_responders()) == 2
    assert _responder(node, issued) == first
    node.follow()

    assert _responder(node, issued) != first
    assert scene.authority.renew_responders() == ()


def _responder(node: Node, issued: CertificateIssued) -> int:
    answered = node.desk.answer(question(issued), node.authority.clock())
    (certificate,) = ocsp.load_der_ocsp_response(answered.der).certificates
    return certificate.serial_number


def test_a_key_that_is_not_here_yet_is_waited_for(scene: Scene, node: Node) -> None:
    """A node that has the old responder's key alone answers with it; one that has none says tryLater."""
    issued = scene.with_card().issue()
    node.follow()
    scene.clock.advance_to(scene.clock() + timedelta(days=25))
    node.follow()
    first = _responder(node, issued)
    new = {row.key_name for row in scene.authority.renew_responders()}
    keys = scene.folder / "keys"
    for name in new:
        (keys / f"{name}.pem").rename(keys / f"{name}.away")
    scene.authority.keys._signers.clear()  # type: ignore[attr-defined]  # as in a process of its own
    node.follow()
    assert _responder(node, issued) == first
    for path in keys.glob("*-ocsp-*.pem"):
        path.unlink()
    scene.authority.keys._signers.clear()  # type: ignore[attr-defined]

    assert node.ask(issued) == "TRY_LATER"


def test_after_the_last_responder_nobody_answers(scene: Scene, node: Node) -> None:
    """Without the authority's renewal a node falls silent with its responder's certificate, not later."""
    issued = scene.with_card().issue()
    scene.clock.advance_to(scene.clock() + scene.authority.terms.responder)
    node.follow()

    assert node.ask(issued) == "TRY_LATER"


def test_a_replica_is_not_followed(monkeypatch: pytest.MonkeyPatch, node: Node) -> None:
    """How far a replica lags is unknown, so no store is complete up to a moment from it (PostgreSQL)."""

    class Cursor:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            return

        def execute(self, _: str) -> None:
            """Ask."""

        def fetchone(self) -> tuple[bool]:
            """Say that it is one."""
            return (True,)

    class Replica:
        vendor = "postgresql"

        def cursor(self) -> Cursor:
            """Return a cursor."""
            return Cursor()

    monkeypatch.setattr(module, "connections", {"authority": Replica()})
    with pytest.raises(LaggingCopy) as refused:
        node.follow()
    assert "replica" in refused.value.message("en")


def test_a_store_can_be_carried_to_another_node(scene: Scene, node: Node, tmp_path: Path) -> None:
    """A copy answers as the store did, for as long as the store would have; put in its place, the next copy counts at once."""
    issued = scene.with_card().issue()
    node.follow()
    away = Node(scene, tmp_path / "away")

    def carry() -> None:
        node.store.close()
        copy_store(tmp_path / "status", away.folder)

    with pytest.raises(NotSure):
        copy_store(tmp_path / "nowhere", away.folder)
    carry()
    assert away.ask(issued) == "good"
    scene.revoke(LifeEvent.KEY_COMPROMISE)
    scene.clock.advance_to(scene.clock() + timedelta(seconds=30))
    assert away.ask(issued) == "good"
    node.follow()
    carry()

    assert said(away.desk.answer(question(issued), scene.clock())) == "revoked key_compromise"
    assert away.ask(issued, MINUTE + SECOND) == "TRY_LATER"
