"""The answer to an OCSP question: good, revoked or unknown, from what is visible at the moment (RFC 6960 §2.2).

* Never seen by anybody (unknown serial, prepared, undelivered): unknown.
* Ended, and the ending visible: revoked, with moment and reason; a held one too.
* Everything else that was handed over: good, expired ones included (R-3.10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openjpki.authority.issuers import in_force
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, CrlPublication, Issuer, Revocation
from openjpki.authority.models.certificate import PENDING
from openjpki.authority.responders import covering
from openjpki.authority.serials import key_of
from openjpki.pki.ocsp import MalformedRequest, OcspRequest, RequestedStatus, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer, error_answer
from openjpki.rules.kinds import CertificateKind, CertificateState
from openjpki.rules.standing import next_change, shown_at

GOOD = StatusAnswer(status="good")
UNKNOWN = StatusAnswer(status="unknown")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer, and until when a cache may keep it."""

    der: bytes
    next_update: datetime | None
    """None: an error, or an answer bound to one question by its nonce; not to be kept."""


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is said about one certificate, and the span for which it is said."""

    answer: StatusAnswer
    this_update: datetime
    next_update: datetime


TRY_LATER = Answered(der=error_answer("try_later"), next_update=None)
"""There is nothing sure to say now (RFC 6960 §2.3)."""


class NoList(Exception):
    """Answers come from the lists, and the partition has no current one."""


def answer(means: Means, question: bytes, at: datetime, kind: CertificateKind | None = None) -> Answered:
    """Answer a question, DER; malformed bytes and issuers that are not ours get an unsigned error.

    `kind` is the CA whose address was asked; None answers for both. One answer speaks for one issuer, the first that
    is ours; certificates of another in the same question are "unknown" (RFC 6960 §2.2).
    """
    try:
        request = parse_request(question)
    except MalformedRequest:
        return Answered(der=error_answer("malformed_request"), next_update=None)
    issuer = _issuer_asked(request, in_force(at, kind))
    if issuer is None:
        return Answered(der=error_answer("unauthorized"), next_update=None)
    try:
        known = [_knowledge(means, issuer, item, at) for item in request.items]
    except NoList:
        return TRY_LATER
    return _signed(means, issuer, request, known, at)


def _signed(means: Means, issuer: Issuer, request: OcspRequest, known: Sequence[Knowledge], at: datetime) -> Answered:
    responder = covering(means, issuer, at)
    next_update = min([responder.not_after, *(one.next_update for one in known)])
    der = build_answer(
        request=request,
        statuses=[one.answer for one in known],
        responder_certificate=bytes(responder.certificate),
        issuer=bytes(issuer.certificate),
        signer=means.keys.signer(responder.key_name),
        produced_at=at,
        this_update=min(one.this_update for one in known),
        next_update=next_update,
    )
    return Answered(der=der, next_update=next_update if request.nonce is None else None)


def _issuer_asked(request: OcspRequest, issuers: Sequence[Issuer]) -> Issuer | None:
    for item in request.items:
        for issuer in issuers:
            if item.is_of(bytes(issuer.certificate)):
                return issuer
    return None


def _knowledge(means: Means, issuer: Issuer, item: RequestedStatus, at: datetime) -> Knowledge:
    fresh = Knowledge(answer=UNKNOWN, this_update=at, next_update=at + means.terms.ocsp_answer)
    certificate = _handed_over(issuer, item)
    return fresh if certificate is None else knowledge_of(means, certificate, at)


def knowledge_of(means: Means, certificate: Certificate, at: datetime) -> Knowledge:
    """Return what is said about a certificate that was handed over; raises `NoList`."""
    fresh = Knowledge(answer=UNKNOWN, this_update=at, next_update=at + means.terms.ocsp_answer)
    if means.policy.ocsp_mode == "from-crl":
        fresh = _from_list(certificate, at)
    rows = list(Revocation.objects.filter(certificate_key=certificate.key).order_by("pk"))
    change = next_change(rows, fresh.this_update)
    return Knowledge(
        answer=_answer(certificate, rows, fresh.this_update),
        this_update=fresh.this_update,
        next_update=min(fresh.next_update, change) if change and change > at else fresh.next_update,
    )


def _handed_over(issuer: Issuer, item: RequestedStatus) -> Certificate | None:
    if not item.is_of(bytes(issuer.certificate)):
        return None
    key = key_of(CertificateKind(issuer.kind), item.serial)
    pending = [state.value for state in PENDING]
    return Certificate.objects.filter(key=key, issuer=issuer).exclude(state__in=pending).first()


def _from_list(certificate: Certificate, at: datetime) -> Knowledge:
    """Say what the partition's last list said, for as long as that list says it (setting `ocsp_mode`)."""
    lists = CrlPublication.objects.filter(
        issuer_id=certificate.issuer_id, municipality=certificate.issuing_municipality
    )
    last = lists.order_by("-number").first()
    if last is None or not last.this_update <= at < last.next_update:
        raise NoList
    return Knowledge(answer=UNKNOWN, this_update=last.this_update, next_update=last.next_update)


def _answer(certificate: Certificate, rows: Sequence[Revocation], at: datetime) -> StatusAnswer:
    shown = shown_at(rows, at)
    if shown is not None:
        return StatusAnswer(status="revoked", revoked_at=shown.revoked_at, reason=shown.reason)
    ended = CertificateState(certificate.state) in (CertificateState.REVOKED, CertificateState.SUPERSEDED)
    return UNKNOWN if ended and not rows else GOOD  # an ending without its row is a fault: fail closed
