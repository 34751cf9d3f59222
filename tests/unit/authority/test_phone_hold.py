from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.audit.models import Entry
from openjpki.authority import phone_hold
from openjpki.authority.acts import phone_at
from openjpki.authority.models import Card, PhoneHold
from openjpki.authority.register.persons import CardUnknown
from openjpki.desk.messages import ReportAccepted
from openjpki.errors import Failure
from openjpki.rules.kinds import CardState, CertificateState, LifeEvent
from openjpki.rules.lifecycle import IllegalTransition
from openjpki.rules.phone_hold import ALWAYS, Question
from openjpki.rules.policy import Policy
from tests.support.authority import AUTHENTICATION, CARD, RESIDENT, SIGNATURE, Scene
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def stopped(scene: Scene) -> Scene:
    """Return an authority that Hanako called after losing her card."""
    scene.with_both()
    phone_hold.stop(scene.authority, CARD, ALWAYS, "suzuki", scene.clock())
    return scene


def states(scene: Scene) -> dict[str, CertificateState]:
    """Return the states of Hanako's certificates by kind."""
    return {record.kind.value: record.state for record in scene.records()}


def test_a_call_stops_the_card_holds_one_certificate_and_ends_the_other(stopped: Scene) -> None:
    """Card functions stop, authentication is held, the signature certificate has no way back (R-5.8, R-5.20)."""
    assert Card.objects.get(card_number=CARD).state == CardState.SUSPENDED.value
    assert states(stopped) == {
        AUTHENTICATION.value: CertificateState.HELD,
        SIGNATURE.value: CertificateState.REVOKED,
    }
    stopped.authority.publish_crls()
    assert list(stopped.listed(AUTHENTICATION).values()) == ["certificate_hold"]
    assert list(stopped.listed(SIGNATURE).values()) == ["certificate_hold"]
    invariants.check()


def test_answers_say_so_at_once(scene: Scene) -> None:
    """A hold shows in OCSP with the next answer (R-2.28, R-5.20)."""
    scene.with_card()
    issued = [scene.issue(kind) for kind in (AUTHENTICATION, SIGNATURE)]
    phone_hold.stop(scene.authority, CARD, ALWAYS, "suzuki", scene.clock())

    assert [scene.word(one) for one in issued] == ["revoked certificate_hold"] * 2


def test_the_questions_are_recorded_and_no_answer_is(stopped: Scene) -> None:
    """Which questions were asked, by whom, is known afterwards (R-5.20)."""
    row = Entry.objects.using("authority").get(verb="card.stopped-by-phone")

    assert row.actor == "phone:suzuki"
    assert row.data == {"asked": [question.value for question in Question if question in ALWAYS], "before": "active"}
    (waiting,) = phone_hold.phone_holds()
    assert (waiting.card.card_number, waiting.operator) == (CARD, "suzuki")
    assert stopped.fuse.passed[-1] == "card-stopped"


@pytest.mark.parametrize(
    ("number", "asked", "operator", "code"),
    [
        (CARD, (Question.NAME,), "suzuki", "authority.phone.questions-unasked"),
        (CARD, ALWAYS, "", "authority.phone.bad-operator"),
        (CARD, ALWAYS, "suzuki\n", "authority.phone.bad-operator"),
        ("999999999999999", ALWAYS, "suzuki", "authority.card-unknown"),
    ],
)
def test_a_call_that_cannot_be_taken_stops_nothing(
    scene: Scene, number: str, asked: tuple[Question, ...], operator: str, code: str
) -> None:
    """Without the questions, an operator and a card there is no hold (R-5.20)."""
    scene.with_both()
    with pytest.raises(Failure) as caught:
        phone_hold.stop(scene.authority, number, asked, operator, scene.clock())

    assert caught.value.code == code
    assert set(states(scene).values()) == {CertificateState.VALID}
    assert CardUnknown.code == "authority.card-unknown"


def test_a_second_call_changes_nothing_and_is_recorded(stopped: Scene) -> None:
    """The caller hears the same (R-5.20)."""
    again = phone_hold.stop(stopped.authority, CARD, ALWAYS, "tanaka", stopped.clock())

    assert again.ended == ()
    assert PhoneHold.objects.count() == 1
    assert Entry.objects.using("authority").filter(verb="card.stopped-by-phone").count() == 2


