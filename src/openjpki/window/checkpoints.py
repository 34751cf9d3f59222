"""The window's committed steps by name: after each of them a process may die, and nothing is lost.

A checkpoint is passed right after its step is durable, never inside a transaction. `tests/faults` kills a process at
every member; docs/faults.md says what follows.
"""

from enum import StrEnum, unique


@unique
class Checkpoint(StrEnum):
    """Every place between two durable steps of this room."""

    REGISTER_IMPORTED = "register-imported"
    """The residents of a file stand in the register, and their reports in the outbox."""
    CARD_HANDED_OVER = "card-handed-over"
    CARD_CHANGED = "card-changed"
    EVENT_ENTERED = "event-entered"
    """A register event stands, and its report in the outbox."""
    MOVE_WITHDRAWN = "move-withdrawn"
    """A move that the authority did not take is taken back in both registers."""
    ENDING_ENTERED = "ending-entered"
    """A revocation or a hold was asked for; its order is in the outbox."""
    APPLICATION_ENTERED = "application-entered"
    """Accepted, with its orders planned, or refused, with its findings."""
    APPLICATION_APPROVED = "application-approved"
    """A second person has approved; nothing is issued yet."""
    APPLICATION_WITHDRAWN = "application-withdrawn"
    APPLICATION_DONE = "application-done"
    APPLICATION_JUDGED_AGAIN = "application-judged-again"
    """A resumed application was examined once more, and refused if it had to be."""
    ORDER_PLANNED_AGAIN = "order-planned-again"
    """The card lost the key: the order has a new number."""
    PIN_RESET_RECORDED = "pin-reset-recorded"
    """The card permits the holder to set the PIN, and the application says so."""
    KEYED = "keyed"
    """Step 1 of a certificate (docs/window.md)."""
    ISSUED = "issued"
    """Step 2."""
    WRITTEN = "written"
    """Step 3."""
    CONFIRMED = "delivery-confirmed"
    """Step 4."""
    ACTIVE = "active"
    """Step 5."""
    CERTIFICATE_REFUSED = "certificate-refused"
    """The authority refused an order, and the application says so."""
    COPIES_STORED = "copies-stored"
    """What the authority says about a card's certificates is known here."""
    NOTICES_STORED = "notices-stored"
    """A page of expiry notices stands here; the authority has not heard so yet."""
    NOTICE_MARKED = "notice-marked"
    """A letter is printed, posted, returned or withdrawn."""
    MESSAGE_SENT = "message-sent"
    """The authority has answered a queued message; here it still waits."""
    MESSAGE_MARKED = "message-marked"
    """It is marked as answered."""
    MESSAGE_FAILED = "message-failed"
    """Why it still waits is written down."""
