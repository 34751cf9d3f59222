import contextlib

import pytest

from openjpki.desk.carrier import AuthorityUnreachable, SealRefused
from openjpki.desk.messages import PinResetApproved, PinResetOrder
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import ApplicationState, CertificateKind, LifeEvent, PinKind
from openjpki.rules.lifecycle import CardEvent
from openjpki.window.answers import AuthorityRefused
from openjpki.window.examination import Shown
from openjpki.window.issuance import ClosedMeanwhile
from openjpki.window.outcomes import ProcedureRefused
from openjpki.window.recovery import CardNeeded
from openjpki.window.relay import CardWorkRefused
from tests.unit.window.card import CounterCard, Gone
from tests.unit.window.counter import HANAKO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])
LICENCE = Shown(documents=(ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=None),), copies_taken=True)
AUTHENTICATION = CertificateKind.AUTHENTICATION


def approving(counter: Counter) -> Counter:
    """Hand a card over, and let the authority approve every reset."""
    counter.with_card()
    counter.desk.answers[PinResetOrder] = PinResetApproved(order_id="approved")
    counter.desk.sent.clear()
    return counter


def reset(counter: Counter, shown: Shown = LICENCE, card: CounterCard | None = None) -> ApplicationState:
    """Apply for a reset of Hanako's authentication PIN."""
    entry = counter.window.pin_resets.reset(
        WAKABA, resident_code=HANAKO, pin=PinKind.AUTHENTICATION, shown=shown, card=card or counter.card
    )
    return entry.state


def last(counter: Counter) -> ApplicationState:
    """Return the state of the newest application."""
    return counter.window.applications(WAKABA)[0].state


def test_an_identified_holder_may_set_the_pin_anew(counter: Counter) -> None:
    """R-6.3: one document is enough; ordered, approved, permitted on the card, on record. No PIN is anywhere."""
    assert reset(approving(counter)) is ApplicationState.DONE
    (order,) = [request for request in counter.desk.sent if isinstance(request, PinResetOrder)]

    assert (order.pin, order.card_number) == (PinKind.AUTHENTICATION, counter.card.number)
    assert counter.card.permitted == [order.order_id]
    assert len(audited("pin-reset.requested")) == len(audited("pin-reset.permitted")) == 1


@pytest.mark.parametrize("shown", [Shown(), Shown(pin_matches=True)], ids=["nothing", "the PIN"])
def test_without_a_document_nothing_is_permitted(counter: Counter, shown: Shown) -> None:
    """R-6.3: a matching PIN is no document; the refusal is kept with what to bring."""
    with pytest.raises(ProcedureRefused) as refused:
        reset(approving(counter), shown)

    assert "identity.reset-needs-document" in [finding.code for finding in refused.value.findings]
    assert last(counter) is ApplicationState.REFUSED
    assert counter.card.permitted == []


def test_anothers_card_is_refused(counter: Counter) -> None:
    """R-1.2: the PIN of the card that was handed over to the person, and of no other."""
    with pytest.raises(ProcedureRefused):
        reset(approving(counter), card=CounterCard("9" * 15))
    assert last(counter) is ApplicationState.REFUSED


def test_a_refused_reset_is_withdrawn(counter: Counter) -> None:
    """R-6.3: the authority refuses, or does not take the message: nothing was approved, and it is applied for again."""
    approving(counter).desk.refuse(PinResetOrder)
    with pytest.raises(AuthorityRefused):
        reset(counter)
    assert last(counter) is ApplicationState.WITHDRAWN

    counter.desk.refuses_seal = "desk.stale"
    with pytest.raises(SealRefused):
        reset(counter)
    assert last(counter) is ApplicationState.WITHDRAWN
    assert counter.card.permitted == []


@pytest.mark.parametrize("lost", ["before", "behind"])
def test_what_may_have_been_permitted_is_taken_back_first(counter: Counter, lost: str) -> None:
    """R-6.3: the permission's answer is lost: the card is asked to forget it, and then the application is withdrawn."""
    card = approving(counter).card
    if lost == "before":
        card.raises["permit_reset"] = CardWorkRefused(reason="card.channel.broken", ja="…", en="…")
    else:
        card.after["permit_reset"] = card.go
    with pytest.raises(CardWorkRefused if lost == "before" else Gone):
        reset(counter)

    assert (last(counter), card.permitted) == (ApplicationState.WITHDRAWN, [])


@pytest.mark.parametrize("forgets", [True, False])
def test_a_seal_refused_behind_the_approval_may_have_its_permission(counter: Counter, *, forgets: bool) -> None:
    """R-6.3: the gate refuses the card's answers, not the order: the permission is on the card, and is taken back."""
    card = approving(counter).card

    def refuse() -> None:
        raise SealRefused(reason="desk.stale", ja="…", en="…")

    card.after["permit_reset"] = refuse
    if not forgets:
        card.fails.add("take_back_resets")
    with pytest.raises(SealRefused):
        reset(counter)

    assert last(counter) is (ApplicationState.WITHDRAWN if forgets else ApplicationState.READY)
    assert bool(card.permitted) is not forgets


