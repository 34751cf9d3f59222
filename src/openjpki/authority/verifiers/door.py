"""The verifiers' door: who asks is proven by the line; how often, who, on which ground, and the answer are decided here.

In this order: how often, the path, the form, the registration, the right, the answer. A refusal is a value with its
status; of a flood of them only some are written down. It knows no socket: `verifier_server` does.
"""

import base64
import binascii
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.db import OperationalError

from openjpki.authority.acts import act, verifier_at
from openjpki.authority.authority import Authority, RegisterUnavailable
from openjpki.authority.desk.bucket import Bucket
from openjpki.authority.desk.refusal_notes import RefusalNotes
from openjpki.authority.generations.issuers import NoSuchIssuer, named
from openjpki.authority.models import Consent, CrlPublication, Verifier
from openjpki.authority.moments import moment
from openjpki.authority.publishing.freshness import Known, kept_for, validators
from openjpki.authority.publishing.lists import ListFolder, ListMissing
from openjpki.authority.publishing.publication import newest_list
from openjpki.authority.responding.answering import UNAUTHORIZED
from openjpki.authority.verbs import Verb
from openjpki.authority.verifiers import consents
from openjpki.authority.verifiers.access import admitted, hold_right, signed_by_nobody_else
from openjpki.authority.verifiers.messages import (
    QUESTIONS,
    AttributesAsked,
    AttributesTold,
    ConsentBrought,
    ConsentTold,
    LinkAsked,
    LinkTold,
    Refusal,
    Refused,
    StatusAsked,
    StatusesTold,
    StatusTold,
    WithdrawalBrought,
    openapi,
)
from openjpki.authority.verifiers.status import SerialStatus, link, statuses
from openjpki.desk.mutual_tls import Streamed
from openjpki.errors import Failure, Kind
from openjpki.pki.ocsp import MOST_REQUEST_BYTES
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.verifiers import Right

JSON, OCSP_REQUEST, OCSP_RESPONSE, CRL = (
    "application/json",
    "application/ocsp-request",
    "application/ocsp-response",
    "application/pkix-crl",
)
DESCRIPTION: Final = "/v1/openapi.json"
MAX_BODY: Final = 64 * 1024
"""Bytes of a request: the largest is a consent in base64, two thirds of this."""
RATE: Final = 20.0
"""Questions a second that one verifier may ask for long; every process counts by itself."""
BURST: Final = 200.0
"""Questions that it may ask at once."""


class RateLimited(Failure):
    """The verifier asks more than is answered."""

    code = "verifier.rate-limited"
    kind = Kind.UNAVAILABLE
    ja = "照会が多すぎるため、しばらく受け付けません。間をあけて送り直してください。"
    en = "Too many questions. Ask again a little later."


class RequestMalformed(Failure):
    """The request is not of the form that the description gives."""

    code = "verifier.request-malformed"
    kind = Kind.USAGE
    ja = "要求の形式が正しくありません。/v1/openapi.json に形式があります。"
    en = "The request is not of its form, which /v1/openapi.json describes."


class NoSuchAddress(Failure):
    """Nothing is here."""

    code = "verifier.no-such-address"
    kind = Kind.USAGE
    ja = "この宛先はありません。"
    en = "There is nothing at this address."


@dataclass(frozen=True, kw_only=True)
class DoorRequest:
    """What came over the line, whole."""

    method: str
    path: str
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    known: Known = field(default_factory=Known)
    """What the verifier has of a list already."""


@dataclass(frozen=True, kw_only=True)
class DoorReply:
    """What goes back; no cache keeps it, unless `headers` say so."""

    status: HTTPStatus
    content_type: str = JSON
    body: bytes = field(default=b"", repr=False)
    list: Streamed | None = None
    """What goes back in place of a body: a list, in pieces."""
    headers: Mapping[str, str] = field(default_factory=dict)


