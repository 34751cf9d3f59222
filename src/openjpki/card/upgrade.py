"""Card images of an earlier format, made into the present one: the home's upgrade asks for it, and nothing else does."""

from base64 import b64encode
from collections.abc import Callable

from openjpki.card.imagefile import VERSION, ImageDamaged, from_bytes, opened, sealed, to_bytes
from openjpki.card.keyset import KeySet

FORMER = 1
"""The version without administration keys."""


def upgrade_image(raw: bytes, keys_for_number: Callable[[str], KeySet]) -> bytes:
    """Return the present file form of a version-1 image: the card gets the keys of its number and a fresh channel.

    A PIN that was never set may be set without an old one, as on a new card (R-6.5). What else the card holds stays.
    Raises what `imagefile.from_bytes` raises; `ImageOfOtherVersion` for an image that is no version 1.
    """
    card = opened(raw, FORMER)
    try:
        keys = keys_for_number(card["number"])
        texts = {
            name: b64encode(key).decode() for name, key in (("enc", keys.enc), ("mac", keys.mac), ("dek", keys.dek))
        }
        unset = sorted(name for name, pin in card["pins"].items() if pin["digest"] is None)
        added = {"channel": {**texts, "counter": 0, "failures": 0}, "permitted": unset}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ImageDamaged from error
    return to_bytes(from_bytes(sealed(card | added, VERSION)))
