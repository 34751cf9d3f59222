"""After a crash, or when the line is back: what was said is delivered, and every application that waits goes on.

What only the card can finish is named, so that its holder can be called; with the card on the reader it is finished.
"""

from dataclasses import dataclass
from typing import Protocol

from openjpki.errors import Failure
from openjpki.rules.kinds import ApplicationState, Procedure
from openjpki.window.casework import ISSUED_BY, ISSUING
from openjpki.window.counter import CardAtCounter
from openjpki.window.models import Application
from openjpki.window.officer import Clerk, Officer
from openjpki.window.outbox import Delivery, Outbox
from openjpki.window.outcomes import Outcome
from openjpki.window.pin_resets import PinResets, needs_card
from openjpki.window.procedures import Procedures


class CardOnReader(Protocol):
    """A card whose holder is not known yet: it says its number, and whoever it is for is found by that."""

    def card_number(self) -> str:
        """Return the card's 製造番号."""
        ...

    def for_resident(self, officer: Officer, resident_code: str) -> CardAtCounter:
        """Return the card for one resident's business."""
        ...


@dataclass(frozen=True, kw_only=True)
class CardNeeded:
    """An application that waits for its card."""

    municipality: str
    receipt: str
    card_number: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An application that could not go on, and what was said."""

    receipt: str
    failure: Failure


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """What a recovery did, and what it leaves."""

    delivery: Delivery
    carried_out: tuple[Outcome, ...]
    """Applications that went on: done, or interrupted once more; and PIN resets that were cut off, withdrawn: their card
    was there, or is no card any more."""
    refused: tuple[Refusal, ...]
    cards_needed: tuple[CardNeeded, ...]


class Recovery:
    """The act of taking everything up again; safe at any time, and twice."""

    def __init__(self, outbox: Outbox, procedures: Procedures, pin_resets: PinResets) -> None:
        self._outbox = outbox
        self._procedures = procedures
        self._pin_resets = pin_resets

    def resume(self, officer: Officer, *, waiting: CardOnReader | None = None) -> Recovered:
        """Deliver what waits, close what is done, carry out what waits for this card, or withdraw a PIN reset of its.

        An officer without a municipality stands for the house itself: every municipality's applications are meant.
        """
        delivery = self._outbox.deliver(forced=True)
        number = waiting.card_number() if waiting else ""
        carried_out: list[Outcome] = []
        refused: list[Refusal] = []
        needed: list[CardNeeded] = []
        for application in _open(officer):
            clerk = Clerk(officer.login, application.municipality)
            reader = waiting if application.card and application.card.card_number == number else None
            if reader is None and _waits_for_card(application):
                needed.append(_card_needed(application))
                continue
            card = reader.for_resident(clerk, application.resident.resident_code) if reader else None
            try:
                carried_out.append(self._carry_out(clerk, application, card))
            except Failure as failure:
                refused.append(Refusal(receipt=application.receipt, failure=failure))
        return Recovered(
            delivery=delivery,
            carried_out=tuple(carried_out),
            refused=tuple(refused),
            cards_needed=tuple(needed),
        )

    def _carry_out(self, clerk: Officer, application: Application, card: CardAtCounter | None) -> Outcome:
        receipt = application.receipt
        if application.procedure == Procedure.PIN_RESET.value:
            withdrawn = self._pin_resets.abandon(clerk, receipt=receipt, card=card)
            return Outcome(application=withdrawn, interruption=None)
        if card is None:
            return self._procedures.finish(clerk, receipt=receipt)
        return self._procedures.resume(clerk, receipt=receipt, card=card)


def _waits_for_card(application: Application) -> bool:
    if application.procedure == Procedure.PIN_RESET.value:
        return needs_card(application)
    return application.state != ApplicationState.ISSUED.value


def _open(officer: Officer) -> list[Application]:
    """Return the applications that are not at their end, oldest first."""
    rows = Application.objects
    scoped = rows.for_municipality(officer.municipality) if officer.municipality else rows.across_municipalities()
    waiting = scoped.filter(state__in=[*ISSUING, ApplicationState.ISSUED.value])
    here = waiting.filter(procedure__in=[*ISSUED_BY, Procedure.PIN_RESET.value])
    return list(here.select_related("card", "resident").order_by("received_at", "pk"))


def _card_needed(application: Application) -> CardNeeded:
    return CardNeeded(
        municipality=application.municipality,
        receipt=application.receipt,
        card_number=application.card.card_number if application.card else "",
    )
