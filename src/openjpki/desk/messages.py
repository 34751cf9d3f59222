"""The messages between a municipality's window and the authority: facts, orders, questions and their replies.

Each is a frozen, tagged value; unknown fields are refused. Moments are UTC-aware; dates are Japanese civil dates. The
authority believes none of them: it holds them against its own register (docs/decisions).
"""

from datetime import date, datetime

import msgspec

from openjpki.rules.kinds import (
    CardState,
    CertificateKind,
    CertificateState,
    LifeEvent,
    Procedure,
    RevocationReason,
    Sex,
)


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """What all messages share: frozen, tagged with their class name, closed to unknown fields."""


class Attributes(Message, frozen=True, kw_only=True):
    """The four attributes as the resident record has them."""

    name: str
    address: str
    birth_date: date
    sex: Sex

    def __repr__(self) -> str:
        """Show no personal data."""
        return "Attributes(…)"


class PersonReported(Message, frozen=True, kw_only=True):
    """A person entered the resident record of a municipality (birth, first registration)."""

    report_id: str
    municipality: str
    """Five-digit municipality code."""
    resident_code: str
    """住民票コード: eleven digits."""
    attributes: Attributes
    reported_at: datetime


class LifeEventReported(Message, frozen=True, kw_only=True):
    """Something happened to a person: the authority decides by the rules which certificates end (R-5.3 to R-5.5).

    `municipality` reports; after a move it is the new one, and becomes the person's.
    """

    report_id: str
    municipality: str
    resident_code: str
    event: LifeEvent
    occurred_on: date
    attributes: Attributes | None
    """After the event; None if the person left the record."""
    reported_at: datetime


class CardReported(Message, frozen=True, kw_only=True):
    """A card was handed over, suspended, returned or lost."""

    report_id: str
    municipality: str
    resident_code: str
    card_number: str
    """製造番号: fifteen digits."""
    expires: date
    """Last day of the card's validity, included."""
    state: CardState
    event: LifeEvent | None
    """CARD_LOST or CARD_RETURNED where the state is ABOLISHED for that reason."""
    reported_at: datetime


class CertificateOrder(Message, frozen=True, kw_only=True):
    """Issue one certificate for a key made inside the card. Idempotent by `order_id`."""

    order_id: str
    municipality: str
    officer: str
    resident_code: str
    card_number: str
    kind: CertificateKind
    procedure: Procedure
    """NEW, RENEWAL or REISSUE."""
    public_key: bytes
    """SubjectPublicKeyInfo, DER."""
    proof_of_possession: bytes
    """Signature by the new key over `order_proof_input(…)`, PKCS#1 v1.5 SHA-256 or ECDSA SHA-384."""
    ordered_at: datetime


class DeliveryConfirmed(Message, frozen=True, kw_only=True):
    """The certificate was written to the card and read back: activate it, supersede the old one."""

    order_id: str
    municipality: str
    read_back: bytes
    """SHA-256 of the certificate as read back from the card."""
    confirmed_at: datetime


class RevocationOrder(Message, frozen=True, kw_only=True):
    """End certificates of a person: by request, key compromise or hold (R-5.1, R-5.2, R-5.8)."""

    order_id: str
    municipality: str
    officer: str
    resident_code: str
    event: LifeEvent
    kinds: tuple[CertificateKind, ...]
    """Which certificates the request names; a rule may end more."""
    occurred_on: date
    ordered_at: datetime


class CertificatesAsked(Message, frozen=True, kw_only=True):
    """The question which certificates this person has had on this card."""

    municipality: str
    resident_code: str
    card_number: str
    asked_at: datetime


class CertificateRecord(Message, frozen=True, kw_only=True):
    """One certificate as the authority has it."""

    serial: int
    kind: CertificateKind
    state: CertificateState
    issued_on: date
    expires: date
    """Last day of validity, included (23:59:59 JST)."""
    card_number: str
    issuing_municipality: str
    reason: RevocationReason | None
    event: LifeEvent | None
    """What ended it, if something did."""
    effective_at: datetime | None
    visible_at: datetime | None
    certificate: bytes
    """DER."""


class ReportAccepted(Message, frozen=True, kw_only=True):
    """The fact stands in the authority's register; `ended` are the certificates it ended."""

    report_id: str
    ended: tuple[CertificateRecord, ...]


class CertificateIssued(Message, frozen=True, kw_only=True):
    """Signed but not yet active: write it to the card, read it back, then confirm."""

    order_id: str
    serial: int
    certificate: bytes
    """DER."""
    issuer_certificate: bytes
    """DER, for the card's CA certificate file."""
    expires: date
    because: str
    """Which limit decided the expiry, as `rules.validity` words it."""


class CertificateActivated(Message, frozen=True, kw_only=True):
    """The new certificate is valid; the old one of that kind, if any was alive, is superseded."""

    order_id: str
    serial: int
    superseded: int | None


class RevocationAccepted(Message, frozen=True, kw_only=True):
    """The certificates named are ended."""

    order_id: str
    ended: tuple[CertificateRecord, ...]


class Certificates(Message, frozen=True, kw_only=True):
    """The answer to `CertificatesAsked`, oldest first."""

    records: tuple[CertificateRecord, ...]


class Refused(Message, frozen=True, kw_only=True):
    """The authority says no."""

    code: str
    """A stable dotted code of an `openjpki.errors.Failure`, or of a finding."""
    ja: str
    en: str


Fact = PersonReported | LifeEventReported | CardReported
Request = Fact | CertificateOrder | DeliveryConfirmed | RevocationOrder | CertificatesAsked
Reply = ReportAccepted | CertificateIssued | CertificateActivated | RevocationAccepted | Certificates | Refused


def order_proof_input(
    order_id: str, municipality: str, card_number: str, kind: CertificateKind, public_key: bytes
) -> bytes:
    """Return the bytes the card signs with its new key: they bind the key to one order for one card."""
    return b"\n".join(
        (
            b"openjpki certificate order 1",
            order_id.encode(),
            municipality.encode(),
            card_number.encode(),
            kind.value.encode(),
            public_key.hex().encode(),
        )
    )
