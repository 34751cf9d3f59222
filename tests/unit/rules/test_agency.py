from dataclasses import replace
from datetime import date

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.identity import decide
from openjpki.rules.kinds import Applicant, Capacity, CardState, CertificateKind, Power, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim
from openjpki.rules.visit import Route, Visit

NATIONAL = Policy.preset("national")
ON = date(2026, 11, 24)
ADULT = Holder(born=date(1950, 6, 10))
CHILD = Holder(born=date(2020, 1, 1))
WARD = Holder(born=ADULT.born, capacity=Capacity.GUARDIANSHIP)
AUTHENTICATION = CertificateKind.AUTHENTICATION


def _papers(kinds: str) -> tuple[ShownDocument, ...]:
    return tuple(ShownDocument(kind=DocumentKind(kind)) for kind in kinds.split())


AGENT = Visit(
    procedure=Procedure.RENEWAL,
    applicant=Applicant.VOLUNTARY_AGENT,
    on=ON,
    pin_matches=True,
    form="sealed",
    agent_documents=_papers("passport"),
)
"""An agent who renews in one visit."""
PARENT = Visit(
    procedure=Procedure.NEW,
    applicant=Applicant.LEGAL_REPRESENTATIVE,
    on=ON,
    kinds=frozenset({AUTHENTICATION}),
    holder=CHILD,
    claim=Claim(power=Power.PARENT, same_household=True),
    agent_documents=_papers("passport"),
)


def _refusals(found: Route) -> list[str]:
    return [finding.code for finding in found.findings if finding.severity == "refusal"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"certificate_expired": True}, "agent.certificate-expired"),
        ({"card_items_change": True}, "agent.card-items-change"),
        ({"form_until": date(2026, 11, 23)}, "agent.form-lapsed"),
        ({"pin_matches": False}, "agent.pin-mismatch"),
        ({"pin_matches": None}, "agent.pin-mismatch"),
    ],
)
def test_one_visit_needs_all_conditions(change: dict[str, object], code: str) -> None:
    """R-2.23; S-46, S-51, S-53: not expired, no card items, the form in its term, all PINs: else the inquiry letter."""
    found = decide(NATIONAL, replace(AGENT, **change))  # type: ignore[arg-type]  # one row of the table

    assert decide(NATIONAL, AGENT).route == "same_day"
    assert (found.route, _refusals(found)) == ("inquiry", [code])


def test_all_that_stands_against_one_visit_is_told() -> None:
    """R-2.23: an agent is not sent away twice."""
    found = decide(NATIONAL, replace(AGENT, certificate_expired=True, card_items_change=True, pin_matches=False))

    assert _refusals(found) == ["agent.certificate-expired", "agent.card-items-change", "agent.pin-mismatch"]


def test_the_forms_last_day_is_included() -> None:
    """R-2.23: inside its term (京都市), the printed day included; a form without a day has no term."""
    assert decide(NATIONAL, replace(AGENT, form_until=ON)).route == "same_day"


def test_an_expired_card_closes_one_visit() -> None:
    """R-1.2, R-2.23, CF-8; S-46, S-55: the card must be in force: not even an inquiry, a new card first."""
    found = decide(NATIONAL, replace(AGENT, holder=replace(ADULT, card=CardState.EXPIRED)))

    assert (found.route, _refusals(found)) == ("refused", ["eligibility.card-expired"])


@pytest.mark.parametrize(
    "visit",
    [
        AGENT,
        replace(AGENT, form="returned"),
        replace(
            AGENT,
            procedure=Procedure.REISSUE,
            applicant=Applicant.HOUSEHOLD,
            agent_documents=_papers("passport move-report"),
        ),
    ],
    ids=["one visit", "reply", "household"],
)
def test_an_unsigned_form(visit: Visit) -> None:
    """R-2.23 to R-2.25; S-52: 本人の署名又は記名・押印: without it no sealed paper counts."""
    found = decide(NATIONAL, replace(visit, form_signed=False))

    assert decide(NATIONAL, visit).route == "same_day"
    assert (found.route, _refusals(found)) == ("refused", ["agent.unsigned"])
    assert found.findings[0].sentence == "S-52"


def test_the_holders_document_with_the_reply() -> None:
    """R-2.24: `inquiry_reply_holder_document`: some municipalities also see a document of the holder (not the card)."""
    policy = NATIONAL.with_settings({"inquiry_reply_holder_document": "true"})
    reply = replace(AGENT, procedure=Procedure.NEW, form="returned")

    assert decide(NATIONAL, reply).route == "same_day"
    assert _refusals(decide(policy, reply)) == ["agent.holder-document"]
    assert decide(policy, replace(reply, documents=_papers("my-number-card"))).route == "refused"
    assert decide(policy, replace(reply, documents=_papers("student-id"))).route == "same_day"


