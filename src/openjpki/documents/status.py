"""Whether a certificate is revoked, by all the OCSP answers and CRLs there are. Pure: evidence in, judgement out.

Fail closed: what is missing, stale, about others, wrongly signed or unreadable is never good, and "unknown" from the
responder stands against a good CRL, since a responder that disowns a certificate may know more than a daily list.
A revocation is for ever, a hold excepted: authentic evidence of it counts however old it is. Embedded evidence is judged
as any other; where a piece came from changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, unique
from itertools import pairwise
from typing import Generic, TypeVar

from openjpki.documents.currency import Moments, NonceRule, StatusRules
from openjpki.errors import Failure, Kind
from openjpki.pki.crl_reading import CrlNotYetValid, CrlStatus, RevocationList, StaleCrl, WrongCrlIssuer, WrongPartition
from openjpki.pki.ocsp_reading import (
    AnswerNotYetValid,
    OcspStatus,
    StaleAnswer,
    WrongCertificate,
    WrongNonce,
    read_answer,
    repeats,
)
from openjpki.rules.kinds import RevocationReason


@dataclass(frozen=True, kw_only=True)
class OcspEvidence:
    """An OCSP answer (DER) as it was received, with what is needed to judge it."""

    answer: bytes | None
    """None if the responder was asked and gave none."""
    nonce: bytes | None = None
    """What was sent, and must come back; None for an answer that was stored."""
    certificate: bytes | None = field(default=None, repr=False)
    """Whom it was asked about (DER); None if unknown."""


@unique
class StatusVerdict(Enum):
    """What all status evidence together says."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


_Status = TypeVar("_Status", OcspStatus, CrlStatus)
_Evidence = TypeVar("_Evidence")

ABSENT = "absent"
"""The word for a kind of evidence of which there is none at all."""
UNREADABLE = "unreadable"
"""The word for evidence that the parser choked on."""
REVOKED_LATER = "revoked-later"
"""The word for a revocation after the moment that a time-stamp proves."""
_WORST_FIRST = ("revoked", "unknown", REVOKED_LATER, "good")
_ABOUT_OTHERS = frozenset({WrongCertificate.code, WrongPartition.code, WrongCrlIssuer.code})
"""A folder of lists holds mostly those of other municipalities: their problem is told only if there is no other."""


class ResponderSilent(Failure):
    """The responder was asked and nothing came back that could be looked at."""

    code = "ocsp.unreachable"
    kind = Kind.UNAVAILABLE
    ja = "OCSP応答者に問い合わせましたが、応答がありません。"
    en = "The OCSP responder was asked and gave no answer."


class NumberWentBack(Failure):
    """A later list has a lower number (RFC 5280 §5.2.3): one of them is not what it says, and nobody knows which."""

    code = "crl.number-went-back"
    kind = Kind.INDETERMINATE
    ja = "失効リストの番号が後戻りしています。新しい日時の失効リストの番号が、古いものより小さくなっています。"
    en = "The numbers of the revocation lists go back: a later list has a lower number than an earlier one."


@dataclass(frozen=True, kw_only=True)
class SourceJudgement(Generic[_Status]):
    """What one kind of evidence says: a status that holds at the moment, or why there is none."""

    status: _Status | None
    problem: str
    """A failure's code ("crl.stale"), `UNREADABLE` or `ABSENT`; empty with a status."""
    proven: datetime | None = None
    """The moment that a time-stamp proves, if one does."""

    @property
    def word(self) -> str:
        """Return "good", "revoked", "unknown", `REVOKED_LATER`, or the problem."""
        return self.problem if self.status is None else _word(self.status, self.proven)


@dataclass(frozen=True, kw_only=True)
class StatusJudgement:
    """Whether a certificate is revoked, by OCSP and by CRL."""

    ocsp: SourceJudgement[OcspStatus]
    crl: SourceJudgement[CrlStatus]

    @property
    def verdict(self) -> StatusVerdict:
        """Return revoked if either says so; good only if one says so and the responder does not disown the certificate."""
        words = {self.ocsp.word, self.crl.word}
        if "revoked" in words:
            return StatusVerdict.REVOKED
        if words & {"good", REVOKED_LATER} and "unknown" not in words:
            return StatusVerdict.GOOD
        return StatusVerdict.UNKNOWN

    @property
    def revoked_at(self) -> datetime | None:
        """Return the earliest moment of revocation that is told, UTC."""
        revocation = self._revocation
        return None if revocation is None else revocation[0]

    @property
    def reason(self) -> RevocationReason | None:
        """Return the reason told with it."""
        revocation = self._revocation
        return None if revocation is None else revocation[1]

    @property
    def _revocation(self) -> tuple[datetime, RevocationReason | None] | None:
        told = [(one.revoked_at, one.reason) for one in (self.ocsp.status, self.crl.status) if one is not None]
        return min(((at, reason) for at, reason in told if at is not None), key=lambda one: one[0], default=None)


def judge_status(
    certificate: bytes,
    *,
    issuer: bytes,
    crls: Iterable[bytes],
    ocsp: Iterable[OcspEvidence],
    moments: Moments,
    rules: StatusRules,
) -> StatusJudgement:
    """Judge whether a certificate was revoked at a moment; `issuer` is the CA certificate that signed it.

    Evidence counts if it was made by the moment of the judgement and holds for the moment in question or a later one.
    Nothing is asked of the certificate: an answer about it counts even if it names no responder, and no evidence is
    never good ("require" mode).
    """
    asked = [one for one in ocsp if one.certificate in (None, certificate)]
    answers = [_read(lambda one: _by_ocsp(one, certificate, issuer, moments, rules), one) for one in asked]
    lists = [_read(lambda crl: _by_crl(crl, certificate, issuer, moments, rules), crl) for crl in crls]
    return StatusJudgement(
        ocsp=_source([piece.judged for piece in answers], moments),
        crl=_source(_in_order(lists), moments),
    )


