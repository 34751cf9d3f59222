"""The closed vocabularies that every room shares. Values are the words of the command line and of the wire."""

from enum import Enum, unique


@unique
class CertificateKind(Enum):
    """The two certificates of a card."""

    SIGNATURE = "signature"
    """署名用電子証明書: carries the four attributes (R-0.3)."""
    AUTHENTICATION = "authentication"
    """利用者証明用電子証明書: carries none (R-0.4)."""


@unique
class Procedure(Enum):
    """What is asked for at the window (R-2.1 to R-2.5, R-2.7, R-2.9, R-2.10)."""

    NEW = "new"
    RENEWAL = "renewal"
    REISSUE = "reissue"
    REVOCATION = "revocation"
    HOLD = "hold"
    PIN_CHANGE = "pin-change"
    PIN_RESET = "pin-reset"


@unique
class Applicant(Enum):
    """Who stands at the window (R-2.20, R-2.22, R-2.24, R-2.25)."""

    SELF = "self"
    LEGAL_REPRESENTATIVE = "legal-representative"
    VOLUNTARY_AGENT = "voluntary-agent"
    HOUSEHOLD = "household"


@unique
class Residence(Enum):
    """Where the holder is recorded on the day of the procedure (R-1.1)."""

    HERE = "here"
    """On this municipality's 住民基本台帳."""
    MOVED_OUT = "moved-out"
    """Was here when the notice came, and has moved to another municipality since (S-58)."""
    ELSEWHERE = "elsewhere"
    ABROAD_HERE = "abroad-here"
    """国外転出者 whose 戸籍の附票 this municipality keeps."""
    ABROAD_ELSEWHERE = "abroad-elsewhere"
    """国外転出者 whose 戸籍の附票 another municipality keeps."""


@unique
class Capacity(Enum):
    """How far the holder acts alone in law (R-1.6, R-1.7)."""

    FULL = "full"
    GUARDIANSHIP = "guardianship"
    """成年被後見人: an adult ward."""
    CURATORSHIP = "curatorship"
    """被保佐人."""
    ASSISTANCE = "assistance"
    """被補助人."""
    VOLUNTARY_GUARDIANSHIP = "voluntary-guardianship"
    """任意被後見人."""


@unique
class Power(Enum):
    """By what right a legal representative acts for the holder (R-1.6, R-2.22)."""

    PARENT = "parent"
    """親権者 of a person under 15."""
    MINORS_GUARDIAN = "minors-guardian"
    """未成年後見人."""
    GUARDIAN = "guardian"
    """成年後見人."""
    CURATOR = "curator"
    """保佐人."""
    ASSISTANT = "assistant"
    """補助人."""
    VOLUNTARY_GUARDIAN = "voluntary-guardian"
    """任意後見人."""


@unique
class LifeEvent(Enum):
    """What ends a certificate (R-5.1 to R-5.12)."""

    MOVE = "move"
    NAME = "name"
    BIRTH_DATE = "birth-date"
    SEX = "sex"
    DEATH = "death"
    EMIGRATION = "emigration"
    CARD_LOST = "card-lost"
    CARD_RETURNED = "card-returned"
    RENEWAL = "renewal"
    REQUEST = "request"
    HOLD = "hold"
    KEY_COMPROMISE = "key-compromise"


@unique
class RevocationReason(Enum):
    """CRL reasons in use (RFC 5280 §5.3.1); `code` is the number on the wire."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    CA_COMPROMISE = "ca_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessation_of_operation"
    CERTIFICATE_HOLD = "certificate_hold"

    @property
    def code(self) -> int:
        """Return the CRLReason number of RFC 5280 §5.3.1 (0 to 6)."""
        return list(RevocationReason).index(self)


@unique
class CertificateState(Enum):
    """Where a certificate stands in its life."""

    PREPARED = "prepared"
    UNDELIVERED = "undelivered"
    VALID = "valid"
    HELD = "held"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


@unique
class CardState(Enum):
    """Where a card stands, as the authority and the window see it (R-1.2)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ABOLISHED = "abolished"
    EXPIRED = "expired"


@unique
class ApplicationState(Enum):
    """Where an application at the window stands."""

    RECEIVED = "received"
    EXAMINED = "examined"
    INQUIRY_SENT = "inquiry-sent"
    INQUIRY_RETURNED = "inquiry-returned"
    """The letter came back undelivered: the application is cancelled, the address flagged (R-2.24)."""
    INQUIRY_LAPSED = "inquiry-lapsed"
    """No reply came within its term (R-2.24)."""
    IDENTIFIED = "identified"
    PINS_READY = "pins-ready"
    """The PINs of what is issued were typed, set anew, or stay as they are on the card (R-2.27)."""
    FEE_SETTLED = "fee-settled"
    READY = "ready"
    """Nothing is missing any more: it is issued, or performed, as soon as the authority answers."""
    PARTLY_ISSUED = "partly-issued"
    ISSUED = "issued"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@unique
class ApprovalGround(Enum):
    """What a municipality may want a second person to approve."""

    NO_PIN = "no-pin"
    """The holder was identified by a document alone."""
    ACTED_FOR = "acted-for"
    """Somebody else came for the holder."""
    INQUIRY_REPLY = "inquiry-reply"
    """The reply to an inquiry letter identified the holder."""
    PIN_RESET = "pin-reset"
    """A PIN is set anew."""
    FEE_WAIVED = "fee-waived"
    """The fee was waived by hand."""


