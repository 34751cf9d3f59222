"""Tables of the authority. Vocabularies are words of `rules.kinds` in plain columns; the walls are constraints."""

from openjpki.authority.models.card_session import CardChannel, CardKey, CardSession, PinReset, SessionState
from openjpki.authority.models.certificate import Certificate, Order, OrderState
from openjpki.authority.models.clock import LegalClock
from openjpki.authority.models.desk import EnrolledKey, SeenNonce
from openjpki.authority.models.issuer import Issuer, OcspResponder, Serial, SerialCounter
from openjpki.authority.models.register import Card, MunicipalityRow, Person, PersonState, Receipt
from openjpki.authority.models.revocation import CrlPublication, Revocation
from openjpki.authority.models.status import StatusChange, StatusHead

__all__ = [
    "Card",
    "CardChannel",
    "CardKey",
    "CardSession",
    "Certificate",
    "CrlPublication",
    "EnrolledKey",
    "Issuer",
    "LegalClock",
    "MunicipalityRow",
    "OcspResponder",
    "Order",
    "OrderState",
    "Person",
    "PersonState",
    "PinReset",
    "Receipt",
    "Revocation",
    "SeenNonce",
    "Serial",
    "SerialCounter",
    "SessionState",
    "StatusChange",
    "StatusHead",
]
