"""At the counter too: who follows what a refusal says is served at last (R-2.2 to R-2.4, R-2.20, R-2.27, R-3.8, R-6.3)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.application import ApplicationEvent
from openjpki.rules.catalogue import find
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import SIGNATURE_AGE
from openjpki.rules.kinds import (
    ApplicationState,
    ApprovalGround,
    CardState,
    CertificateKind,
    CertificateState,
    LifeEvent,
    Procedure,
)
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal_window
from openjpki.window.examination import IN_KANA, Case, IssueExamination, Known, Shown, examine
from openjpki.window.findings import FINDINGS

POLICIES = st.sampled_from(
    [
        Policy.preset("national"),
        Policy.preset("page"),
        replace(Policy(), second_person_for=tuple(ApprovalGround)),
    ]
)
ISSUING = (Procedure.NEW, Procedure.RENEWAL, Procedure.REISSUE)
AUTHENTICATION = CertificateKind.AUTHENTICATION
LICENCE = Shown(documents=(ShownDocument(kind=DocumentKind.DRIVERS_LICENCE),), copies_taken=True)
STATES = [state for state in CertificateState if state is not CertificateState.PREPARED]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return anybody who comes in person, with any past and any papers."""
    on = draw(st.dates(date(2025, 12, 2), date(2030, 12, 31)))
    near = st.integers(-400, 1500).map(lambda days: on + timedelta(days=days))
    history = st.builds(
        Known,
        kind=st.sampled_from(CertificateKind),
        state=st.sampled_from(STATES),
        expires=near,
        event=st.none() | st.sampled_from(LifeEvent),
    )
    kinds = draw(st.sets(st.sampled_from(CertificateKind), min_size=1))
    return Case(
        procedure=draw(st.sampled_from(ISSUING)),
        kinds=tuple(kind for kind in CertificateKind if kind in kinds),
        on=on,
        resident=draw(st.booleans()),
        born=on - timedelta(days=draw(st.integers(10 * 365, 80 * 365))),
        card=draw(st.none() | st.sampled_from(CardState)),
        card_expires=draw(st.none() | near),
        own_card_shown=draw(st.booleans()),
        history=tuple(draw(st.lists(history, max_size=3))),
        shown=Shown(
            documents=draw(st.sampled_from([(), LICENCE.documents])), pin_matches=draw(st.none() | st.booleans())
        ),
        waiting=draw(st.sampled_from(["", "2026-000001"])),
        characters=draw(st.sampled_from([(), (find(IN_KANA, written="ヨシダ"),)])),
    )


Remedy = Callable[[Policy, Case], Case]


def _with(**change: object) -> Remedy:
    return lambda _, case: replace(case, **change)  # type: ignore[arg-type]  # fields of different types


def _gets_a_card(_: Policy, case: Case) -> Case:
    return replace(case, card=CardState.ACTIVE, card_expires=case.on + timedelta(days=3650), own_card_shown=True)


def _comes_when_it_opens(policy: Policy, case: Case) -> Case:
    """Come on the first day on which every certificate asked for can be renewed; what expires first is asked for alone."""
    last = {known.kind: known for known in case.history}
    ends = {kind: last[kind].expires for kind in case.kinds if kind in last}
    soonest = min(ends, key=lambda kind: ends[kind])
    return replace(case, kinds=(soonest,), on=max(case.on, renewal_window(policy, ends[soonest]).opens))


def _renews_or_reissues(policy: Policy, case: Case) -> Case:
    """A certificate in force is renewed in its window, and re-issued before; the other one is asked for by itself."""
    alive = [
        known
        for known in case.history
        if known.kind in case.kinds and known.expires >= case.on and known.state is CertificateState.VALID
    ]
    if not alive:
        return replace(case, procedure=Procedure.REISSUE)
    known = alive[-1]
    inside = renewal_window(policy, known.expires).contains(case.on)
    return replace(case, kinds=(known.kind,), procedure=Procedure.RENEWAL if inside else Procedure.REISSUE)


