"""Rows become the plain values that the window hands out."""

from openjpki.rules.kinds import (
    ApplicationState,
    CardState,
    CertificateKind,
    CertificateState,
    FeeReason,
    LifeEvent,
    Procedure,
    RevocationReason,
    Sex,
)
from openjpki.window.entries import (
    ApplicationEntry,
    CardEntry,
    CertificateEntry,
    FeeEntry,
    FindingEntry,
    MessageEntry,
    OrderEntry,
    ResidentEntry,
)
from openjpki.window.models import (
    Application,
    CardHolding,
    CertificateCopy,
    FeeRecord,
    FindingRecord,
    Order,
    OutboxMessage,
    Resident,
)
from openjpki.window.states import OrderStep, ResidentState


def card_entry(row: CardHolding) -> CardEntry:
    """Return a card's row as a value."""
    return CardEntry(
        card_number=row.card_number,
        expires=row.expires_date,
        state=CardState(row.state),
        handed_over_on=row.handed_over_date,
    )


def certificate_entry(row: CertificateCopy) -> CertificateEntry:
    """Return a certificate copy's row as a value."""
    return CertificateEntry(
        kind=CertificateKind(row.kind),
        serial=row.serial,
        state=CertificateState(row.state),
        issued_on=row.issued_date,
        expires=row.expires_date,
        reason=RevocationReason(row.reason) if row.reason else None,
        event=LifeEvent(row.event) if row.event else None,
        effective_at=row.effective_at,
        visible_at=row.visible_at,
        card_number=row.card_number,
        issuing_municipality=row.issuing_municipality,
        certificate=bytes(row.certificate),
        known_at=row.known_at,
    )


def resident_entry(
    row: Resident, cards: tuple[CardHolding, ...], certificates: tuple[CertificateCopy, ...]
) -> ResidentEntry:
    """Return a resident's row, with the rows that hang on it, as a value."""
    return ResidentEntry(
        municipality=row.municipality,
        resident_code=row.resident_code,
        name=row.name,
        kana=row.kana,
        address=row.address,
        birth_date=row.birth_date,
        sex=Sex(row.sex),
        state=ResidentState(row.state),
        resident_since=row.resident_since_date,
        ended_on=row.ended_date,
        cards=tuple(map(card_entry, cards)),
        certificates=tuple(map(certificate_entry, certificates)),
    )


def finding_entry(row: FindingRecord) -> FindingEntry:
    """Return a recorded finding as a value."""
    return FindingEntry(
        code=row.code,
        rule=row.rule,
        sentence=row.sentence,
        severity=row.severity,
        ja=row.ja,
        en=row.en,
        bring_ja=row.bring_ja,
        bring_en=row.bring_en,
    )


def order_entry(row: Order) -> OrderEntry:
    """Return an order's row as a value."""
    return OrderEntry(
        order_id=row.order_id,
        kind=CertificateKind(row.kind),
        step=OrderStep(row.step),
        serial=row.serial,
        expires=row.expires_date,
        because=row.because,
        certificate=bytes(row.certificate),
    )


def fee_entry(row: FeeRecord) -> FeeEntry:
    """Return a fee's row as a value."""
    return FeeEntry(yen=row.yen, reason=FeeReason(row.reason), rules=tuple(row.rules), receipt=row.receipt)


def application_entry(
    row: Application, fee: FeeRecord | None, orders: tuple[Order, ...], findings: tuple[FindingRecord, ...]
) -> ApplicationEntry:
    """Return an application's row, with the rows that hang on it, as a value."""
    return ApplicationEntry(
        receipt=row.receipt,
        municipality=row.municipality,
        resident_code=row.resident.resident_code,
        procedure=Procedure(row.procedure),
        kinds=tuple(map(CertificateKind, row.kinds)),
        state=ApplicationState(row.state),
        officer=row.officer,
        received_at=row.received_at,
        closed_at=row.closed_at,
        policy=row.policy,
        fee=fee_entry(fee) if fee else None,
        orders=tuple(map(order_entry, orders)),
        findings=tuple(map(finding_entry, findings)),
    )


def message_entry(row: OutboxMessage) -> MessageEntry:
    """Return an outbox row as a value: what it says stays inside."""
    return MessageEntry(
        message_id=row.message_id,
        queued_at=row.queued_at,
        attempts=row.attempts,
        last_error=row.last_error,
        answered=row.sent_at is not None,
    )
