"""The messages between a municipality's window and the authority: facts, orders, questions and their replies.

Each is a frozen, tagged value; unknown fields are refused, and what is outside its grammar is refused when it is read
from the wire, so behind a carrier every field has its shape. Moments know their zone; dates are Japanese civil dates.
The authority believes none of them: it holds them against its own register (docs/decisions).
"""

from datetime import date, datetime
from typing import Annotated

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

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}\Z")]
"""What the sender calls a report or an order: printable ASCII without spaces, never used twice."""
MunicipalityCode = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5}\Z")]
"""全国地方公共団体コード without its check digit: five digits."""
ResidentCode = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{11}\Z")]
"""住民票コード: eleven digits."""
CardNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{15}\Z")]
"""製造番号: fifteen digits."""
Officer = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,64}\Z")]
"""An officer's login at the municipality: one line."""
Line = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}\Z")]
"""A name or an address: one line of at most 200 characters, which is the certificate's bound for an address."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant: its text names its zone."""
KeyBytes = Annotated[bytes, msgspec.Meta(min_length=1, max_length=1024)]
"""A public key or a signature: RSA of 2048 bits needs 294 and 256 bytes."""
Digest = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
"""SHA-256."""
MOST_RECORDS = 40
"""Certificate records in one answer: at most 4 kB each with the certificate in base64, they stay well below a message."""
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
"""How many there are."""
Kinds = Annotated[tuple[CertificateKind, ...], msgspec.Meta(max_length=2)]
"""There are two kinds of certificate."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """What all messages share: frozen, tagged with their class name, closed to unknown fields."""

    def __repr__(self) -> str:
        """Name the message and what it is called; codes, attributes and certificates are personal data."""
        called = getattr(self, "order_id", None) or getattr(self, "report_id", None)
        return f"{type(self).__name__}({called or '…'})"


class Attributes(Message, frozen=True, kw_only=True):
    """The four attributes as the resident record has them."""

    name: Line
    address: Line
    birth_date: date
    sex: Sex


class PersonReported(Message, frozen=True, kw_only=True):
    """A person entered the resident record of a municipality (birth, first registration)."""

    report_id: Identifier
    municipality: MunicipalityCode
    resident_code: ResidentCode
    attributes: Attributes
    reported_at: Moment


class LifeEventReported(Message, frozen=True, kw_only=True):
    """Something happened to a person: the authority decides by the rules which certificates end (R-5.3 to R-5.5).

    `municipality` reports; after a move it is the new one, and becomes the person's.
    """

    report_id: Identifier
    municipality: MunicipalityCode
    resident_code: ResidentCode
    event: LifeEvent
    occurred_on: date
    attributes: Attributes | None
    """After the event; None if the person left the record."""
    reported_at: Moment


class CardReported(Message, frozen=True, kw_only=True):
    """A card was handed over, suspended, returned or lost."""

    report_id: Identifier
    municipality: MunicipalityCode
    resident_code: ResidentCode
    card_number: CardNumber
    expires: date
    """Last day of the card's validity, included."""
    state: CardState
    event: LifeEvent | None
    """CARD_LOST or CARD_RETURNED where the state is ABOLISHED for that reason."""
    reported_at: Moment


class CertificateOrder(Message, frozen=True, kw_only=True):
    """Issue one certificate for a key made inside the card. Idempotent by `order_id`."""

    order_id: Identifier
    municipality: MunicipalityCode
    officer: Officer
    resident_code: ResidentCode
    card_number: CardNumber
    kind: CertificateKind
    procedure: Procedure
    """NEW, RENEWAL or REISSUE."""
    public_key: KeyBytes
    """SubjectPublicKeyInfo, DER."""
    proof_of_possession: KeyBytes
    """Signature by the new key over `order_proof_input(…)`, PKCS#1 v1.5 SHA-256 or ECDSA SHA-384."""
    ordered_at: Moment


class DeliveryConfirmed(Message, frozen=True, kw_only=True):
    """The certificate was written to the card and read back: activate it, supersede the old one."""

    order_id: Identifier
    municipality: MunicipalityCode
    read_back: Digest
    """SHA-256 of the certificate as read back from the card."""
    confirmed_at: Moment


class RevocationOrder(Message, frozen=True, kw_only=True):
    """End certificates of a person: by request, key compromise or hold (R-5.1, R-5.2, R-5.8)."""

    order_id: Identifier
    municipality: MunicipalityCode
    officer: Officer
    resident_code: ResidentCode
    event: LifeEvent
    kinds: Kinds
    """Which certificates the request names; a rule may end more."""
    occurred_on: date
    ordered_at: Moment


class CertificatesAsked(Message, frozen=True, kw_only=True):
    """The question which certificates this person has had on this card."""

    municipality: MunicipalityCode
    resident_code: ResidentCode
    card_number: CardNumber
    asked_at: Moment
    after: Count = 0
    """How many of the records, oldest first, the sender has already."""


class CertificateRecord(Message, frozen=True, kw_only=True):
    """One certificate as the authority has it."""

    serial: int
    kind: CertificateKind
    state: CertificateState
    issued_on: date
    expires: date
    """Last day of validity, included (23:59:59 JST)."""
    card_number: CardNumber
    issuing_municipality: MunicipalityCode
    reason: RevocationReason | None
    event: LifeEvent | None
    """What ended it, if something did."""
    effective_at: Moment | None
    visible_at: Moment | None
    certificate: bytes
    """DER."""


class ReportAccepted(Message, frozen=True, kw_only=True):
    """The fact stands in the authority's register; `ended` are the certificates it ended."""

    report_id: Identifier
    ended: tuple[CertificateRecord, ...]


class CertificateIssued(Message, frozen=True, kw_only=True):
    """Signed but not yet active: write it to the card, read it back, then confirm."""

    order_id: Identifier
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

    order_id: Identifier
    serial: int
    superseded: int | None


class RevocationAccepted(Message, frozen=True, kw_only=True):
    """The certificates named are ended."""

    order_id: Identifier
    ended: tuple[CertificateRecord, ...]


class Certificates(Message, frozen=True, kw_only=True):
    """The answer to `CertificatesAsked`, oldest first; `MOST_RECORDS` at most."""

    records: tuple[CertificateRecord, ...]
    more: bool = False
    """Whether there are later ones: ask again, behind these."""


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
