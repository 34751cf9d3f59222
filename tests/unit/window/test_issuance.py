from datetime import date

import pytest

from openjpki.desk.carrier import encode
from openjpki.desk.messages import CertificateOrder, CertificatesAsked, DeliveryConfirmed, LifeEventReported
from openjpki.errors import Failure
from openjpki.rules.kinds import ApplicationState, CertificateKind, CertificateState, LifeEvent
from openjpki.window.answers import AuthorityRefused
from openjpki.window.changes import Change
from openjpki.window.issuance import OtherCard
from openjpki.window.models import OutboxMessage
from openjpki.window.procedures import Outcome
from openjpki.window.relay import CardWorkRefused
from openjpki.window.states import OrderStep
from tests.support.walls import without_walls
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import BY_PIN, HANAKO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])


def resume(counter: Counter, receipt: str) -> Outcome:
    """Resume an application with the card back on the reader and the authority in reach."""
    counter.card.fails = set()
    counter.card.after = {}
    counter.desk.cut_before = set()
    counter.desk.cut_after = set()
    return counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)


def finished(counter: Counter, outcome: Outcome) -> None:
    """Assert that both certificates stand on the card once, valid, and nothing is left over."""
    assert outcome.interruption is None
    assert outcome.application.state is ApplicationState.DONE
    assert set(counter.card.active) == set(CertificateKind)
    assert not counter.card.shadow
    resident = counter.window.residents.show(WAKABA, HANAKO)
    in_force = {c.kind: c.certificate for c in resident.certificates if c.state is CertificateState.VALID}
    assert {kind: slot.certificate for kind, slot in counter.card.active.items()} == in_force


def test_the_steps_are_written_in_their_order(counter: Counter) -> None:
    """Each step is an act of its own with its audit row; the authentication certificate is done before the other begins."""
    finished(counter, counter.with_card().issue())

    verbs = ("ordered", "received", "written", "confirmed", "activated")
    rows = sorted((row for verb in verbs for row in audited(f"certificate.{verb}")), key=lambda row: row.pk)
    assert [(row.verb.removeprefix("certificate."), row.data["kind"]) for row in rows] == [
        (verb, kind) for kind in ("authentication", "signature") for verb in verbs
    ]


@pytest.mark.parametrize("method", ["discard", "generate_key", "prove", "load", "read_back", "activate"])
def test_a_card_taken_away_in_the_middle(counter: Counter, method: str) -> None:
    """Whatever the card was doing when it was taken away, the application waits and is resumed to its end."""
    counter.with_card().card.fails = {method}

    interrupted = counter.issue()

    assert interrupted.interruption is not None
    assert interrupted.interruption.code == "test.card-gone"
    assert interrupted.application.state is ApplicationState.READY
    finished(counter, resume(counter, interrupted.application.receipt))


@pytest.mark.parametrize("kind", [CertificateOrder, DeliveryConfirmed])
@pytest.mark.parametrize("lost", ["question", "answer"])
def test_an_authority_cut_off_in_the_middle(counter: Counter, kind: type, lost: str) -> None:
    """A message or its answer is lost: the same message goes again, and the authority does the thing once."""
    counter.with_card()
    (counter.desk.cut_before if lost == "question" else counter.desk.cut_after).add(kind)

    interrupted = counter.issue()
    finished(counter, resume(counter, interrupted.application.receipt))

    assert counter.authority.serials == 2
    orders = [encode(m) for m in counter.desk.sent if isinstance(m, CertificateOrder)]
    assert len(set(orders)) == 2


def test_an_answer_lost_by_the_card_is_told_from_the_card(counter: Counter) -> None:
    """The card activated and could not say so: the resumed issue sees the certificate in use and goes on."""
    counter.with_card().card.after["activate"] = counter.card.go
    interrupted = counter.issue()
    assert [order.step for order in interrupted.application.orders] == [OrderStep.CONFIRMED, OrderStep.PLANNED]

    finished(counter, resume(counter, interrupted.application.receipt))


def test_a_certificate_in_force_is_not_judged_again(counter: Counter) -> None:
    """Once the authority made the certificate valid it goes onto the card, whatever has happened to the person since."""
    counter.with_card().card.fails = {"activate"}
    kinds = [CertificateKind.AUTHENTICATION]
    interrupted = counter.window.procedures.new_issue(
        WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN, kinds=kinds
    )
    change = Change(event=LifeEvent.EMIGRATION, on=date(2021, 7, 1))
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    assert resume(counter, interrupted.application.receipt).done


def test_an_order_waits_for_facts_on_their_way(counter: Counter) -> None:
    """A fact that cannot be delivered holds the order up until the authority is there again."""
    counter.with_card().desk.cut_before.add(LifeEventReported)
    change = Change(event=LifeEvent.MOVE, on=date(2021, 7, 1), address="見本県若葉市五丁目6番7号")
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    interrupted = counter.issue()

    assert CertificateOrder not in map(type, counter.desk.sent)
    finished(counter, resume(counter, interrupted.application.receipt))


def test_a_key_that_the_card_lost_is_ordered_anew(counter: Counter) -> None:
    """An order for a key that the card no longer has is worth nothing: a new key gets a new order."""
    counter.with_card().card.fails = {"load"}
    interrupted = counter.issue()
    counter.card.shadow.clear()

    outcome = resume(counter, interrupted.application.receipt)

    finished(counter, outcome)
    assert counter.authority.serials == 3
    assert interrupted.application.orders[0].order_id != outcome.application.orders[0].order_id


