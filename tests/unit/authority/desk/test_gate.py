from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openjpki.audit.models import Entry
from openjpki.authority.authority import RegisterUnavailable
from openjpki.authority.desk import gate as module
from openjpki.authority.desk.gate import GateTerms, RateLimited
from openjpki.authority.models import SeenNonce
from openjpki.desk.carrier import decode_reply
from openjpki.desk.envelope import Envelope, encode_envelope
from openjpki.desk.messages import Refused, ReportAccepted
from tests.support.authority import Scene
from tests.support.desk import SENT, Desk, tampered
from tests.support.hierarchy import WAKABA

pytestmark = pytest.mark.django_db(databases=["authority"])

WINDOW = GateTerms().replay_window


@pytest.fixture
def desk(scene: Scene) -> Desk:
    """Return a desk before an authority with two towns."""
    return Desk(scene)


def noted() -> list[dict[str, object]]:
    """Return what the audit record has of refused envelopes."""
    return [row.data for row in Entry.objects.using("authority").filter(verb="envelope.refused").order_by("pk")]


def test_a_refused_envelope_is_recorded_by_its_code(desk: Desk) -> None:
    """Who spoke, at the legal moment, and the code: nothing of what the envelope held."""
    desk.refusal(b"nonsense", peer="99202")
    (row,) = Entry.objects.using("authority").filter(verb="envelope.refused")

    assert (row.actor, row.subject, row.recorded_at) == ("window:99202", "envelope", desk.scene.clock())
    assert row.data == {"code": "desk.bad-message", "left_out": 0}


def test_a_flood_of_refusals_leaves_few_rows(desk: Desk) -> None:
    """A hundred bad envelopes are some rows, and the next row counts those left out: the record cannot be filled."""
    desk.gate._terms = GateTerms(noted_burst=3, noted_rate=0.1)
    for _ in range(100):
        desk.refusal(b"nonsense")
    desk.refusal(b"nonsense", peer="99202")
    assert len(noted()) == 4

    desk.clock.wait(seconds=10)
    desk.refusal(b"nonsense")
    assert noted()[-1] == {"code": "desk.bad-message", "left_out": 97}


def test_who_is_limited_is_recorded_too(desk: Desk) -> None:
    """The sender is put off by something UNAVAILABLE, before its envelope is read."""
    desk.gate._terms = GateTerms(burst=1, rate=0.01)
    desk.refusal(b"nonsense")
    with pytest.raises(RateLimited):
        desk.gate.receive("99201", b"nonsense")

    assert [row["code"] for row in noted()] == ["desk.bad-message", "desk.rate-limited"]


def test_a_silent_database_refuses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the gate cannot look up a key, the sender waits; nothing is refused."""
    sealed = encode_envelope(desk.seal(desk.scene.person()))

    def broken(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(module, "_hold_signature", broken)
    with pytest.raises(RegisterUnavailable):
        desk.gate.receive("99201", sealed)
    monkeypatch.undo()
    assert isinstance(decode_reply(desk.gate.receive("99201", sealed)), ReportAccepted)


def test_a_message_is_never_answered_from_a_spent_envelope(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is spent before the authority hears the message: if it breaks there, a new envelope is needed."""
    person = desk.scene.person()
    sealed = desk.seal(person)

    def broken(_: object, __: object) -> None:
        raise OperationalError

    monkeypatch.setattr(type(desk.scene.authority), "handle", broken)
    with pytest.raises(RegisterUnavailable):
        desk.gate.receive("99201", encode_envelope(sealed))
    monkeypatch.undo()

    assert desk.refusal(sealed) == "desk.replayed"
    assert isinstance(desk.carrier.send(person), ReportAccepted)


def test_numbers_are_forgotten_when_they_are_too_old_anyway(desk: Desk) -> None:
    """The table of numbers does not grow for ever, and forgetting one opens no door."""
    early = desk.seal(desk.scene.person())
    assert isinstance(desk.post(early), ReportAccepted)
    desk.clock.wait(minutes=5)
    assert desk.refusal(early) == "desk.replayed"

    desk.clock.wait(minutes=6)
    desk.post(desk.seal(desk.scene.card()))
    assert SeenNonce.objects.count() == 1
    assert desk.refusal(early) == "desk.stale"


@given(moves=st.lists(st.tuples(st.integers(-400, 400), st.integers(0, 200), st.booleans()), min_size=1, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_an_envelope_is_taken_once_and_only_in_its_time(tmp_path: Path, moves: list[tuple[int, int, bool]]) -> None:
    """However envelopes come, early, late, again: each is taken at most once, and never outside the replay window."""
    desk = Desk(Scene(tmp_path))
    desk.scene.authority.enrol(WAKABA)
    SeenNonce.objects.all().delete()
    sent, taken = list[Envelope](), set[bytes]()
    for offset, pause, again in moves:
        desk.clock.wait(seconds=pause)
        question = desk.scene.person()
        envelope = sent[-1] if again and sent else desk.seal(question, sent_at=desk.clock() + timedelta(seconds=offset))
        sent.append(envelope)
        reply = desk.post(envelope)

        in_time = abs(desk.clock() - envelope.sent_at) <= WINDOW
        refused = reply.code if isinstance(reply, Refused) else ""
        if not in_time:
            assert refused == "desk.stale"
        elif envelope.nonce in taken:
            assert refused == "desk.replayed"
        else:
            assert not refused.startswith("desk.")
            taken.add(envelope.nonce)


def test_the_signature_is_looked_at_before_the_clock(desk: Desk) -> None:
    """What nobody signed is told apart from what was signed too long ago, and spends no number."""
    old = desk.seal(desk.scene.person(), sent_at=SENT - timedelta(hours=1))

    assert desk.refusal(old) == "desk.stale"
    assert desk.refusal(tampered(old, signature=b"\x30\x00")) == "desk.bad-signature"
    assert not SeenNonce.objects.exists()