def test_a_card_that_is_gone_is_not_stopped(scene: Scene) -> None:
    """An abolished card has no certificate to hold (R-5.6, R-5.20)."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.card(state=CardState.ABOLISHED))
    with pytest.raises(IllegalTransition):
        phone_hold.stop(scene.authority, CARD, ALWAYS, "suzuki", scene.clock())


def test_a_report_that_does_not_know_of_the_call_sets_nothing_free(stopped: Scene) -> None:
    """An old report on its way, or a counter that saw only the card, cannot lift the stop (R-5.20)."""
    assert stopped.refusal(stopped.card(state=CardState.ACTIVE)) == "authority.card-stopped-by-phone"
    assert Card.objects.get(card_number=CARD).state == CardState.SUSPENDED.value


@pytest.mark.parametrize(
    ("release", "state"),
    [("revoke_and_reissue", CertificateState.HELD), ("release", CertificateState.VALID)],
)
def test_found_again_the_window_first_knows_and_then_lifts_the_stop(
    tmp_path_factory: pytest.TempPathFactory, release: str, state: CertificateState
) -> None:
    """The hold is released only as `auth_hold_release` says; the signature certificate never (R-5.20)."""
    policy = Policy.preset("national").with_settings({"auth_hold_release": release})
    scene = Scene(tmp_path_factory.mktemp("found"), policy=policy).open().with_both()
    phone_hold.stop(scene.authority, CARD, ALWAYS, "suzuki", scene.clock())
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    assert phone_hold.phone_holds() == []
    scene.expect(ReportAccepted, scene.card(state=CardState.ACTIVE))

    assert Card.objects.get(card_number=CARD).state == CardState.ACTIVE.value
    assert states(scene) == {AUTHENTICATION.value: state, SIGNATURE.value: CertificateState.REVOKED}
    invariants.check()


def test_a_card_that_the_window_stopped_is_only_stopped_once(scene: Scene) -> None:
    """A call after the window's own stop leaves the way back open (R-5.20)."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    phone_hold.stop(scene.authority, CARD, ALWAYS, "suzuki", scene.clock())

    assert phone_hold.phone_holds() == [], "its municipality knows"
    scene.expect(ReportAccepted, scene.card(state=CardState.ACTIVE))


def test_reports_from_before_the_call_neither_know_of_it_nor_lift_it(tmp_path: Path) -> None:
    """Stopped and found again at the window this morning, both still on their way: then the holder calls (R-5.20)."""
    policy = Policy.preset("national").with_settings({"auth_hold_release": "release"})
    scene = Scene(tmp_path, policy=policy).open().with_card()
    issued = scene.issue(AUTHENTICATION)
    stopped, found = scene.card(state=CardState.SUSPENDED), scene.card(state=CardState.ACTIVE)
    scene.clock.advance_to(scene.clock() + timedelta(minutes=5))
    phone_hold.stop(scene.authority, CARD, ALWAYS, "suzuki", scene.clock())
    scene.expect(ReportAccepted, stopped)

    assert len(phone_hold.phone_holds()) == 1
    assert scene.refusal(found) == "authority.card-stopped-by-phone"
    assert scene.word(issued) == "revoked certificate_hold"
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    scene.expect(ReportAccepted, scene.card(state=CardState.ACTIVE))
    assert scene.word(issued) == "good"
    invariants.check()


def test_a_found_report_from_before_the_call_does_not_lift_it_where_the_window_had_stopped_the_card(
    tmp_path: Path,
) -> None:
    """The card was stopped at the window; found again, and then lost again, which the holder says by telephone (R-5.20)."""
    policy = Policy.preset("national").with_settings({"auth_hold_release": "release"})
    scene = Scene(tmp_path, policy=policy).open().with_card()
    issued = scene.issue(AUTHENTICATION)
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    found = scene.card(state=CardState.ACTIVE)
    scene.clock.advance_to(scene.clock() + timedelta(minutes=5))
    phone_hold.stop(scene.authority, CARD, ALWAYS, "suzuki", scene.clock())

    assert scene.refusal(found) == "authority.card-stopped-by-phone"
    assert scene.word(issued) == "revoked certificate_hold"
    scene.expect(ReportAccepted, scene.card(state=CardState.ACTIVE))
    assert scene.word(issued) == "good"


def test_a_lost_card_ends_what_was_held(stopped: Scene) -> None:
    """After the call the holder reports the loss at the window: that, too, says that it knows (R-5.2, R-5.20)."""
    stopped.expect(ReportAccepted, stopped.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST))

    assert set(states(stopped).values()) == {CertificateState.REVOKED}
    assert phone_hold.phone_holds() == []


def test_a_resident_is_known_by_the_card_in_use(stopped: Scene) -> None:
    """A caller knows no card number: the resident's card is found, and a stranger has none (R-5.20)."""
    assert phone_hold.card_in_use(RESIDENT) == CARD
    with pytest.raises(CardUnknown):
        phone_hold.card_in_use("99999999999")
    stopped.expect(ReportAccepted, stopped.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST))
    with pytest.raises(CardUnknown):
        phone_hold.card_in_use(RESIDENT)


def test_who_looks_a_caller_up_is_written_down(scene: Scene) -> None:
    """By the card's number or as the card of a resident; a card that is not there is nobody's (R-5.20)."""
    scene.with_card()
    doer = phone_at(scene.clock(), "suzuki")
    for named in ({"card_number": CARD, "resident_code": ""}, {"card_number": "", "resident_code": RESIDENT}):
        assert phone_hold.caller(**named, doer=doer).person.resident_code == RESIDENT
    for unknown in ({"card_number": "9" * 15, "resident_code": ""}, {"card_number": "", "resident_code": "9" * 11}):
        with pytest.raises(CardUnknown):
            phone_hold.caller(**unknown, doer=doer)
    rows = Entry.objects.using("authority").filter(verb="person.read", actor="phone:suzuki")

    assert [row.data for row in rows] == [{"card": str(Card.objects.get()), "what": "call"}] * 2


def test_who_looks_through_the_stopped_cards_is_written_down(stopped: Scene) -> None:
    """The list names cards of people (R-5.20)."""
    (hold,) = phone_hold.listed(phone_at(stopped.clock(), "suzuki"))

    assert hold.card.card_number == CARD
    assert Entry.objects.using("authority").get(verb="phone-stops.read").data == {"count": 1}
