"""Whatever facts an application meets, in whatever order, it keeps to its steps (R-2.20 to R-2.27, R-8.1)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules import course
from openjpki.rules.agency import ISSUING
from openjpki.rules.application import ApplicationEvent, step
from openjpki.rules.course import Application, PinOutcome, Taken, Typist
from openjpki.rules.fees import Fee
from openjpki.rules.identity import about_the_holder
from openjpki.rules.kinds import Applicant, ApplicationState, ApprovalGround, CertificateKind
from openjpki.rules.lifecycle import IllegalTransition
from openjpki.rules.policy import Policy
from openjpki.rules.visit import Visit
from tests.properties.test_rules_papers import NATIONAL, POLICIES, visits

Deed = Callable[[Application], Taken]
STATE, EVENT = ApplicationState, ApplicationEvent
GROUNDS = st.sets(st.sampled_from(ApprovalGround)).map(tuple)
PINS = st.dictionaries(st.sampled_from(CertificateKind), st.sampled_from(get_args(PinOutcome)))
FEES = st.sampled_from([Fee(yen=0, rules=("R-4.1",)), Fee(yen=1000, rules=("R-4.1",))])


def _deeds(policy: Policy, visit: Visit, state: ApplicationState) -> st.SearchStrategy[Deed]:
    """Return what somebody at the counter may do with an application of this visit; mostly what it waits for."""
    days = st.integers(0, 60).map(lambda count: visit.on + timedelta(days=count))
    flags = st.booleans()
    examine = st.just(lambda it: course.examine(policy, it, visit))
    identify = _again(visit).map(lambda again: lambda it: course.identify(policy, it, again))
    send = st.tuples(days, flags).map(
        lambda drawn: lambda it: course.send_inquiry(policy, it, on=drawn[0], address_flagged=drawn[1])
    )
    look = st.tuples(days, flags).map(
        lambda drawn: lambda it: course.look_at_letter(policy, it, on=drawn[0], mail_returned=drawn[1])
    )
    check = st.tuples(PINS, st.sampled_from(get_args(Typist))).map(
        lambda drawn: lambda it: course.check_pins(it, drawn[0], typed_by=drawn[1])
    )
    settle = st.tuples(FEES, st.sampled_from([0, 1000]), flags).map(
        lambda drawn: lambda it: course.settle_fee(it, drawn[0], paid=drawn[1], waived=drawn[2])
    )
    clear = st.just(lambda it: course.clear(policy, it))
    approve = st.sampled_from(["sato", "tanaka"]).map(lambda officer: lambda it: course.approve(it, by=officer))
    issue = st.sampled_from(CertificateKind).map(lambda kind: lambda it: Taken(application=course.issue(it, kind)))
    end = st.sampled_from([course.perform, course.hand_over, course.withdraw]).map(
        lambda deed: lambda it: Taken(application=deed(it))
    )
    awaited = {
        STATE.RECEIVED: examine,
        STATE.EXAMINED: identify | send,
        STATE.INQUIRY_SENT: identify | look,
        STATE.IDENTIFIED: check | clear | approve,
        STATE.PINS_READY: settle,
        STATE.FEE_SETTLED: clear | approve,
        STATE.READY: issue | end,
        STATE.PARTLY_ISSUED: issue | end,
    }
    anything = st.one_of(examine, identify, send, look, check, settle, clear, approve, issue, end)
    return st.integers(0, 5).flatmap(lambda chance: awaited.get(state, end) if chance else anything)


@st.composite
def _again(draw: st.DrawFn, visit: Visit) -> Visit:
    """Return another visit about the same: a day later or more, in person or not, with better papers or the reply."""
    return replace(
        visit,
        on=visit.on + timedelta(days=draw(st.integers(0, 60))),
        applicant=draw(st.sampled_from(Applicant)),
        pin_matches=draw(st.none() | st.booleans()),
        claim=None,
        form=draw(st.sampled_from(["none", "sealed", "opened", "returned"])),
        form_signed=draw(st.booleans()),
    )


@given(data=st.data(), policy=POLICIES, visit=visits(), grounds=GROUNDS)
def test_any_course_keeps_to_its_steps(
    data: st.DataObject, policy: Policy, visit: Visit, grounds: tuple[ApprovalGround, ...]
) -> None:
    """R-2.27: each deed takes one step of the table or none; and nothing is issued without all that comes before it."""
    policy = replace(policy, second_person_for=grounds)
    visit = replace(visit, kinds=visit.kinds or frozenset({CertificateKind.AUTHENTICATION}))
    if data.draw(st.integers(0, 3)):  # mostly somebody who may: else nearly all would end at the examination
        visit = replace(visit, holder=None, claim=None)
    application = course.received(visit, entered_by="sato")
    for _ in range(data.draw(st.integers(1, 14))):
        deed = data.draw(_deeds(policy, visit, application.state))
        try:
            taken = deed(application)
        except IllegalTransition:
            continue
        after = taken.application
        assert after.path[: len(application.path)] == application.path
        assert len(after.path) - len(application.path) in {0, 1, 2}
        state = STATE.RECEIVED
        for event in after.path:
            state = step(after.procedure, state, event).after
        assert state is after.state
        application = after

    path = application.path
    if EVENT.ISSUE in path or EVENT.ISSUE_PART in path:
        order = [EVENT.EXAMINE, EVENT.CHECK_PINS, EVENT.SETTLE_FEE]
        assert [event for event in path if event in order] == order
        assert {EVENT.IDENTIFY, EVENT.REPLY} & set(path)
        assert application.issued
    if EVENT.PERFORM in path:
        assert application.procedure not in ISSUING
    if {EVENT.CLEAR, EVENT.APPROVE} & set(path):
        asked = set(grounds) & application.grounds
        assert not asked or EVENT.APPROVE in path
    assert (EVENT.APPROVE in path) is (application.approved_by == "tanaka")
    assert application.approved_by != "sato"


@given(data=st.data(), policy=POLICIES, visit=visits())
def test_what_is_found_is_what_the_step_may_find(data: st.DataObject, policy: Policy, visit: Visit) -> None:
    """R-2.27: the table's column of findings is complete: a step raises none but these."""
    policy = replace(policy, second_person_for=tuple(ApprovalGround))
    began = replace(course.received(visit, entered_by="sato"), inquiry_sent=visit.on, grounds=frozenset(ApprovalGround))
    fee, flagged = Fee(yen=1000, rules=("R-4.1",)), visit.address_flagged
    pins = data.draw(st.dictionaries(st.sampled_from(CertificateKind), st.sampled_from(get_args(PinOutcome))))
    deeds: dict[tuple[ApplicationState, ApplicationEvent], Deed] = {
        (STATE.EXAMINED, EVENT.IDENTIFY): lambda it: course.identify(policy, it, visit),
        (STATE.INQUIRY_SENT, EVENT.REPLY): lambda it: course.identify(policy, it, visit),
        (STATE.EXAMINED, EVENT.SEND_INQUIRY): lambda it: course.send_inquiry(
            policy, it, on=visit.on, address_flagged=flagged
        ),
        (STATE.INQUIRY_SENT, EVENT.RETURN_BY_POST): lambda it: course.look_at_letter(
            policy, it, on=visit.on, mail_returned=True
        ),
        (STATE.IDENTIFIED, EVENT.CHECK_PINS): lambda it: course.check_pins(it, pins, typed_by="clerk"),
        (STATE.PINS_READY, EVENT.SETTLE_FEE): lambda it: course.settle_fee(it, fee, paid=0),
        (STATE.FEE_SETTLED, EVENT.CLEAR): lambda it: course.clear(policy, it),
        (STATE.FEE_SETTLED, EVENT.APPROVE): lambda it: course.approve(it, by="sato"),
    }
    (state, event), deed = data.draw(st.sampled_from(list(deeds.items())))
    try:
        found = {finding.code for finding in deed(replace(began, state=state)).findings}
    except IllegalTransition:
        return
    finds = step(began.procedure, state, event).finds

    assert all(code in finds or f"{code.partition('.')[0]}." in finds for code in found), found