def _asks_anew(_: Policy, case: Case) -> Case:
    """Where there was none it is a new issue, else a re-issue; the two kinds apart, if their pasts differ."""
    kind = case.kinds[0]
    there_was = any(known.kind is kind and _was_the_holders(known) for known in case.history)
    return replace(case, kinds=(kind,), procedure=Procedure.REISSUE if there_was else Procedure.NEW)


def _was_the_holders(known: Known) -> bool:
    ended_by_nobody = known.state is CertificateState.REVOKED and known.event is None
    return known.state is not CertificateState.UNDELIVERED and not ended_by_nobody


def _sets_the_pin_anew(_: Policy, case: Case) -> Case:
    return replace(case, shown=replace(case.shown, pin_matches=True))


def _brings_a_document_and_the_pin(_: Policy, case: Case) -> Case:
    return replace(case, shown=replace(LICENCE, pin_matches=True))


def _agrees_to_kana(_: Policy, case: Case) -> Case:
    return replace(case, shown=replace(case.shown, kana_agreed=True))


def _is_fifteen(_: Policy, case: Case) -> Case:
    """Apply from the 15th birthday on: the day that the refusal names."""
    day = case.born.replace(year=case.born.year + SIGNATURE_AGE, day=min(case.born.day, 28)) + timedelta(days=4)
    return replace(case, on=max(case.on, day))


REMEDIES: Mapping[str, Remedy] = {
    "eligibility.not-resident": _with(resident=True),
    "eligibility.card-expired": _gets_a_card,
    "eligibility.card-suspended": _gets_a_card,
    "eligibility.card-abolished": _gets_a_card,
    "eligibility.ward_or_under15_principle": _is_fifteen,
    "representative.needed": _is_fifteen,
    "window.no-card": _gets_a_card,
    "window.other-card": _with(own_card_shown=True),
    "window.issue-waiting": _with(waiting=""),
    "window.new.in-force": _renews_or_reissues,
    "window.renewal.nothing": _asks_anew,
    "window.reissue.nothing": _asks_anew,
    "renewal.not-yet": _comes_when_it_opens,
    "renewal.over": _with(procedure=Procedure.NEW),
    "renewal.card-first": _gets_a_card,
    "identity.inquiry": _brings_a_document_and_the_pin,
    "identity.pin-must-match": _brings_a_document_and_the_pin,
    "application.pin-first": _sets_the_pin_anew,
    "window.kana-not-agreed": _agrees_to_kana,
}
"""What each refusal says to bring or to do, done."""


def _refusals(found: IssueExamination) -> list[str]:
    return [finding.code for finding in found.findings if finding.severity == "refusal"]


def test_every_refusal_of_the_counter_has_a_remedy() -> None:
    """R-2.27: no refusal of the counter's own is a dead end; what asks for an ending is told of elsewhere."""
    own = {code for code, finding in FINDINGS.items() if finding.severity == "refusal"}

    assert own - {"window.ending.nothing"} <= set(REMEDIES)


@given(policy=POLICIES, case=cases())
def test_following_the_advice_leads_to_an_issue(policy: Policy, case: Case) -> None:
    """R-2.2 to R-2.4, R-2.20, R-3.8, R-6.3: who does what the refusals say has the application accepted."""
    told: list[list[str]] = []
    found = examine(policy, case)
    while found.refused and len(told) < 8:
        told.append(_refusals(found))
        case = REMEDIES[told[-1][0]](policy, case)
        found = examine(policy, case)

    assert not found.refused, told
    assert found.way == "same_day"


@given(policy=POLICIES, case=cases())
def test_nothing_accepted_lacks_a_step(policy: Policy, case: Case) -> None:
    """R-2.27: accepted, it is ready, or waits for a second person; refused, it is never both."""
    found = examine(policy, case)
    application = found.application

    if found.refused:
        assert application.state not in {ApplicationState.READY, ApplicationState.FEE_SETTLED}
        return
    second = ApprovalGround.NO_PIN in policy.second_person_for and not case.shown.pin_matches
    assert application.state is (ApplicationState.FEE_SETTLED if second else ApplicationState.READY)
    assert application.path[:4] == (
        ApplicationEvent.EXAMINE,
        ApplicationEvent.IDENTIFY,
        ApplicationEvent.CHECK_PINS,
        ApplicationEvent.SETTLE_FEE,
    )
