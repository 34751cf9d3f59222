"""The window of the municipalities: every act of the counter, composed from what it is given.

Each act takes an officer, reaches the rows of that officer's municipality only, opens its own transaction, writes its
audit row in it, and returns plain frozen values. The authority is asked through the carrier and never inside a
transaction; what it must hear waits in the outbox while it cannot be reached.
"""

from collections.abc import Callable
from datetime import datetime

from openjpki.card.connection import Connection
from openjpki.desk.carrier import Carrier
from openjpki.rules.policy import Policy
from openjpki.window import selectors
from openjpki.window.card_updates import CardUpdates
from openjpki.window.cards import Cards
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.entries import ApplicationEntry, MessageEntry, PauseEntry
from openjpki.window.equipment import Equipment
from openjpki.window.events import Events
from openjpki.window.known import Asking
from openjpki.window.notices import ExpiryNotices
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox
from openjpki.window.pin_resets import PinResets
from openjpki.window.procedures import Procedures
from openjpki.window.recovery import Recovery
from openjpki.window.relay import RelayedCard
from openjpki.window.residents import Residents
from openjpki.window.revocations import Revocations
from openjpki.window.stays import Stays
from openjpki.window.withdrawn_moves import WithdrawnMoves


class Window:
    """The counter's acts by subject. `clock` returns the legal moment, UTC-aware; `entropy` returns random bytes."""

    def __init__(
        self,
        *,
        carrier: Carrier,
        policy: Policy,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        checkpoint: Callable[[Checkpoint], None] = Equipment.checkpoint,
    ) -> None:
        equipment = Equipment(carrier=carrier, policy=policy, clock=clock, entropy=entropy, checkpoint=checkpoint)
        self.outbox = Outbox(equipment)
        self.residents = Residents(equipment, self.outbox)
        self.known = Asking(equipment, self.outbox, self.residents)
        self.cards = Cards(equipment, self.outbox)
        self.card_updates = CardUpdates(equipment, self.outbox)
        self.procedures = Procedures(equipment, self.outbox)
        self.events = Events(equipment, self.outbox)
        self.revocations = Revocations(equipment, self.outbox)
        self.pin_resets = PinResets(equipment, self.outbox)
        self.notices = ExpiryNotices(equipment)
        self.stays = Stays(equipment, self.outbox)
        self.withdrawn_moves = WithdrawnMoves(equipment, self.outbox)
        self.recovery = Recovery(self.outbox, self.procedures, self.pin_resets)
        self._equipment = equipment

    def card_on_reader(self, connection: Connection, officer: Officer, resident_code: str) -> RelayedCard:
        """Return the card on a reader as the authority administers it through this window, for one resident's business."""
        equipment = self._equipment
        return RelayedCard(
            connection=connection,
            carrier=equipment.carrier,
            officer=officer,
            resident_code=resident_code,
            moment=equipment.moment,
            new_id=equipment.new_id,
        )

    def applications(self, officer: Officer, *, limit: int = selectors.PAGE) -> tuple[ApplicationEntry, ...]:
        """Return the latest applications, newest first."""
        return selectors.applications(officer, limit=limit)

    def application(self, officer: Officer, receipt: str) -> ApplicationEntry:
        """Return one application; raise `ApplicationNotFound`."""
        return selectors.application(officer, receipt)

    def queue(self, officer: Officer, *, limit: int = selectors.PAGE) -> tuple[ApplicationEntry, ...]:
        """Return the applications that are not at an end, oldest first."""
        return selectors.queue(officer, limit=limit)

    def messages(self, officer: Officer, *, limit: int = selectors.PAGE) -> tuple[MessageEntry, ...]:
        """Return what waits for the authority, and the orders that it refused, oldest first."""
        return selectors.messages(officer, limit=limit)

    def waiting_messages(self, officer: Officer) -> int:
        """Return how many messages wait for the authority, listed or not."""
        return selectors.waiting_messages(officer)

    def pause(self, officer: Officer) -> PauseEntry | None:
        """Return since when the authority has not answered, None if it does as far as is known."""
        return selectors.pause(officer)
