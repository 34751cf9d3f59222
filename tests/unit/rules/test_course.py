from dataclasses import replace
from datetime import date

import pytest

from openjpki.rules.application import ApplicationEvent
from openjpki.rules.catalogue import find
from openjpki.rules.course import (
    Application,
    NoLetter,
    OtherProcedure,
    PinOutcome,
    Taken,
    approve,
    check_pins,
    clear,
    due_grounds,
    examine,
    hand_over,
    identify,
    issue,
    look_at_letter,
    perform,
    received,
    send_inquiry,
    settle_fee,
    withdraw,
)
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.fees import Fee
from openjpki.rules.kinds import Applicant, ApplicationState, ApprovalGround, CertificateKind, Procedure, Residence
from openjpki.rules.lifecycle import IllegalTransition
from openjpki.rules.policy import Policy
from openjpki.rules.visit import InquiryForm, Visit

POLICY = Policy()
EVERY_GROUND = replace(POLICY, second_person_for=tuple(ApprovalGround))
STATE, EVENT = ApplicationState, ApplicationEvent
SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
BOTH = frozenset(CertificateKind)
LICENCE = ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=date(2028, 6, 10))
FREE, DEAR = Fee(yen=0, rules=("R-4.1",)), Fee(yen=1000, rules=("R-4.1",))
RENEWAL = Visit(
    procedure=Procedure.RENEWAL,
    applicant=Applicant.SELF,
    on=date(2026, 3, 11),
    kinds=BOTH,
    holder=Holder(born=date(1990, 6, 10)),
    pin_matches=True,
)
BY_AGENT = replace(RENEWAL, applicant=Applicant.VOLUNTARY_AGENT, pin_matches=None, agent_documents=(LICENCE,))
EMPTY_HANDED = replace(RENEWAL, pin_matches=None)
SENT = date(2026, 3, 12)


def codes(taken: Taken) -> list[str]:
    """Return the codes of what was found."""
    return [finding.code for finding in taken.findings]


def examined(visit: Visit) -> Application:
    """Return an examined application."""
    return examine(POLICY, received(visit, entered_by="sato"), visit).application


def identified(visit: Visit) -> Application:
    """Return an identified application."""
    return identify(POLICY, examined(visit), visit).application


def settled(visit: Visit) -> Application:
    """Return an application whose fee is settled."""
    return settle_fee(check_pins(identified(visit), {}).application, FREE, paid=0).application


def posted(visit: Visit) -> Application:
    """Return an application whose letter is on its way."""
    return send_inquiry(POLICY, identified(visit), on=SENT).application


def test_a_renewal_in_person_goes_all_the_way() -> None:
    """R-2.27, R-8.1: examined, identified by PIN, PINs right, nothing to pay, ready, both issued, handed over."""
    application = clear(POLICY, settled(RENEWAL)).application
    for kind in (AUTHENTICATION, SIGNATURE):
        application = issue(application, kind)
    application = hand_over(application)

    assert application.state is STATE.DONE
    assert application.path == (
        EVENT.EXAMINE,
        EVENT.IDENTIFY,
        EVENT.CHECK_PINS,
        EVENT.SETTLE_FEE,
        EVENT.CLEAR,
        EVENT.ISSUE_PART,
        EVENT.ISSUE,
        EVENT.HAND_OVER,
    )
    assert (application.applicant, application.grounds, application.sealed) == (Applicant.SELF, frozenset(), False)


def test_who_may_not_is_refused_at_the_examination() -> None:
    """R-1.1; S-57, S-58: the application ends with what to do instead, and what the registers say is told with it."""
    gone = replace(RENEWAL, holder=Holder(born=date(1990, 6, 10), residence=Residence.MOVED_OUT))
    taken = examine(POLICY, received(gone, entered_by="sato"), gone, also=(find("renewal.card-first", expires=SENT),))

    assert taken.refused
    assert taken.application.state is STATE.REFUSED
    assert codes(taken) == ["eligibility.moved-out", "renewal.card-first"]


def test_advice_does_not_stand_in_the_way() -> None:
    """R-1.8: a person with a period of stay is told of it, and goes on."""
    visit = replace(RENEWAL, holder=Holder(born=date(1990, 6, 10), japanese=False))
    taken = examine(POLICY, received(visit, entered_by="sato"), visit)

    assert (taken.refused, codes(taken)) == (False, ["eligibility.period-of-stay"])
    assert taken.application.state is STATE.EXAMINED


