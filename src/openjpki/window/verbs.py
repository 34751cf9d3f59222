"""The window's closed vocabulary of acts, as the audit record spells them."""

from enum import Enum, unique


@unique
class Verb(Enum):
    """What an officer, or the window itself, did."""

    RESIDENTS_IMPORTED = "residents.imported"
    RESIDENT_LEFT = "resident.left"
    RESIDENTS_LISTED = "residents.listed"
    RESIDENT_READ = "resident.read"
    CARD_HANDED_OVER = "card.handed-over"
    CARD_CHANGED = "card.changed"
    CARD_EXTENDED = "card.extended"
    CARD_UPDATED = "card.updated"
    APPLICATION_ACCEPTED = "application.accepted"
    APPLICATION_APPROVED = "application.approved"
    APPLICATION_REFUSED = "application.refused"
    APPLICATION_WITHDRAWN = "application.withdrawn"
    APPLICATION_DONE = "application.done"
    FEE_REFUNDED = "fee.refunded"
    FEE_KEPT = "fee.kept"
    CERTIFICATE_ORDERED = "certificate.ordered"
    CERTIFICATE_RECEIVED = "certificate.received"
    CERTIFICATE_WRITTEN = "certificate.written"
    CERTIFICATE_CONFIRMED = "certificate.confirmed"
    CERTIFICATE_ACTIVATED = "certificate.activated"
    CERTIFICATE_REFUSED = "certificate.refused"
    STAY_RECORDED = "stay.recorded"
    EVENT_RECORDED = "event.recorded"
    MOVE_WITHDRAWN = "move.withdrawn"
    REVOCATION_REQUESTED = "revocation.requested"
    PIN_RESET_REQUESTED = "pin-reset.requested"
    PIN_RESET_PERMITTED = "pin-reset.permitted"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_REFUSED = "message.refused"
