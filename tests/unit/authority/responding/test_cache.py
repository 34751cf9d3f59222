from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.authority.responding import cache
from openjpki.authority.responding.answering import Answered
from openjpki.authority.responding.cache import MOST_KEPT_QUESTION
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.pki.ocsp import build_request
from openjpki.rules.kinds import LifeEvent, Procedure
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.support.responder import Node, question, said

pytestmark = pytest.mark.django_db(databases=["authority"])

HALF = timedelta(minutes=7, seconds=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def node(scene: Scene, tmp_path: Path) -> Node:
    """Return a node whose store is complete."""
    scene.authority.renew_responders()
    scene.with_both()
    node = Node(scene, tmp_path / "status")
    node.follow()
    return node


def kept(node: Node, asked: bytes) -> Answered | None:
    """Return what is kept for a question now."""
    return node.cached.kept(asked, node.authority.clock(), None)


def answered(node: Node, asked: bytes) -> Answered:
    """Answer a question anew."""
    return node.cached.answer(asked, node.authority.clock())


@pytest.fixture
def issued(scene: Scene, node: Node) -> CertificateIssued:
    """Return a further certificate that the node knows."""
    found = scene.issue(SIGNATURE, Procedure.REISSUE)
    node.follow()
    return found


def test_an_answer_is_said_again(node: Node, issued: CertificateIssued) -> None:
    """Byte for byte, to the same question; another question has its own."""
    asked = question(issued)
    assert kept(node, asked) is None
    first = answered(node, asked)

    assert kept(node, asked) is first
    assert (
        kept(node, build_request([(issued.certificate, issued.issuer_certificate)], None, hash_name="sha256")) is None
    )


def test_news_of_its_certificate_end_it(scene: Scene, node: Node, issued: CertificateIssued) -> None:
    """The moment the store knows better, the old answer is not said again; news of others leave it."""
    asked = question(issued)
    first = answered(node, asked)
    scene.revoke(LifeEvent.REQUEST, AUTHENTICATION)
    node.follow()
    assert kept(node, asked) is first
    assert kept(node, asked) is first
    scene.revoke(LifeEvent.KEY_COMPROMISE)
    node.follow()

    assert kept(node, asked) is None
    assert said(answered(node, asked)) == "revoked key_compromise"


def test_half_of_its_life_is_its_end(scene: Scene, node: Node, issued: CertificateIssued) -> None:
    """RFC 5019 §4: who asks in between gets an answer that holds for a while."""
    asked = question(issued)
    answered(node, asked)
    scene.clock.advance_to(scene.clock() + HALF - SECOND)
    node.follow()
    assert kept(node, asked) is not None
    scene.clock.advance_to(scene.clock() + SECOND)
    node.follow()

    assert kept(node, asked) is None


def test_an_answer_that_ends_soon_is_kept_for_half_of_that(scene: Scene, node: Node, issued: CertificateIssued) -> None:
    """R-2.28: four minutes before an ending shows, "good" is kept for two, and never beyond it."""
    scene.expect(ReportAccepted, scene.arrival())
    scene.clock.advance_to(scene.clock().replace(hour=14, minute=56))
    node.follow()
    asked = question(issued)
    assert said(answered(node, asked)) == "good"
    scene.clock.advance_to(scene.clock() + timedelta(minutes=2) - SECOND)
    node.follow()
    assert kept(node, asked) is not None
    scene.clock.advance_to(scene.clock() + SECOND)
    node.follow()

    assert kept(node, asked) is None


def test_a_stale_store_says_nothing_again(scene: Scene, node: Node, issued: CertificateIssued) -> None:
    """An answer in memory is no better than the store: beyond its bound, or with the clock set back, it is not said."""
    asked = question(issued)
    answered(node, asked)
    at = scene.clock()

    assert node.cached.kept(asked, at + timedelta(seconds=61), None) is None
    answered(node, asked)
    assert node.cached.kept(asked, at - timedelta(seconds=61), None) is None


def test_another_responder_ends_it(scene: Scene, node: Node, issued: CertificateIssued) -> None:
    """A responder that was certified anew speaks for itself."""
    scene.clock.advance_to(scene.clock() + timedelta(days=25))
    node.follow()
    asked = question(issued)
    answered(node, asked)
    scene.authority.renew_responders()
    node.follow()

    assert kept(node, asked) is None


def test_what_is_for_one_asker_is_not_kept(node: Node, issued: CertificateIssued) -> None:
    """A nonce binds an answer to its question (RFC 9654); errors and long questions are not kept either."""
    long = build_request([(issued.certificate, issued.issuer_certificate)] * 9, None)
    assert len(long) > MOST_KEPT_QUESTION
    for asked in (question(issued, b"n" * 16), b"nonsense", long):
        answered(node, asked)
        assert kept(node, asked) is None


def test_the_oldest_makes_room(node: Node, issued: CertificateIssued, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory is bounded, whoever asks for how many certificates."""
    monkeypatch.setattr(cache, "MOST_KEPT", 2)
    pair = (issued.certificate, issued.issuer_certificate)
    questions = [build_request([pair] * count, None) for count in (1, 2, 3)]
    for asked in questions:
        answered(node, asked)

    assert [kept(node, asked) is not None for asked in questions] == [False, True, True]


def test_without_a_store_nothing_is_kept(scene: Scene, tmp_path: Path, issued: CertificateIssued) -> None:
    """Before the first round every answer is tryLater."""
    empty = Node(scene, tmp_path / "nothing")

    assert said(answered(empty, question(issued))) == "TRY_LATER"
    assert kept(empty, question(issued)) is None
