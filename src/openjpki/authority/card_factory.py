"""The card factory: makes the image of a new card with its own administration keys. Nobody else writes a card's image."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from openjpki.authority.card_keys import CardKeys
from openjpki.card.image import NUMBER_DIGITS, CardImage
from openjpki.card.personalisation import personalise
from openjpki.card.upgrade import upgrade_image


@dataclass(frozen=True)
class CardFactory:
    """Personalises cards under the authority's master key."""

    keys: CardKeys
    entropy: Callable[[int], bytes]

    def make(self, *, municipality: str, expires: date) -> CardImage:
        """Return a blank card with a number of fifteen digits that nobody can guess; raises ValueError for a bad code."""
        number = str(int.from_bytes(self.entropy(8)) % 10**NUMBER_DIGITS).zfill(NUMBER_DIGITS)
        return self.make_numbered(number, municipality=municipality, expires=expires)

    def make_numbered(self, number: str, *, municipality: str, expires: date) -> CardImage:
        """Return a blank card of this number; raises ValueError."""
        return personalise(
            number=number,
            municipality=municipality,
            expires=expires,
            keys=self.keys.of(number),
            entropy=self.entropy,
        )

    def upgrade(self, raw: bytes) -> bytes:
        """Return a version-1 image in the present form, with the keys of its number; raises as `card.upgrade` does."""
        return upgrade_image(raw, self.keys.of)
