"""What lists and acts hand out: plain frozen values. No row leaves the window. `repr` shows no personal data."""

from dataclasses import dataclass, field
from datetime import date, datetime

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
from openjpki.rules.stay import Stay
from openjpki.window.states import MessageKind, MessageWait, OrderStep, ResidentState


@dataclass(frozen=True, kw_only=True)
class CardEntry:
    """A card that was handed over."""

    card_number: str = field(repr=False)
    expires: date
    """Last day, included."""
    state: CardState
    handed_over_on: date


@dataclass(frozen=True, kw_only=True)
class CertificateEntry:
    """A certificate as the authority last described it."""

    kind: CertificateKind
    serial: int
    state: CertificateState
    issued_on: date
    expires: date
    """Last day, included."""
    reason: RevocationReason | None
    event: LifeEvent | None
    effective_at: datetime | None
    visible_at: datetime | None
    card_number: str = field(repr=False)
    issuing_municipality: str
    certificate: bytes = field(repr=False)
    """DER."""
    known_at: datetime


@dataclass(frozen=True, kw_only=True)
class ResidentEntry:
    """A person in the register, with what is known of their cards and certificates."""

    municipality: str
    resident_code: str = field(repr=False)
    name: str = field(repr=False)
    kana: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    state: ResidentState
    resident_since: date
    ended_on: date | None
    cards: tuple[CardEntry, ...]
    certificates: tuple[CertificateEntry, ...]
    """Oldest first."""
    stay: Stay = field(default=Stay(), repr=False)


@dataclass(frozen=True, kw_only=True)
class FindingEntry:
    """A refusal or advice, as the person was told it."""

    code: str
    rule: str
    sentence: str
    severity: str
    ja: str
    en: str
    bring_ja: str
    bring_en: str


@dataclass(frozen=True, kw_only=True)
class OrderEntry:
    """How far one certificate of an application has come."""

    order_id: str
    kind: CertificateKind
    step: OrderStep
    serial: int | None
    expires: date | None
    because: str
    certificate: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class FeeEntry:
    """What an application costs."""

    yen: int
    reason: FeeReason
    rules: tuple[str, ...]
    receipt: str
    refunded: int = 0
    """Yen of it that were paid back (R-4.2)."""


@dataclass(frozen=True, kw_only=True)
class ApplicationEntry:
    """An application with all that it rests on."""

    receipt: str
    municipality: str
    resident_code: str = field(repr=False)
    procedure: Procedure
    kinds: tuple[CertificateKind, ...]
    state: ApplicationState
    officer: str
    received_at: datetime
    closed_at: datetime | None
    policy: str
    approval_grounds: tuple[ApprovalGround, ...]
    """Why a second person is asked for; empty if nobody is."""
    approved_by: str
    """The second person; empty before the approval."""
    fee: FeeEntry | None
    """None for a refused application."""
    orders: tuple[OrderEntry, ...]
    findings: tuple[FindingEntry, ...]


@dataclass(frozen=True, kw_only=True)
class MessageEntry:
    """A message to the authority that waits, or an order that the authority refused."""

    message_id: str
    kind: MessageKind
    event: LifeEvent | None
    """What happened to the person, what is asked for, or why a card ended."""
    resident_code: str = field(repr=False)
    queued_at: datetime
    attempts: int
    last_error: str
    wait: MessageWait
    next_try_at: datetime | None
    """None: with the next round, or never again if it is answered."""

    @property
    def answered(self) -> bool:
        """Say whether the authority answered."""
        return self.wait is MessageWait.ANSWERED


@dataclass(frozen=True, kw_only=True)
class PauseEntry:
    """The authority does not answer this municipality."""

    failures: int
    since: datetime
    next_try_at: datetime
    last_error: str
