"""What is printed on a test card of a home, for whoever has to type it: of the catalogue's invented persons, and of nobody else."""

from dataclasses import dataclass
from datetime import date

from openjpki.authority.cards.keys import NAME, CardKeys
from openjpki.card import text
from openjpki.card.face_reading import number_in
from openjpki.card.image import CardImage
from openjpki.card.personalisation import FactorySettings
from openjpki.card.printed import PrintedCodes, printed_codes
from openjpki.errors import Failure, Kind
from openjpki.lab.catalogue import TestCard
from openjpki.readers.store import CardStore
from openjpki.site.home import Home


class NotATestCard(Failure):
    """A card of that name is there, but it is not the catalogue's: what is printed on it is nobody's business here."""

    code = "lab.not-a-test-card"
    kind = Kind.REFUSED
    ja = "このホームのカード「{name}」は、`openjpki init --test-cards` で作ったテストカードではありません。印刷されている番号は表示しません。"
    en = (
        'The card "{name}" of this home is not the test card that `openjpki init --test-cards` makes. '
        "What is printed on it is not shown."
    )


@dataclass(frozen=True, kw_only=True)
class OnTheCard:
    """What a person sees who holds a test card."""

    number: str
    expires: date
    codes: PrintedCodes | None
    """None of a card in stock, on which nothing is printed."""


def on_the_card(home: Home, card: TestCard) -> OnTheCard:
    """Return what is printed on the home's card of that name; raises `CardMissing`, `NotATestCard`, what `CardKeys.of` raises."""
    image = CardStore(home.cards).look(card.name)
    if not _is_of_the_catalogue(home, card, image):
        raise NotATestCard(name=card.name)
    codes = printed_codes(image.face, FactorySettings().code_year) if image.face else None
    return OnTheCard(number=image.number, expires=image.expires, codes=codes)


def _is_of_the_catalogue(home: Home, card: TestCard, image: CardImage) -> bool:
    """Tell whether the card was made for the person of the catalogue: the individual number is made of the resident code."""
    if card.person is None or image.face is None:
        return card.person is None and image.face is None
    keys = CardKeys(home.path / "authority" / "keys" / f"{NAME}.key", home.path / "authority" / "passphrase")
    return number_in(image.face.text[text.NUMBER]) == keys.individual_number_of(card.person.resident_code)
