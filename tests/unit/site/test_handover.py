from pathlib import Path

import pytest

from openjpki.card.terminal import WrongPin
from openjpki.rules.kinds import PinKind
from openjpki.site.handover import hand_over
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.window.cards import CardHeldAlready, CardNumberTaken
from openjpki.window.models import CardHolding
from tests.support.authority import CARD_EXPIRES, SIGNATURE
from tests.support.story import empty_databases
from tests.unit.site.test_wiring import house
from tests.unit.window.counter import HANAKO, REGISTER, TARO, WAKABA

pytestmark = pytest.mark.django_db(databases=ROLES)
PINS = {PinKind.SIGNATURE: "C4NARY7PIN", PinKind.AUTHENTICATION: "7291"}


@pytest.fixture
def counter(tmp_path: Path) -> House:
    """Return a house with the persons of the tests and two cards from the factory."""
    empty_databases()
    made = house(tmp_path)
    made.furnish()
    made.window.residents.import_csv(WAKABA, REGISTER)
    for name, number in (("hanako", "912345678901234"), ("second", "912345678901235")):
        made.cards.create(name, made.factory.make_numbered(number, municipality="99202", expires=CARD_EXPIRES))
    return made


def test_a_card_is_ready_once_it_is_handed_over(counter: House) -> None:
    """Day, municipality and PINs stand on the card, and the register says the same day (R-3.7)."""
    with counter.card_at_counter("hanako", WAKABA, HANAKO) as card:
        handed = hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)
    image = counter.cards.look("hanako")

    assert (image.municipality, image.expires) == ("99201", handed.card.expires)
    assert all(image.pins[kind].digest is not None for kind in PINS)
    assert image.permitted.isdisjoint(PINS), "a PIN is set without the old one only once (R-6.5)"


def test_what_is_refused_leaves_the_card_as_it_was(counter: House) -> None:
    """A hand-over that the counter refuses sets no PIN."""
    with counter.card_at_counter("hanako", WAKABA, HANAKO) as card:
        hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)
        before = counter.cards.look("hanako")
        with pytest.raises(CardNumberTaken):
            hand_over(counter, WAKABA, card, resident_code=TARO, pins=PINS | {PinKind.AUTHENTICATION: "5555"})
    assert counter.cards.look("hanako") == before


def test_a_second_card_is_refused_before_it_is_written(counter: House) -> None:
    """A person who holds a living card gets no other, and the other stays blank."""
    with counter.card_at_counter("hanako", WAKABA, HANAKO) as card:
        hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)
    before = counter.cards.look("second")
    with counter.card_at_counter("second", WAKABA, HANAKO) as card, pytest.raises(CardHeldAlready):
        hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)

    assert counter.cards.look("second") == before
    assert CardHolding.objects.for_municipality("99201").count() == 1


def test_a_hand_over_that_was_cut_off_goes_on_with_the_same_pins(counter: House) -> None:
    """PINs set and nothing entered: the card is not handed over. Other PINs are refused, the same ones go on."""
    with counter.card_at_counter("hanako", WAKABA, HANAKO) as card:
        card.terminal.change_pin(SIGNATURE, bytearray(PINS[PinKind.SIGNATURE].encode()))
    with counter.card_at_counter("hanako", WAKABA, HANAKO) as card:
        with pytest.raises(WrongPin):
            hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS | {PinKind.SIGNATURE: "0THER0NE"})
        assert not CardHolding.objects.for_municipality("99201").exists()
        hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=PINS)

    assert CardHolding.objects.for_municipality("99201").count() == 1
    assert all(counter.cards.look("hanako").pins[kind].digest is not None for kind in PINS)
