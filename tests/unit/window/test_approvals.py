from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from openjpki.desk.messages import CertificateOrder, PinResetApproved, PinResetOrder
from openjpki.rules.kinds import ApplicationState, ApprovalGround, CertificateKind
from openjpki.rules.policy import Policy
from openjpki.window.models import Application
from openjpki.window.officer import Clerk
from openjpki.window.outcomes import Outcome, ProcedureRefused
from openjpki.window.procedures import ApprovalAwaited, NothingToApprove, SamePerson
from tests.unit.window.counter import BY_LICENCE, BY_PIN, HANAKO, MINATO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])
TWO = replace(Policy(), second_person_for=(ApprovalGround.NO_PIN, ApprovalGround.PIN_RESET))
SECOND = Clerk("tanaka", "99201")


@pytest.fixture
def counter(db: None) -> Counter:  # noqa: ARG001  -- opens the database
    """Return a counter whose municipality wants a second person for documents without a PIN, and for a reset."""
    return Counter.open(TWO).with_card()


def by_licence(counter: Counter) -> Outcome:
    """Apply for both certificates with a driver's licence."""
    return counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_LICENCE)


def test_nothing_is_issued_before_a_second_person_approves(counter: Counter) -> None:
    """R-2.27: entered, it waits with its grounds; approved by another it is ready; with the card it is issued."""
    waiting = by_licence(counter)
    assert isinstance(waiting.interruption, ApprovalAwaited)
    assert waiting.application.state is ApplicationState.FEE_SETTLED
    assert waiting.application.approval_grounds == (ApprovalGround.NO_PIN,)
    assert CertificateOrder not in map(type, counter.desk.sent)

    receipt = waiting.application.receipt
    with pytest.raises(ApprovalAwaited):
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)
    approved = counter.window.procedures.approve(SECOND, receipt=receipt)
    assert (approved.state, approved.approved_by) == (ApplicationState.READY, "tanaka")
    assert audited("application.approved")[0].data["grounds"] == ["no-pin"]
    assert counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card).done


def test_by_pin_nobody_is_asked(counter: Counter) -> None:
    """R-2.27: on no other ground than the municipality named."""
    done = counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)

    assert (done.done, done.application.approval_grounds) == (True, ())


def test_who_entered_it_does_not_approve_it(counter: Counter) -> None:
    """R-2.27: neither at the counter nor behind its back: the database holds it too."""
    receipt = by_licence(counter).application.receipt

    for login in ("sato", "SATO", "Sato"):
        with pytest.raises(SamePerson):
            counter.window.procedures.approve(Clerk(login, "99201"), receipt=receipt)
    assert counter.window.application(WAKABA, receipt).state is ApplicationState.FEE_SETTLED
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        Application.objects.for_municipality("99201").filter(receipt=receipt).update(approved_by="Sato")


def test_only_what_waits_is_approved_and_only_here(counter: Counter) -> None:
    """R-2.27: an application that is done, approved already, or another municipality's has nothing to approve."""
    receipt = by_licence(counter).application.receipt
    with pytest.raises(Exception, match=r"window\.application\.not-found"):
        counter.window.procedures.approve(MINATO, receipt=receipt)
    counter.window.procedures.approve(SECOND, receipt=receipt)

    with pytest.raises(NothingToApprove):
        counter.window.procedures.approve(SECOND, receipt=receipt)
    assert len(audited("application.approved")) == 1


def test_what_awaits_approval_is_neither_taken_up_nor_applied_for_twice(counter: Counter) -> None:
    """R-1.10, R-2.27: it holds the card's new keys; `resume` of everything leaves it; it can be withdrawn."""
    receipt = by_licence(counter).application.receipt
    found = counter.window.recovery.resume(WAKABA)
    assert (found.carried_out, found.cards_needed) == ((), ())
    with pytest.raises(ProcedureRefused) as twice:
        counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)
    assert [finding.code for finding in twice.value.findings] == ["window.issue-waiting"]

    withdrawn = counter.window.procedures.withdraw(WAKABA, receipt=receipt)
    assert withdrawn.state is ApplicationState.WITHDRAWN


@pytest.mark.parametrize(("approver", "code"), [("", "application.second-person"), ("sato", "application.same-person")])
def test_a_reset_is_approved_at_the_counter(counter: Counter, approver: str, code: str) -> None:
    """R-6.3, R-2.27: the second person stands there, or nothing is permitted on the card."""
    counter.desk.answers[PinResetOrder] = PinResetApproved(order_id="approved")
    resets, kind = counter.window.pin_resets, CertificateKind.AUTHENTICATION

    def reset(by: str) -> ApplicationState:
        return resets.reset(
            WAKABA, resident_code=HANAKO, kind=kind, shown=BY_LICENCE, card=counter.card, approver=by
        ).state

    with pytest.raises(ProcedureRefused) as refused:
        reset(approver)
    assert [finding.code for finding in refused.value.findings] == [code]
    assert counter.card.permitted == []
    assert reset("tanaka") is ApplicationState.DONE
    assert audited("pin-reset.requested")[0].data["approved_by"] == "tanaka"
