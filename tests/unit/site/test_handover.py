from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.authority.cards.holders import registered
from openjpki.card.connection import CardRemoved
from openjpki.card.image import CardImage
from openjpki.card.pin_answers import PinLocked, WrongPin
from openjpki.card.pin_terminal import PinTerminal
from openjpki.card.pins import CodeKind, PinName
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import CardAnswers, PinResetOrder, Reply, Request
from openjpki.desk.sealing import Sealed
from openjpki.rules.kinds import PinKind
from openjpki.site.handover import hand_over
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.window.cards import CardHeldAlready, CardNumberTaken
from openjpki.window.models import CardHolding
from tests.support.authority import CARD_EXPIRES, SIGNATURE
from tests.support.story import empty_databases
from tests.unit.site.test_wiring import house
from tests.unit.window.counter import BY_LICENCE, HANAKO, REGISTER, TARO, WAKABA

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


ALL = {
    PinKind.SIGNATURE: "C4NARY7PIN",
    PinKind.AUTHENTICATION: "7291",
    PinKind.RESIDENT_RECORD: "7292",
    PinKind.CARD_FACE_ENTRY: "7293",
}
EVERYWHERE: list[tuple[PinName, str]] = [*ALL.items(), (CodeKind.COMMON, ALL[PinKind.RESIDENT_RECORD])]


def has_all(image: CardImage) -> bool:
    """Say whether the card has each PIN wherever it keeps it."""
    return all(image.pins[name].matches(pin.encode(), image.salt_of(name)) for name, pin in EVERYWHERE)


def test_a_card_with_a_face_gets_all_four_pins(counter: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-6.5: the holder sets each; that of the text application by the authority's permission, which is spent with it.

    Where the authority is away just then, the card is handed over with the others, and a reset sets that one (R-6.3).
    """
    for name, resident in (("face", HANAKO), ("later", TARO)):
        holder = registered(resident, counter.clock())
        counter.cards.create(name, counter.factory.make_for(holder, CARD_EXPIRES))
    with counter.card_at_counter("face", WAKABA, HANAKO) as card:
        handed = hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=ALL)

    assert handed.pins_set == tuple(ALL)
    image = counter.cards.look("face")
    assert has_all(image)
    assert image.permitted == frozenset(), "nobody sets one again without the present one, or the authority"

    send = Sealed.send

    def away(carrier: Sealed, request: Request) -> Reply:
        if isinstance(request, PinResetOrder):
            raise AuthorityUnreachable
        return send(carrier, request)

    monkeypatch.setattr(Sealed, "send", away)
    with counter.card_at_counter("later", WAKABA, TARO) as card:
        handed = hand_over(counter, WAKABA, card, resident_code=TARO, pins=ALL)
    assert set(ALL) - set(handed.pins_set) == {PinKind.CARD_FACE_ENTRY}
    assert counter.cards.look("later").pins[PinKind.CARD_FACE_ENTRY].digest is None
    monkeypatch.setattr(Sealed, "send", send)

    with counter.card_at_counter("later", WAKABA, TARO) as card:
        counter.window.pin_resets.reset(
            WAKABA, resident_code=TARO, pin=PinKind.CARD_FACE_ENTRY, shown=BY_LICENCE, card=card
        )
        card.pins.set(PinKind.CARD_FACE_ENTRY, ALL[PinKind.CARD_FACE_ENTRY].encode())
    assert has_all(counter.cards.look("later"))


def test_a_card_that_is_taken_away_before_the_last_pin_is_handed_over(
    counter: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The permission is on it, the PIN is not: the hand-over says so (R-6.3)."""
    holder = registered(HANAKO, counter.clock())
    counter.cards.create("face", counter.factory.make_for(holder, CARD_EXPIRES))

    def gone(*_: object) -> None:
        raise CardRemoved

    monkeypatch.setattr(PinTerminal, "set", gone)
    with counter.card_at_counter("face", WAKABA, HANAKO) as card:
        handed = hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=ALL)

    assert handed.permitted == (PinKind.CARD_FACE_ENTRY,)
    assert handed.pins_set == tuple(ALL)[:3]


def test_a_permission_whose_confirmation_was_lost_is_used_all_the_same(
    counter: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-6.3: the card has it, and the authority does not know; the holder does not go home with it open."""
    holder = registered(HANAKO, counter.clock())
    counter.cards.create("face", counter.factory.make_for(holder, CARD_EXPIRES))
    send, ordered, answers = Sealed.send, list[Request](), list[Request]()

    def cut_at_the_end(carrier: Sealed, request: Request) -> Reply:
        ordered.extend([request] if isinstance(request, PinResetOrder) else [])
        answers.extend([request] if ordered and isinstance(request, CardAnswers) else [])
        if len(answers) == 2:
            raise AuthorityUnreachable
        return send(carrier, request)

    monkeypatch.setattr(Sealed, "send", cut_at_the_end)
    with counter.card_at_counter("face", WAKABA, HANAKO) as card:
        handed = hand_over(counter, WAKABA, card, resident_code=HANAKO, pins=ALL)

    assert handed.pins_set == tuple(ALL)
    image = counter.cards.look("face")
    assert has_all(image)
    assert image.permitted == frozenset()


def test_a_locked_pin_stops_a_hand_over(counter: House) -> None:
    """R-6.3: an interrupted hand-over whose PIN was locked meanwhile is no matter of a permission."""
    image = counter.cards.look("hanako")
    locked = replace(image.pins[PinKind.AUTHENTICATION].holding(b"1111", bytes(16)), tries=0)
    with counter.cards.open("hanako") as stored:
        stored.keep(replace(image.with_pin(PinKind.AUTHENTICATION, locked), permitted=frozenset()))
    with counter.card_at_counter("hanako", WAKABA, HANAKO) as card, pytest.raises(PinLocked):
        hand_over(counter, WAKABA, card, resident_code=HANAKO, pins={PinKind.AUTHENTICATION: "7291"})
    assert not CardHolding.objects.for_municipality("99201").exists()
