"""The judgement on a signer at a moment: path, validity, status, attributes. Pure: everything it needs is an argument.

At level B-B nothing proves when a signature was made (ETSI EN 319 102-1 §5.3); a time-stamp proves that it is older than
the stamp (§5.5), and then validity and status are asked for the proven moment. The signer's own claim proves nothing in
the signer's favour, but against it: a signature that claims a time at which its certificate had ended, or had not
begun, is false whichever of its statements is. So a claim outside gives TOTAL-FAILED, any other gives the
INDETERMINATE "no proof of existence" forms.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from openjpki.documents.currency import Moments, StatusRules
from openjpki.documents.evidence import Evidence
from openjpki.documents.findings import Check, Finding, found
from openjpki.documents.report import SignerCertificate, moment_text
from openjpki.documents.status import StatusJudgement, StatusVerdict, judge_status
from openjpki.errors import Failure
from openjpki.pki.attributes import read_attributes
from openjpki.pki.inspect import facts
from openjpki.pki.path import PathProblem, Requirements, judge_path
from openjpki.rules.person import CertifiedAttributes

DEFAULT_RULES = StatusRules()
"""How status evidence is held to time and nonce, unless a caller chooses otherwise."""
_PROBLEMS = {
    PathProblem.NO_ANCHOR: Check.NO_CHAIN,
    PathProblem.ANCHOR_UNFIT: Check.ANCHOR_UNFIT,
    PathProblem.ANCHOR_OUT_OF_BOUNDS: Check.ANCHOR_OUT_OF_BOUNDS,
    PathProblem.ALGORITHM: Check.CERTIFICATE_ALGORITHM,
    PathProblem.CRITICAL_EXTENSION: Check.CRITICAL_EXTENSION,
    PathProblem.POLICY: Check.POLICY,
    PathProblem.KEY_USAGE: Check.KEY_USAGE,
    PathProblem.UNPROCESSABLE: Check.CHAIN_UNPROCESSABLE,
}
"""What each problem of a path is called; validity is told apart, with the claimed time."""


@dataclass(frozen=True, kw_only=True)
class SignerJudgement:
    """What is known of a signer, and what is wrong."""

    findings: tuple[Finding, ...]
    certificate: SignerCertificate | None = None
    status: StatusJudgement | None = None
    attributes: CertifiedAttributes | None = None


def judge_signer(
    certificate: bytes,
    *,
    claimed: datetime | None,
    evidence: Evidence,
    requirements: Requirements,
    at: datetime,
    proven: datetime | None = None,
    rules: StatusRules = DEFAULT_RULES,
) -> SignerJudgement:
    """Judge a signer's certificate (DER) for a use, at a moment; `claimed` is the signing time by the signer's word.

    `proven` is the moment before which the signature existed by a time-stamp that was judged. Moments are UTC-aware.
    Bytes that are no certificate are a finding.
    """
    moments = Moments(at=at, proven=proven)
    path = judge_path(certificate, anchors=evidence.anchors, requirements=requirements, at=at)
    findings = [found(_PROBLEMS[problem]) for problem in path.problems if problem in _PROBLEMS]
    try:
        shown = _shown(certificate, path.anchor)
    except Exception:  # noqa: BLE001  -- hostile bytes; the path says so too, this makes sure of it
        return SignerJudgement(findings=(*findings, found(Check.CHAIN_UNPROCESSABLE)))
    status = None
    if path.anchor is not None:
        status = judge_status(
            certificate, issuer=path.anchor, crls=evidence.crls, ocsp=evidence.ocsp, moments=moments, rules=rules
        )
        findings.extend(_about_status(status, claimed))
    if claimed is not None and claimed > at + rules.skew:
        findings.append(found(Check.CLAIMED_TIME_AHEAD, claimed=moment_text(claimed)))
        claimed = None
    findings.extend(_about_time(shown, status, claimed, moments))
    judged = SignerJudgement(findings=tuple(findings), certificate=shown, status=status)
    if path.anchor is None:
        return judged  # attributes that no trusted CA certified are not shown
    try:
        return replace(judged, attributes=read_attributes(certificate))
    except Failure:
        return replace(judged, findings=(*judged.findings, found(Check.ATTRIBUTES_UNREADABLE)))


def _shown(certificate: bytes, anchor: bytes | None) -> SignerCertificate:
    read = facts(certificate)
    return SignerCertificate(
        der=certificate,
        kind="unknown" if read.kind is None else read.kind.value,
        serial=read.serial,
        subject=read.subject_id or "",
        not_before=read.not_before,
        not_after=read.not_after,
        policies=read.policies,
        anchor=anchor,
    )


def _about_status(status: StatusJudgement, claimed: datetime | None) -> list[Finding]:
    ocsp, crl = status.ocsp.word, status.crl.word
    if status.verdict is StatusVerdict.UNKNOWN:
        return [found(Check.STATUS_UNKNOWN, ocsp=ocsp, crl=crl)]
    told = {
        "revoked_at": moment_text(status.revoked_at),
        "reason": "-" if status.reason is None else status.reason.value,
    }
    if status.verdict is StatusVerdict.REVOKED:
        if claimed is not None and status.revoked_at is not None and claimed >= status.revoked_at:
            return [found(Check.SIGNED_AFTER_REVOCATION, claimed=moment_text(claimed), **told)]
        return [found(Check.REVOKED, **told)]
    later = [] if status.revoked_at is None else [found(Check.REVOKED_LATER, **told)]
    if status.ocsp.status is None:
        return [*later, found(Check.ONE_STATUS_SOURCE, used="CRL", unused_source="OCSP", unused=ocsp)]
    if status.crl.status is None:
        return [*later, found(Check.ONE_STATUS_SOURCE, used="OCSP", unused_source="CRL", unused=crl)]
    return later


def _about_time(
    certificate: SignerCertificate, status: StatusJudgement | None, claimed: datetime | None, moments: Moments
) -> list[Finding]:
    """Hold the claimed time, and the proven moment or else that of the judgement, against the validity."""
    begins, ends = moment_text(certificate.not_before), moment_text(certificate.not_after)
    if claimed is not None and claimed < certificate.not_before:
        return [found(Check.SIGNED_BEFORE_VALIDITY, claimed=moment_text(claimed), begins=begins)]
    if claimed is not None and claimed > certificate.not_after:
        return [found(Check.SIGNED_AFTER_EXPIRY, claimed=moment_text(claimed), ends=ends)]
    return _within(certificate, status, moments)


def _within(certificate: SignerCertificate, status: StatusJudgement | None, moments: Moments) -> list[Finding]:
    begins, ends = moment_text(certificate.not_before), moment_text(certificate.not_after)
    if moments.proven is not None and moments.proven < certificate.not_before:
        return [found(Check.PROVEN_BEFORE_VALIDITY, proven=moment_text(moments.proven), begins=begins)]
    if moments.at < certificate.not_before:
        return [found(Check.NOT_YET_VALID, begins=begins)]
    if moments.at <= certificate.not_after:
        return []
    if moments.about <= certificate.not_after:
        return [found(Check.EXPIRED_LATER, ends=ends)]
    not_revoked = status is not None and status.verdict is StatusVerdict.GOOD
    return [found(Check.EXPIRED_NOT_REVOKED if not_revoked else Check.EXPIRED, ends=ends)]
