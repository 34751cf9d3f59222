import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openjpki.card.imagefile import ImageDamaged, ImageOfOtherVersion, from_bytes, sealed
from openjpki.card.pins import CodeKind
from openjpki.card.upgrade import upgrade_image
from openjpki.rules.kinds import PinKind
from tests.support.cards import keys_of
from tests.unit.card.cards import stored

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
OLD = (VECTORS / "card-image-version-1.card").read_bytes()
FORMER = (VECTORS / "card-image-version-2.card").read_bytes()


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """Return the old image with its card changed, sealed again."""
    card = json.loads(OLD)["card"]
    change(card)
    return sealed(card, 1)


def test_an_older_image_is_refused_until_it_is_upgraded() -> None:
    """Reading never upgrades by itself: the home's upgrade does, once, for all cards."""
    with pytest.raises(ImageOfOtherVersion) as refused:
        from_bytes(OLD)
    assert refused.value.data == {"found": 1, "expected": 3}


@pytest.mark.parametrize("raw", [OLD, FORMER], ids=["version 1", "version 2"])
def test_an_upgraded_card_holds_what_it_held_and_the_keys_of_its_number(raw: bytes) -> None:
    """PINs, tries, keys and certificates stay; a channel is added, fresh, and references that were never set."""
    image = from_bytes(upgrade_image(raw, keys_of))

    assert image == stored("p384")
    assert image.channel.keys == keys_of(image.number)
    assert (image.channel.counter, image.channel.failures) == (0, 0)
    assert image.permitted == {CodeKind.COMMON}
    assert all(image.pins[name].digest is None for name in CodeKind)
    assert image.face is None, "nobody kept what is printed on the card"


def test_a_pin_that_was_never_set_may_be_set_once() -> None:
    """As on a new card; a locked one is set anew by the counter's procedure only (R-6.3)."""

    def unset(card: dict[str, Any]) -> None:
        card["pins"]["signature"].update(digest=None, tries=0)
        card["pins"]["authentication"].update(tries=0)

    image = from_bytes(upgrade_image(changed(unset), keys_of))
    assert image.permitted == {PinKind.SIGNATURE, CodeKind.COMMON}


def test_an_upgraded_image_is_not_upgraded_again() -> None:
    """The step of the home may be repeated: it is told which images are done."""
    with pytest.raises(ImageOfOtherVersion) as refused:
        upgrade_image(upgrade_image(OLD, keys_of), keys_of)
    assert refused.value.data == {"found": 3, "expected": 3}


@pytest.mark.parametrize(
    "raw",
    [
        OLD[:-1],
        changed(lambda card: card.pop("number")),
        changed(lambda card: card.update(pins=[])),
        changed(lambda card: card.update(number=None)),
        changed(lambda card: card.update(number="1")),
        changed(lambda card: card.update(salt="AAAA")),
        FORMER[:-1],
        FORMER.replace(b'"tries":5', b'"tries":4'),
    ],
    ids=range(8),
)
def test_a_damaged_older_image_is_told(raw: bytes) -> None:
    """Nothing is made of it."""
    with pytest.raises(ImageDamaged):
        upgrade_image(raw, keys_of)