@unique
class Sex(Enum):
    """性別 as on the resident record."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


@unique
class FeeReason(Enum):
    """Why a certificate is issued or a card re-made, as far as the fee asks (R-4.1, R-4.2)."""

    FIRST = "first"
    RENEWAL = "renewal"
    AFTER_EXPIRY = "after-expiry"
    ATTRIBUTES_CHANGED = "attributes-changed"
    CARD_LOST = "card-lost"
    OWN_REQUEST = "own-request"
    AFTER_HOLD = "after-hold"
    # The card is re-made (再交付) for another reason than its loss:
    CARD_DAMAGED = "card-damaged"
    """Spoilt through the holder's own fault."""
    CARD_DISASTER = "card-disaster"
    CARD_STOLEN = "card-stolen"
    """Stolen, or lost or spoilt through nobody's fault of the holder."""
    OFFICE_ERROR = "office-error"
    """An error of the municipality or of the authority."""
    CARD_NEAR_EXPIRY = "card-near-expiry"
    """Less than three months of the card are left, or none."""
    CARD_FACE_FULL = "card-face-full"
    """追記欄: no room is left on the card's face."""
    NUMBER_CHANGED = "number-changed"
    RETURNED_ON_LEAVING = "returned-on-leaving"
    """The card before was returned when the holder left Japan."""
    ADOPTION_OR_SEX = "adoption-or-sex"
    """特別養子縁組, or a change of the sex on the record."""
    CONTINUED_USE_MISSED = "continued-use-missed"
    """The terms of a move passed without 継続利用 (R-5.21)."""
    STAY_MISSED = "stay-missed"
    """The card ended before the new period of stay was written on it (R-3.7)."""


@unique
class OtherCause(Enum):
    """What ends a certificate beside the events that people report (R-1.7, R-5.5, R-5.9 to R-5.11, R-5.23)."""

    EX_OFFICIO_DELETION = "ex-officio-deletion"
    """職権消除: the municipality strikes the holder off the resident record (R-5.4)."""
    EMIGRATION_CONTINUED = "emigration-continued"
    """Emigration with 国外継続利用 of the card (R-5.5)."""
    ADMINISTRATIVE_RENAMING = "administrative-renaming"
    """住居表示 or 行政区画: the address is renamed, nobody moves (R-5.23)."""
    FORMER_NAME = "former-name"
    """旧氏 is put beside the name, changed or taken away (R-5.23)."""
    ALIAS = "alias"
    """通称 is put beside the name, changed or taken away (R-5.23)."""
    FURIGANA = "furigana"
    """The reading of the name is recorded or changed (R-5.23)."""
    GUARDIANSHIP = "guardianship"
    """Guardianship of the holder is registered (R-1.7)."""
    RECORD_ERROR = "record-error"
    """The record the certificate was made from was wrong (R-5.9)."""
    CA_COMPROMISE = "ca-compromise"
    """The authority's signing key leaked (R-5.10)."""
    SERVICE_ENDED = "service-ended"
    """The authority ends a CA for good, and everything it issued (R-5.10, by analogy)."""
    NOT_HANDED_OVER = "not-handed-over"
    """The certificate was destroyed before hand-over (R-5.11)."""
    CARD_EXPIRED = "card-expired"
    """The card reached its end (R-5.6)."""
    CONTINUED_USE_MISSED = "continued-use-missed"
    """The card is void: a term of a move passed, or the holder moved again without 継続利用 (R-5.6, R-5.21)."""
    FACE_AUTHENTICATION = "face-authentication"
    """The card becomes a 顔認証マイナンバーカード (R-1.11)."""


@unique
class PinKind(Enum):
    """The four PINs of the window (R-6.5)."""

    SIGNATURE = "signature"
    """署名用電子証明書の暗証番号: 6 to 16 characters."""
    AUTHENTICATION = "authentication"
    """利用者証明用電子証明書の暗証番号: 4 digits."""
    RESIDENT_RECORD = "resident-record"
    """住民基本台帳用の暗証番号: 4 digits."""
    CARD_FACE_ENTRY = "card-face-entry"
    """券面事項入力補助用の暗証番号: 4 digits."""


@unique
class Term(Enum):
    """What has a last day (R-2.14, R-2.24, R-3.6 to R-3.8, R-5.21)."""

    MOVE_IN = "move-in"
    """転入届 after the day of moving."""
    PLANNED_DEPARTURE = "planned-departure"
    """転入届 after the day named in the 転出届 (転出予定日)."""
    CONTINUED_USE = "continued-use"
    """継続利用 of the card after the 転入届."""
    CONTINUED_USE_ABROAD = "continued-use-abroad"
    """国外継続利用 before the day of leaving Japan."""
    INQUIRY_REPLY = "inquiry-reply"
    """The reply to an inquiry letter after its sending."""
    RENEWAL = "renewal"
    """Renewal of a certificate before its expiry."""
    VALIDITY = "validity"
    """Use of a certificate until its expiry."""
    STAY_EXTENSION = "stay-extension"
    """Writing a new period of stay on the card before the card's expiry."""


@unique
class RecordKind(Enum):
    """What is kept, and destroyed one day (R-2.26)."""

    ISSUE = "issue-record"
    REVOCATION = "revocation-record"
    APPLICATION = "application-papers"
    """Applications, mandates and replies to inquiry letters."""
    IDENTITY_COPY = "identity-copies"
    """Copies of the documents that were shown."""
    AUDIT = "audit-record"


@unique
class ResidenceStatus(Enum):
    """Whether a period of stay limits the card (R-1.8, R-3.7)."""

    JAPANESE = "japanese"
    PERMANENT = "permanent"
    """永住者."""
    SPECIAL_PERMANENT = "special-permanent"
    """特別永住者."""
    HIGHLY_SKILLED_2 = "highly-skilled-2"
    """高度専門職第2号."""
    FIXED_STAY = "fixed-stay"
    """Another 中長期在留者, or any other foreigner with a 住民票 and a last day of stay."""
