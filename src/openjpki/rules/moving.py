"""The card after a move: 継続利用 and 券面更新, and 国外継続利用 on leaving Japan (R-2.13, R-2.14).

The card is served more freely than the certificate on it: an agent who reports the move has the card written at once, while
the signature certificate that ended with the move goes its own way (R-2.24, R-2.25).
"""

from dataclasses import dataclass, replace
from datetime import date

from openjpki.rules.catalogue import find
from openjpki.rules.deadlines import Deadline, continued_use, standing
from openjpki.rules.documents import DocumentKind, DocumentList, ShownDocument
from openjpki.rules.eligibility import ABROAD_SINCE, Holder, is_represented, may_have
from openjpki.rules.finding import Finding, refusals_first
from openjpki.rules.identity import about_the_holder, decide
from openjpki.rules.inquiry import reply_from
from openjpki.rules.kinds import Applicant, CertificateKind, Procedure, Term
from openjpki.rules.policy import Policy
from openjpki.rules.visit import Case, Route, Visit, Way

_AGENTS = frozenset({Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD})


@dataclass(frozen=True, kw_only=True)
class CardAfterMove:
    """How the card goes on after a move, and the signature certificate with it."""

    card: Way
    signature: Way | None
    """None: not asked for."""
    deadline: Deadline | None
    """The term of the 継続利用; None for a move inside the municipality, which has none."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class CardAbroad:
    """Whether the card can go on being used abroad."""

    open: bool
    deadline: Deadline
    """Its last day is the day before leaving; a new signature certificate is issued up to it too (R-5.5)."""
    findings: tuple[Finding, ...]


def card_after_move(
    policy: Policy, visit: Visit, *, reported: date, within: bool = False, moved_again: date | None = None
) -> CardAfterMove:
    """Return how a card is put to 継続利用 (転入), or its face written anew (`within`: 転居), on a day (R-2.13, R-5.21).

    `reported`: the day of the 転入届 or 転居届; `moved_again` as in `deadlines.continued_use`. On that day the holder, the
    household and an agent are all served at once; later an agent and the household by the inquiry letter, as long as its
    reply can be brought in the term. The signature certificate is routed where `visit.kinds` names it (R-5.22; S-26).
    `visit.procedure` is of no account. Raises `NeverOpen`.
    """
    term = None if within else continued_use(policy, reported=reported, on=visit.on, moved_again=moved_again)
    if term is not None and not term.in_time:
        return _too_late(visit, term.deadline, *term.findings)
    on_time = _told_with_the_report(visit, with_report=visit.on == reported)
    card = _card(policy, replace(on_time, kinds=frozenset()), with_report=visit.on == reported)
    if term is not None and card.route == "inquiry":
        last, soonest = term.deadline.last_day, reply_from(policy, asked=visit.on)
        if soonest > last:
            return _too_late(visit, term.deadline, find("moving.letter-too-late", last=last, soonest=soonest))
        card = replace(card, findings=(*card.findings, find("moving.second-visit-in-time", last=last)))
    signature = _signature(policy, on_time, card.route)
    told = (*card.findings, *(signature.findings if signature else ()))
    done = (find(_goes_on(policy, visit)),) if card.route == "same_day" else ()
    return CardAfterMove(
        card=card.route,
        signature=signature.route if signature else None,
        deadline=term.deadline if term else None,
        findings=refusals_first((*told, *done, *(term.findings if term else ()))),
    )


def continued_use_abroad(policy: Policy, holder: Holder, *, leaves: date, on: date) -> CardAbroad:
    """Say whether 国外継続利用 can be asked for on a day: up to the day before leaving, by Japanese nationals (R-2.14, R-5.5).

    A closed day does not move the last day (R-4.7). From 2024-05-27 (R-1.1).
    """
    term = standing(policy, term=Term.CONTINUED_USE_ABROAD, since=leaves, on=on)
    findings = [*may_have(policy, holder, kind=CertificateKind.AUTHENTICATION, on=on).findings, *term.findings]
    if not holder.japanese:
        findings.append(find("moving.nationals-only"))
    if leaves < ABROAD_SINCE:
        findings.append(find("eligibility.abroad-not-yet", since=ABROAD_SINCE))
    refused = any(finding.severity == "refusal" for finding in findings)
    if not refused:
        findings.append(find("event.continued-abroad"))
    return CardAbroad(
        open=not refused,
        deadline=term.deadline,
        findings=refusals_first(findings),
    )


def _told_with_the_report(visit: Visit, *, with_report: bool) -> Visit:
    """Return the visit as a re-issue, the report of the move among the papers if and only if it was filed that day."""
    others = tuple(paper for paper in visit.agent_documents if paper.kind is not DocumentKind.MOVE_REPORT)
    report = (ShownDocument(kind=DocumentKind.MOVE_REPORT, issued=visit.on),) if with_report else ()
    return replace(visit, procedure=Procedure.REISSUE, agent_documents=(*others, *report))


def _card(policy: Policy, visit: Visit, *, with_report: bool) -> Route:
    if visit.applicant not in _AGENTS or not with_report:
        return decide(policy, visit)
    case = Case.of(policy, visit)
    about, found = about_the_holder(policy, visit), _at_once(case)
    barred = any(finding.severity == "refusal" for finding in about)
    return Route(route="refused" if barred else found.route, findings=(*about, *found.findings))


def _at_once(case: Case) -> Route:
    """Take one document of who reports the move, an agent's 委任状, and no form that was opened (R-2.13, R-2.25)."""
    missing = []
    if case.visit.applicant is Applicant.VOLUNTARY_AGENT and DocumentKind.MANDATE not in case.agent.counted:
        missing.append("agent.mandate")
    if not case.agent.of(DocumentList.A, DocumentList.B):
        missing.append("agent.id")
    if case.form == "opened":
        missing.append("agent.unsealed")
    return case.goes("refused" if missing else "same_day", *missing)


def _too_late(visit: Visit, deadline: Deadline, *findings: Finding) -> CardAfterMove:
    """Refuse the card, and with it the certificate that was asked for: the term has passed, or no letter comes back in it."""
    asked = CertificateKind.SIGNATURE in visit.kinds
    return CardAfterMove(card="refused", signature="refused" if asked else None, deadline=deadline, findings=findings)


def _goes_on(policy: Policy, visit: Visit) -> str:
    """Say what comes of the card, and of its PINs: none on a 顔認証カード, and none for an agent to type (R-1.11, R-6.5)."""
    holder = visit.holder
    if holder is not None and holder.face_card:
        return "moving.card-goes-on-without-pin"
    if holder is not None and is_represented(policy, holder, visit.on):
        return "moving.card-goes-on-represented"
    return "moving.card-goes-on-by-agent" if visit.applicant in _AGENTS else "moving.card-goes-on"


def _signature(policy: Policy, visit: Visit, card: Way) -> Route | None:
    """Route the signature certificate by itself; it never goes before the card."""
    if CertificateKind.SIGNATURE not in visit.kinds:
        return None
    found = decide(policy, replace(visit, kinds=frozenset({CertificateKind.SIGNATURE})))
    return replace(found, route="refused") if card == "refused" else found
