from dataclasses import replace
from datetime import date

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.identity import decide
from openjpki.rules.kinds import Applicant, Capacity, CardState, CertificateKind, Power, Procedure, Residence
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim
from openjpki.rules.visit import Route, Visit

NATIONAL = Policy.preset("national")
ON = date(2026, 11, 24)
ADULT = Holder(born=date(1950, 6, 10))
CHILD = Holder(born=date(2020, 1, 1))
WARD = Holder(born=ADULT.born, capacity=Capacity.GUARDIANSHIP)
SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION


def _papers(kinds: str) -> tuple[ShownDocument, ...]:
    return tuple(ShownDocument(kind=DocumentKind(kind)) for kind in kinds.split())


def _refusals(found: Route) -> list[str]:
    return [finding.code for finding in found.findings if finding.severity == "refusal"]


@pytest.mark.parametrize(("on", "way"), [("2026-11-02", "same_day"), ("2026-11-03", "inquiry")])
@pytest.mark.parametrize("applicant", [Applicant.SELF, Applicant.VOLUNTARY_AGENT])
def test_a_reply_counts_in_its_term(applicant: Applicant, on: str, way: str) -> None:
    """R-2.24: a reply of 2026-10-01 counts to Monday 2026-11-02; later a new letter is sent, and told why."""
    visit = Visit(
        procedure=Procedure.NEW,
        applicant=applicant,
        on=date.fromisoformat(on),
        agent_documents=_papers("passport"),
        form="returned",
        inquiry_sent=date(2026, 10, 1),
    )
    found = decide(NATIONAL, visit)

    assert found.route == way
    told = {finding.code: finding.ja for finding in found.findings}
    assert ("令和8年（2026年）11月2日（月）" in told.get("inquiry.reply-not-counted", "")) is (way == "inquiry")
    assert "inquiry.lapsed" not in told


def test_a_late_reply_does_not_harm_a_holder_with_a_document() -> None:
    """R-2.20, R-2.24: the holder is identified by the document instead; the lapsed reply is only told."""
    visit = Visit(
        procedure=Procedure.NEW,
        applicant=Applicant.SELF,
        on=ON,
        documents=_papers("passport"),
        form="returned",
        inquiry_sent=date(2026, 1, 5),
    )
    found = decide(NATIONAL, visit)

    assert found.route == "same_day"
    assert _refusals(found) == []


def test_no_letter_goes_to_a_flagged_address() -> None:
    """R-2.24: after a letter came back the way of the inquiry is closed; a document still opens the same day."""
    visit = Visit(procedure=Procedure.NEW, applicant=Applicant.SELF, on=ON, address_flagged=True)
    found = decide(NATIONAL, visit)

    assert (found.route, _refusals(found)) == ("refused", ["inquiry.address-flagged", "identity.inquiry"])
    assert decide(NATIONAL, replace(visit, documents=_papers("passport"))).route == "same_day"
    assert decide(NATIONAL, replace(visit, address_flagged=False)).route == "inquiry"


@pytest.mark.parametrize("holder", [CHILD, WARD], ids=["under 15", "ward"])
@pytest.mark.parametrize("applicant", [Applicant.SELF, Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD])
def test_who_is_represented_does_not_act_otherwise(holder: Holder, applicant: Applicant) -> None:
    """R-1.3, R-1.6, R-1.7; S-09: the legal representative applies, not the holder alone, an agent or the household."""
    visit = Visit(
        procedure=Procedure.NEW,
        applicant=applicant,
        on=ON,
        kinds=frozenset({AUTHENTICATION}),
        holder=holder,
        documents=_papers("passport"),
        agent_documents=_papers("passport move-report"),
        form="sealed",
    )
    found = decide(NATIONAL, visit)

    assert found.route == "refused"
    assert found.findings[0].code == "representative.needed"


def test_a_minor_of_15_acts_alone() -> None:
    """R-1.6: 15 to 17: no parent is needed, for both certificates."""
    visit = Visit(
        procedure=Procedure.NEW,
        applicant=Applicant.SELF,
        on=ON,
        kinds=frozenset(CertificateKind),
        holder=Holder(born=date(2011, 11, 24)),
        documents=_papers("student-id"),
    )

    assert decide(NATIONAL, visit).route == "same_day"
    assert decide(NATIONAL, replace(visit, on=date(2026, 11, 23))).route == "refused"


def test_a_revocation_asks_for_no_card() -> None:
    """R-1.1, R-2.5: residence still counts; an expired card does not stand in the way of ending a certificate."""
    visit = Visit(
        procedure=Procedure.REVOCATION,
        applicant=Applicant.SELF,
        on=ON,
        holder=replace(ADULT, card=CardState.EXPIRED),
        documents=_papers("passport"),
    )

    assert decide(NATIONAL, visit).route == "same_day"
    assert _refusals(decide(NATIONAL, replace(visit, holder=replace(ADULT, residence=Residence.ELSEWHERE)))) == [
        "eligibility.not-resident"
    ]


def test_a_hold_asks_nothing() -> None:
    """R-2.7: at once, whoever calls as the holder, whatever the record says."""
    visit = Visit(
        procedure=Procedure.HOLD,
        applicant=Applicant.SELF,
        on=ON,
        holder=replace(CHILD, residence=Residence.ELSEWHERE),
    )

    assert decide(NATIONAL, visit).route == "same_day"


def test_refusals_of_the_person_come_first() -> None:
    """Every reason is told at once: the person's, the papers', then advice."""
    visit = Visit(
        procedure=Procedure.NEW,
        applicant=Applicant.SELF,
        on=ON,
        kinds=frozenset({SIGNATURE}),
        holder=Holder(born=ADULT.born, residence=Residence.ABROAD_HERE, card=CardState.ABOLISHED),
    )

    assert [finding.code for finding in decide(NATIONAL, visit).findings] == [
        "eligibility.card-abolished",
        "identity.inquiry",
        "eligibility.abroad",
    ]


def test_nobody_is_represented_by_a_claim_alone() -> None:
    """A claim without a holder is a bug of the caller, not a case."""
    with pytest.raises(ValueError, match="nobody"):
        Visit(
            procedure=Procedure.NEW,
            applicant=Applicant.LEGAL_REPRESENTATIVE,
            on=ON,
            claim=Claim(power=Power.PARENT),
        )
