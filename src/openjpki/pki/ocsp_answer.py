"""The answer about certificates' status, signed by a delegated responder (RFC 6960 §4.2, profile of RFC 5019)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from openjpki.errors import Failure, Kind
from openjpki.pki import der
from openjpki.pki.delegation import delegated
from openjpki.pki.keys import Signer, WrongSigner, key_identifier, proven
from openjpki.pki.ocsp import OcspRequest, RequestedStatus, nonce_extension
from openjpki.rules.kinds import RevocationReason

Status = Literal["good", "revoked", "unknown"]
Error = Literal["malformed_request", "internal_error", "try_later", "sig_required", "unauthorized"]


class AnswerUnsound(Failure):
    """The answer would contradict itself or its responder; `problem` names the field."""

    code = "ocsp.answer-unsound"
    kind = Kind.UNAVAILABLE
    ja = "OCSP応答を作成できません（{problem}）。"
    en = "The OCSP answer cannot be made ({problem})."


@dataclass(frozen=True, kw_only=True)
class StatusAnswer:
    """What is said about one certificate."""

    status: Status
    revoked_at: datetime | None = None
    """UTC-aware; given if and only if the status is "revoked"."""
    reason: RevocationReason | None = None
    """Given if and only if the status is "revoked"."""

    def __post_init__(self) -> None:
        """Hold the three fields against each other."""
        needed = self.status == "revoked"
        if (self.revoked_at is not None, self.reason is not None) != (needed, needed):
            message = "revoked_at and reason belong to revoked, and to nothing else"
            raise ValueError(message)


def build_answer(
    *,
    request: OcspRequest,
    statuses: Sequence[StatusAnswer],
    responder_certificate: bytes,
    issuer: bytes,
    signer: Signer,
    produced_at: datetime,
    this_update: datetime,
    next_update: datetime,
) -> bytes:
    """Return the signed answer, DER: one status for each item of the request, in its order, the nonce repeated.

    An item about another issuer can only be answered "unknown". Raises `AnswerUnsound`, `WrongSigner`,
    `WrongResponder`, `SignerFaulty`. Moments are UTC-aware; a caller's fault in counting is a `ValueError`.
    """
    responder = delegated(responder_certificate, issuer)
    if signer.public_key != responder.public_key:
        raise WrongSigner
    if not responder.not_before <= produced_at <= responder.not_after:
        raise AnswerUnsound(problem="responder certificate is out of date")
    if not this_update <= produced_at < next_update:
        raise AnswerUnsound(problem="this_update, produced_at, next_update")
    times = der.generalized_time(this_update) + der.tlv(der.context(0), der.generalized_time(next_update))
    singles = (_single(item, answer, issuer, times) for item, answer in zip(request.items, statuses, strict=True))
    data = der.sequence(
        _responder_id(responder.public_key),
        der.generalized_time(produced_at),
        der.sequence(*singles),
        _nonce(request.nonce),
    )
    basic = der.sequence(
        data,
        signer.algorithm.identifier,
        der.bit_string(proven(signer, data, responder.public_key)),
        der.tlv(der.context(0), der.sequence(responder_certificate)),
    )
    return der.sequence(
        der.integer(0, der.ENUMERATED), der.tlv(der.context(0), der.sequence(_BASIC, der.octet_string(basic)))
    )


@lru_cache(maxsize=64)
def _responder_id(public_key: bytes) -> bytes:
    """Return the ResponderID by key. Cached: a responder says it in every answer."""
    return der.tlv(der.context(2), der.octet_string(key_identifier(public_key)))


def error_answer(kind: Error) -> bytes:
    """Return an unsigned answer that says why there is none (RFC 6960 §2.3)."""
    return der.sequence(der.integer(_ERRORS[kind], der.ENUMERATED))


_BASIC = der.object_identifier("1.3.6.1.5.5.7.48.1.1")
_ERRORS: dict[Error, int] = {
    "malformed_request": 1,
    "internal_error": 2,
    "try_later": 3,
    "sig_required": 5,
    "unauthorized": 6,
}
_GOOD = der.tlv(der.context(0, constructed=False))
_UNKNOWN = der.tlv(der.context(2, constructed=False))


def _single(item: RequestedStatus, answer: StatusAnswer, issuer: bytes, times: bytes) -> bytes:
    if answer.status != "unknown" and not item.is_of(issuer):
        raise AnswerUnsound(problem="certificate of another issuer")
    return der.sequence(item.identifier, _status(answer), times)


def _status(answer: StatusAnswer) -> bytes:
    """`unspecified` is said by leaving the reason out, as in lists (RFC 5280 §5.3.1)."""
    if answer.revoked_at is None or answer.reason is None:
        return _GOOD if answer.status == "good" else _UNKNOWN
    reason = b""
    if answer.reason is not RevocationReason.UNSPECIFIED:
        reason = der.tlv(der.context(0), der.integer(answer.reason.code, der.ENUMERATED))
    return der.tlv(der.context(1), der.generalized_time(answer.revoked_at), reason)


def _nonce(nonce: bytes | None) -> bytes:
    return b"" if nonce is None else der.tlv(der.context(1), der.sequence(nonce_extension(nonce)))
