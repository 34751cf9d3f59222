"""A card is handed over: made ready first, entered last, so that a crash leaves no holder with a card without PINs."""

from collections.abc import Mapping
from datetime import date

from openjpki.rules.kinds import PinKind
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
    """Write the last day and the holder's PINs to the card, then enter the hand-over (R-3.7, R-6.1).

    What stands against it is asked first and changes nothing. A card that was made ready and not entered is not
    handed over: the same act again writes day and PINs anew. Raises what `window.cards.Cards.hand_over` raises.
    """
    cards = house.window.cards
    expires = cards.last_day(
        officer, resident_code=resident_code, card=card, received_on=received_on, stay_until=stay_until
    )
    card.administration.hand_over(municipality=officer.municipality, expires=expires)
    for kind, pin in pins.items():
        card.administration.set_pin(kind, pin, house.policy)
    return cards.hand_over(
        officer,
        resident_code=resident_code,
        card=card,
        received_on=received_on,
        stay_until=stay_until,
        written=expires,
    )
