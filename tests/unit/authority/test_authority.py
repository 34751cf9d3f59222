from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.db import IntegrityError, OperationalError
from hypothesis import HealthCheck, given, settings

from openjpki.audit.models import Entry
from openjpki.authority import authority as module
from openjpki.authority.authority import RegisterUnavailable
from openjpki.authority.desk.refusal_notes import BURST, RATE
from openjpki.authority.generations.issuers import NoIssuer
from openjpki.authority.means import Means
from openjpki.authority.models import Issuer
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import CertificatesAsked, PersonReported, Refused, ReportAccepted, Request
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind
from tests.properties.test_desk_messages import requests
from tests.support.authority import AUTHENTICATION, CARD, Scene
from tests.support.carrier import InProcess
from tests.support.walls import without_walls
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_a_refusal_is_answered_in_both_languages(scene: Scene) -> None:
    """A refusal crosses as its code and its sentences, and is recorded with the code alone."""
    reply = scene.authority.handle(scene.order())

    assert isinstance(reply, Refused)
    assert reply.code == "authority.person-unknown"
    assert reply.ja
    assert reply.en.isascii()
    assert Entry.objects.using("authority").get(verb="request.refused").data == {"code": reply.code, "left_out": 0}


def test_a_flood_of_refused_requests_leaves_few_rows(scene: Scene) -> None:
    """Rows are kept for ten years: of three hundred refused questions some are written, and the next row counts the others.

    Each is answered all the same, and one municipality's flood hides nothing of another's.
    """
    rows = Entry.objects.using("authority").filter(verb="request.refused").order_by("pk")
    question = CertificatesAsked(municipality="99201", resident_code="1" * 11, card_number=CARD, asked_at=scene.clock())
    for _ in range(300):
        assert scene.refusal(question) == "authority.person-unknown"
    assert len(rows.all()) == int(BURST)
    scene.refusal(msgspec.structs.replace(question, municipality="99202"))
    assert len(rows.all()) == int(BURST) + 1

    scene.clock.advance_to(scene.clock() + timedelta(seconds=1 / RATE))
    scene.refusal(scene.order())
    row = rows.reverse()[0]
    assert row.data == {"code": "authority.person-unknown", "left_out": 300 - int(BURST)}
    assert row.subject.startswith("order:")


def test_what_cannot_be_done_now_is_no_refusal(scene: Scene) -> None:
    """Without a CA nothing is refused or recorded as such: the sender keeps its message."""
    scene.with_card()
    with without_walls():
        Issuer.objects.all().delete()

    with pytest.raises(NoIssuer):
        scene.authority.handle(scene.order())
    assert not Entry.objects.using("authority").filter(verb="request.refused").exists()


@pytest.mark.parametrize("kinds", [(), (AUTHENTICATION,), tuple(CertificateKind)])
def test_a_ceremony_makes_what_it_names(tmp_path: Path, kinds: tuple[CertificateKind, ...]) -> None:
    """Both CAs if none is named."""
    made = Scene(tmp_path).authority.ceremony(*kinds)

    assert [CertificateKind(issuer.kind) for issuer in made] == list(kinds or CertificateKind)


class Losing:
    """A use case that loses the race for a row a number of times, then succeeds."""

    def __init__(self, losses: int) -> None:
        self.losses = losses

    def __call__(self, _means: Means, fact: PersonReported, _at: object) -> ReportAccepted:
        """Lose, or accept."""
        self.losses -= 1
        if self.losses >= 0:
            raise IntegrityError
        return ReportAccepted(report_id=fact.report_id, ended=())


def test_a_lost_race_is_run_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two windows write the same row at once: the loser runs again and sees what the winner wrote."""
    monkeypatch.setattr(module, "report", Losing(1))

    assert isinstance(scene.authority.handle(scene.person()), ReportAccepted)


def test_a_constraint_that_breaks_twice_is_a_bug(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no race explains is a fault of ours and stays a traceback."""
    monkeypatch.setattr(module, "report", Losing(2))

    with pytest.raises(IntegrityError):
        scene.authority.handle(scene.person())


def test_a_database_that_does_not_answer_is_unavailable(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked or unreachable database refuses nothing; the message stays in the sender's outbox."""

    def broken(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(module, "report", broken)
    with pytest.raises(RegisterUnavailable) as refusal:
        scene.authority.handle(scene.person())
    assert refusal.value.kind is Kind.UNAVAILABLE

    with pytest.raises(AuthorityUnreachable):
        InProcess(scene.authority.handle).send(scene.person())


def test_no_refusal_of_the_authority_is_a_bug_in_its_own_words() -> None:
    """Every declared refusal of the room fills its sentences from what it is given."""
    for failure in (RegisterUnavailable, NoIssuer):
        assert issubclass(failure, Failure)
        assert failure.fields() <= {"kind"}


@given(request=requests)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_message_gets_a_reply(scene: Scene, request: Request) -> None:
    """Whatever crosses the desk is answered: a reply or a refusal, never a traceback, and the walls stand."""
    if not Entry.objects.using("authority").filter(verb="card.registered").exists():
        scene.with_both()
    for municipality in ("99201", "99999"):
        message = msgspec.structs.replace(request, municipality=municipality)
        assert scene.send(message) is not None
    known = {"resident_code": "12345678901", "card_number": "123456789012345", "municipality": "99201"}
    fields = {field.name for field in msgspec.structs.fields(request)}
    assert scene.send(msgspec.structs.replace(request, **{k: v for k, v in known.items() if k in fields})) is not None
    invariants.check()
