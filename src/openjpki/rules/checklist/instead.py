"""What to do instead, found by trying it: another procedure, another certificate, another person (R-1.6, R-2.4, S-09, S-36)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

from openjpki.rules.agency import ISSUING
from openjpki.rules.catalogue import find
from openjpki.rules.checklist.days import Days, days
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.dates import LAST_DAY
from openjpki.rules.eligibility import is_represented
from openjpki.rules.fees import goes_with
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, CertificateKind, Power, Procedure
from openjpki.rules.office import open_day_from
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import REMADE
from openjpki.rules.renewal import renewal_window
from openjpki.rules.representation import Claim, powers_over

_OTHER_PROCEDURES: Mapping[str, Mapping[Procedure, str]] = {
    "renewal.not-yet": {Procedure.REISSUE: "checklist.early-reissue"},
    "renewal.over": {Procedure.NEW: "checklist.new-issue"},
    "renewal.no-open-day": {Procedure.NEW: "checklist.new-issue"},
    "renewal.letter-too-late": {Procedure.NEW: "checklist.new-issue"},
    "checklist.pin-unknown": {Procedure.PIN_RESET: "checklist.pin-reset-instead"},
}
"""Outside the window of a renewal: what can be asked for before it (R-2.4) and after it (R-2.2; S-36); with a
PIN that is not known (R-2.10)."""

_A_YEAR = timedelta(days=366)

_Change = tuple[str, Mapping[str, Any]]
"""The finding that proposes it, and the answers of the interview that it changes; an empty code changes nothing."""

_NO_CHANGE: _Change = ("", {})


@dataclass(frozen=True, kw_only=True)
class Instead:
    """One other way."""

    findings: tuple[Finding, ...]
    """What to change; or, where no other procedure helps, what has to be done first (a new card, the other municipality)."""
    interview: Interview | None
    """The interview that would be served; None: something else comes first."""
    opens: date | None
    """Its first open day."""


def instead(policy: Policy, interview: Interview, found: Days) -> tuple[Instead, ...]:
    """Return the other ways, those with the fewest changes, the soonest first; whoever is refused gets at least one (R-1.6, R-2.4; S-09, S-36).

    Who may come later only is told what can be done now; who would come twice, what takes one visit.
    """
    refusals = tuple(finding for finding in found.today.findings if finding.severity == "refusal")
    ways = _near(tuple(_tried(policy, interview, found, refusals)), interview.on)
    if ways or found.plan.way != "refused":
        fewest = min((len(way.findings) for way in ways), default=0)
        return tuple(
            sorted((way for way in ways if len(way.findings) == fewest), key=lambda way: way.opens or LAST_DAY)
        )
    return tuple(Instead(findings=(refusal,), interview=None, opens=None) for refusal in refusals)


def _near(ways: tuple[Instead, ...], on: date) -> tuple[Instead, ...]:
    """Leave out what begins in a year or later, where something begins sooner: nobody would call it an answer."""
    soon = tuple(way for way in ways if _renews(way) or (way.opens is not None and way.opens - on < _A_YEAR))
    return soon or ways


def _renews(way: Instead) -> bool:
    """Say whether it is what a certificate in force comes to, however far its window is (R-2.3)."""
    return any(finding.code == "checklist.renew-instead" for finding in way.findings)


def _tried(policy: Policy, interview: Interview, found: Days, refusals: tuple[Finding, ...]) -> Iterator[Instead]:
    if found.today.way == "same_day":  # nothing is better
        return
    dimensions = (
        [_NO_CHANGE, *_procedures(policy, interview, refusals)],
        [_NO_CHANGE, *_kinds(policy, interview)],
        [_NO_CHANGE, *_applicants(policy, interview, interview.on)],
    )
    for changes in product(*dimensions):
        codes = [code for code, _ in changes if code]
        if not codes:
            continue
        answers = {name: answer for _, change in changes for name, answer in change.items()}
        if not _has_its_ends(interview, answers):
            continue
        varied = replace(interview, **answers)
        other = days(policy, varied)
        if _useful(found, other) and not _loses_the_other(policy, interview, varied, other):
            findings = tuple(find(code) for code in codes)
            yield Instead(findings=findings, interview=varied, opens=other.first_open_day)


def _has_its_ends(interview: Interview, answers: Mapping[str, Any]) -> bool:
    """Say whether what would be asked can be: a renewal of what has no known end cannot (R-3.8)."""
    if answers.get("procedure", interview.procedure) is not Procedure.RENEWAL:
        return True
    known = {
        CertificateKind.SIGNATURE: interview.signature_expires,
        CertificateKind.AUTHENTICATION: interview.authentication_expires,
    }
    return all(known[kind] for kind in answers.get("kinds", interview.kinds))


def _useful(found: Days, other: Days) -> bool:
    """Say whether another way is better: served at all, sooner, or in one visit instead of two."""
    if other.plan.way == "refused":
        return False
    one_visit_less = found.plan.way == "inquiry" and other.plan.way == "same_day"
    return found.plan.way == "refused" or other.first_open_day < found.first_open_day or one_visit_less


def _procedures(policy: Policy, interview: Interview, refusals: tuple[Finding, ...]) -> Iterator[_Change]:
    """Propose another procedure; the new issue of what can still be renewed, but not by letter, begins after it (R-2.2, R-2.24)."""
    reason = interview.reason
    for led_by in dict.fromkeys(refusal.code for refusal in refusals):
        for procedure, code in _OTHER_PROCEDURES.get(led_by, _beside_one_in_force(policy, interview, led_by)).items():
            kept = reason if reason is not None and goes_with(reason, procedure) else None
            later = {"on": _after_the_renewal(policy, interview)} if led_by == "renewal.letter-too-late" else {}
            yield code, {"procedure": procedure, "reason": kept, **later}


def _beside_one_in_force(policy: Policy, interview: Interview, led_by: str) -> Mapping[Procedure, str]:
    """Return what is done instead of a new issue: on a card made anew a re-issue; in its window a renewal, free of charge (R-2.3); before it either (R-2.4).

    Of what has no known end no renewal is proposed.
    """
    if led_by != "checklist.in-force":
        return {}
    if interview.reason in REMADE:
        return {Procedure.REISSUE: "checklist.reissue-on-the-new-card"}
    windows = [renewal_window(policy, end) for end in interview.ends().values()]
    if len(windows) < len(interview.kinds):
        return {Procedure.REISSUE: "checklist.early-reissue"}
    renews, soonest = {Procedure.RENEWAL: "checklist.renew-instead"}, open_day_from(policy, interview.on)
    if all(window.contains(soonest) for window in windows):
        return renews
    return {**renews, Procedure.REISSUE: "checklist.early-reissue"}


def _after_the_renewal(policy: Policy, interview: Interview) -> date:
    return max(renewal_window(policy, end).closes for end in interview.ends().values()) + timedelta(days=1)


def _kinds(policy: Policy, interview: Interview) -> Iterator[_Change]:
    """Ask for one certificate now and the other later, or leave one out: the signature certificate where none can be had, what is in force at a new issue."""
    without = _without_signature(policy, interview)
    alone = {"kinds": frozenset({CertificateKind.AUTHENTICATION})}
    if interview.procedure is Procedure.RENEWAL:
        if len(interview.kinds) > 1:
            yield from _one_renewed(policy, interview, without)
    elif interview.procedure in ISSUING and CertificateKind.SIGNATURE in interview.kinds and without:
        yield without, alone
    in_force = _in_force(policy, interview)
    if interview.procedure is Procedure.NEW and in_force and (rest := interview.kinds - in_force):
        yield "checklist.rest-anew", {"kinds": rest}


def _one_renewed(policy: Policy, interview: Interview, without: str) -> Iterator[_Change]:
    """Renew one of two: the other has its own window (R-3.8), or is issued anew if that is over (R-3.10)."""
    in_force = _in_force(policy, interview)
    for kind, first, anew in (
        (CertificateKind.SIGNATURE, "checklist.signature-first", "checklist.authentication-anew"),
        (
            CertificateKind.AUTHENTICATION,
            without or "checklist.authentication-first",
            without or "checklist.signature-anew",
        ),
    ):
        yield first if interview.kinds - {kind} <= in_force else anew, {"kinds": frozenset({kind})}


def _without_signature(policy: Policy, interview: Interview) -> str:
    """Return what is said to who can have no signature certificate: who is represented (R-1.3, R-1.7), else on a 顔認証カード (R-1.11)."""
    holder = interview.holder
    if holder is not None and is_represented(policy, holder, interview.on):
        return "checklist.authentication-alone"
    return "checklist.face-card-authentication" if holder is not None and holder.face_card else ""


def _in_force(policy: Policy, interview: Interview) -> frozenset[CertificateKind]:
    """Return the certificates whose renewal is not over: nothing is issued anew beside them (R-1.10, R-2.2)."""
    return frozenset(
        kind for kind, end in interview.ends().items() if renewal_window(policy, end).closes >= interview.on
    )


def _loses_the_other(policy: Policy, interview: Interview, varied: Interview, other: Days) -> bool:
    """Say whether of two renewals one after the other the second would have to come first (R-3.8)."""
    if not interview.procedure is varied.procedure is Procedure.RENEWAL:
        return False
    left = (renewal_window(policy, end).closes for kind, end in interview.ends().items() if kind not in varied.kinds)
    return any(interview.on <= closes < other.first_open_day for closes in left)


def _applicants(policy: Policy, interview: Interview, on: date) -> Iterator[_Change]:
    """Let the holder come, or who represents them in law; nobody else is as good (R-1.6, S-47)."""
    alone = {"claim": None, "agent_documents": None, "form": "none", "move_report": False}
    if interview.applicant is not Applicant.SELF:
        yield "checklist.holder-comes", {**alone, "applicant": Applicant.SELF}
    holder, claim = interview.holder, interview.claim
    if holder is None or not is_represented(policy, holder, on):
        return
    powers = powers_over(policy, holder, on)
    if claim is None or claim.power not in powers:
        power = next(one for one in Power if one in powers)
        represented = {**alone, "applicant": Applicant.LEGAL_REPRESENTATIVE, "claim": Claim(power=power)}
        yield "checklist.representative-comes", represented
