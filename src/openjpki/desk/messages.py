"""The messages between a municipality's window and the authority: facts, orders, questions and their replies.

Each is a frozen, tagged value; unknown fields are refused, and what is outside its grammar is refused when it is read
from the wire, so behind a carrier every field has its shape. Moments know their zone; dates are Japanese civil dates.
The authority believes none of them: it holds them against its own register (docs/decisions).
"""

from datetime import date, datetime
from enum import Enum, unique
from typing import Annotated

import msgspec

from openjpki.card.proof import order_proof_input as order_proof_input  # noqa: PLC0414  -- told with the messages that carry it
from openjpki.rules.kinds import (
    CardState,
    CertificateKind,
    CertificateState,
    LifeEvent,
    PinKind,
    Procedure,
    ResidenceStatus,
    RevocationReason,
    Sex,
)
from openjpki.rules.notices import Enclosure

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
MOST_NOTICES = 80
"""Letters in one answer: some 700 bytes each, and 80 numbers in the question; a page is one transaction at both ends."""
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
"""How many there are."""
Kinds = Annotated[tuple[CertificateKind, ...], msgspec.Meta(max_length=2)]
"""There are two kinds of certificate."""
MAX_COMMANDS = 80
"""Commands of one session: the largest certificate and its issuer's take 69 short ones."""
CardAnswer = Annotated[bytes, msgspec.Meta(min_length=2, max_length=9000)]
"""A card's answer: at least a status word, at most the largest certificate, sealed."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """What all messages share: frozen, tagged with their class name, closed to unknown fields."""

    def __repr__(self) -> str:
        """Name the message and what it is called; codes, attributes and certificates are personal data."""
        called = getattr(self, "order_id", None) or getattr(self, "report_id", None)
        return f"{type(self).__name__}({called or '…'})"


@unique
class CardWork(Enum):
    """What the window may ask to be done on a card inside the authority's channel."""

    HAND_OVER = "hand-over"
    """Bring municipality and last day on the card to what the register has."""
    STATUS = "status"
    MAKE_KEY = "make-key"
    PROVE = "prove"
    """Sign `order_proof_input` for `order_id` with the new key."""
    STORE = "store"
    """Write the issued certificate with `certificate_digest`."""
    READ_BACK = "read-back"
    ACTIVATE = "activate"
    DISCARD = "discard"
    ALLOW_PIN_SET = "allow-pin-set"
    """Carry out the approved PIN reset `order_id`."""
    ATTRIBUTES = "attributes"
    """Write name, address, birth date and sex on the card's text application as the register has them now."""


class Attributes(Message, frozen=True, kw_only=True):
    """The four attributes as the resident record has them."""

    name: Line
    address: Line
    birth_date: date
    sex: Sex


class Foreigner(Message, frozen=True, kw_only=True):
    """A foreign resident's status of residence, as the resident record has it (R-1.8, R-3.7)."""

    status: ResidenceStatus
    stay_until: date | None
    """在留期間の満了日, included; None where the status has none."""


class PersonReported(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A person entered the resident record of a municipality (birth, first registration).

    What stands at its default is left out: the report of a Japanese national has the wire form that it always had.
    """

    report_id: Identifier
    municipality: MunicipalityCode
    resident_code: ResidentCode
    attributes: Attributes
    reported_at: Moment
    foreigner: Foreigner | None = None
    """None for a Japanese national."""


class LifeEventReported(Message, frozen=True, kw_only=True):
    """Something happened to a person: the authority decides by the rules which certificates end (R-5.3 to R-5.5).

    `municipality` reports; after a move it is the new one, and becomes the person's: the one that was left has reported
    the departure before (`DepartureReported`).
    """

    report_id: Identifier
    municipality: MunicipalityCode
    resident_code: ResidentCode
    event: LifeEvent
    occurred_on: date
    attributes: Attributes | None
    """After the event; None if the person left the record."""
    reported_at: Moment


class DepartureReported(Message, frozen=True, kw_only=True):
    """転出: a person leaves `municipality`, which reports it, for another one, whose report of the arrival then counts.

    To where the person lives it takes an earlier one back (転出取消).
    """

    report_id: Identifier
    municipality: MunicipalityCode
    """The one that is left."""
    resident_code: ResidentCode
    to_municipality: MunicipalityCode
    left_on: date
    reported_at: Moment


class StayReported(Message, frozen=True, kw_only=True):
    """在留期間の更新, another status of residence, or 帰化: it ends no certificate and lengthens none (R-2.12, R-3.7)."""

    report_id: Identifier
    municipality: MunicipalityCode
    resident_code: ResidentCode
    foreigner: Foreigner | None
    """From now on; None: a Japanese national."""
    occurred_on: date
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


class CertificateOrder(Message, frozen=True, kw_only=True, omit_defaults=True):
    """Issue one certificate for a key made inside the card. Idempotent by `order_id`.

    What stands at its default is left out: an order of before has the same wire form as it had then.
    """

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
    name_reading: Line | None = None
    """フリガナ of the name, with which the holder agreed: a word of the name without substitute is written in it (R-1.9)."""


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


class NoticesAsked(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The question which expiry notices are to be sent to residents here (R-7.1), and which of them stand here by now.

    A letter comes again, unchanged, until it is named in `kept`; then it comes no more.
    """

    municipality: MunicipalityCode
    asked_at: Moment
    kept: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=MOST_NOTICES)] = ()
    """Letters that the sender has stored, so that they cannot be lost."""