def test_a_move_reported_on_another_day() -> None:
    """R-2.25: a later day → R-2.24, and why."""
    later = ShownDocument(kind=DocumentKind.MOVE_REPORT, issued=date(2026, 11, 20))
    visit = replace(
        AGENT,
        procedure=Procedure.REISSUE,
        applicant=Applicant.HOUSEHOLD,
        agent_documents=(*_papers("passport"), later),
    )
    found = decide(NATIONAL, visit)

    assert found.route == "inquiry"
    assert {"household.move-of-another-day", "household.only-with-move"} <= {one.code for one in found.findings}


def test_a_parent_gets_the_authentication_certificate() -> None:
    """R-1.3, R-2.22; S-09: with a photo document and the power; two documents for a PIN reset (R-6.4)."""
    reset = replace(PARENT, procedure=Procedure.PIN_RESET)

    assert decide(NATIONAL, PARENT).route == "same_day"
    assert _refusals(decide(NATIONAL, reset)) == ["representative.two-documents"]
    assert decide(NATIONAL, replace(reset, agent_documents=_papers("passport student-id"))).route == "same_day"


@pytest.mark.parametrize(
    ("visit", "setting"),
    [
        (PARENT, "under15_sign_if_accompanied"),
        (
            replace(
                PARENT,
                holder=WARD,
                claim=Claim(power=Power.GUARDIAN),
                agent_documents=_papers("passport guardianship-certificate"),
            ),
            "ward_sign_if_accompanied",
        ),
    ],
    ids=["under 15", "ward"],
)
def test_a_representative_never_gets_the_signature_certificate_alone(visit: Visit, setting: str) -> None:
    """R-1.7, CF-6; S-08: refused by default; where a municipality issues it, both must come."""
    both = replace(visit, kinds=frozenset(CertificateKind))
    together = replace(both, accompanied=True)
    lenient = NATIONAL.with_settings({setting: "true"})

    assert decide(NATIONAL, visit).route == "same_day"
    assert [decide(NATIONAL, one).route for one in (both, together)] == ["refused", "refused"]
    assert [decide(lenient, one).route for one in (both, together)] == ["refused", "same_day"]


def test_an_assisted_person_and_the_assistant() -> None:
    """R-1.6: the person alone; the assistant only with a list of acts that covers it, on a certificate in its term."""
    holder = Holder(born=ADULT.born, capacity=Capacity.ASSISTANCE)
    alone = Visit(
        procedure=Procedure.NEW, applicant=Applicant.SELF, on=ON, holder=holder, documents=_papers("passport")
    )
    papers = ShownDocument(kind=DocumentKind.GUARDIANSHIP_CERTIFICATE, issued=date(2026, 8, 24))
    assistant = replace(
        PARENT,
        kinds=frozenset(CertificateKind),
        holder=holder,
        claim=Claim(power=Power.ASSISTANT, covered=True),
        agent_documents=(*_papers("passport"), papers),
    )
    too_old = replace(papers, issued=date(2026, 8, 23))

    assert decide(NATIONAL, alone).route == "same_day"
    assert decide(NATIONAL, assistant).route == "same_day"
    assert _refusals(decide(NATIONAL, replace(assistant, claim=Claim(power=Power.ASSISTANT)))) == [
        "representative.not-covered"
    ]
    found = decide(NATIONAL, replace(assistant, agent_documents=(*_papers("passport"), too_old)))
    assert _refusals(found) == ["representative.guardianship-certificate"]
    assert "identity.paper-out-of-date" in {finding.code for finding in found.findings}


def test_what_is_done_at_once_is_not_told_of_moves() -> None:
    """R-2.23, R-2.25: a renewal with the sealed form takes one visit; a report of the move helps no reset and no change."""
    told = {"household.only-with-move", "household.move-is-for-an-issue"}
    visit = Visit(
        procedure=Procedure.RENEWAL,
        applicant=Applicant.HOUSEHOLD,
        on=date(2026, 11, 27),
        holder=Holder(born=date(1990, 6, 10)),
        pin_matches=True,
        form="sealed",
        agent_documents=(ShownDocument(kind=DocumentKind.DRIVERS_LICENCE),),
    )
    report = (*visit.agent_documents, ShownDocument(kind=DocumentKind.MOVE_REPORT, issued=visit.on))

    def about(one: Visit) -> tuple[str, list[str]]:
        found = decide(NATIONAL, one)
        return found.route, [finding.code for finding in found.findings if finding.code in told]

    assert about(visit) == ("same_day", [])
    assert about(replace(visit, form="none")) == ("inquiry", ["household.only-with-move"])
    for procedure in (Procedure.PIN_RESET, Procedure.PIN_CHANGE):
        reported = replace(visit, procedure=procedure, form="none", agent_documents=report)
        assert about(reported) == ("inquiry", ["household.move-is-for-an-issue"])
