"""The states that only the window knows. Values are the words of the tables and of the command line."""

from collections.abc import Mapping
from enum import Enum, unique

from openjpki.rules.words import Told


@unique
class ResidentState(Enum):
    """Whether a person is recorded here, or why no longer (R-1.1, R-5.4)."""

    RESIDENT = "resident"
    MOVED_OUT = "moved-out"
    DEAD = "dead"
    EMIGRATED = "emigrated"


@unique
class OrderStep(Enum):
    """How far one certificate has come, in this order. Each step is committed before the next begins."""

    PLANNED = "planned"
    """The order has its number; nothing has happened on the card or at the authority."""
    KEYED = "keyed"
    """The card made its key in the shadow slot and proved it: the order can be sent, again and again the same."""
    ISSUED = "issued"
    """The authority's certificate is here."""
    WRITTEN = "written"
    """It is on the card and was read back equal."""
    CONFIRMED = "confirmed"
    """The authority made it valid."""
    ACTIVE = "active"
    """The card uses the new key."""


@unique
class MessageKind(Enum):
    """What a message to the authority is about."""

    PERSON = "person"
    LIFE_EVENT = "life-event"
    DEPARTURE = "departure"
    STAY = "stay"
    CARD = "card"
    REVOCATION = "revocation"


@unique
class MessageWait(Enum):
    """Why a message stands in the outbox."""

    DUE = "due"
    """Nothing holds it up: the next round sends it."""
    AUTHORITY_AWAY = "authority-away"
    """The authority does not answer, or asked to be left alone."""
    REFUSED = "refused"
    """The authority answered and did not take it; its register, or ours, must be mended."""
    BEHIND = "behind"
    """An earlier message about the same person goes first."""
    ANSWERED = "answered"
    """It waits no more: an order, or an arrival taken back, that the authority refused; kept to be seen."""


RESIDENT_STATES_JA: Mapping[Enum, str] = {
    ResidentState.RESIDENT: "住民",
    ResidentState.MOVED_OUT: "転出",
    ResidentState.DEAD: "死亡",
    ResidentState.EMIGRATED: "国外転出",
}


def told_state(state: str) -> Told:
    """Return how a person stands on the register, as a row has it, to be told in a refusal."""
    found = ResidentState(state)
    return Told(found, RESIDENT_STATES_JA[found])
