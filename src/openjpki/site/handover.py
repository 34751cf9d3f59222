"""A card is handed over: its holder's PINs first, then the entry, so that a crash leaves no holder with a card without PINs.

One PIN comes after the entry: where a card has a face, the authority permits that of the text application, and it
permits nothing on a card that it does not know to be handed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from openjpki.card.pin_answers import PinLocked
from openjpki.card.pin_terminal import PinTerminal
from openjpki.errors import Failure
from openjpki.rules.kinds import PinKind
from openjpki.site.house import CounterCard, House
from openjpki.window.cards import CardChanged
from openjpki.window.officer import Officer


@dataclass(frozen=True, kw_only=True)
class HandedOver(CardChanged):
    """What came of a hand-over."""

    pins_set: tuple[PinKind, ...]
    """Which of the PINs the card has now."""


def hand_over(
    house: House,
    officer: Officer,
    card: CounterCard,
    *,
    resident_code: str,
    pins: Mapping[PinKind, str],
    received_on: date | None = None,
    stay_until: date | None = None,
) -> HandedOver:
    """Let the holder set the PINs, then enter the hand-over, which has the authority write the last day (R-3.7, R-6.1).

    What stands against it is asked first and changes nothing. A card whose PINs were set and that was not entered is not
    handed over: the same act again, with the same PINs, goes on. A PIN that the authority did not permit, or not now, is
    left unset, and is set by a reset (R-6.3). Raises what `window.cards.Cards.hand_over` raises, and `WrongPin` if such a
    card has other PINs.
    """
    cards = house.window.cards
    cards.hold_receivable(
        officer, resident_code=resident_code, card=card, received_on=received_on, stay_until=stay_until
    )
    by_permission = tuple(kind for kind, pin in pins.items() if not _set(card.pins, kind, pin))
    handed = cards.hand_over(
        officer,
        resident_code=resident_code,
        card=card,
        received_on=received_on,
        stay_until=stay_until,
        permit=by_permission,
    )
    # asked of the card, not of `handed.permitted`: a permission whose confirmation was lost is used up too
    permitted = {kind for kind in by_permission if _set_permitted(card.pins, kind, pins[kind])}
    pins_set = tuple(kind for kind in pins if kind not in by_permission or kind in permitted)
    return HandedOver(card=handed.card, waiting=handed.waiting, permitted=handed.permitted, pins_set=pins_set)


def _set(terminal: PinTerminal, kind: PinKind, pin: str) -> bool:
    """Set a PIN that was never set, and say so; one that an interrupted hand-over set must be the same.

    False: it is the one that a new card lets nobody set without the authority.
    """
    try:
        terminal.set_first(kind, bytearray(pin.encode()))
    except PinLocked:
        if kind is not PinKind.CARD_FACE_ENTRY:
            raise
        return False
    return True


def _set_permitted(terminal: PinTerminal, kind: PinKind, pin: str) -> bool:
    try:
        terminal.set(kind, bytearray(pin.encode()))
    except Failure:  # the card is handed over all the same
        return False
    return True
