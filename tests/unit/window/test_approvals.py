from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from openjpki.desk.messages import CertificateOrder, PinResetApproved, PinResetOrder
from openjpki.rules.kinds import ApplicationState, ApprovalGround, LifeEvent, PinKind
from openjpki.rules.policy import Policy
from openjpki.window.answers import AuthorityRefused
from openjpki.window.changes import Change
from openjpki.window.models import Application
from openjpki.window.officer import Clerk
from openjpki.window.outcomes import Outcome, ProcedureRefused
from openjpki.window.procedures import ApprovalAwaited, NothingToApprove, SamePerson
from openjpki.window.states import OrderStep
from tests.unit.window.counter import BY_LICENCE, BY_PIN, HANAKO, MINATO, WAKABA, Counter, audited
from tests.unit.window.test_names import named

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
    resets, kind = counter.window.pin_resets, PinKind.AUTHENTICATION

    def reset(by: str) -> ApplicationState:
        return resets.reset(
            WAKABA, resident_code=HANAKO, pin=kind, shown=BY_LICENCE, card=counter.card, approver=by
        ).state

    with pytest.raises(ProcedureRefused) as refused:
        reset(approver)
    assert [finding.code for finding in refused.value.findings] == [code]
    assert counter.card.permitted == []
    assert reset("tanaka") is ApplicationState.DONE
    assert audited("pin-reset.requested")[0].data["approved_by"] == "tanaka"


def renewal_that_waits(counter: Counter, day: str = "2026-06-10") -> str:
    """Apply for a renewal with a licence on a day of the window, under the page's letter of the fee: 200 yen."""
    counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)
    counter.clock.turn(day)
    entered = counter.window.procedures.renew(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_LICENCE)
    assert entered.application.state is ApplicationState.FEE_SETTLED
    assert "window.renewal.issue-by" in [finding.code for finding in entered.application.findings]
    counter.desk.sent.clear()
    return entered.application.receipt


@pytest.fixture
def page(db: None) -> Counter:  # noqa: ARG001  -- opens the database
    """Return a counter by the page's fees, which pays back only for faults of the office, with a second person."""
    policy = replace(TWO, fee_table=Policy.preset("page").fee_table, refund_on_void="office_fault")
    return Counter.open(policy).with_card()


def test_a_renewal_approved_on_the_last_day_is_issued_that_day(page: Counter) -> None:
    """R-3.6, R-3.8: the last day is in the window, for approval and issue."""
    receipt = renewal_that_waits(page)

    page.window.procedures.approve(SECOND, receipt=receipt)
    assert page.window.procedures.resume(WAKABA, receipt=receipt, card=page.card).done


def test_behind_the_window_nothing_is_approved(page: Counter) -> None:
    """R-3.8: refused at the approval, with what to do instead, and nothing sent; the office was late: the fee goes back."""
    receipt = renewal_that_waits(page)
    page.clock.turn("2026-06-11")

    with pytest.raises(SamePerson):
        page.window.procedures.approve(WAKABA, receipt=receipt)
    with pytest.raises(ProcedureRefused) as refused:
        page.window.procedures.approve(SECOND, receipt=receipt)

    assert {finding.code for finding in refused.value.findings} == {"renewal.over", "fee.refunded"}
    assert "For the new issue bring" in refused.value.findings[0].bring_en
    closed = page.window.application(WAKABA, receipt)
    assert (closed.state, closed.approved_by) == (ApplicationState.REFUSED, "")
    assert closed.fee is not None
    assert closed.fee.refunded == 200
    assert page.desk.sent == []
    assert not audited("application.approved")
    again = page.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=page.card, shown=BY_PIN)
    assert again.done


def test_who_has_left_is_not_approved(page: Counter) -> None:
    """R-1.1: and that is no fault of the office's."""
    receipt = renewal_that_waits(page)
    change = Change(event=LifeEvent.EMIGRATION, on=page.clock.now.date())
    page.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    with pytest.raises(ProcedureRefused) as refused:
        page.window.procedures.approve(SECOND, receipt=receipt)

    assert "eligibility.not-resident" in {finding.code for finding in refused.value.findings}
    assert refused.value.findings[-1].code == "fee.kept"


def test_an_agreement_ends_with_the_name_it_was_given_for(db: None) -> None:  # noqa: ARG001  -- opens the database
    """R-1.9: who is renamed before the approval has agreed to no reading of the new name; the old one is not written either."""
    counter = named(Counter.open(TWO), "㐬山\u3000花子")
    receipt = counter.window.procedures.new_issue(
        WAKABA, resident_code=HANAKO, card=counter.card, shown=replace(BY_LICENCE, kana_agreed=True)
    ).application.receipt
    renamed = Change(
        event=LifeEvent.NAME, on=counter.clock.now.date(), name="㐬川\u3000花子", kana="ナガレカワ\u3000ハナコ"
    )
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=renamed)

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.procedures.approve(SECOND, receipt=receipt)

    assert "window.kana-not-agreed" in {finding.code for finding in refused.value.findings}
    assert CertificateOrder not in map(type, counter.desk.sent)


def test_approved_in_time_and_resumed_too_late(page: Counter) -> None:
    """R-3.8: what is resumed behind the window is refused at the counter, before any key is made or order sent."""
    receipt = renewal_that_waits(page)
    page.window.procedures.approve(SECOND, receipt=receipt)
    made = page.card.made
    page.clock.turn("2026-06-11")

    with pytest.raises(ProcedureRefused) as refused:
        page.window.procedures.resume(WAKABA, receipt=receipt, card=page.card)

    assert "renewal.over" in {finding.code for finding in refused.value.findings}
    assert page.window.application(WAKABA, receipt).state is ApplicationState.REFUSED
    assert (page.card.made, page.desk.sent) == (made, [])


def test_an_order_under_way_is_the_authoritys_to_judge(page: Counter) -> None:
    """R-3.3: the answer was lost on the last day: what was issued on that day is put on the card, the rest is refused."""
    receipt = renewal_that_waits(page)
    page.window.procedures.approve(SECOND, receipt=receipt)
    page.desk.cut_after.add(CertificateOrder)
    waits = page.window.procedures.resume(WAKABA, receipt=receipt, card=page.card)
    assert [order.step for order in waits.application.orders] == [OrderStep.KEYED, OrderStep.PLANNED]
    page.desk.cut_after.clear()
    page.clock.turn("2026-06-11")
    page.card.after["activate"] = lambda: page.desk.refuse(CertificateOrder, "renewal.over")

    with pytest.raises(AuthorityRefused):
        page.window.procedures.resume(WAKABA, receipt=receipt, card=page.card)
    assert page.window.application(WAKABA, receipt).state is ApplicationState.PARTLY_ISSUED
    page.desk.sent.clear()
    with pytest.raises(ProcedureRefused) as refused:
        page.window.procedures.resume(WAKABA, receipt=receipt, card=page.card)
    assert {finding.code for finding in refused.value.findings} == {"renewal.over"}
    assert page.desk.sent == []
    assert page.window.procedures.withdraw(WAKABA, receipt=receipt).state is ApplicationState.DONE
