"""A new card's image. Only the authority's factory makes one: it alone can tell the card's keys."""

from collections.abc import Callable, Mapping
from datetime import date

from openjpki.card.image import SALT_SIZE, CardImage, Channel, Container
from openjpki.card.keyset import KeySet
from openjpki.card.pins import PinReference
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pins import tries


def personalise(
    *, number: str, municipality: str, expires: date, keys: KeySet, entropy: Callable[[int], bytes]
) -> CardImage:
    """Return the image of a card without certificates and PINs; each PIN may be set once without an old one (R-6.5).

    `number` has fifteen digits, `municipality` five; `expires` is the last day, included. Raises ValueError.
    """
    pins: Mapping[PinKind, PinReference] = {name: PinReference(limit=tries(name)) for name in PinKind}
    return CardImage(
        number=number,
        municipality=municipality,
        expires=expires,
        salt=entropy(SALT_SIZE),
        pins=pins,
        keys={kind: Container() for kind in CertificateKind},
        channel=Channel(keys=keys),
        permitted=frozenset(PinKind),
    )
