"""What GET DATA tells of a card while no application is selected, as after power-on (C myna-card)."""

from collections.abc import Callable, Mapping
from typing import Final

from openjpki.card.face import DATA_OBJECTS
from openjpki.card.image import CardImage
from openjpki.card.key_reference import CARD_ISSUER, FACE_ISSUER

ATR: Final = bytes.fromhex("3BE000FF8131FE4514")
"""The contact interface's answer to reset: T=1, no historical bytes (C OpenSC)."""

ISSUER_DOMAIN_AID: Final = bytes.fromhex("A0000001510000")
"""The GlobalPlatform issuer domain; selecting it is as if the card were powered on (C myna-card)."""

ISSUER, CARD, RECOGNITION = 0x0042, 0x0045, 0x0066
MUNICIPALITY, EXPIRY = 0x00F0, 0x00F2
INTERMEDIATE_KEY = 0x00F7
CHAIN_UPPER, CHAIN_LOWER = DATA_OBJECTS
CONTACT_ATR = 0x5F51

_RECOGNITION = bytes.fromhex(
    "732E06072A864886FC6B01600B06092A864886FC6B020201630906072A864886FC6B03640B06092A864886FC6B040370"
)
"""Card recognition data: GlobalPlatform 2.1 with SCP03, i=70 (Card Specification §H.2); a real card's were not compared (U)."""
_DAY = "%Y%m%d"


def _of_face(tag: int) -> Callable[[CardImage], bytes | None]:
    def content(image: CardImage) -> bytes | None:
        return None if image.face is None else image.face.objects[tag]

    return content


OBJECTS: Final[Mapping[int, Callable[[CardImage], bytes | None]]] = {
    ISSUER: lambda _: CARD_ISSUER,
    CARD: lambda image: image.number.encode("ascii"),
    RECOGNITION: lambda _: _RECOGNITION,
    MUNICIPALITY: lambda image: image.municipality.encode("ascii"),
    EXPIRY: lambda image: f"{image.expires:{_DAY}}".encode("ascii"),
    INTERMEDIATE_KEY: lambda image: None if image.face is None else FACE_ISSUER,
    CHAIN_UPPER: _of_face(CHAIN_UPPER),
    CHAIN_LOWER: _of_face(CHAIN_LOWER),
    CONTACT_ATR: lambda _: ATR[1:],
}
"""Tag to content; None where the card has no such object. Certificates come without their outer tag (C myna-card)."""


def data_object(tag: int, image: CardImage, *, selected: bool) -> bytes | None:
    """Return an object, or None; while an application is `selected` the contact ATR is all there is."""
    tell = OBJECTS.get(tag) if tag == CONTACT_ATR or not selected else None
    return None if tell is None else tell(image)