def supporting(
    certificate: bytes,
    *,
    issuer: bytes,
    crls: Iterable[bytes],
    ocsp: Iterable[OcspEvidence],
    moments: Moments,
    rules: StatusRules,
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the lists and the answers (DER) that say good of a certificate, to be kept with a signature."""
    good_lists, good_answers = [], []
    for crl in crls:
        judged = _read(lambda one: _by_crl(one, certificate, issuer, moments, rules), crl).judged
        if not isinstance(judged, str) and judged.status == "good":
            good_lists.append(crl)
    for one in ocsp:
        answer = _read(lambda asked: _by_ocsp(asked, certificate, issuer, moments, rules), one).judged
        if not isinstance(answer, str) and answer.status == "good" and one.answer is not None:
            good_answers.append(one.answer)
    return tuple(dict.fromkeys(good_lists)), tuple(dict.fromkeys(good_answers))


@dataclass(frozen=True, kw_only=True)
class _Piece(Generic[_Status]):
    """One piece of evidence: what it says and counts for, or the code of its problem."""

    judged: _Status | str
    order: tuple[bytes, datetime, int] | None = None
    """Scope, time and number of an authentic list about the certificate, whether it counts or not."""


_Reading = tuple[_Status, tuple[bytes, datetime, int] | None, Failure | None]
"""What an authentic piece says, its place among the lists, and why it is not current."""


def _read(read: Callable[[_Evidence], _Reading[_Status]], evidence: _Evidence) -> _Piece[_Status]:
    """Read one piece; what is not current counts only if it tells of a revocation."""
    try:
        status, order, problem = read(evidence)
    except Failure as failure:
        return _Piece(judged=failure.code)
    except Exception:  # noqa: BLE001  -- hostile bytes in a parser: no evidence, and no way to pass
        return _Piece(judged=UNREADABLE)
    return _Piece(judged=status if problem is None else problem.code, order=order)


def _by_ocsp(
    evidence: OcspEvidence, certificate: bytes, issuer: bytes, moments: Moments, rules: StatusRules
) -> _Reading[OcspStatus]:
    if evidence.answer is None:
        raise ResponderSilent
    status = read_answer(evidence.answer, certificate=certificate, issuer=issuer, at=moments.at)
    problem: Failure | None = None
    if evidence.nonce is not None and not _answers(status, evidence.nonce, rules):
        problem = WrongNonce()
    elif max(status.this_update, status.produced_at) > moments.at + rules.skew:
        problem = AnswerNotYetValid()
    elif _is_stale(status, moments, rules):
        problem = StaleAnswer()
    return status, None, None if _is_final(status, moments) else problem


def _answers(status: OcspStatus, nonce: bytes, rules: StatusRules) -> bool:
    if status.nonce is None and rules.nonce is NonceRule.OPTIONAL:
        return True
    return repeats(status, nonce)


def _by_crl(crl: bytes, certificate: bytes, issuer: bytes, moments: Moments, rules: StatusRules) -> _Reading[CrlStatus]:
    read = RevocationList.read(crl, issuer=issuer)
    status = read.says_of(certificate)
    problem: Failure | None = None
    if status.this_update > moments.at + rules.skew:
        problem = CrlNotYetValid()
    elif _is_stale(status, moments, rules):
        problem = StaleCrl()
    order = None if status.number is None else (read.scope, status.this_update, status.number)
    return status, order, None if _is_final(status, moments) else problem


def _is_stale(status: OcspStatus | CrlStatus, moments: Moments, rules: StatusRules) -> bool:
    """Tell whether evidence no longer holds for the moment in question: its end, and its age."""
    end = status.next_update
    return end is None or end < moments.about or status.this_update < moments.about - rules.oldest


def _is_final(status: OcspStatus | CrlStatus, moments: Moments) -> bool:
    """Tell whether it is a revocation by the moment in question: only a hold may be lifted (RFC 5280 §5.3.1)."""
    if status.revoked_at is None or status.reason is RevocationReason.CERTIFICATE_HOLD:
        return False
    return status.revoked_at <= moments.about


def _in_order(lists: Sequence[_Piece[CrlStatus]]) -> list[CrlStatus | str]:
    """Let no list say good if the numbers of lists of one scope go back in time; a revocation stands."""
    places = sorted(piece.order for piece in lists if piece.order is not None)
    back = any(one[0] == two[0] and one[1] < two[1] and one[2] > two[2] for one, two in pairwise(places))
    judged = [piece.judged for piece in lists]
    if not back:
        return judged
    return [one if isinstance(one, str) or one.status == "revoked" else NumberWentBack.code for one in judged]


def _source(judged: Sequence[_Status | str], moments: Moments) -> SourceJudgement[_Status]:
    """Join the pieces of one kind: the worst status counts, and only if there is none the most telling problem."""
    statuses = [one for one in judged if not isinstance(one, str)]
    problems = [one for one in judged if isinstance(one, str)]
    worst = min(statuses, key=lambda one: _WORST_FIRST.index(_word(one, moments.proven)), default=None)
    if worst is not None:
        return SourceJudgement(status=worst, problem="", proven=moments.proven)
    return SourceJudgement(status=None, problem=min(problems, key=_ABOUT_OTHERS.__contains__, default=ABSENT))


def _word(status: OcspStatus | CrlStatus, proven: datetime | None) -> str:
    if proven is not None and status.revoked_at is not None and status.revoked_at > proven:
        return REVOKED_LATER
    return status.status
