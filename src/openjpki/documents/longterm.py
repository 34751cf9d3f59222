"""Gather what a signature shall carry before it is made: evidence that holds, and a time-stamp authority that is trusted.

All of it is asked and judged before the card signs, so that a certificate that is revoked, or an authority that nobody
trusts, costs the holder no signature.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from openjpki.documents.currency import Moments, StatusRules
from openjpki.documents.evidence import NOTHING_EMBEDDED, Embedded, Evidence
from openjpki.documents.findings import ToldMoment, spoken
from openjpki.documents.report import moment_text
from openjpki.documents.stamp import judge_stamp, stamp_certificate
from openjpki.documents.stamping import Timestamper
from openjpki.documents.status import StatusVerdict, judge_status, supporting
from openjpki.errors import Failure, Kind
from openjpki.pki.path import signing_anchor

LARGE_LIST = 4 * 1024 * 1024
"""Bytes of a list that is left out where an OCSP answer says the same."""


class SignerUntrusted(Failure):
    """No trusted CA issued the signer's certificate, so nothing says whether it is revoked."""

    code = "sign.signer-untrusted"
    kind = Kind.INDETERMINATE
    ja = "署名者の証明書を発行した認証局が、信頼する認証局のフォルダーにありません。検証用データを付けられないため、署名していません。"
    en = "The issuer of the signer's certificate is not among the trusted ones, so there is no evidence to add. Nothing was signed."


class SignerRevoked(Failure):
    """A signature with evidence of its own revocation helps nobody."""

    code = "sign.certificate-revoked"
    kind = Kind.REFUSED
    ja = "署名用の証明書は失効しています({revoked_at:ja})。署名していません。"
    en = "The signer's certificate is revoked ({revoked_at:en}). Nothing was signed."


class SignerStatusUnknown(Failure):
    """There is no evidence to embed that the certificate is good."""

    code = "sign.status-unknown"
    kind = Kind.INDETERMINATE
    ja = "証明書が失効していないことを確認できない(OCSP: {ocsp_ja}、失効リスト: {crl_ja})ため、検証用データを付けられません。署名していません。"
    en = "Whether the certificate is revoked cannot be established (OCSP: {ocsp_en}, CRL: {crl_en}), so there is no evidence to add. Nothing was signed."


class StampUnfit(Failure):
    """The authority's time-stamps prove nothing to this verifier; better told before the card signs."""

    code = "sign.stamp-unfit"
    kind = Kind.INDETERMINATE
    ja = "時刻認証局のタイムスタンプは、時期の証拠になりません({reason_ja})。署名した文書は作っていません。"
    en = "The authority's time-stamps prove nothing ({reason_en}). No signed document was made."


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A time-stamp asked for before the signature: what it is over, and the token (DER)."""

    stamped: bytes = field(repr=False)
    token: bytes = field(repr=False)

    @property
    def authority(self) -> bytes | None:
        """Return the authority's certificate (DER), to gather evidence about."""
        return stamp_certificate(self.token)


def try_stamp(timestamper: Timestamper, over: bytes, digest_name: str) -> Trial:
    """Ask for a time-stamp over some bytes, to know before the card signs that there will be one."""
    return Trial(stamped=over, token=timestamper.stamp(digest_name, hashlib.new(digest_name, over).digest()))


def evidence_to_keep(certificate: bytes, *, evidence: Evidence, at: datetime, rules: StatusRules) -> Embedded:
    """Return what shows that a signer's certificate (DER) is good at a moment: its issuer, lists, answers.

    Raises `SignerUntrusted`, `SignerRevoked`, `SignerStatusUnknown`.
    """
    anchor = signing_anchor(certificate, evidence.anchors)
    if anchor is None:
        raise SignerUntrusted
    status = judge_status(
        certificate,
        issuer=anchor,
        crls=evidence.crls,
        ocsp=evidence.ocsp,
        moments=Moments(at=at),
        rules=rules,
    )
    if status.verdict is StatusVerdict.REVOKED:
        raise SignerRevoked(revoked_at=ToldMoment(moment_text(status.revoked_at) or "-"))
    if status.verdict is not StatusVerdict.GOOD:
        ocsp, crl = status.ocsp.word, status.crl.word
        raise SignerStatusUnknown(
            ocsp_ja=spoken(ocsp, "ja"), ocsp_en=spoken(ocsp, "en"), crl_ja=spoken(crl, "ja"), crl_en=spoken(crl, "en")
        )
    return _kept(certificate, anchor, evidence, at, rules)


def hold_trial(trial: Trial, *, evidence: Evidence, at: datetime, rules: StatusRules) -> Embedded:
    """Judge the time-stamp that was asked for on trial; return what shows that its authority is good.

    Raises `StampUnfit`.
    """
    judged = judge_stamp(trial.token, stamped=trial.stamped, evidence=evidence, at=at, rules=rules)
    if judged.problem is not None:
        problem = judged.problem.value
        raise StampUnfit(reason_ja=spoken(problem, "ja"), reason_en=spoken(problem, "en"))
    authority = trial.authority
    anchor = None if authority is None else signing_anchor(authority, evidence.stamp_anchors)
    if authority is None or anchor is None:  # pinned itself: there is no issuer to ask
        return NOTHING_EMBEDDED
    return _kept(authority, anchor, evidence, at, rules)


def _kept(certificate: bytes, anchor: bytes, evidence: Evidence, at: datetime, rules: StatusRules) -> Embedded:
    crls, answers = supporting(
        certificate, issuer=anchor, crls=evidence.crls, ocsp=evidence.ocsp, moments=Moments(at=at), rules=rules
    )
    small = tuple(crl for crl in crls if len(crl) <= LARGE_LIST or not answers)
    return Embedded(certificates=(anchor,), crls=small, answers=answers)
