"""The identity route: done on the same day, by the inquiry letter and a second visit, or refused (R-2.20 to R-2.25)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from openjpki.rules.catalogue import find
from openjpki.rules.documents import DocumentKind, DocumentList, Examined, ShownDocument, examine
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, Procedure
from openjpki.rules.policy import Policy

InquiryForm = Literal["none", "sealed", "opened", "returned"]
"""The 照会書兼回答書 on the counter.

`sealed`: the one that came with the notice, PINs inside, sealed (for a move: the sealed mandate, R-2.25);
`opened`: the same, unsealed; `returned`: the sealed reply to an inquiry letter that this window sent (R-2.24).
"""

Way = Literal["same_day", "inquiry", "refused"]

_ISSUING = frozenset({Procedure.NEW, Procedure.RENEWAL, Procedure.REISSUE})
_ASKING_PIN = frozenset({Procedure.RENEWAL, Procedure.PIN_CHANGE})
"""Procedures in which the holder types the PIN in force (R-6.7, S-41; R-2.9)."""
_TWO_DOCUMENTS = 2
_POWER = frozenset(
    {
        DocumentKind.FAMILY_REGISTER_CERTIFICATE,
        DocumentKind.GUARDIANSHIP_CERTIFICATE,
        DocumentKind.RESIDENT_RECORD,
    }
)


@dataclass(frozen=True, kw_only=True)
class Route:
    """How the procedure goes on, and why."""

    route: Way
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class _Case:
    """What stands on the counter."""

    policy: Policy
    procedure: Procedure
    pin_matches: bool | None
    own: Examined
    agent: Examined
    form: InquiryForm

    @property
    def own_document(self) -> bool:
        """One document of list A or B other than the holder's card (R-2.20, S-44)."""
        return bool(self.own.of(DocumentList.A, DocumentList.B) - {DocumentKind.MY_NUMBER_CARD})

    def goes(self, way: Way, *codes: str) -> Route:
        """Route the case; advice on the documents follows the findings that decided."""
        examined = self.own.findings + self.agent.findings
        return Route(route=way, findings=(*map(find, codes), *examined, *map(find, self._advice(way))))

    def _advice(self, way: Way) -> Sequence[str]:
        advice = []
        if DocumentKind.MY_NUMBER_CARD in self.own.counted:
            advice.append("identity.card-is-no-second-document")
        if way != "refused" and (self.own_document or self.agent.of(DocumentList.A, DocumentList.B)):
            advice.append("identity.copies-kept")
        return advice


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
    case = _Case(
        policy=policy,
        procedure=procedure,
        pin_matches=pin_matches,
        own=examine(policy, documents, on),
        agent=examine(policy, agent_documents, on),
        form=inquiry_form,
    )
    if procedure is Procedure.HOLD:
        return case.goes("same_day", "hold.by-telephone")
    return _BY_APPLICANT[applicant](case)


def _self(case: _Case) -> Route:
    """Route the holder in person: a matching PIN or one document, or the reply to an inquiry (R-2.20, R-2.24)."""
    resets = case.procedure is Procedure.PIN_RESET
    if case.form == "returned" or (case.pin_matches and not resets):
        return case.goes("same_day")
    if not case.own_document:
        return case.goes("inquiry", "identity.reset-needs-document" if resets else "identity.inquiry")
    if case.procedure in {Procedure.PIN_RESET, Procedure.REVOCATION}:  # no PIN is asked for a revocation
        return case.goes("same_day")
    if case.policy.same_day_identity == "pin" and case.procedure in {Procedure.NEW, Procedure.REISSUE}:
        return case.goes("inquiry", "identity.pin-must-match")
    return case.goes("same_day", *_about_the_pin(case))


def _about_the_pin(case: _Case) -> Sequence[str]:
    """Tell a holder known by a document: one that failed is set anew first (R-6.3); one not tried is asked for (R-6.7)."""
    if case.pin_matches is False:
        return ("identity.pin-reset-first",)
    return ("identity.pin-needed",) if case.procedure in _ASKING_PIN else ()


def _representative(case: _Case) -> Route:
    """Route the legal representative: a photo document (two documents for a reset) and the power (R-2.22, R-6.4)."""
    missing = []
    if not case.agent.of(DocumentList.A):
        missing.append("representative.photo-id")
    elif case.procedure is Procedure.PIN_RESET and len(case.agent.of(DocumentList.A, DocumentList.B)) < _TWO_DOCUMENTS:
        missing.append("representative.two-documents")
    if not case.agent.counted & _POWER:
        missing.append("representative.power")
    return case.goes("refused", *missing) if missing else case.goes("same_day")


def _household(case: _Case) -> Route:
    """Route a member of the household: at once with a move reported the same day, else as any agent (R-2.25)."""
    if DocumentKind.MOVE_REPORT not in case.agent.counted or case.procedure not in _ISSUING:
        found = _agent(case)
        return Route(route=found.route, findings=(*found.findings, find("household.only-with-move")))
    if case.form in {"none", "opened"}:
        return _agent(case)
    return _with_agents_document(case, "same_day")


def _agent(case: _Case) -> Route:
    """Route a voluntary agent: one visit with the sealed form at a renewal, else the inquiry letter (R-2.23, R-2.24)."""
    if case.procedure is Procedure.REVOCATION:
        return _with_mandate(case, "same_day", wanted=case.policy.agent_revocation_mandate)
    if case.form == "opened":
        return case.goes("refused", "agent.unsealed")
    if case.form == "returned":
        return _with_agents_document(case, "same_day")
    if case.form == "sealed" and case.procedure is Procedure.RENEWAL and case.policy.agent_one_visit_renewal:
        return _one_visit(case)
    return _with_mandate(case, "inquiry", "agent.two-visits", wanted=case.policy.agent_first_visit_mandate)


def _one_visit(case: _Case) -> Route:
    """Renew in one visit: the agent's photo document, the sealed form, PINs that match (R-2.23; S-46 to S-54)."""
    if not case.agent.of(DocumentList.A):
        return case.goes("refused", "agent.photo-id")
    if not case.pin_matches:
        return case.goes("inquiry", "agent.pin-mismatch")
    return case.goes("same_day", "agent.holder-preferred")


def _with_mandate(case: _Case, way: Way, *codes: str, wanted: bool) -> Route:
    if wanted and DocumentKind.MANDATE not in case.agent.counted:
        return case.goes("refused", "agent.mandate")
    return _with_agents_document(case, way, *codes)


def _with_agents_document(case: _Case, way: Way, *codes: str) -> Route:
    if not case.agent.of(DocumentList.A, DocumentList.B):
        return case.goes("refused", "agent.id")
    return case.goes(way, *codes)


_BY_APPLICANT: Mapping[Applicant, Callable[[_Case], Route]] = {
    Applicant.SELF: _self,
    Applicant.LEGAL_REPRESENTATIVE: _representative,
    Applicant.VOLUNTARY_AGENT: _agent,
    Applicant.HOUSEHOLD: _household,
}
