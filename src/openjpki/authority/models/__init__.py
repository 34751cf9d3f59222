"""Tables of the authority. Vocabularies are words of `rules.kinds` in plain columns; the walls are constraints."""

from openjpki.authority.models.approval import ControlledAct, Operator
from openjpki.authority.models.card_session import CardChannel, CardKey, CardSession, PinReset, SessionState
from openjpki.authority.models.ceremony import CeremonyKey, Transcript, TranscriptSignature
from openjpki.authority.models.certificate import Certificate, Order, OrderState
from openjpki.authority.models.clock import LegalClock
from openjpki.authority.models.desk import EnrolledKey, SeenNonce
from openjpki.authority.models.issuer import GenerationEnd, Issuer, OcspResponder, Serial, SerialCounter
from openjpki.authority.models.notice import Notice, NoticeBatch, NoticeDecision, NoticeState
from openjpki.authority.models.phone_hold import PhoneHold
from openjpki.authority.models.profile_record import ProfileRecord
from openjpki.authority.models.register import Card, MadeCard, MunicipalityRow, Person, PersonState, Receipt
from openjpki.authority.models.revocation import CrlPublication, Revocation
from openjpki.authority.models.status import StatusChange, StatusHead
from openjpki.authority.models.verifier import Consent, Verifier, VerifierCertificate

__all__ = [
    "Card",
    "CardChannel",
    "CardKey",
    "CardSession",
    "CeremonyKey",
    "Certificate",
    "Consent",
    "ControlledAct",
    "CrlPublication",
    "EnrolledKey",
    "GenerationEnd",
    "Issuer",
    "LegalClock",
    "MadeCard",
    "MunicipalityRow",
    "Notice",
    "NoticeBatch",
    "NoticeDecision",
    "NoticeState",
    "OcspResponder",
    "Operator",
    "Order",
    "OrderState",
    "Person",
    "PersonState",
    "PhoneHold",
    "PinReset",
    "ProfileRecord",
    "Receipt",
    "Revocation",
    "SeenNonce",
    "Serial",
    "SerialCounter",
    "SessionState",
    "StatusChange",
    "StatusHead",
    "Transcript",
    "TranscriptSignature",
    "Verifier",
    "VerifierCertificate",
]
