from dataclasses import dataclass, field

import pytest

from openjpki.desk.messages import CertificateOrder, LifeEventReported, PinResetApproved, PinResetOrder
from openjpki.rules.kinds import ApplicationState, LifeEvent, PinKind
from openjpki.rules.policy import Policy
from openjpki.window.changes import Change
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.models import Application
from openjpki.window.officer import Clerk, Officer
from openjpki.window.window import Window
from tests.support.authority import Crash
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import BY_LICENCE, BY_PIN, HANAKO, MINATO, WAKABA, Counter, audited, numbers

pytestmark = pytest.mark.django_db(databases=["window"])
HOUSE = Clerk("house", "")


@dataclass
class OnReader:
    """A card on the reader, and for whose business it was asked."""

    card: CounterCard
    asked_for: list[tuple[str, str, str]] = field(default_factory=list)

    def card_number(self) -> str:
        """Return the card's number."""
        return self.card.card_number()

    def for_resident(self, officer: Officer, resident_code: str) -> CounterCard:
        """Return the card for one resident's business."""
        self.asked_for.append((officer.login, officer.municipality, resident_code))
        return self.card


def test_nothing_to_take_up(counter: Counter) -> None:
    """Where nothing was interrupted nothing happens."""
    counter.with_certificates()
    found = counter.window.recovery.resume(HOUSE)

    assert (found.delivery.sent, found.carried_out, found.refused, found.cards_needed) == (0, (), (), ())


def test_the_card_is_asked_for_and_finishes_it(counter: Counter) -> None:
    """What needs its card is named by municipality, receipt and number; with the card on the reader it is done."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt
    counter.desk.cut_before.clear()

    (needed,) = counter.window.recovery.resume(HOUSE).cards_needed
    assert (needed.municipality, needed.receipt, needed.card_number) == ("99201", receipt, counter.card.number)
    other = CounterCard(number="999999999999999")
    assert counter.window.recovery.resume(WAKABA, waiting=OnReader(other)).cards_needed == (needed,)
    assert counter.window.recovery.resume(MINATO, waiting=OnReader(counter.card)).cards_needed == ()
    laid = OnReader(counter.card)
    (outcome,) = counter.window.recovery.resume(HOUSE, waiting=laid).carried_out
    assert outcome.done
    assert laid.asked_for == [("house", "99201", HANAKO)]


def test_messages_are_delivered(counter: Counter) -> None:
    """What waited in the outbox goes out."""
    counter.with_certificates().desk.cut_before.add(LifeEventReported)
    change = Change(event=LifeEvent.DEATH, on=counter.clock.now.date())
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)
    counter.desk.cut_before.clear()

    assert counter.window.recovery.resume(HOUSE).delivery.sent == 1


def test_a_crash_before_the_last_word(counter: Counter) -> None:
    """Every certificate is in use and the process died before it said so: the application is closed without a card."""
    counter.with_card()

    def crash(step: Checkpoint) -> None:
        active = step is Checkpoint.ACTIVE
        if active and Application.objects.across_municipalities().get().state == ApplicationState.ISSUED.value:
            raise Crash(step)

    window = Window(
        carrier=counter.desk,
        policy=Policy(),
        clock=counter.clock,
        entropy=numbers(),
        checkpoint=crash,
    )
    with pytest.raises(Crash):
        window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)
    (outcome,) = counter.window.recovery.resume(HOUSE).carried_out

    assert outcome.done
    receipt = outcome.application.receipt
    again = counter.window.procedures.finish(WAKABA, receipt=receipt)
    assert again.done, "finishing twice is no fault"


def test_what_is_refused_on_the_way_is_told(counter: Counter) -> None:
    """A person who is no longer entitled is refused, and the others go on."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt
    counter.desk.cut_before.clear()
    change = Change(event=LifeEvent.DEATH, on=counter.clock.now.date())
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    (refusal,) = counter.window.recovery.resume(HOUSE, waiting=OnReader(counter.card)).refused
    assert refusal.receipt == receipt
    assert counter.window.application(WAKABA, receipt).state is ApplicationState.REFUSED


def test_a_pin_reset_that_was_cut_off_is_withdrawn(counter: Counter) -> None:
    """R-6.3: a reset goes on in front of its holder or not at all: with the card there it is taken back and withdrawn."""
    counter.with_card()
    counter.desk.answers[PinResetOrder] = PinResetApproved(order_id="approved")
    counter.card.after["permit_reset"] = crash_now

    with pytest.raises(Crash):
        counter.window.pin_resets.reset(
            WAKABA, resident_code=HANAKO, pin=PinKind.AUTHENTICATION, shown=BY_LICENCE, card=counter.card
        )
    assert len(counter.window.queue(WAKABA)) == 1
    (needed,) = counter.window.recovery.resume(HOUSE).cards_needed
    assert needed.card_number == counter.card.number, "the permission may be on it"
    (outcome,) = counter.window.recovery.resume(HOUSE, waiting=OnReader(counter.card)).carried_out

    assert outcome.application.state is ApplicationState.WITHDRAWN
    assert counter.card.permitted == []
    again = counter.window.pin_resets.abandon(WAKABA, receipt=outcome.application.receipt, card=None)
    assert again == outcome.application, "abandoning twice is no fault"
    assert len(audited("application.withdrawn")) == 1
    assert counter.window.queue(WAKABA) == ()


def crash_now() -> None:
    """Be the power cut."""
    raise Crash
