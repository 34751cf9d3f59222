"""Who acts for the holder: the legal representative, the voluntary agent, the household on a move (R-2.22 to R-2.25)."""

from collections.abc import Iterator

from openjpki.rules.catalogue import find
from openjpki.rules.documents import DocumentKind, DocumentList
from openjpki.rules.kinds import Procedure
from openjpki.rules.representation import representation
from openjpki.rules.visit import Case, Route, Way

ISSUING = frozenset({Procedure.NEW, Procedure.RENEWAL, Procedure.REISSUE})
_TWO_DOCUMENTS = 2
_POWER = frozenset(
    {
        DocumentKind.FAMILY_REGISTER_CERTIFICATE,
        DocumentKind.GUARDIANSHIP_CERTIFICATE,
        DocumentKind.RESIDENT_RECORD,
    }
)


def by_representative(case: Case) -> Route:
    """Route the legal representative: a photo document (two documents for a reset) and the power (R-2.22, R-6.4)."""
    missing = []
    if not case.agent.of(DocumentList.A):
        missing.append("representative.photo-id")
    elif case.visit.procedure is Procedure.PIN_RESET and not _two_documents(case):
        missing.append("representative.two-documents")
    missing.extend(_unproven(case))
    return case.goes("refused" if missing else "same_day", *missing)


def _two_documents(case: Case) -> bool:
    """Say whether two documents of two kinds were shown: A×2 or A+B (R-2.22, R-6.4)."""
    return len(case.agent.of(DocumentList.A, DocumentList.B)) >= _TWO_DOCUMENTS


def _unproven(case: Case) -> Iterator[str]:
    holder, claim = case.visit.holder, case.visit.claim
    if holder is not None and claim is not None:
        papers = case.agent.counted
        against = representation(case.policy, holder=holder, claim=claim, papers=papers, on=case.visit.on)
        yield from (finding.code for finding in against)
    elif not case.agent.counted & _POWER:
        yield "representative.power"


def by_household(case: Case) -> Route:
    """Route a member of the household: at once with a move reported the same day, else as any agent (R-2.25)."""
    if DocumentKind.MOVE_REPORT not in case.agent.counted or case.visit.procedure not in ISSUING:
        found = by_agent(case)
        if found.route == "same_day":  # done at once as it is
            return found
        reported = DocumentKind.MOVE_REPORT in case.agent.counted
        why = "household.move-is-for-an-issue" if reported else "household.only-with-move"
        return Route(route=found.route, findings=(*found.findings, find(why)))
    if case.form != "sealed":
        return by_agent(case)
    if not case.visit.form_signed:
        return case.goes("refused", "agent.unsigned")
    return _with_agents_document(case, "same_day")


def by_agent(case: Case) -> Route:
    """Route a voluntary agent: one visit with the sealed form at a renewal, else the inquiry letter (R-2.23, R-2.24)."""
    if case.visit.procedure is Procedure.REVOCATION:
        return _with_mandate(case, "same_day", wanted=case.policy.agent_revocation_mandate)
    if case.form == "opened":
        return case.goes("refused", "agent.unsealed")
    if case.form != "none" and not case.visit.form_signed:
        return case.goes("refused", "agent.unsigned")
    if case.form == "returned":
        return _second_visit(case)
    if case.form == "sealed" and case.visit.procedure is Procedure.RENEWAL and case.policy.agent_one_visit_renewal:
        return _one_visit(case)
    return _with_mandate(case, "inquiry", "agent.two-visits", wanted=case.policy.agent_first_visit_mandate)


def _one_visit(case: Case) -> Route:
    """Renew in one visit: the agent's photo document, the sealed form, and nothing of R-2.23 against it (S-46 to S-54)."""
    if not case.agent.of(DocumentList.A):
        return case.goes("refused", "agent.photo-id")
    against = tuple(_against_one_visit(case))
    if against:
        return case.goes("inquiry", *against)
    return case.goes("same_day", "agent.holder-preferred")


def _against_one_visit(case: Case) -> Iterator[str]:
    """Tell why an agent's renewal takes the inquiry letter after all (R-2.23, R-2.24). A 顔認証カード has no PIN (R-1.11)."""
    visit = case.visit
    if visit.certificate_expired:
        yield "agent.certificate-expired"
    if visit.card_items_change:
        yield "agent.card-items-change"
    if visit.form_until is not None and visit.on > visit.form_until:
        yield "agent.form-lapsed"
    if not visit.pin_matches and not case.face_card:
        yield "agent.pin-mismatch"


def _second_visit(case: Case) -> Route:
    """Take the sealed reply from the agent (R-2.24); some municipalities also see a document of the holder."""
    if case.policy.inquiry_reply_holder_document and not case.own_document:
        return case.goes("refused", "agent.holder-document")
    return _with_agents_document(case, "same_day")


def _with_mandate(case: Case, way: Way, *codes: str, wanted: bool) -> Route:
    if wanted and DocumentKind.MANDATE not in case.agent.counted:
        return case.goes("refused", "agent.mandate")
    return _with_agents_document(case, way, *codes)


def _with_agents_document(case: Case, way: Way, *codes: str) -> Route:
    if not case.agent.of(DocumentList.A, DocumentList.B):
        return case.goes("refused", "agent.id")
    return case.goes(way, *codes)
