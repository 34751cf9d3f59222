"""Whether a certificate is revoked, by all the OCSP answers and CRLs there are. Pure: evidence in, judgement out.

Fail closed: what is missing, stale, about others, wrongly signed or unreadable is never good, and "unknown" from the
responder stands against a good CRL, since a responder that disowns a certificate may know more than a daily list.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, unique
from typing import Generic, TypeVar

from openjpki.errors import Failure, Kind
from openjpki.pki.crl_reading import CrlStatus, RevocationList, WrongCrlIssuer, WrongPartition
from openjpki.pki.ocsp_reading import OcspStatus, WrongCertificate, read_status
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
_WORST_FIRST = ("revoked", "unknown", "good")
_ABOUT_OTHERS = frozenset({WrongCertificate.code, WrongPartition.code, WrongCrlIssuer.code})
"""A folder of lists holds mostly those of other municipalities: their problem is told only if there is no other."""


class ResponderSilent(Failure):
    """The responder was asked and nothing came back that could be looked at."""

    code = "ocsp.unreachable"
    kind = Kind.UNAVAILABLE
    ja = "OCSP応答者に問い合わせましたが、応答がありません。"
    en = "The OCSP responder was asked and gave no answer."


@dataclass(frozen=True, kw_only=True)
class SourceJudgement(Generic[_Status]):
    """What one kind of evidence says: a status that holds at the moment, or why there is none."""

    status: _Status | None
    problem: str
    """A failure's code ("crl.stale"), `UNREADABLE` or `ABSENT`; empty with a status."""

    @property
    def word(self) -> str:
        """Return "good", "revoked", "unknown", or the problem."""
        return self.problem if self.status is None else self.status.status


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
        if "good" in words and "unknown" not in words:
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
    certificate: bytes, *, issuer: bytes, crls: Iterable[bytes], ocsp: Iterable[OcspEvidence], at: datetime
) -> StatusJudgement:
    """Judge whether a certificate is revoked at a moment (UTC-aware); `issuer` is the CA certificate that signed it.

    Nothing is asked of the certificate: an answer about it counts even if it names no responder, and no evidence is
    never good ("require" mode).
    """
    asked = [one for one in ocsp if one.certificate in (None, certificate)]
    return StatusJudgement(
        ocsp=_source(lambda one: _by_ocsp(one, certificate, issuer, at), asked),
        crl=_source(lambda crl: RevocationList.read(crl, issuer=issuer).status_of(certificate, moment=at), crls),
    )


def _by_ocsp(evidence: OcspEvidence, certificate: bytes, issuer: bytes, at: datetime) -> OcspStatus:
    if evidence.answer is None:
        raise ResponderSilent
    return read_status(evidence.answer, certificate=certificate, issuer=issuer, moment=at, nonce=evidence.nonce)


def _source(read: Callable[[_Evidence], _Status], evidence: Iterable[_Evidence]) -> SourceJudgement[_Status]:
    """Read every piece of one kind; the worst status counts, and only if there is none the most telling problem."""
    statuses: list[_Status] = []
    problems: list[str] = []
    for one in evidence:
        try:
            statuses.append(read(one))
        except Failure as failure:
            problems.append(failure.code)
        except Exception:  # noqa: BLE001  -- hostile bytes in a parser: no evidence, and no way to pass
            problems.append(UNREADABLE)
    worst = min(statuses, key=lambda status: _WORST_FIRST.index(status.status), default=None)
    if worst is not None:
        return SourceJudgement(status=worst, problem="")
    return SourceJudgement(status=None, problem=min(problems, key=_ABOUT_OTHERS.__contains__, default=ABSENT))
