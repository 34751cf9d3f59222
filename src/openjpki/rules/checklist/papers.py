"""Which papers lead to which route: found by asking `identity.decide`, never by a list of their own (R-2.20 to R-2.25)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, unique
from itertools import combinations, product

from openjpki.rules.checklist.interview import Given, Interview
from openjpki.rules.dates import LAST_DAY
from openjpki.rules.documents import TABLE, DocumentKind, DocumentList, ShownDocument, accepted_until
from openjpki.rules.finding import Finding
from openjpki.rules.identity import decide
from openjpki.rules.kinds import Applicant
from openjpki.rules.policy import Policy
from openjpki.rules.visit import InquiryForm, Route, Way

_BEST: Sequence[Way] = ("same_day", "inquiry", "refused")
_ALIKE = (DocumentKind.PENSION_BOOK, DocumentKind.DRIVERS_LICENCE, DocumentKind.PASSPORT)
"""One document of list B and two of list A stand for all: `decide` knows the lists, and that two documents are two kinds."""


@unique
class Whose(Enum):
    """Whose a paper is."""

    HOLDER = "holder"
    APPLICANT = "applicant"
    """Of who comes in the holder's place."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One thing on the counter: a document of somebody, or the form (None)."""

    whose: Whose
    document: ShownDocument | None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A piece, what may stand in its place, and what is said if it is missing."""

    whose: Whose
    documents: tuple[ShownDocument, ...]
    """Any one of them, each choice of another kind; empty: the form."""
    missing: tuple[Finding, ...]
    """A refusal at least: without it the route is another."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The route of a day if everything that can be had is brought, and the fewest papers that lead to it."""

    way: Way
    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]


def refused(findings: Iterable[Finding]) -> Plan:
    """Return the plan of who is refused: what stands in the way, and nothing else."""
    against = dict.fromkeys(finding for finding in findings if finding.severity == "refusal")
    return Plan(way="refused", pieces=(), findings=tuple(against))


def form_of(interview: Interview) -> InquiryForm:
    """Return the form that can be brought: the one at hand, or the sealed 委任状 of a household that moves (R-2.25).

    An opened one is worth nothing, and nobody brings it; who moves has the holder write and seal another.
    """
    if interview.form in {"none", "opened"} and _moves(interview):
        return "sealed"
    return "none" if interview.form == "opened" else interview.form


def _moves(interview: Interview) -> bool:
    return interview.applicant is Applicant.HOUSEHOLD and interview.move_report


def plan(policy: Policy, interview: Interview, on: date, *, form: InquiryForm | None = None) -> Plan:
    """Return the route of a day, and the fewest papers for it (R-2.20 to R-2.25, R-6.3, R-6.4).

    `form`: one that is brought whatever it leads to, as the reply to the second visit (R-2.24). Else a form that does not
    help is left at home: with it an agent without a photo document would be refused (R-2.23).
    """
    everything = _pool(policy, interview, form or form_of(interview))
    pools = [everything] if form else [everything, tuple(piece for piece in everything if piece.document is not None)]
    form = form or form_of(interview)
    routes = [_route(policy, interview, on, pool, form) for pool in pools]
    way, pool = min(
        ((route.route, pool) for route, pool in zip(routes, pools, strict=True)), key=lambda pair: _BEST.index(pair[0])
    )
    if way == "refused":
        return refused(routes[0].findings)
    pieces = next(
        chosen
        for count in range(len(pool) + 1)
        for chosen in combinations(pool, count)
        if _route(policy, interview, on, chosen, form).route == way
    )
    return Plan(way=way, pieces=pieces, findings=_route(policy, interview, on, pieces, form).findings)


def choices(
    policy: Policy, interview: Interview, days: Sequence[date], found: Plan, *, form: InquiryForm | None = None
) -> tuple[Choice, ...]:
    """Return for each paper of a plan all that may stand in its place on all of some days, and what its want means.

    However one chooses, as long as no two documents are of one kind, the route is the plan's.
    """
    form = form_of(interview) if form is None else form
    told: list[Choice] = []
    for number, piece in enumerate(found.pieces):
        rest = found.pieces[:number] + found.pieces[number + 1 :]
        without = _route(policy, interview, days[0], rest, form)
        missing = tuple(finding for finding in without.findings if finding not in found.findings)
        documents = tuple(
            document
            for document in _in_place_of(policy, interview, piece)
            if all(
                _route(policy, interview, day, tried, form).route == found.way
                for tried in _tries(found.pieces, number, document, told)
                for day in days
            )
        )
        told.append(Choice(whose=piece.whose, documents=documents, missing=missing))
    return tuple(told)