def test_a_damaged_certificate_is_not_confirmed(counter: Counter) -> None:
    """What is read back from the card must be what was written; else nothing is confirmed, and it is written again."""
    counter.with_card().card.forgets = True

    interrupted = counter.issue()

    assert interrupted.interruption is not None
    assert interrupted.interruption.code == "window.issue.read-back-differs"
    assert DeliveryConfirmed not in map(type, counter.desk.sent)
    counter.card.forgets = False
    finished(counter, resume(counter, interrupted.application.receipt))


def test_another_card_is_not_written_to(counter: Counter) -> None:
    """An application belongs to one card; with another on the reader nothing is done."""
    counter.with_card().card.fails = {"load"}
    receipt = counter.issue().application.receipt
    other = CounterCard("2" * 15)

    with pytest.raises(OtherCard):
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=other)
    assert not other.made


def test_a_refused_order_ends_the_application(counter: Counter) -> None:
    """The authority refuses: its code and words are kept as a finding, the shadow slot is emptied, nothing is charged on."""
    counter.with_card().desk.refuse(CertificateOrder, "order.card")

    with pytest.raises(AuthorityRefused) as refused:
        counter.issue()

    assert refused.value.reason == "order.card"
    (application,) = counter.window.applications(WAKABA)
    assert application.state is ApplicationState.REFUSED
    assert [finding.code for finding in application.findings] == ["order.card"]
    assert not counter.card.shadow
    assert audited("certificate.refused")[0].data["code"] == "order.card"
    assert audited("application.refused")[0].data["codes"] == ["order.card"]


@pytest.mark.parametrize("method", ["discard", "generate_key", "prove"])
def test_card_work_refused_for_standing_ends_the_application(counter: Counter, method: str) -> None:
    """What the authority knows of the card or the person it says before the order: the application waits for nothing."""
    counter.with_card().card.raises[method] = CardWorkRefused(
        reason="authority.card-work.card-not-active", ja="廃止されています。", en="It is at its end."
    )

    with pytest.raises(AuthorityRefused) as refused:
        counter.issue()

    assert refused.value.reason == "authority.card-work.card-not-active"
    (application,) = counter.window.applications(WAKABA)
    assert application.state is ApplicationState.REFUSED
    assert [finding.code for finding in application.findings] == ["authority.card-work.card-not-active"]
    assert not counter.window.queue(WAKABA)


def test_card_work_refused_for_its_session_waits(counter: Counter) -> None:
    """A session that was cut off says nothing about person or card: the application goes on with the next one."""
    counter.with_card().card.raises["generate_key"] = CardWorkRefused(
        reason="authority.card-session.over", ja="終わっています。", en="It is over."
    )

    interrupted = counter.issue()

    assert interrupted.interruption is not None
    assert interrupted.interruption.code == "window.card-work-refused"
    assert interrupted.application.state is ApplicationState.READY
    counter.card.raises.clear()
    finished(counter, resume(counter, interrupted.application.receipt))


def test_a_refusal_with_the_card_gone_is_still_recorded(counter: Counter) -> None:
    """The refusal is recorded first; a key left on a card that is gone is replaced by the next one."""
    counter.with_card().desk.refuse(CertificateOrder)
    counter.card.after["generate_key"] = lambda: counter.card.fails.add("discard")

    with pytest.raises(AuthorityRefused):
        counter.issue()

    assert counter.window.applications(WAKABA)[0].state is ApplicationState.REFUSED
    assert counter.card.shadow
    counter.card.after.clear()
    counter.card.fails = set()
    counter.desk.answers.clear()
    finished(counter, counter.issue())


def test_a_refused_rest_is_tried_again(counter: Counter) -> None:
    """Partly issued, the holder keeps what there is; the rest goes with a new key under a new number."""
    counter.with_card().desk.refuse(DeliveryConfirmed)
    with pytest.raises(AuthorityRefused):
        counter.issue()
    assert counter.window.applications(WAKABA)[0].state is ApplicationState.REFUSED

    counter.desk.answers.clear()
    counter.card.after["activate"] = lambda: counter.desk.refuse(CertificateOrder)
    with pytest.raises(AuthorityRefused):
        counter.issue()
    (application,) = counter.window.queue(WAKABA)
    assert application.state is ApplicationState.PARTLY_ISSUED
    assert [order.step for order in application.orders] == [OrderStep.ACTIVE, OrderStep.PLANNED]

    counter.desk.answers.clear()
    finished(counter, resume(counter, application.receipt))


def test_an_order_waits_for_the_facts(counter: Counter) -> None:
    """A fact the authority has not taken holds the order up: it would be held against a register that lacks it."""
    counter.with_card()
    row = OutboxMessage.objects.for_municipality("99201").order_by("-pk").first()
    assert row is not None
    row.sent_at = None
    with without_walls("window"):
        row.save()
    counter.authority.answered.clear()
    counter.authority.persons.clear()

    outcome = counter.issue()

    assert outcome.interruption is not None
    assert outcome.interruption.code == "window.issue.facts-waiting"
    assert "person.unknown" in outcome.interruption.message("en")
    assert LifeEventReported not in map(type, counter.desk.sent)


def test_the_lists_are_brought_up_to_date_if_the_authority_is_there(counter: Counter) -> None:
    """The question behind a finished issue may fail: the issue is done all the same, and asked again next time."""
    counter.with_card().desk.cut_before.add(CertificatesAsked)

    outcome = counter.issue()

    assert outcome.done
    assert counter.window.residents.show(WAKABA, HANAKO).certificates == ()


def test_an_interruption_is_told_in_words(counter: Counter) -> None:
    """An interrupted application says why in both languages; it is a refusal's value, not raised."""
    counter.with_card().desk.reachable = False

    interruption = counter.issue().interruption

    assert isinstance(interruption, Failure)
    assert interruption.message("ja")
    assert interruption.message("en")
