import pytest

from openjpki.card.personalisation import personalise
from openjpki.rules.kinds import PinKind
from tests.support.cards import keys_of
from tests.unit.card.cards import EXPIRES, MUNICIPALITY, NUMBER, blank, zeros


def test_a_personalised_card_has_no_pins_and_no_keys() -> None:
    """A card is made blank: its PINs are set, each once without an old one, and its keys made, afterwards (R-6.5)."""
    image = blank()

    assert {kind: pin.limit for kind, pin in image.pins.items()} == {
        PinKind.SIGNATURE: 5,
        PinKind.AUTHENTICATION: 3,
        PinKind.RESIDENT_RECORD: 3,
        PinKind.CARD_FACE_ENTRY: 3,
    }
    assert all(pin.tries == 0 and pin.digest is None for pin in image.pins.values())
    assert all(keys.active is None and keys.shadow is None for keys in image.keys.values())
    assert (image.number, image.municipality, image.expires) == (NUMBER, MUNICIPALITY, EXPIRES)
    assert image.permitted == set(PinKind)
    assert (image.channel.keys, image.channel.counter, image.channel.failures) == (keys_of(NUMBER), 0, 0)


def test_a_card_has_a_number_of_fifteen_digits() -> None:
    """製造番号, as the card's common application tells it."""
    with pytest.raises(ValueError, match="not the data of a card"):
        personalise(number="1", municipality=MUNICIPALITY, expires=EXPIRES, keys=keys_of("1"), entropy=zeros)