class PinResetOrder(Message, frozen=True, kw_only=True):
    """Approve that a holder, identified at the counter, sets a PIN anew (R-6.3). Idempotent by `order_id`."""

    order_id: Identifier
    municipality: MunicipalityCode
    officer: Officer
    resident_code: ResidentCode
    card_number: CardNumber
    pin: PinKind
    ordered_at: Moment


class CardWorkAsked(Message, frozen=True, kw_only=True):
    """Ask for the commands of one piece of work on the card that lies on the reader. Asked again, it begins anew."""

    work_id: Identifier
    municipality: MunicipalityCode
    officer: Officer
    resident_code: ResidentCode
    card_number: CardNumber
    work: CardWork
    kind: CertificateKind | None = None
    order_id: Identifier | None = None
    certificate_digest: Digest | None = None
    asked_at: Moment


class CardAnswers(Message, frozen=True, kw_only=True):
    """What the card answered to the commands of a session: one answer each, up to the first that is no `9000`."""

    session_id: Identifier
    municipality: MunicipalityCode
    officer: Officer
    answers: Annotated[tuple[CardAnswer, ...], msgspec.Meta(min_length=1, max_length=MAX_COMMANDS)]


class CardCommands(Message, frozen=True, kw_only=True):
    """Commands for the card: in this order, each after the one before was answered `9000`."""

    session_id: Identifier
    apdus: tuple[bytes, ...]


class CardWorkDone(Message, frozen=True, kw_only=True):
    """What came of a piece of work, as the card said it inside the channel."""

    work_id: Identifier
    public_key: bytes = b""
    """SubjectPublicKeyInfo, DER, after MAKE_KEY."""
    proof: bytes = b""
    certificate: bytes = b""
    """DER, after READ_BACK."""
    waiting_key: Digest | None = None
    """SHA-256 of the key in the shadow slot, after STATUS."""
    in_use: Digest | None = None
    """SHA-256 of the certificate in use, after STATUS."""


class PinResetApproved(Message, frozen=True, kw_only=True):
    """The reset is approved: a session may now tell the card."""

    order_id: Identifier


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


class NoticeLetter(Message, frozen=True, kw_only=True):
    """What an expiry notice says (R-7.3), but name and address: those of the resident record on the day of printing."""

    notice_id: Identifier
    resident_code: ResidentCode
    card_expires: date | None
    """Last day of the card, where the letter asks to have it made anew."""
    signature_expires: date | None
    """Last day of the signature certificate, where the letter asks to renew it."""
    authentication_expires: date | None
    opens: date
    """First day of the renewal."""
    printed: date
    """The day for which it was written."""
    posted: date
    """By when it is posted."""
    enclosed: Annotated[tuple[Enclosure, ...], msgspec.Meta(max_length=len(Enclosure))]
    told: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=8)]
    """Codes of what else the letter says."""


class Notices(Message, frozen=True, kw_only=True):
    """The answer to `NoticesAsked`; `MOST_NOTICES` at most."""

    letters: tuple[NoticeLetter, ...]
    more: bool = False
    """Whether others wait: ask again, when these are stored."""


class Refused(Message, frozen=True, kw_only=True):
    """The authority says no."""

    code: str
    """A stable dotted code of an `openjpki.errors.Failure`, or of a finding."""
    ja: str
    en: str


Fact = PersonReported | LifeEventReported | DepartureReported | StayReported | CardReported
CardRequest = PinResetOrder | CardWorkAsked | CardAnswers
Request = Fact | CertificateOrder | DeliveryConfirmed | RevocationOrder | CertificatesAsked | NoticesAsked | CardRequest
CardReply = CardCommands | CardWorkDone | PinResetApproved
Reply = (
    ReportAccepted
    | CertificateIssued
    | CertificateActivated
    | RevocationAccepted
    | Certificates
    | Notices
    | CardReply
    | Refused
)