def test_without_pin_or_document_the_letter_goes_out() -> None:
    """R-2.20, R-2.24; S-14, S-15: not on the same day; the letter is posted and the reply counts for thirty days."""
    waiting = identify(POLICY, examined(EMPTY_HANDED), EMPTY_HANDED)
    sent = send_inquiry(POLICY, waiting.application, on=SENT)

    assert (waiting.application.state, codes(waiting)) == (STATE.EXAMINED, ["identity.inquiry"])
    assert (sent.application.state, sent.application.inquiry_sent) == (STATE.INQUIRY_SENT, SENT)
    assert codes(sent) == ["inquiry.reply-until"]


def test_no_letter_goes_where_mail_does_not_arrive() -> None:
    """R-2.24: the address is flagged; the application waits for the holder or for another address."""
    taken = send_inquiry(POLICY, examined(EMPTY_HANDED), on=SENT, address_flagged=True)

    assert (taken.application.state, codes(taken)) == (STATE.EXAMINED, ["inquiry.address-flagged"])


@pytest.mark.parametrize(
    ("on", "state", "code"),
    [
        (date(2026, 4, 13), STATE.IDENTIFIED, "identity.copies-kept"),
        (date(2026, 4, 14), STATE.INQUIRY_LAPSED, "inquiry.lapsed"),
    ],
)
def test_a_reply_counts_to_its_last_day(on: date, state: ApplicationState, code: str) -> None:
    """R-2.24, R-4.7: sent on 12 March, the thirty days end on Saturday 11 April and run on to Monday the 13th."""
    reply = replace(EMPTY_HANDED, on=on, form="returned", documents=(LICENCE,))
    taken = identify(POLICY, posted(EMPTY_HANDED), reply)

    assert taken.application.state is state
    assert code in codes(taken)


def test_a_reply_identifies_for_a_second_person_to_see() -> None:
    """R-2.24: by the reply, not by a PIN; the PINs stand in the sealed form, so that the clerk types them (R-6.5)."""
    taken = identify(POLICY, posted(EMPTY_HANDED), replace(EMPTY_HANDED, on=date(2026, 4, 1), form="returned"))

    assert taken.application.path[-1] is EVENT.REPLY
    assert taken.application.grounds == {ApprovalGround.INQUIRY_REPLY}
    assert (
        check_pins(taken.application, {SIGNATURE: "set-anew"}, typed_by="clerk").application.state is STATE.PINS_READY
    )


@pytest.mark.parametrize(("form", "code"), [("opened", "agent.unsealed"), ("returned", "agent.unsigned")])
def test_a_reply_that_does_not_count_leaves_the_letter_open(form: InquiryForm, code: str) -> None:
    """R-2.24; S-52, S-54: unsealed or unsigned it is refused; the term still runs, and a right one can follow."""
    reply = replace(BY_AGENT, on=date(2026, 4, 1), form=form, form_signed=form != "returned")
    taken = identify(POLICY, posted(BY_AGENT), reply)

    assert (taken.application.state, codes(taken)[0]) == (STATE.INQUIRY_SENT, code)
    again = identify(POLICY, taken.application, replace(reply, form="returned", form_signed=True))
    assert again.application.state is STATE.IDENTIFIED
    assert again.application.grounds == {ApprovalGround.INQUIRY_REPLY, ApprovalGround.ACTED_FOR}


