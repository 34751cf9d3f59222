"""The card factory: makes the image of a new card with its own administration keys. Nobody else writes a card's image."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from openjpki.authority.cards.faces import FaceWriter
from openjpki.authority.cards.keys import CardKeys
from openjpki.card.image import NUMBER_DIGITS, CardImage
from openjpki.card.personalisation import FactorySettings, Holder, personalise
from openjpki.card.upgrade import upgrade_image
from openjpki.rules.person import FourAttributes


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A person as the register has them, for whom a card is made. `repr` shows no attribute."""

    resident_code: str = field(repr=False)
    attributes: FourAttributes = field(repr=False)
    municipality: str
    """Where the person lives, and the card is sent."""


@dataclass(frozen=True)
class CardFactory:
    """Personalises cards under the authority's master key."""

    keys: CardKeys
    entropy: Callable[[int], bytes]
    faces: FaceWriter | None = None
    """Writes what is on the face of a card; a factory without it makes blank cards only."""
    settings: FactorySettings = field(default_factory=FactorySettings)

    def make(self, *, municipality: str, expires: date) -> CardImage:
        """Return a blank card with a number of fifteen digits that nobody can guess; raises ValueError for a bad code."""
        return self.make_numbered(self._number(), municipality=municipality, expires=expires)

    def make_numbered(self, number: str, *, municipality: str, expires: date) -> CardImage:
        """Return a blank card of this number; raises ValueError."""
        return self._personalised(number, municipality, expires, None)

    def make_for(self, holder: Registered, expires: date, number: str | None = None) -> CardImage:
        """Return a card of a person, with the holder's data and everything they are signed with.

        `number` is the card's own where it is settled already; otherwise one that nobody can guess. Raises what `CardFaceKey.sign` raises; ValueError if this factory makes blank cards only.
        """
        if self.faces is None:
            message = "this factory makes blank cards only"
            raise ValueError(message)
        written = self.faces.write(
            individual_number=self.keys.individual_number_of(holder.resident_code),
            attributes=holder.attributes,
            municipality=holder.municipality,
            expires=expires,
            code_year=self.settings.code_year,
        )
        return self._personalised(number or self._number(), holder.municipality, expires, written)

    def _number(self) -> str:
        return str(int.from_bytes(self.entropy(8)) % 10**NUMBER_DIGITS).zfill(NUMBER_DIGITS)

    def _personalised(self, number: str, municipality: str, expires: date, holder: Holder | None) -> CardImage:
        return personalise(
            number=number,
            municipality=municipality,
            expires=expires,
            keys=self.keys.of(number),
            entropy=self.entropy,
            holder=holder,
            settings=self.settings,
        )

    def upgrade(self, raw: bytes) -> bytes:
        """Return an image of an earlier version in the present form; raises as `card.upgrade` does."""
        return upgrade_image(raw, self.keys.of)
