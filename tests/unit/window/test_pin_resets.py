import pytest

from openjpki.desk.messages import PinResetApproved, PinResetOrder
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import ApplicationState, CertificateKind, PinKind
from openjpki.window.answers import AuthorityRefused
from openjpki.window.examination import Shown
from openjpki.window.issuance import ClosedMeanwhile
from openjpki.window.outcomes import ProcedureRefused
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
        WAKABA, resident_code=HANAKO, kind=AUTHENTICATION, shown=shown, card=card or counter.card
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


def test_whatever_interrupts_a_reset_withdraws_it(counter: Counter) -> None:
    """A card that is gone, an authority that refuses: nothing stays half done, and the reset is applied for again."""
    approving(counter).card.fails.add("permit_reset")
    with pytest.raises(Gone):
        reset(counter)
    assert last(counter) is ApplicationState.WITHDRAWN

    counter.card.fails.clear()
    counter.desk.refuse(PinResetOrder)
    with pytest.raises(AuthorityRefused):
        reset(counter)
    assert last(counter) is ApplicationState.WITHDRAWN
    assert counter.card.permitted == []


def test_a_reset_that_was_withdrawn_meanwhile_is_not_done(counter: Counter) -> None:
    """Somebody takes up what looked cut off while it is carried out: the application stays withdrawn, and that is said."""
    approving(counter)

    def withdrawn() -> None:
        counter.window.recovery.resume(WAKABA)

    counter.card.after["permit_reset"] = withdrawn

    with pytest.raises(ClosedMeanwhile):
        reset(counter)
    assert last(counter) is ApplicationState.WITHDRAWN
    assert not audited("pin-reset.permitted")
