"""A card is handed over: its holder's PINs first, the entry last, so that a crash leaves no holder with a card without PINs."""

from collections.abc import Mapping
from datetime import date

from openjpki.card.terminal import JpkiTerminal, PinNotVerified
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.house import CounterCard, House
from openjpki.window.cards import CardChanged
from openjpki.window.officer import Officer


def hand_over(
    house: House,
    officer: Officer,
    card: CounterCard,
    *,
    resident_code: str,
    pins: Mapping[PinKind, str],
    received_on: date | None = None,
    stay_until: date | None = None,
) -> CardChanged:
    """Let the holder set the PINs, then enter the hand-over, which has the authority write the last day (R-3.7, R-6.1).

    What stands against it is asked first and changes nothing. A card whose PINs were set and that was not entered is not
    handed over: the same act again, with the same PINs, goes on. Raises what `window.cards.Cards.hand_over` raises, and
    `WrongPin` if such a card has other PINs.
    """
    cards = house.window.cards
    cards.hold_receivable(
        officer, resident_code=resident_code, card=card, received_on=received_on, stay_until=stay_until
    )
    for kind, pin in pins.items():
        _set(card.terminal, CertificateKind(kind.value), pin)
    return cards.hand_over(
        officer, resident_code=resident_code, card=card, received_on=received_on, stay_until=stay_until
    )


def _set(terminal: JpkiTerminal, kind: CertificateKind, pin: str) -> None:
    """Set a PIN that was never set; one that an interrupted hand-over set must be the same."""
    try:
        terminal.change_pin(kind, bytearray(pin.encode()))
    except PinNotVerified:
        terminal.verify_pin(kind, bytearray(pin.encode()))