def _tries(
    pieces: tuple[Piece, ...], number: int, document: ShownDocument, told: Sequence[Choice]
) -> Iterator[tuple[Piece, ...]]:
    """Return what may lie on the counter with a document in one place: every choice before it, those after as found.

    Nobody shows one document twice: a kind found for a later place is no other try, and whether it leaves that place one is
    tried there.
    """
    here = Piece(whose=pieces[number].whose, document=document)
    before = [
        [Piece(whose=choice.whose, document=one) for one in choice.documents] or [piece]
        for choice, piece in zip(told, pieces, strict=False)
    ]
    for chosen in product(*before):
        tried = (*chosen, here, *pieces[number + 1 :])
        if len(set(tried)) == len(tried):
            yield tried


def _route(policy: Policy, interview: Interview, on: date, pieces: Sequence[Piece], form: InquiryForm) -> Route:
    """Ask for the route of a day with some papers on the counter."""
    shown = {
        whose: tuple(piece.document for piece in pieces if piece.document is not None and piece.whose is whose)
        for whose in Whose
    }
    kinds = {piece.document.kind if piece.document else None for piece in pieces}
    # the mandate of is one only together with the report of the move
    brought = None in kinds and (form != "sealed" or interview.form == "sealed" or DocumentKind.MOVE_REPORT in kinds)
    visit = interview.visit(
        policy, on, own=shown[Whose.HOLDER], agent=shown[Whose.APPLICANT], form=form if brought else "none"
    )
    return decide(policy, visit)


def _pool(policy: Policy, interview: Interview, form: InquiryForm) -> tuple[Piece, ...]:
    """Return what can be brought, one document for all of its list; powers first, identities last."""
    represented = interview.applicant is not Applicant.SELF
    pool = [Piece(whose=Whose.APPLICANT if represented else Whose.HOLDER, document=None)] if form != "none" else []
    if represented:
        pool.extend(Piece(whose=Whose.APPLICANT, document=ShownDocument(kind=kind)) for kind in _powers(interview))
    for whose in (Whose.HOLDER, Whose.APPLICANT)[: 1 + represented]:
        given = _given(policy, interview, whose)
        shown = [ShownDocument(kind=kind) for kind in _ALIKE] if given is None else given
        pool.extend(Piece(whose=whose, document=document) for document in shown)
    return tuple(pool)


def _powers(interview: Interview) -> Iterator[DocumentKind]:
    """Return the papers that who comes can get or write; what the registers show is not brought (R-2.22)."""
    if interview.applicant is Applicant.LEGAL_REPRESENTATIVE:
        yield DocumentKind.FAMILY_REGISTER_CERTIFICATE
        yield DocumentKind.GUARDIANSHIP_CERTIFICATE
        return
    yield DocumentKind.MANDATE
    if _moves(interview):
        yield DocumentKind.MOVE_REPORT


def _given(policy: Policy, interview: Interview, whose: Whose) -> Given:
    """Return the identity documents that somebody has, the one that lasts longest first; a power is got or written."""
    given = interview.documents if whose is Whose.HOLDER else interview.agent_documents
    if given is None:
        return None

    def lasts(document: ShownDocument) -> date:
        return min(document.expires or LAST_DAY, accepted_until(policy, document.kind) or LAST_DAY)

    identities = (document for document in given if TABLE[document.kind].list is not DocumentList.POWER)
    return tuple(sorted(identities, key=lasts, reverse=True))


def _in_place_of(policy: Policy, interview: Interview, piece: Piece) -> Iterator[ShownDocument]:
    """Return what can be tried in a piece's place: the papers of the table that can be had, or those given; no other form."""
    if piece.document is None:
        return
    if TABLE[piece.document.kind].list is DocumentList.POWER:
        yield piece.document
        return
    given = _given(policy, interview, piece.whose)
    if given is not None:
        yield from given
        return
    yield from (ShownDocument(kind=kind) for kind, row in TABLE.items() if row.list is not DocumentList.POWER)
