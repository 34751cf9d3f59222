"""A stand-in for the authority behind the desk: a register, serials, and the answers the messages promise."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from openjpki.desk.messages import (
    Attributes,
    CardReported,
    CertificateActivated,
    CertificateIssued,
    CertificateOrder,
    CertificateRecord,
    Certificates,
    CertificatesAsked,
    DeliveryConfirmed,
    DepartureReported,
    LifeEventReported,
    PersonReported,
    Refused,
    Reply,
    ReportAccepted,
    Request,
    RevocationAccepted,
    RevocationOrder,
    StayReported,
    order_proof_input,
)
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, RevocationReason
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import effect_of, visible_at
from openjpki.rules.validity import authentication_expiry, signature_expiry
from tests.unit.window.card import proof

UNKNOWN_PERSON = Refused(
    code="person.unknown", ja="この住民は登録されていません。", en="This person is not registered."
)


@dataclass
class Person:
    """What the stand-in knows of a person."""

    municipality: str
    attributes: Attributes
    cards: dict[str, date] = field(default_factory=dict)
    records: list[CertificateRecord] = field(default_factory=list)


@dataclass
class StandInAuthority:
    """Believes reports, checks orders against them, and answers an id that it has seen as it did before."""

    clock: Callable[[], datetime]
    policy: Policy = field(default_factory=Policy)
    persons: dict[str, Person] = field(default_factory=dict)
    answered: dict[str, Reply] = field(default_factory=dict)
    orders: dict[str, CertificateOrder] = field(default_factory=dict)
    serials: int = 0

    def handle(self, request: Request) -> Reply:
        """Answer a request; the same id gets the same answer."""
        if isinstance(request, CertificatesAsked):
            return self._asked(request)
        called = getattr(request, "report_id", "") or f"{type(request).__name__}:{getattr(request, 'order_id', '')}"
        if called not in self.answered:
            answer = self._answer(request)
            if isinstance(answer, Refused):
                return answer
            self.answered[called] = answer
        return self.answered[called]

    def _answer(self, request: Request) -> Reply:
        if isinstance(request, PersonReported):
            self.persons[request.resident_code] = Person(request.municipality, request.attributes)
            return ReportAccepted(report_id=request.report_id, ended=())
        person = self.persons.get(getattr(request, "resident_code", ""))
        if isinstance(request, DeliveryConfirmed):
            return self._activate(request)
        if person is None:
            return UNKNOWN_PERSON
        if isinstance(request, CertificateOrder):
            return self._issue(person, request)
        return self._end(person, request)

    def _end(self, person: Person, request: Request) -> Reply:
        if isinstance(request, LifeEventReported):
            person.municipality = request.municipality
            return ReportAccepted(report_id=request.report_id, ended=self._ended(person, request.event))
        if isinstance(request, DepartureReported | StayReported):
            return ReportAccepted(report_id=request.report_id, ended=())
        if isinstance(request, CardReported):
            person.cards[request.card_number] = request.expires
            ended = self._ended(person, request.event) if request.event else ()
            return ReportAccepted(report_id=request.report_id, ended=ended)
        assert isinstance(request, RevocationOrder)
        ended = self._ended(person, request.event, request.kinds)
        if not ended:
            return Refused(code="revocation.nothing", ja="対象がありません。", en="There is nothing to end.")
        return RevocationAccepted(order_id=request.order_id, ended=ended)

    def _asked(self, request: CertificatesAsked) -> Reply:
        person = self.persons.get(request.resident_code)
        if person is None or person.municipality != request.municipality:
            return UNKNOWN_PERSON
        return Certificates(records=tuple(r for r in person.records if r.card_number == request.card_number))

    def _issue(self, person: Person, order: CertificateOrder) -> Reply:
        message = order_proof_input(order.order_id, order.municipality, order.card_number, order.kind, order.public_key)
        if order.proof_of_possession != proof(order.public_key, message):
            return Refused(code="order.proof", ja="鍵の証明が正しくありません。", en="The proof is wrong.")
        if order.card_number not in person.cards:
            return Refused(code="order.card", ja="カードが登録されていません。", en="The card is not registered.")
        self.serials += 1
        self.orders[order.order_id] = order
        today = civil_date(self.clock())
        expires, because = self._expiry(person, order, today)
        record = CertificateRecord(
            serial=self.serials,
            kind=order.kind,
            state=CertificateState.UNDELIVERED,
            issued_on=today,
            expires=expires,
            card_number=order.card_number,
            issuing_municipality=order.municipality,
            reason=None,
            event=None,
            effective_at=None,
            visible_at=None,
            certificate=f"certificate {self.serials} for {order.public_key.decode()}".encode(),
        )
        person.records.append(record)
        return CertificateIssued(
            order_id=order.order_id,
            serial=record.serial,
            certificate=record.certificate,
            issuer_certificate=b"issuer",
            expires=expires,
            because=because,
        )

    def _expiry(self, person: Person, order: CertificateOrder, today: date) -> tuple[date, str]:
        alive = {r.kind: r.expires for r in person.records if r.state is CertificateState.VALID and r.expires >= today}
        born, card_expires = person.attributes.birth_date, person.cards[order.card_number]
        if order.kind is CertificateKind.AUTHENTICATION:
            found = authentication_expiry(
                self.policy, issued=today, born=born, card_expires=card_expires, replaces_expiring=alive.get(order.kind)
            )
        else:
            found = signature_expiry(
                self.policy,
                issued=today,
                born=born,
                card_expires=card_expires,
                authentication_expires=alive.get(CertificateKind.AUTHENTICATION),
                replaces_expiring=alive.get(order.kind),
            )
        return found.expires, found.because

    def _activate(self, request: DeliveryConfirmed) -> Reply:
        order = self.orders[request.order_id]
        person = self.persons[order.resident_code]
        issued = self.answered[f"CertificateOrder:{request.order_id}"]
        assert isinstance(issued, CertificateIssued)
        if request.read_back != hashlib.sha256(issued.certificate).digest():
            return Refused(code="delivery.differs", ja="読み戻しが一致しません。", en="The read-back differs.")
        superseded = None
        for index, record in enumerate(person.records):
            if record.serial == issued.serial:
                person.records[index] = msgspec.structs.replace(record, state=CertificateState.VALID)
            elif record.kind is order.kind and record.state in {CertificateState.VALID, CertificateState.HELD}:
                superseded = record.serial
                person.records[index] = self._over(record, LifeEvent.RENEWAL, RevocationReason.SUPERSEDED)
        return CertificateActivated(order_id=request.order_id, serial=issued.serial, superseded=superseded)

    def _ended(
        self, person: Person, event: LifeEvent, kinds: tuple[CertificateKind, ...] = tuple(CertificateKind)
    ) -> tuple[CertificateRecord, ...]:
        effect = effect_of(self.policy, event, civil_date(self.clock()), kinds=kinds)
        ended = []
        for index, record in enumerate(person.records):
            ending = effect.of(record.kind)
            if ending is None or record.state is not CertificateState.VALID:
                continue
            over = self._over(record, event, ending.reason)
            if ending.held:
                over = msgspec.structs.replace(over, state=CertificateState.HELD)
            person.records[index] = over
            ended.append(over)
        return tuple(ended)

    def _over(self, record: CertificateRecord, event: LifeEvent, reason: RevocationReason) -> CertificateRecord:
        at = self.clock()
        superseded = event is LifeEvent.RENEWAL
        return msgspec.structs.replace(
            record,
            state=CertificateState.SUPERSEDED if superseded else CertificateState.REVOKED,
            event=event,
            reason=reason,
            effective_at=at,
            visible_at=visible_at(self.policy, event, at),
        )