_STATUS: Mapping[type[Failure], HTTPStatus] = {
    RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    NoSuchAddress: HTTPStatus.NOT_FOUND,
    consents.ConsentUnknown: HTTPStatus.NOT_FOUND,
    consents.ConsentReplayed: HTTPStatus.CONFLICT,
    consents.ConsentTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
_STATUS_OF_KIND: Mapping[Kind, HTTPStatus] = {
    Kind.REFUSED: HTTPStatus.FORBIDDEN,
    Kind.USAGE: HTTPStatus.BAD_REQUEST,
    Kind.INDETERMINATE: HTTPStatus.SERVICE_UNAVAILABLE,
    Kind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


class VerifierDoor:
    """Answers what verifiers ask. `clock` is the transport clock, which is always real; several threads may use it."""

    def __init__(
        self, authority: Authority, *, clock: Callable[[], datetime], rate: float = RATE, burst: float = BURST
    ) -> None:
        self._authority = authority
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._lock = threading.Lock()
        self._asked: dict[str, Bucket] = {}
        self._notes = RefusalNotes()
        self._answers: Mapping[str, Callable[[Verifier, Any, datetime], msgspec.Struct]] = {
            "/v1/status": self._status,
            "/v1/current-serial": self._link,
            "/v1/consents": self._consent,
            "/v1/consents/withdraw": self._withdraw,
            "/v1/attributes": self._attributes,
        }

    def receive(self, fingerprint: str, request: DoorRequest) -> DoorReply:
        """Answer a request under a client certificate, named by its SHA-256 (hexadecimal), whose key was proven."""
        try:
            return self._answer_or_refuse(fingerprint, request, self._clock())
        except OperationalError:
            return _refusal(RegisterUnavailable())

    def _answer_or_refuse(self, fingerprint: str, request: DoorRequest, now: datetime) -> DoorReply:
        row: Verifier | None = None
        try:
            row = admitted(fingerprint, self._authority.clock(), now=now)
            if not self._may_ask(row.code, now):
                raise RateLimited
            return self._answer(row, request)
        except Failure as failure:
            self._note(row, failure, now)
            return _refusal(failure)

    def _answer(self, row: Verifier, request: DoorRequest) -> DoorReply:
        for prefix, answer in (("/ocsp/", self._ocsp), ("/crl/", self._crl)):
            if request.path.startswith(prefix):
                return answer(row, request, request.path.removeprefix(prefix))
        if (request.method, request.path) == ("GET", DESCRIPTION):
            return DoorReply(status=HTTPStatus.OK, body=msgspec.json.encode(openapi()))
        if request.path not in QUESTIONS:
            raise NoSuchAddress
        if request.method != "POST" or request.content_type != JSON:
            raise RequestMalformed
        try:
            asked = msgspec.json.decode(request.body, type=QUESTIONS[request.path][0])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RequestMalformed from error
        told = self._answers[request.path](row, asked, moment(self._authority))
        return DoorReply(status=HTTPStatus.OK, body=msgspec.json.encode(told))

    # --- the questions -----------------------------------------------------------------------------------------------

    def _status(self, row: Verifier, asked: StatusAsked, at: datetime) -> StatusesTold:
        told = statuses(self._authority, row, asked.kind, asked.serials, at)
        return StatusesTold(statuses=[_status_told(one) for one in told])

    def _link(self, row: Verifier, asked: LinkAsked, at: datetime) -> LinkTold:
        found = link(row, asked.kind, asked.serial, verifier_at(at, row.code))
        return LinkTold(serial=asked.serial, current_serial=found)

    def _consent(self, row: Verifier, brought: ConsentBrought, at: datetime) -> ConsentTold:
        return _consent_told(consents.register(self._authority, row, brought.document, verifier_at(at, row.code)))

    def _withdraw(self, row: Verifier, brought: WithdrawalBrought, at: datetime) -> ConsentTold:
        doer = verifier_at(at, row.code)
        return _consent_told(consents.withdraw(self._authority, brought.consent_id, doer, row=row))

    def _attributes(self, row: Verifier, asked: AttributesAsked, at: datetime) -> AttributesTold:
        doer = verifier_at(at, row.code)
        found = consents.provide(self._authority, row, asked.consent_id, asked.serial, doer)
        return AttributesTold(
            given=found.items is not None, reason=found.reason or None, serial=found.serial, items=found.items
        )

    # --- lists and OCSP ----------------------------------------------------------------------------------------------

    def _ocsp(self, row: Verifier, request: DoorRequest, rest: str) -> DoorReply:
        """Answer as the public address does (RFC 6960 §A.1), after the right is held against the CA's kind."""
        kind, _, encoded = rest.partition("/")
        about = _kind(kind)
        hold_right(row, Right.STATUS, about)
        if request.method == "POST" and request.content_type == OCSP_REQUEST and not encoded:
            question = request.body[: MOST_REQUEST_BYTES + 1]
        elif request.method == "GET" and encoded:
            question = _base64(encoded)
        else:
            raise RequestMalformed
        if signed_by_nobody_else(row, question, about, now=self._clock()):
            der = self._authority.answer_status(question, about, asker_known=True).der
        else:
            der = UNAUTHORIZED.der
        return DoorReply(status=HTTPStatus.OK, content_type=OCSP_RESPONSE, body=der)

    def _crl(self, row: Verifier, request: DoorRequest, rest: str) -> DoorReply:
        """Answer with the newest list of a partition, in pieces, as the public address does; who has it is told so."""
        name, _, file = rest.partition("/")
        about = _kind(name.partition("-")[0])
        hold_right(row, Right.LISTS, about)
        if request.method != "GET" or not file.endswith(".crl"):
            raise RequestMalformed
        municipality = file.removesuffix(".crl")
        try:
            issuer = named(name)
        except NoSuchIssuer as error:
            raise NoSuchAddress from error
        newest = newest_list(issuer, municipality)
        if newest is None:
            raise NoSuchAddress
        if request.known.is_newest(newest):
            return DoorReply(status=HTTPStatus.NOT_MODIFIED, content_type="", headers=self._about(newest))
        folder = ListFolder.of(self._authority.lists, issuer, municipality)
        try:
            opened = folder.open(newest)
        except ListMissing:
            after = newest_list(issuer, municipality)
            if after is None or after.pk == newest.pk:
                raise
            newest, opened = after, folder.open(after)  # it has just taken the other's place
        streamed = Streamed(file=opened, length=newest.length)
        return DoorReply(status=HTTPStatus.OK, content_type=CRL, list=streamed, headers=self._about(newest))

    def _about(self, newest: CrlPublication) -> Mapping[str, str]:
        """Return what lets a verifier keep a list, and nobody between."""
        kept = kept_for(newest, self._authority.clock(), whose="private")
        return {"Cache-Control": kept, **validators(newest)}

    # --- how often, and what is written down -------------------------------------------------------------------------

    def _may_ask(self, code: str, now: datetime) -> bool:
        with self._lock:
            full = Bucket.full(rate=self._rate, burst=self._burst, at=now)
            bucket = (self._asked.get(code) or full).take(now)
            if bucket is not None:
                self._asked[code] = bucket
            return bucket is not None

    def _note(self, row: Verifier | None, failure: Failure, now: datetime) -> None:
        """Write a refusal down; of a flood only some, the next row with the number of those left out."""
        who = "-" if row is None else row.code

        def note(left_out: int) -> None:
            with act():
                doer = verifier_at(self._authority.clock(), who)
                doer.note(Verb.VERIFIER_REFUSED, row or "stranger", {"code": failure.code, "left_out": left_out})

        self._notes.write(who, now, note)


def _kind(word: str) -> CertificateKind:
    for kind in CertificateKind:
        if kind.value == word:
            return kind
    raise NoSuchAddress


def _base64(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""  # the responder says what it says to bytes that are no question


def _status_told(one: SerialStatus) -> StatusTold:
    return StatusTold(
        serial=one.serial,
        status=one.status,
        check_method=one.check_method,
        source_updated_at=one.source_updated_at,
        revoked_at=one.revoked_at,
        reason=None if one.reason is None else one.reason.value,
    )


def _consent_told(consent: Consent) -> ConsentTold:
    return ConsentTold(
        consent_id=consent.consent_id,
        items=list(consent.items),
        since=consent.since,
        until=consent.until,
        withdrawn=consent.withdrawn_at is not None,
    )


def _refusal(failure: Failure) -> DoorReply:
    said = Refused(error=Refusal(code=failure.code, ja=failure.message("ja"), en=failure.message("en")))
    return DoorReply(status=_STATUS.get(type(failure), _STATUS_OF_KIND[failure.kind]), body=msgspec.json.encode(said))
