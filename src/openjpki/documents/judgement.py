"""The judgement on a signer at a moment: path, validity, status, attributes. Pure: everything it needs is an argument.

At level B-B nothing proves when a signature was made (ETSI EN 319 102-1 §5.3). The signer's own claim proves nothing in
the signer's favour, but against it: a signature that claims a time at which its certificate had ended, or had not
begun, is false whichever of its statements is. So a claim outside gives TOTAL-FAILED, any other gives the
INDETERMINATE "no proof of existence" forms.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from openjpki.documents.evidence import Evidence
from openjpki.documents.findings import Check, Finding, found
from openjpki.documents.report import SignerCertificate, moment_text
from openjpki.documents.status import StatusJudgement, StatusVerdict, judge_status
from openjpki.errors import Failure
from openjpki.pki.attributes import read_attributes
from openjpki.pki.inspect import facts
from openjpki.pki.path import PathProblem, Requirements, judge_path
from openjpki.rules.person import CertifiedAttributes

SKEW = timedelta(minutes=5)
"""How far a signer's clock may run ahead of the verifier's."""

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
    certificate: bytes, *, claimed: datetime | None, evidence: Evidence, requirements: Requirements, at: datetime
) -> SignerJudgement:
    """Judge a signer's certificate (DER) for a use, at a moment; `claimed` is the signing time by the signer's word.

    Moments are UTC-aware. Bytes that are no certificate are a finding.
    """
    path = judge_path(certificate, anchors=evidence.anchors, requirements=requirements, at=at)
    findings = [found(_PROBLEMS[problem]) for problem in path.problems if problem in _PROBLEMS]
    try:
        shown = _shown(certificate, path.anchor)
    except Exception:  # noqa: BLE001  -- hostile bytes; the path says so too, this makes sure of it
        return SignerJudgement(findings=(*findings, found(Check.CHAIN_UNPROCESSABLE)))
    status = None
    if path.anchor is not None:
        status = judge_status(certificate, issuer=path.anchor, crls=evidence.crls, ocsp=evidence.ocsp, at=at)
        findings.extend(_about_status(status, claimed))
    findings.extend(_about_time(shown, status, claimed, at))
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
    if status.verdict is StatusVerdict.REVOKED:
        told = {
            "revoked_at": moment_text(status.revoked_at),
            "reason": "-" if status.reason is None else status.reason.value,
        }
        if claimed is not None and status.revoked_at is not None and claimed >= status.revoked_at:
            return [found(Check.SIGNED_AFTER_REVOCATION, claimed=moment_text(claimed), **told)]
        return [found(Check.REVOKED, **told)]
    if status.ocsp.status is None:
        return [found(Check.ONE_STATUS_SOURCE, used="CRL", unused_source="OCSP", unused=ocsp)]
    if status.crl.status is None:
        return [found(Check.ONE_STATUS_SOURCE, used="OCSP", unused_source="CRL", unused=crl)]
    return []


def _about_time(
    certificate: SignerCertificate, status: StatusJudgement | None, claimed: datetime | None, at: datetime
) -> list[Finding]:
    begins, ends = moment_text(certificate.not_before), moment_text(certificate.not_after)
    if claimed is not None and claimed > at + SKEW:
        return [found(Check.CLAIMED_TIME_AHEAD, claimed=moment_text(claimed)), *_now(certificate, status, at)]
    if claimed is not None and claimed < certificate.not_before:
        return [found(Check.SIGNED_BEFORE_VALIDITY, claimed=moment_text(claimed), begins=begins)]
    if claimed is not None and claimed > certificate.not_after:
        return [found(Check.SIGNED_AFTER_EXPIRY, claimed=moment_text(claimed), ends=ends)]
    return _now(certificate, status, at)


def _now(certificate: SignerCertificate, status: StatusJudgement | None, at: datetime) -> list[Finding]:
    """Judge the validity at the moment of verification, which is all there is if no time is claimed."""
    if at < certificate.not_before:
        return [found(Check.NOT_YET_VALID, begins=moment_text(certificate.not_before))]
    if at <= certificate.not_after:
        return []
    not_revoked = status is not None and status.verdict is StatusVerdict.GOOD
    check = Check.EXPIRED_NOT_REVOKED if not_revoked else Check.EXPIRED
    return [found(check, ends=moment_text(certificate.not_after))]
