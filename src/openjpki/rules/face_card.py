"""The 顔認証マイナンバーカード: a card without PINs, and the switch to it and back (R-1.11)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from openjpki.rules.catalogue import find
from openjpki.rules.documents import DocumentKind, DocumentList
from openjpki.rules.finding import Finding, refusals_first
from openjpki.rules.identity import about_the_holder, decide
from openjpki.rules.kinds import Applicant, CertificateKind, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.visit import Case, Route, Visit, Way

Direction = Literal["to-face", "to-pin"]

_AGENTS = frozenset({Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD})


@dataclass(frozen=True, kw_only=True)
class Switch:
    """How a switch goes on, and what comes of it."""

    route: Way
    findings: tuple[Finding, ...]
    ends: frozenset[CertificateKind]
    """The certificates that end with it: the signature certificate must not stay on a 顔認証カード."""
    sets_pins: bool
    yen: int = 0
    """The switch is free both ways."""


def face_card_switch(policy: Policy, visit: Visit, *, direction: Direction) -> Switch:
    """Return the route of a switch to a 顔認証カード or back (R-1.11).

    The holder, the legal representative and, with a 委任状, an agent have it done on the same day. `visit.procedure` is
    of no account: the authentication certificate stays as it is and no PIN is asked for.
    """
    case = Case.of(policy, replace(visit, procedure=Procedure.NEW, kinds=frozenset()))
    about = about_the_holder(policy, case.visit)
    found = _by_agent(case) if visit.applicant in _AGENTS else decide(policy, _asking_no_pin(visit))
    barred = any(finding.severity == "refusal" for finding in about)
    way: Way = "refused" if barred else found.route
    following = _FOLLOWING[direction](visit.applicant) if way == "same_day" else ()
    to_face = direction == "to-face"
    return Switch(
        route=way,
        findings=refusals_first((*about, *found.findings, *following)),
        ends=frozenset({CertificateKind.SIGNATURE}) if to_face else frozenset(),
        sets_pins=not to_face,
    )


def _by_agent(case: Case) -> Route:
    """Take a 委任状 and one document of the agent, who is served at once here, unlike in R-2.24."""
    missing = []
    if DocumentKind.MANDATE not in case.agent.counted:
        missing.append("agent.mandate")
    if not case.agent.of(DocumentList.A, DocumentList.B):
        missing.append("agent.id")
    return case.goes("refused" if missing else "same_day", *missing)


def _asking_no_pin(visit: Visit) -> Visit:
    """Return the visit as one of a revocation, which is identified alike: a PIN or a document, and no PIN to be set."""
    return replace(visit, procedure=Procedure.REVOCATION)


def _to_face(_: Applicant) -> Iterator[Finding]:
    yield find("face.signature-ends")
    yield find("face.uses")


def _to_pin(applicant: Applicant) -> Iterator[Finding]:
    """The PINs are set anew by who may know them: never by an agent (R-6.5)."""
    yield find("face.pins-by-holder" if applicant in _AGENTS else "face.pins-anew")


_FOLLOWING: Mapping[Direction, Callable[[Applicant], Iterator[Finding]]] = {"to-face": _to_face, "to-pin": _to_pin}
