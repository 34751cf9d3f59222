"""The authority's committed steps by name: after each of them a process may die, and nothing is lost.

A checkpoint is passed right after its step is durable, never inside a transaction, with one exception that says so.
`tests/faults` kills a process at every member; docs/faults.md says what follows.
"""

from enum import StrEnum, unique


@unique
class Checkpoint(StrEnum):
    """Every place between two durable steps of this room."""

    ENROLLED = "enrolled"
    """A municipality takes part."""
    CA_KEY_STORED = "ca-key-stored"
    """The key of a new CA generation is in the key store; no row names it yet."""
    CA_CREATED = "ca-created"
    """The generation is in force."""
    RESPONDER_KEY_STORED = "responder-key-stored"
    """Inside the act that certifies it: the key file is durable, the row not yet."""
    RESPONDER_CERTIFIED = "responder-certified"
    NUMBERED = "numbered"
    """Step 1 of issuance (docs/issuance.md)."""
    LINTED = "linted"
    """Step 2."""
    SIGNED = "signed"
    """Step 3."""
    CONFIRMED = "confirmed"
    """Step 4."""
    ACTIVATED = "activated"
    """Step 5."""
    ORDER_CLOSED = "order-closed"
    """An order came to nothing, and what may have been signed for it is revoked."""
    REPORT_TAKEN = "report-taken"
    """A municipality's report stands in the register, with all that it ended."""
    REVOCATION_TAKEN = "revocation-taken"
    """A revocation order was carried out."""
    REFUSAL_RECORDED = "refusal-recorded"
    """A message was refused, and the record says so."""
    CARD_SESSION_OPENED = "card-session-opened"
    """A session with a card is a row; the card has heard nothing yet."""
    CARD_SHOWN = "card-shown"
    """The card has shown itself and its counter is recorded; no sealed command has left."""
    CARD_WORK_DONE = "card-work-done"
    """What the card answered in the session stands in the record."""
    CARD_SESSION_CLOSED = "card-session-closed"
    """The session came to nothing: the card refused, or an answer did not verify."""
    PIN_RESET_APPROVED = "pin-reset-approved"
    LIST_WRITTEN = "list-written"
    """A signed list is durable under its number; no row names it yet."""
    LIST_COMMITTED = "list-committed"
    """It is a row; the public file is still the one before."""
    FILE_PREPARED = "public-file-prepared"
    """A file of the public folder is durable under a temporary name."""
    FILE_WRITTEN = "public-file-written"
    """It has its name."""
    FOLDER_COMPLETE = "public-folder-complete"
    """Every file of the public folder is a copy of the newest row."""