@given(policy=POLICIES, visit=visits())
def test_an_examination_finds_what_it_may_and_ends_what_it_refuses(policy: Policy, visit: Visit) -> None:
    """R-1.1 to R-1.11, R-2.27: a refusal ends it, told with what the papers lack; without one it goes on."""
    taken = course.examine(policy, course.received(visit), visit)
    finds = step(visit.procedure, STATE.RECEIVED, EVENT.EXAMINE).finds
    told = {finding.code for finding in taken.findings}

    assert all(code in finds or f"{code.partition('.')[0]}." in finds for code in told), told
    assert taken.application.state is (STATE.REFUSED if taken.refused else STATE.EXAMINED)
    assert {finding.code for finding in about_the_holder(policy, visit)} <= told


@given(visit=visits(), outcome=st.sampled_from(get_args(PinOutcome)), clerk=st.booleans(), days=st.integers(0, 40))
def test_no_agent_ever_types_a_pin(visit: Visit, outcome: PinOutcome, clerk: bool, days: int) -> None:  # noqa: FBT001  -- drawn by the property
    """R-6.5; S-54: set anew only by the holder or the representative, or by the clerk from a sealed and signed form."""
    visit = replace(visit, procedure=min(ISSUING, key=lambda one: one.value), kinds=frozenset(CertificateKind))
    examined = replace(course.received(visit), state=STATE.EXAMINED)
    posted = replace(examined, state=STATE.INQUIRY_SENT, inquiry_sent=visit.on - timedelta(days=days))
    for application in (examined, posted):
        known = course.identify(NATIONAL, application, visit).application
        if known.state is not STATE.IDENTIFIED:
            continue
        taken = course.check_pins(
            known, {CertificateKind.SIGNATURE: outcome}, typed_by="clerk" if clerk else "applicant"
        )
        if outcome == "set-anew" and not taken.refused:
            sealed = visit.form in {"sealed", "returned"} and visit.form_signed
            assert sealed if clerk else visit.applicant in {Applicant.SELF, Applicant.LEGAL_REPRESENTATIVE}
