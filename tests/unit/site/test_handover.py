from pathlib import Path

import pytest

from openjpki.card.administration import personalise
from openjpki.rules.kinds import PinKind
from openjpki.site.handover import hand_over
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.window.cards import CardHeldAlready, CardNumberTaken
from openjpki.window.models import CardHolding
from tests.support.authority import CARD_EXPIRES, CountedEntropy
from tests.unit.site.test_wiring import house
from tests.unit.window.counter import HANAKO, REGISTER, TARO, WAKABA

pytestmark = pytest.mark.django_db(databases=ROLES)
PINS = {PinKind.SIGNATURE: "C4NARY7PIN", PinKind.AUTHENTICATION: "7291"}


@pytest.fixture
def counter(tmp_path: Path) -> House:
    """Return a house with the persons of the tests and one blank card."""
    made = house(tmp_path)
    made.window.residents.import_csv(WAKABA, REGISTER)
    made.cards.create(
        "hanako",
        personalise(number="912345678901234", municipality="99202", expires=CARD_EXPIRES, entropy=CountedEntropy()),
    )
    return made


def test_a_card_is_ready_before_it_is_handed_over(counter: House) -> None:
    """Day, municipality and PINs stand on the card, and the register says the same day (R-3.7)."""
    with counter.card_at_counter("hanako") as card:
        handed = hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)
    image = counter.cards.look("hanako")

    assert (image.municipality, image.expires) == ("99201", handed.card.expires)
    assert all(image.pins[kind].digest is not None for kind in PINS)


def test_what_is_refused_leaves_the_card_as_it_was(counter: House) -> None:
    """A hand-over that the counter refuses sets no PIN."""
    with counter.card_at_counter("hanako") as card:
        hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)
        before = card.inserted.image
        with pytest.raises(CardNumberTaken):
            hand_over(counter, WAKABA, card, resident_code=TARO, pins=PINS | {PinKind.AUTHENTICATION: "5555"})
        assert card.inserted.image == before


def test_a_second_card_is_refused_before_it_is_written(counter: House) -> None:
    """A person who holds a living card gets no other, and the other stays blank."""
    counter.cards.create(
        "second",
        personalise(number="912345678901235", municipality="99202", expires=CARD_EXPIRES, entropy=CountedEntropy()),
    )
    with counter.card_at_counter("hanako") as card:
        hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)
    before = counter.cards.look("second")
    with counter.card_at_counter("second") as card, pytest.raises(CardHeldAlready):
        hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)

    assert counter.cards.look("second") == before
    assert CardHolding.objects.for_municipality("99201").count() == 1