@pytest.mark.parametrize(
    ("signed", "on"),
    [(False, date(2026, 4, 1)), (True, date(2026, 3, 11))],
    ids=["unsigned", "from before the letter"],
)
def test_a_reply_that_does_not_count_excuses_no_second_person(signed: bool, on: date) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.20, R-2.24, R-2.27, R-6.5: the document identified, without a PIN; and no clerk types a PIN from such a form."""
    reply = replace(EMPTY_HANDED, on=on, form="returned", form_signed=signed, documents=(LICENCE,))
    taken = identify(POLICY, posted(EMPTY_HANDED), reply).application

    assert (taken.path[-1], taken.grounds, taken.sealed) == (EVENT.IDENTIFY, frozenset({ApprovalGround.NO_PIN}), False)


def test_the_holder_can_come_before_the_reply() -> None:
    """R-2.20: with a document in hand nobody waits for the post."""
    taken = identify(POLICY, posted(EMPTY_HANDED), replace(EMPTY_HANDED, on=date(2026, 3, 13), documents=(LICENCE,)))

    assert taken.application.path[-1] is EVENT.IDENTIFY
    assert taken.application.grounds == {ApprovalGround.NO_PIN}


def test_a_reply_to_no_letter_of_this_application_is_none() -> None:
    """R-2.24: what counts is the answer to the letter that this application sent."""
    visit = replace(EMPTY_HANDED, form="returned")

    assert identify(POLICY, examined(visit), visit).application.state is STATE.EXAMINED


def test_an_agent_without_papers_is_refused() -> None:
    """R-2.24; S-49: nobody acts for another without being known."""
    visit = replace(BY_AGENT, agent_documents=())
    taken = identify(POLICY, examined(visit), visit)

    assert (taken.application.state, codes(taken)) == (STATE.REFUSED, ["agent.id"])


def test_the_letter_comes_back_or_stays_open() -> None:
    """R-2.24: 転送不要; mail that comes back cancels the application, and until its term ends the letter is open."""
    letter = posted(EMPTY_HANDED)
    back = look_at_letter(POLICY, letter, on=date(2026, 3, 20), mail_returned=True)
    still = look_at_letter(POLICY, letter, on=date(2026, 3, 20))

    assert (back.application.state, codes(back)) == (STATE.INQUIRY_RETURNED, ["inquiry.mail-returned"])
    assert (still.application, codes(still)) == (letter, ["inquiry.reply-until"])


def test_only_a_letter_that_was_sent_is_looked_at() -> None:
    """R-2.24: an application that sent none has none; one that says so without a day is a bug."""
    with pytest.raises(IllegalTransition):
        look_at_letter(POLICY, identified(RENEWAL), on=SENT)
    with pytest.raises(NoLetter):
        look_at_letter(POLICY, replace(posted(EMPTY_HANDED), inquiry_sent=None), on=SENT)
    with pytest.raises(IllegalTransition):
        send_inquiry(POLICY, identified(RENEWAL), on=SENT, address_flagged=True)


@pytest.mark.parametrize(
    ("outcome", "state", "found"),
    [
        ("matches", STATE.PINS_READY, []),
        ("kept", STATE.PINS_READY, []),
        ("set-anew", STATE.PINS_READY, []),
        ("failed", STATE.IDENTIFIED, ["application.pin-first"]),
    ],
)
def test_a_pin_that_failed_is_set_anew_first(outcome: PinOutcome, state: ApplicationState, found: list[str]) -> None:
    """R-6.3, R-6.7; S-43, S-45, S-61, S-63: reset at the window, then the renewal; a PIN kept stays as it is (R-2.27)."""
    taken = check_pins(identified(RENEWAL), {SIGNATURE: outcome})

    assert (taken.application.state, codes(taken)) == (state, found)
    assert (ApprovalGround.PIN_RESET in taken.application.grounds) is (outcome == "set-anew")


def test_no_agent_and_no_clerk_types_a_pin_without_the_sealed_form() -> None:
    """R-6.5; S-54: the agent never; the clerk from the sealed form of R-2.23 only."""
    sealed = identified(replace(BY_AGENT, form="sealed", pin_matches=True))

    for application, typed_by in ((sealed, "applicant"), (identified(RENEWAL), "clerk")):
        taken = check_pins(application, {SIGNATURE: "set-anew"}, typed_by=typed_by)  # type: ignore[arg-type]
        assert (taken.application, codes(taken)) == (application, ["application.pin-by-holder"])
    assert not check_pins(sealed, {SIGNATURE: "set-anew"}, typed_by="clerk").refused


def test_the_representative_sets_the_pin() -> None:
    """R-1.3: for a person under 15 the legal representative applies and sets the PIN."""
    child = replace(
        RENEWAL,
        procedure=Procedure.NEW,
        applicant=Applicant.LEGAL_REPRESENTATIVE,
        kinds=frozenset({AUTHENTICATION}),
        holder=Holder(born=date(2015, 6, 10)),
        agent_documents=(LICENCE, ShownDocument(kind=DocumentKind.FAMILY_REGISTER_CERTIFICATE)),
    )

    assert not check_pins(identified(child), {AUTHENTICATION: "set-anew"}).refused


def test_a_fee_is_paid_to_the_yen_or_waived() -> None:
    """R-4.1; S-18: what is owed is paid before anything is issued; waived by hand it wants a second person."""
    ready = check_pins(identified(RENEWAL), {}).application
    open_ = settle_fee(ready, DEAR, paid=0)
    waived = settle_fee(ready, DEAR, paid=0, waived=True).application

    assert (open_.application, codes(open_)) == (ready, ["application.fee-open"])
    assert "1,000" in open_.findings[0].ja
    assert settle_fee(ready, DEAR, paid=1000).application.state is STATE.FEE_SETTLED
    assert waived.grounds == {ApprovalGround.FEE_WAIVED}
    assert settle_fee(ready, FREE, paid=0, waived=True).application.grounds == frozenset()


def test_a_second_person_approves_where_it_is_wanted() -> None:
    """R-2.27: on the municipality's grounds, never the person who entered it; without such grounds nobody is asked."""
    by_document = settled(replace(EMPTY_HANDED, documents=(LICENCE,)))
    held = clear(EVERY_GROUND, by_document)
    same = approve(by_document, by=" Sato")
    unknown = approve(replace(by_document, entered_by=""), by="suzuki")
    other = approve(by_document, by="suzuki").application

    assert (held.application, codes(held)) == (by_document, ["application.second-person"])
    assert "暗証番号によらない本人確認" in held.findings[0].ja
    assert (same.application, codes(same)) == (by_document, ["application.same-person"])
    assert unknown.refused
    assert (other.state, other.approved_by) == (STATE.READY, "suzuki")
    assert clear(POLICY, by_document).application.state is STATE.READY
    assert clear(EVERY_GROUND, settled(RENEWAL)).application.state is STATE.READY


