"""Whether a time-stamp proves that a signature existed (RFC 3161 §2.4.2, RFC 5816, ETSI EN 319 102-1 §5.4).

A time-stamp is trusted only by the anchors that the verifier keeps for time-stamps, and judged at the moment of the
verification: nothing proves how old the time-stamp itself is. So its authority's certificate must still be valid, and
its status good, unless the verifier pinned that very certificate: then keeping it there is the statement.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import cms, tsp, x509
from pyhanko.sign.validation.generic_cms import get_signing_cert_attr, validate_sig_integrity

from openjpki.documents.cms import DIGESTS, SCHEMES, read_signed_data, scheme_of, signer_certificate
from openjpki.documents.currency import Moments, StatusRules
from openjpki.documents.evidence import Evidence
from openjpki.documents.stamp_problems import StampProblem
from openjpki.documents.status import StatusVerdict, judge_status
from openjpki.pki.path import PathProblem, Requirements, judge_path

LEAST_BITS = {"rsa": 2048, "ec": 256}
"""Of an authority's key: theirs are not JPKI's, and many are longer."""


class _Unfit(Exception):
    """Carries the problem out of the checks."""

    def __init__(self, problem: StampProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class StampJudgement:
    """What a time-stamp proves: the signature existed `by` that moment (UTC). Or why it proves nothing."""

    by: datetime | None = None
    problem: StampProblem | None = None


def judge_stamp(
    token: bytes, *, stamped: bytes, evidence: Evidence, at: datetime, rules: StatusRules
) -> StampJudgement:
    """Judge a time-stamp token (DER) over the bytes `stamped`, at a moment (UTC-aware)."""
    try:
        signed = read_signed_data(token)
        certificate = signer_certificate(signed, (*evidence.certificates, *evidence.stamp_anchors))
        by = _proven(signed, certificate, stamped, evidence, at, rules)
    except _Unfit as unfit:
        problem = unfit.problem
    except Exception:  # noqa: BLE001  -- hostile bytes raise whatever they like in the parser; none of it is a proof
        problem = StampProblem.UNREADABLE
    else:
        return StampJudgement(by=by)
    return StampJudgement(problem=problem)


def is_sound_stamp(token: bytes, *, stamped: bytes, spare: Sequence[bytes] = ()) -> bool:
    """Tell whether a token, as it lies in a PDF's /Contents, is a time-stamp over `stamped`, whoever made it.

    It is signed by the certificate it names, which is one for time-stamps. Nothing is said about its moment.
    """
    try:
        signed = read_signed_data(token, padded=True)
        certificate = signer_certificate(signed, spare)
        _hold_imprint(_information(signed), stamped)
        if certificate is None:
            return False
        _hold_signature(signed, certificate)
        _hold_use(certificate)
    except Exception:  # noqa: BLE001  -- as above
        return False
    return True


def stamp_certificate(token: bytes) -> bytes | None:
    """Return the certificate (DER) of the authority that a token carries, to gather evidence about; None without one."""
    try:
        found = signer_certificate(read_signed_data(token))
    except Exception:  # noqa: BLE001  -- as above
        return None
    return None if found is None else found.dump()


def _proven(
    signed: cms.SignedData,
    certificate: x509.Certificate | None,
    stamped: bytes,
    evidence: Evidence,
    at: datetime,
    rules: StatusRules,
) -> datetime:
    info = _information(signed)
    _hold_imprint(info, stamped)
    if certificate is None:
        raise _Unfit(StampProblem.CERTIFICATE)
    _hold_signature(signed, certificate)
    stamped_at = info["gen_time"].native
    if stamped_at > at + rules.skew:
        raise _Unfit(StampProblem.AHEAD)
    _hold_authority(certificate, stamped_at, evidence, at, rules)
    return _latest(info)


def _information(signed: cms.SignedData) -> tsp.TSTInfo:
    content = signed["encap_content_info"]
    if content["content_type"].native != "tst_info":
        raise _Unfit(StampProblem.UNREADABLE)
    info: tsp.TSTInfo = content["content"].parsed
    if info["version"].native != "v1" or any(extension["critical"].native for extension in info["extensions"] or ()):
        raise _Unfit(StampProblem.UNREADABLE)
    return info


def _hold_imprint(info: tsp.TSTInfo, stamped: bytes) -> None:
    imprint = info["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in DIGESTS:
        raise _Unfit(StampProblem.ALGORITHM)
    if hashlib.new(name, stamped).digest() != imprint["hashed_message"].native:
        raise _Unfit(StampProblem.IMPRINT)


def _hold_signature(signed: cms.SignedData, certificate: x509.Certificate) -> None:
    """The signed attributes are required, and name the certificate (RFC 3161 §2.4.1, RFC 5816 §2.2.1)."""
    signer = signed["signer_infos"][0]
    digest = signer["digest_algorithm"]["algorithm"].native
    key = certificate.public_key
    fits = digest in DIGESTS and SCHEMES.get(key.algorithm) == scheme_of(signer)
    if not fits or key.bit_size < LEAST_BITS[key.algorithm]:
        raise _Unfit(StampProblem.ALGORITHM)
    if signer["signed_attrs"].native is None or get_signing_cert_attr(signer["signed_attrs"]) is None:
        raise _Unfit(StampProblem.CERTIFICATE)
    content = bytes(signed["encap_content_info"]["content"])
    intact, valid = validate_sig_integrity(signer, certificate, "tst_info", hashlib.new(digest, content).digest())
    if not (intact and valid):
        raise _Unfit(StampProblem.SIGNATURE)


def _latest(info: tsp.TSTInfo) -> datetime:
    """Return the latest moment that the stamp may mean: its time and its accuracy (RFC 3161 §2.4.2)."""
    accuracy = info["accuracy"].native or {}
    margin = timedelta(
        seconds=accuracy.get("seconds") or 0,
        milliseconds=accuracy.get("millis") or 0,
        microseconds=accuracy.get("micros") or 0,
    )
    latest: datetime = info["gen_time"].native + margin
    return latest.astimezone(UTC)


def _hold_authority(
    certificate: x509.Certificate, stamped_at: datetime, evidence: Evidence, at: datetime, rules: StatusRules
) -> None:
    encoded = certificate.dump()
    _hold_use(certificate)
    if stamped_at < certificate.not_valid_before or max(stamped_at, at) > certificate.not_valid_after:
        raise _Unfit(StampProblem.OUT_OF_DATE)
    if encoded in evidence.stamp_anchors:
        return
    path = judge_path(encoded, anchors=evidence.stamp_anchors, requirements=Requirements.time_stamp(), at=at)
    if path.anchor is None:
        raise _Unfit(StampProblem.UNTRUSTED)
    problems = set(path.problems) - {PathProblem.ALGORITHM}  # of the authority's key, which has a rule of its own
    if problems:
        out_of_date = PathProblem.ANCHOR_OUT_OF_BOUNDS in problems
        raise _Unfit(StampProblem.OUT_OF_DATE if out_of_date else StampProblem.USE)
    status = judge_status(
        encoded,
        issuer=path.anchor,
        crls=evidence.crls,
        ocsp=evidence.ocsp,
        moments=Moments(at=at),
        rules=rules,
    )
    if status.verdict is not StatusVerdict.GOOD:
        raise _Unfit(StampProblem.STATUS)


def _hold_use(certificate: x509.Certificate) -> None:
    purposes = certificate.extended_key_usage_value
    usage = certificate.key_usage_value
    alone = purposes is not None and purposes.native == ["time_stamping"]
    may_sign = usage is None or bool({"digital_signature", "non_repudiation"} & set(usage.native))
    if not (alone and "extended_key_usage" in certificate.critical_extensions and may_sign) or certificate.ca:
        raise _Unfit(StampProblem.USE)
