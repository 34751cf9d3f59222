"""Rows become the plain values that the window hands out."""

from openjpki.desk.carrier import decode_request
from openjpki.desk.messages import (
    CardReported,
    DepartureReported,
    LifeEventReported,
    PersonReported,
    RevocationOrder,
    StayReported,
)
from openjpki.rules.kinds import (
    ApplicationState,
    ApprovalGround,
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
    PauseEntry,
    ResidentEntry,
)
from openjpki.window.models import (
    Application,
    AuthorityPause,
    CardHolding,
    CertificateCopy,
    FeeRecord,
    FindingRecord,
    Order,
    OutboxMessage,
    Resident,
)
from openjpki.window.refunds import REFUNDED
from openjpki.window.states import MessageKind, MessageWait, OrderStep, ResidentState


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
        stay=row.stay,
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


def fee_entry(row: FeeRecord, *, refunded: bool = False) -> FeeEntry:
    """Return a fee's row as a value."""
    return FeeEntry(
        yen=row.yen,
        reason=FeeReason(row.reason),
        rules=tuple(row.rules),
        receipt=row.receipt,
        refunded=row.yen if refunded else 0,
    )


def application_entry(
    row: Application, fee: FeeRecord | None, orders: tuple[Order, ...], findings: tuple[FindingRecord, ...]
) -> ApplicationEntry:
    """Return an application's row, with the rows that hang on it, as a value."""
    refunded = any(finding.code == REFUNDED for finding in findings)
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
        approval_grounds=tuple(map(ApprovalGround, row.approval_grounds)),
        approved_by=row.approved_by,
        fee=fee_entry(fee, refunded=refunded) if fee else None,
        orders=tuple(map(order_entry, orders)),
        findings=tuple(map(finding_entry, findings)),
    )


def message_entry(row: OutboxMessage, *, behind: bool, pause: AuthorityPause | None) -> MessageEntry:
    """Return an outbox row as a value, which says what the message is about and no more.

    `behind`: an earlier message about the person waits. `pause`: the authority does not answer the municipality.
    """
    said = decode_request(row.message.encode())
    wait = _wait(row, behind=behind, away=pause is not None)
    away = pause.next_try_at if pause and wait is MessageWait.AUTHORITY_AWAY else None
    return MessageEntry(
        message_id=row.message_id,
        kind=_KINDS[type(said)],
        event=getattr(said, "event", None),
        resident_code=row.resident_code,
        queued_at=row.queued_at,
        attempts=row.attempts,
        last_error=row.last_error,
        wait=wait,
        next_try_at=row.next_try_at or away,
    )


def pause_entry(row: AuthorityPause) -> PauseEntry:
    """Return the row of an authority's absence as a value."""
    return PauseEntry(failures=row.failures, since=row.since, next_try_at=row.next_try_at, last_error=row.last_error)


_KINDS = {
    PersonReported: MessageKind.PERSON,
    LifeEventReported: MessageKind.LIFE_EVENT,
    DepartureReported: MessageKind.DEPARTURE,
    StayReported: MessageKind.STAY,
    CardReported: MessageKind.CARD,
    RevocationOrder: MessageKind.REVOCATION,
}


def _wait(row: OutboxMessage, *, behind: bool, away: bool) -> MessageWait:
    if row.sent_at is not None:
        return MessageWait.ANSWERED
    if row.next_try_at is not None:
        return MessageWait.REFUSED
    if behind:
        return MessageWait.BEHIND
    return MessageWait.AUTHORITY_AWAY if away else MessageWait.DUE