def test_a_card_that_is_gone_may_have_its_permission(counter: Counter) -> None:
    """R-6.3: nobody withdraws what may stand on a card: the application waits for it, and the next reset ends it."""
    card = approving(counter).card
    card.after["permit_reset"] = card.go
    card.fails.add("take_back_resets")
    with pytest.raises(Gone):
        reset(counter)
    (waits,) = counter.window.queue(WAKABA)
    assert (waits.state, len(card.permitted)) == (ApplicationState.READY, 1)

    card.after.clear()
    with pytest.raises(Gone):
        reset(counter)
    assert len(counter.window.applications(WAKABA)) == 1, "nothing new while the card does not forget"
    card.fails.clear()
    assert reset(counter) is ApplicationState.DONE
    assert counter.window.application(WAKABA, waits.receipt).state is ApplicationState.WITHDRAWN
    assert len(card.permitted) == 1


def test_an_authority_that_is_away_may_have_approved(counter: Counter) -> None:
    """R-6.3: the approval's answer is lost and the card cannot be asked: it stays open, and is closed with the card."""
    counter.with_card().desk.cut_before.add(PinResetOrder)
    counter.card.raises["take_back_resets"] = AuthorityUnreachable()
    with pytest.raises(AuthorityUnreachable):
        reset(counter)

    (waits,) = counter.window.queue(WAKABA)
    counter.card.raises.clear()
    closed = counter.window.pin_resets.abandon(WAKABA, receipt=waits.receipt, card=counter.card)
    assert closed.state is ApplicationState.WITHDRAWN


def test_a_former_reset_of_another_card_waits_for_it(counter: Counter) -> None:
    """R-1.2: another card on the reader closes nothing of the person's own, and gets nothing."""
    card = approving(counter).card
    card.fails |= {"permit_reset", "take_back_resets"}
    with pytest.raises(Gone):
        reset(counter)
    receipt = counter.window.queue(WAKABA)[0].receipt

    with pytest.raises(ProcedureRefused):
        reset(counter, card=CounterCard("9" * 15))
    assert counter.window.application(WAKABA, receipt).state is ApplicationState.READY


def test_a_permission_on_a_card_that_ended_is_nobodys_wait(counter: Counter) -> None:
    """A lost card is not waited for: the next reset, on the next card, finds nothing open before it."""
    card = approving(counter).card
    card.fails |= {"permit_reset", "take_back_resets"}
    with pytest.raises(Gone):
        reset(counter)
    receipt = counter.window.queue(WAKABA)[0].receipt
    counter.window.cards.change(
        WAKABA, resident_code=HANAKO, card_number=card.number, event=CardEvent.ABOLISH, cause=LifeEvent.CARD_LOST
    )
    new = CounterCard("2" * 15)
    counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=new)

    assert reset(counter, card=new) is ApplicationState.DONE
    assert counter.window.application(WAKABA, receipt).state is ApplicationState.WITHDRAWN


@pytest.mark.parametrize("forgets", [True, False])
def test_a_reset_that_was_withdrawn_meanwhile_is_not_done(counter: Counter, *, forgets: bool) -> None:
    """Its card is reported lost while it is carried out: withdrawn it stays, that is said, and the card is to forget."""
    card = approving(counter).card

    def lost() -> None:
        counter.window.cards.change(
            WAKABA, resident_code=HANAKO, card_number=card.number, event=CardEvent.ABOLISH, cause=LifeEvent.CARD_LOST
        )
        counter.window.recovery.resume(WAKABA)

    card.after["permit_reset"] = lost
    if not forgets:
        card.fails.add("take_back_resets")
    with pytest.raises(ClosedMeanwhile):
        reset(counter)

    assert last(counter) is ApplicationState.WITHDRAWN
    assert not audited("pin-reset.permitted")
    assert bool(card.permitted) is not forgets


def test_nobody_withdraws_a_reset_that_is_being_carried_out(counter: Counter) -> None:
    """Somebody takes up what looked cut off: it needs its card, which lies on another reader, and goes on there."""
    approving(counter)
    needed: list[CardNeeded] = []

    def take_up() -> None:
        needed.extend(counter.window.recovery.resume(WAKABA).cards_needed)

    counter.card.after["permit_reset"] = take_up

    assert reset(counter) is ApplicationState.DONE
    assert [one.card_number for one in needed] == [counter.card.number]


@pytest.mark.parametrize("code", ["authority.not-resident", "test.other"])
def test_who_is_served_elsewhere_is_allowed_nothing_here(counter: Counter, code: str) -> None:
    """The authority administers the card at this counter no more, so it permits nothing either: nothing is waited for."""
    card = approving(counter).card
    card.fails |= {"permit_reset", "take_back_resets"}
    with pytest.raises(Gone):
        reset(counter)
    receipt = counter.window.queue(WAKABA)[0].receipt
    card.fails.clear()
    card.raises["take_back_resets"] = CardWorkRefused(reason=code, ja="…", en="…")

    told = contextlib.nullcontext() if code == "authority.not-resident" else pytest.raises(CardWorkRefused)
    with told:
        counter.window.pin_resets.abandon(WAKABA, receipt=receipt, card=card)
    waits = code == "test.other"
    assert (counter.window.application(WAKABA, receipt).state is ApplicationState.READY) is waits
