"""Several members of a family in one visit: each is routed alone, and one set of papers serves for all (R-2.20 to R-2.25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from openjpki.rules.catalogue import find
from openjpki.rules.documents import TABLE, DocumentKind, DocumentList, ShownDocument
from openjpki.rules.finding import Finding
from openjpki.rules.identity import decide
from openjpki.rules.kinds import Applicant
from openjpki.rules.policy import Policy
from openjpki.rules.visit import Route, Visit

_FOR_ALL = frozenset({DocumentKind.FAMILY_REGISTER_CERTIFICATE, DocumentKind.RESIDENT_RECORD, DocumentKind.MOVE_REPORT})
"""Papers of the family. A 登記事項証明書, a 委任状 and a reply form name one person and serve for that one."""


@dataclass(frozen=True, kw_only=True)
class FamilyVisit:
    """The route of each member, under the names they were given, and what was shown once for several."""

    routes: Mapping[str, Route]
    shared: tuple[DocumentKind, ...]
    findings: tuple[Finding, ...]


def serves_for_all(kind: DocumentKind) -> bool:
    """Say whether a paper of who came serves for every member: their own identity, the register of the family, the move."""
    return kind in _FOR_ALL or TABLE[kind].list in {DocumentList.A, DocumentList.B}


def decide_together(
    policy: Policy, visits: Mapping[str, Visit], *, came: str, shown: Sequence[ShownDocument]
) -> FamilyVisit:
    """Route each member of a family by themselves (R-2.20 to R-2.25), with the papers that `came` has shown once.

    For `came` they are the holder's own documents. For the members they act for they prove who acts and by what right.
    Who came too and acts alone shows documents of their own.
    """
    common = tuple(document for document in shown if serves_for_all(document.kind))
    routes = {name: decide(policy, _with_common(visit, common, own=name == came)) for name, visit in visits.items()}
    served = [name for name, visit in visits.items() if name == came or visit.applicant is not Applicant.SELF]
    shared = tuple(dict.fromkeys(document.kind for document in common)) if len(served) > 1 else ()
    return FamilyVisit(routes=routes, shared=shared, findings=_one_set(shared))


def _with_common(visit: Visit, common: tuple[ShownDocument, ...], *, own: bool) -> Visit:
    if own:
        return replace(visit, documents=(*visit.documents, *common))
    if visit.applicant is Applicant.SELF:
        return visit
    return replace(visit, agent_documents=(*visit.agent_documents, *common))


def _one_set(shared: Sequence[DocumentKind]) -> tuple[Finding, ...]:
    if not shared:
        return ()
    rows = [TABLE[kind] for kind in shared]
    names_ja, names_en = "、".join(row.ja for row in rows), ", ".join(row.en for row in rows)
    return (find("family.one-set", names_ja=names_ja, names_en=names_en),)
