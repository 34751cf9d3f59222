"""The identity route: done on the same day, by the inquiry letter and a second visit, or refused (R-2.20 to R-2.25)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from openjpki.rules.agency import ISSUING, by_agent, by_household, by_representative
from openjpki.rules.catalogue import find
from openjpki.rules.documents import ShownDocument
from openjpki.rules.eligibility import Holder, is_represented, may_have, residence_findings
from openjpki.rules.finding import Finding, refusals_first
from openjpki.rules.kinds import Applicant, CertificateKind, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.visit import Case, InquiryForm, Route, Visit, Way

__all__ = ["InquiryForm", "Route", "Visit", "Way", "about_the_holder", "decide", "route"]

_ASKING_PIN = frozenset({Procedure.RENEWAL, Procedure.PIN_CHANGE})
"""Procedures in which the holder types the PIN in force (R-6.7, S-41; R-2.9)."""
_ABOUT_PINS = frozenset({Procedure.PIN_CHANGE, Procedure.PIN_RESET})


def route(
    policy: Policy,
    *,
    procedure: Procedure,
    applicant: Applicant,
    pin_matches: bool | None,
    documents: Sequence[ShownDocument],
    agent_documents: Sequence[ShownDocument] = (),
    inquiry_form: InquiryForm = "none",
    on: date,
) -> Route:
    """Return the route of a procedure (R-2.5 to R-2.10, R-2.20 to R-2.25, R-6.3, R-6.4; S-13 to S-16, S-43 to S-63).

    The holder's card is on the counter; `documents` are the holder's others, `agent_documents` those of who acts;
    `pin_matches` is None where no PIN was tried: that identifies nobody either, but nothing has to be set anew.
    """
    visit = Visit(
        procedure=procedure,
        applicant=applicant,
        on=on,
        pin_matches=pin_matches,
        documents=tuple(documents),
        agent_documents=tuple(agent_documents),
        form=inquiry_form,
    )
    return decide(policy, visit)


def decide(policy: Policy, visit: Visit) -> Route:
    """Return the route of a visit: whether this holder may, who acts, with which papers (R-1.1 to R-1.11, R-2.20 to R-2.25).

    Every reason is told at once, refusals of the person before those of the papers: nobody is sent away twice.
    """
    if visit.procedure is Procedure.HOLD:  # nothing is shown on the telephone
        return Route(route="same_day", findings=(find("hold.by-telephone"),))
    case = Case.of(policy, visit)
    about = about_the_holder(policy, visit)
    found = _BY_APPLICANT[visit.applicant](case)
    barred = any(finding.severity == "refusal" for finding in about)
    return Route(
        route="refused" if barred else found.route,
        findings=refusals_first((*about, *found.findings)),
    )


def about_the_holder(policy: Policy, visit: Visit) -> tuple[Finding, ...]:
    """Tell whether the holder may, and whether they need a representative (R-1.1 to R-1.8, R-1.11; S-07 to S-09).

    For a hold by telephone nobody is asked who calls (R-2.7).
    """
    if visit.holder is None or visit.procedure is Procedure.HOLD:
        return ()
    return refusals_first(_about(policy, visit, visit.holder))


def _about(policy: Policy, visit: Visit, holder: Holder) -> Iterator[Finding]:
    if visit.procedure is Procedure.REVOCATION:  # no card and no age is asked for
        yield from residence_findings(policy, holder, visit.on)
    for kind in _kinds(visit):
        found = may_have(policy, holder, kind=kind, on=visit.on, accompanied=visit.accompanied)
        yield from (one for one in found.findings if one.code != "eligibility.representative-applies")
    if visit.procedure in _ABOUT_PINS and holder.face_card:
        yield find("eligibility.face-card-no-pin")
    if visit.applicant is not Applicant.LEGAL_REPRESENTATIVE and is_represented(policy, holder, visit.on):
        yield find("representative.needed")


def _kinds(visit: Visit) -> Sequence[CertificateKind]:
    """Return the certificates whose conditions count; a PIN asks no more than the authentication certificate does."""
    if visit.procedure is Procedure.REVOCATION:
        return ()
    asked = visit.kinds if visit.procedure in ISSUING else frozenset()
    return [kind for kind in CertificateKind if kind in asked] or [CertificateKind.AUTHENTICATION]


def _self(case: Case) -> Route:
    """Route the holder in person: a matching PIN or one document, or the reply to an inquiry (R-2.20, R-2.24)."""
    procedure = case.visit.procedure
    resets = procedure is Procedure.PIN_RESET
    pin_matches = case.visit.pin_matches and not case.face_card
    replied = case.form == "returned" and case.visit.form_signed
    if replied or (pin_matches and not resets):
        return case.goes("same_day")
    if not case.own_document and case.form == "returned":
        return case.goes("refused", "identity.reply-unsigned")
    if not case.own_document:
        return case.goes("inquiry", "identity.reset-needs-document" if resets else "identity.inquiry")
    # no PIN is asked for a revocation, and a 顔認証カード has none.
    if procedure in {Procedure.PIN_RESET, Procedure.REVOCATION} or case.face_card:
        return case.goes("same_day")
    if case.policy.same_day_identity == "pin" and procedure in {Procedure.NEW, Procedure.REISSUE}:
        return case.goes("inquiry", "identity.pin-must-match")
    return case.goes("same_day", *_about_the_pin(case))


def _about_the_pin(case: Case) -> Sequence[str]:
    """Tell a holder known by a document: one that failed is set anew first (R-6.3); one not tried is asked for (R-6.7)."""
    if case.visit.pin_matches is False:
        return ("identity.pin-reset-first",)
    return ("identity.pin-needed",) if case.visit.procedure in _ASKING_PIN else ()


_BY_APPLICANT: Mapping[Applicant, Callable[[Case], Route]] = {
    Applicant.SELF: _self,
    Applicant.LEGAL_REPRESENTATIVE: by_representative,
    Applicant.VOLUNTARY_AGENT: by_agent,
    Applicant.HOUSEHOLD: by_household,
}