def test_the_grounds_come_in_one_order() -> None:
    """R-2.27: what is told does not depend on the order of a setting."""
    backwards = replace(POLICY, second_person_for=tuple(reversed(ApprovalGround)))
    application = replace(settled(RENEWAL), grounds=frozenset({ApprovalGround.FEE_WAIVED, ApprovalGround.NO_PIN}))

    assert due_grounds(backwards, application) == (ApprovalGround.NO_PIN, ApprovalGround.FEE_WAIVED)


@pytest.mark.parametrize(
    ("procedure", "grounds"),
    [
        (Procedure.REVOCATION, frozenset[ApprovalGround]()),
        (Procedure.HOLD, frozenset[ApprovalGround]()),
        (Procedure.PIN_CHANGE, frozenset({ApprovalGround.NO_PIN})),
        (Procedure.PIN_RESET, frozenset({ApprovalGround.NO_PIN, ApprovalGround.PIN_RESET})),
    ],
)
def test_what_issues_nothing_is_performed(procedure: Procedure, grounds: frozenset[ApprovalGround]) -> None:
    """R-2.5 to R-2.10: identified, ready, performed; a PIN set anew may want a second person, an ending never does."""
    visit = replace(RENEWAL, procedure=procedure, documents=(LICENCE,), pin_matches=None)
    application = identified(visit)

    assert (application.kinds, application.grounds) == (frozenset(), grounds)
    assert perform(clear(POLICY, application).application).state is STATE.DONE


def test_nobody_is_identified_before_the_examination_or_after_the_end() -> None:
    """R-2.27: whatever the papers say, also where they say no."""
    for application in (received(EMPTY_HANDED), withdraw(examined(EMPTY_HANDED))):
        with pytest.raises(IllegalTransition):
            identify(POLICY, application, EMPTY_HANDED)


def test_who_no_longer_wants_it_withdraws() -> None:
    """R-2.27: until something is issued."""
    assert withdraw(posted(EMPTY_HANDED)).state is STATE.WITHDRAWN
    with pytest.raises(IllegalTransition):
        withdraw(issue(clear(POLICY, settled(RENEWAL)).application, AUTHENTICATION))


def test_a_visit_is_about_its_application() -> None:
    """Another procedure or other certificates are a bug, not a finding."""
    for other in (replace(RENEWAL, procedure=Procedure.NEW), replace(RENEWAL, kinds=frozenset({SIGNATURE}))):
        with pytest.raises(OtherProcedure):
            identify(POLICY, examined(RENEWAL), other)
        with pytest.raises(OtherProcedure):
            examine(POLICY, received(RENEWAL, entered_by="sato"), other)


def test_nobody_is_named_in_a_repr() -> None:
    """Officers' names are not for logs."""
    assert "sato" not in repr(settled(RENEWAL))
    assert "suzuki" not in repr(approve(settled(RENEWAL), by="suzuki"))
