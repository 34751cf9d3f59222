"""Card images of an earlier format, made into the present one: the home's upgrade asks for it, and nothing else does."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from openjpki.card.imagefile import VERSION, ImageDamaged, ImageOfOtherVersion, from_bytes, opened, sealed, to_bytes
from openjpki.card.keyset import KeySet
from openjpki.card.personalisation import FactorySettings, unset_pins
from openjpki.card.pins import CodeKind

WITHOUT_KEYS = 1
"""The version without administration keys."""
WITHOUT_FACE = 2
"""The version that knew only the JPKI application and the four PINs of the window."""


def upgrade_image(raw: bytes, keys_for_number: Callable[[str], KeySet]) -> bytes:
    """Return the present file form of an image of version 1 or 2.

    A card of version 1 gets the keys of its number and a fresh channel. A PIN that was never set may be set without an
    old one, as on a new card (R-6.5). Nothing is written of a holder: nobody kept what is printed on the card. What
    else the card holds stays. Raises what `imagefile.from_bytes` raises; `ImageOfOtherVersion` for any other version.
    """
    try:
        card = opened(raw, WITHOUT_KEYS)
        former = True
    except ImageOfOtherVersion as other:
        if other.data["found"] != WITHOUT_FACE:
            raise ImageOfOtherVersion(found=other.data["found"], expected=VERSION) from None
        card = opened(raw, WITHOUT_FACE)
        former = False
    try:
        if former:
            card |= _channel(card, keys_for_number)
        card |= _applications(card)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ImageDamaged from error
    return to_bytes(from_bytes(sealed(card, VERSION)))


def _channel(card: dict[str, Any], keys_for_number: Callable[[str], KeySet]) -> dict[str, Any]:
    """Return what version 2 has beside version 1."""
    keys = keys_for_number(card["number"])
    texts = {name: b64encode(key).decode() for name, key in (("enc", keys.enc), ("mac", keys.mac), ("dek", keys.dek))}
    unset = sorted(name for name, pin in card["pins"].items() if pin["digest"] is None)
    return {"channel": {**texts, "counter": 0, "failures": 0}, "permitted": unset}


def _applications(card: dict[str, Any]) -> dict[str, Any]:
    """Return what version 3 has beside version 2: references that were never set, no challenge given, no face."""
    unset = unset_pins(FactorySettings())
    further = {name.value: {"limit": unset[name].limit, "tries": 0, "digest": None} for name in CodeKind}
    return {
        "pins": further | card["pins"],
        "permitted": sorted({*card["permitted"], CodeKind.COMMON.value}),
        "challenges": 0,
        "face": None,
    }
