"""Tables of the window. Every row carries its municipality and is read through it."""

from openjpki.window.models.application import Application, Order, ReceiptCounter
from openjpki.window.models.card import CardHolding
from openjpki.window.models.certificate import CertificateCopy
from openjpki.window.models.event import RegisterEvent
from openjpki.window.models.evidence import DocumentShown, FeeRecord, FindingRecord, IdentityEvidence
from openjpki.window.models.notice import ExpiryNotice
from openjpki.window.models.outbox import AuthorityPause, OutboxMessage
from openjpki.window.models.resident import Resident
from openjpki.window.states import ResidentState

__all__ = [
    "Application",
    "AuthorityPause",
    "CardHolding",
    "CertificateCopy",
    "DocumentShown",
    "ExpiryNotice",
    "FeeRecord",
    "FindingRecord",
    "IdentityEvidence",
    "Order",
    "OutboxMessage",
    "ReceiptCounter",
    "RegisterEvent",
    "Resident",
    "ResidentState",
]
