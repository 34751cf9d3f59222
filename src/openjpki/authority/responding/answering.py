"""The answer to an OCSP question: good, revoked or unknown, from what is visible at the moment (RFC 6960 §2.2).

* Never seen by anybody (unknown serial, prepared, undelivered): unknown.
* Ended, and the ending visible: revoked, with moment and reason; a held one too.
* Everything else that was handed over: good, expired ones included (R-3.10).

Whatever store knows it, in whatever process: this is the one place where the verdict is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique

import msgspec

from openjpki.authority.responding.requesters import NotAccepted, Requesters, hold_requester
from openjpki.authority.responding.view import Delegate, Found, KnownIssuer, NotSure, Span, StatusStore, View
from openjpki.authority.signing.keys import KeyMissing, SigningKeys
from openjpki.pki.keys import Signer
from openjpki.pki.ocsp import MalformedRequest, OcspRequest, parse_request
from openjpki.pki.ocsp_answer import Error, StatusAnswer, build_answer, error_answer
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.standing import next_change, shown_at

GOOD = StatusAnswer(status="good")
UNKNOWN = StatusAnswer(status="unknown")


@unique
class Word(Enum):
    """An answer in one word."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    TRY_LATER = "try_later"
    MALFORMED = "malformed"
    SIGNATURE_REQUIRED = "signature_required"
    NOT_REGISTERED = "not_registered"
    UNAUTHORIZED = "unauthorized"
    INTERNAL_ERROR = "internal_error"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer was made from: one certificate's standing in the store."""

    issuer: int
    serial: int
    standing: bytes | None


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, and until when a cache may keep it."""

    der: bytes
    next_update: datetime | None
    """None: an error, or an answer bound to one question by its nonce or its asker; not to be kept."""
    produced_at: datetime | None = None
    this_update: datetime | None = None
    about: tuple[About, ...] = ()
    word: Word = Word.GOOD
    """What it says, for whoever counts; of several certificates what it says of the first."""


def _error(error: Error, word: Word) -> Answered:
    return Answered(der=error_answer(error), next_update=None, word=word)


TRY_LATER = _error("try_later", Word.TRY_LATER)
"""There is nothing sure to say now (RFC 6960 §2.3)."""
MALFORMED = _error("malformed_request", Word.MALFORMED)
SIGNATURE_REQUIRED = _error("sig_required", Word.SIGNATURE_REQUIRED)
NOT_REGISTERED = _error("unauthorized", Word.NOT_REGISTERED)
"""Whoever asked may not."""
UNAUTHORIZED = _error("unauthorized", Word.UNAUTHORIZED)
"""It is nobody's of ours that was asked about."""
INTERNAL_ERROR = _error("internal_error", Word.INTERNAL_ERROR)


@dataclass(frozen=True, kw_only=True)
class StatusDesk:
    """Answers questions from a store, signed with the delegated keys of a keeper."""

    store: StatusStore
    keys: SigningKeys
    requesters: Requesters | None = None
    """Who may ask (setting `ocsp_requesters`); None: anybody."""

    def answer(self, question: bytes, at: datetime, kind: CertificateKind | None = None) -> Answered:
        """Answer a question, DER; malformed bytes and issuers that are not ours get an unsigned error.

        `kind` is the CA whose address was asked; None answers for both. One answer speaks for one issuer, the first
        that is ours; certificates of another in the same question are "unknown" (RFC 6960 §2.2). Raises a `Failure`
        if the responder's key is out of reach.
        """
        try:
            request = parse_request(question)
        except MalformedRequest:
            return MALFORMED
        if self.requesters is not None and request.signature is None:
            return SIGNATURE_REQUIRED
        try:
            with self.store.view(at) as view:
                return self._answer(view, request, kind)
        except NotSure:
            return TRY_LATER
        except NotAccepted:
            return NOT_REGISTERED

    def _answer(self, view: View, request: OcspRequest, kind: CertificateKind | None) -> Answered:
        issuer = _issuer_asked(request, view.issuers(kind.value if kind else None))
        if issuer is None:
            return UNAUTHORIZED
        if self.requesters is not None:
            hold_requester(request, self.requesters, CertificateKind(issuer.kind), view.span.at)
        found = [view.find(issuer, item) if item.is_of(issuer.certificate) else None for item in request.items]
        return self._signed(view, issuer, request, found)

    def _signed(self, view: View, issuer: KnownIssuer, request: OcspRequest, found: Sequence[Found | None]) -> Answered:
        delegate, signer = self._able(view.delegates(issuer))
        spans = [_span(one, view.span) for one in found]
        at = view.span.at
        this_update = min(span.this_update for span in spans)
        next_update = min([delegate.not_after, *(span.next_update for span in spans)])
        statuses = [verdict(one) for one in found]
        der = build_answer(
            request=request,
            statuses=statuses,
            responder_certificate=delegate.certificate,
            issuer=issuer.certificate,
            signer=signer,
            produced_at=at,
            this_update=this_update,
            next_update=next_update,
        )
        bound = request.nonce is not None or self.requesters is not None
        return Answered(
            der=der,
            next_update=None if bound else next_update,
            produced_at=at,
            this_update=this_update,
            word=Word(statuses[0].status),
            about=tuple(
                [
                    About(issuer=issuer.number, serial=item.serial, standing=one.standing if one else None)
                    for item, one in zip(request.items, found, strict=True)
                ]
            ),
        )

    def _able(self, delegates: Sequence[Delegate]) -> tuple[Delegate, Signer]:
        """Return the newest responder whose key is here: the next one's may be on its way to this node."""
        for delegate in delegates:
            try:
                return delegate, self.keys.signer(delegate.key_name)
            except KeyMissing:
                continue
        raise NotSure


def _issuer_asked(request: OcspRequest, issuers: Sequence[KnownIssuer]) -> KnownIssuer | None:
    for item in request.items:
        for issuer in issuers:
            if item.is_of(issuer.certificate):
                return issuer
    return None


def _span(found: Found | None, fresh: Span) -> Span:
    """Return the span of what is said of one certificate: never beyond the moment at which something new shows."""
    if found is None:
        return fresh
    change = next_change(found.rows, found.seen_at)
    if change is None or change <= found.span.at:
        return found.span
    ends = min(found.span.next_update, change)
    return Span(at=found.span.at, this_update=found.span.this_update, next_update=ends)


def verdict(found: Found | None) -> StatusAnswer:
    """Return what is said of one certificate; None: nobody was ever given it."""
    if found is None or not found.sound:
        return UNKNOWN  # an ending without its row is a fault: fail closed
    shown = shown_at(found.rows, found.seen_at)
    return GOOD if shown is None else StatusAnswer(status="revoked", revoked_at=shown.revoked_at, reason=shown.reason)
