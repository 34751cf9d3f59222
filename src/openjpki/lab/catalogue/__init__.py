"""The catalogue of test cards: by name, whose they are, how they became what they are, and what a service should do.

Everything here is invented. The PINs are published and the same for all cards; the certificates are worth nothing.
"""

from typing import Final

from openjpki.errors import Failure, Kind
from openjpki.lab.catalogue.card import ABSENT, Act, Expected, Person, Pins, Standing, TestCard, What, Words
from openjpki.lab.catalogue.ended import ENDED
from openjpki.lab.catalogue.in_force import IN_FORCE
from openjpki.lab.catalogue.pins_and_names import LOCKED, UNCOMMON

__all__ = [
    "ABSENT",
    "CATALOGUE",
    "PINS",
    "Act",
    "Expected",
    "NoSuchTestCard",
    "Person",
    "Pins",
    "Standing",
    "TestCard",
    "What",
    "Words",
    "card_named",
]

CATALOGUE: Final = (*IN_FORCE, *ENDED, *LOCKED, *UNCOMMON)
PINS: Final = Pins()
_BY_NAME: Final = {card.name: card for card in CATALOGUE}


class NoSuchTestCard(Failure):
    """The catalogue has no card of that name."""

    code = "lab.no-such-card"
    kind = Kind.USAGE
    ja = "「{name}」というテストカードはありません。ある名前: {known}。"
    en = 'There is no test card "{name}". There are: {known}.'


def card_named(name: str) -> TestCard:
    """Return a card of the catalogue; raise `NoSuchTestCard`."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise NoSuchTestCard(name=name, known=", ".join(_BY_NAME)) from None
