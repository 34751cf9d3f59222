"""A new card's image. Only the authority's factory makes one: it alone can tell the card's keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from openjpki.card.codes import CodeYear
from openjpki.card.face import Face
from openjpki.card.image import SALT_SIZE, CardImage, Channel, Container
from openjpki.card.keyset import KeySet
from openjpki.card.pins import SET_BY_HOLDER, CodeKind, PinName, PinReference
from openjpki.card.status import MAX_COUNTER
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pins import tries


@dataclass(frozen=True, kw_only=True)
class FactorySettings:
    """What is written into a card when it is made, where no public source says it (docs/card.md)."""

    card_pin_tries: int = 3
    """Tries of EF 001C, in the common and in the 住基 application (R)."""
    code_tries: int = 10
    """Tries of 照合番号A, 照合番号B and of the birth date alone (R; U in the sources)."""
    code_year: CodeYear = "era"
    """The year in 照合番号B and in the birth date alone: of the era (C myna-card); some documents say the western one."""

    def __post_init__(self) -> None:
        """Refuse limits that no status word can tell."""
        if not (1 <= self.card_pin_tries <= MAX_COUNTER and 1 <= self.code_tries <= MAX_COUNTER):
            message = f"a reference has 1 to {MAX_COUNTER} tries"
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """What a card is made with if its holder is known. `repr` shows none of it."""

    face: Face = field(repr=False)
    codes: Mapping[CodeKind, str] = field(repr=False)
    """What is printed on the card and opens its files."""


def personalise(
    *,
    number: str,
    municipality: str,
    expires: date,
    keys: KeySet,
    entropy: Callable[[int], bytes],
    holder: Holder | None = None,
    settings: FactorySettings | None = None,
) -> CardImage:
    """Return the image of a card without certificates and PINs; each PIN may be set once without an old one (R-6.5).

    `number` has fifteen digits, `municipality` five; `expires` is the last day, included. A card without `holder` is
    blank: the files of its face are absent and its codes were never set. Where there is a face, the PIN that opens it may
    not be set by whoever has the card: it needs the authority's permission, as a forgotten one does (R-6.3). Raises ValueError.
    """
    image = CardImage(
        number=number,
        municipality=municipality,
        expires=expires,
        salt=entropy(SALT_SIZE),
        pins=unset_pins(settings or FactorySettings()),
        keys={kind: Container() for kind in CertificateKind},
        channel=Channel(keys=keys),
        permitted=SET_BY_HOLDER,
    )
    if holder is None:
        return image
    for name, code in holder.codes.items():
        image = image.with_pin(name, image.pins[name].holding(code.encode("ascii"), image.salt_of(name)))
    return replace(image, face=holder.face, permitted=image.permitted - {PinKind.CARD_FACE_ENTRY})


def unset_pins(settings: FactorySettings) -> Mapping[PinName, PinReference]:
    """Return every reference of a card as it is before anything was set."""
    limits: dict[PinName, int] = {name: tries(name) for name in PinKind}
    limits |= {PinKind.RESIDENT_RECORD: settings.card_pin_tries, CodeKind.COMMON: settings.card_pin_tries}
    limits |= {name: settings.code_tries for name in CodeKind if name is not CodeKind.COMMON}
    return {name: PinReference(limit=limit) for name, limit in limits.items()}
