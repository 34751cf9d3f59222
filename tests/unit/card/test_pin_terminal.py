from collections.abc import Callable

import pytest

from openjpki.card.image import CardImage
from openjpki.card.pin_answers import LastTry, PinLocked, PinNotVerified, WrongPin
from openjpki.card.pin_terminal import NoSuchPin, PinTerminal
from openjpki.card.pins import CodeKind, PinName
from openjpki.errors import Failure
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import BadDigitsPin, BadSignaturePin
from openjpki.rules.policy import Policy
from tests.support.cards import with_pin
from tests.support.faces import card_of_holder
from tests.unit.card.cards import PINS, Bench, PowerCut, bench, ordinary, with_tries
from tests.unit.card.test_terminal import Scripted, Tapped

NEW = {kind: "XYZ999" if kind is PinKind.SIGNATURE else "9753" for kind in PinKind}
RESIDENT = PinKind.RESIDENT_RECORD
BOTH = (RESIDENT, CodeKind.COMMON)


def ready() -> CardImage:
    """Return the card with every PIN set; the one of the resident record in both of its places."""
    return with_pin(ordinary(), CodeKind.COMMON, PINS[RESIDENT])


def has(card: Bench, name: PinName, pin: str) -> bool:
    """Say whether the card has this PIN."""
    image = card.durable
    return image.pins[name].matches(pin.encode(), image.salt_of(name))


@pytest.mark.parametrize("kind", PinKind)
def test_each_of_the_four_pins_is_changed(kind: PinKind) -> None:
    """R-6.5: by its own application's command, wherever the card has it; then the new one opens and the old one does not."""
    card = bench(ready())
    terminal = PinTerminal(card)
    terminal.change(kind, PINS[kind].encode(), NEW[kind].encode())

    names = BOTH if kind is RESIDENT else (kind,)
    assert all(has(card, name, NEW[kind]) for name in names)
    assert all(card.durable.pins[name] == ready().pins[name] for name in ready().pins if name not in names)
    terminal.verify(kind, NEW[kind].encode())
    with pytest.raises(WrongPin):
        terminal.verify(kind, PINS[kind].encode())


def test_the_commands_are_those_of_real_clients() -> None:
    """CHANGE REFERENCE DATA in the text application, CHANGE KEY in common and 住基 application (C myna, myna-card)."""
    tapped = Tapped(bench(ready()))
    terminal = PinTerminal(tapped)
    terminal.change(PinKind.CARD_FACE_ENTRY, b"3456", b"9753")
    face = tapped.sent[:]
    tapped.sent.clear()
    terminal.change(RESIDENT, b"2345", b"9753")

    assert face == [
        "00A4040C0AD3921000310001010408",
        "00A4020C020011",
        "002000800433343536",
        "00A4020C020011",
        "002401800439373533",
    ]
    assert [sent for sent in tapped.sent if sent[:6] in {"00A404", "803200"}] == [
        "00A4040C0AD3921000310001010401",
        "00A4040C0AD3921000310001010100",
        "803200800439373533",
        "00A4040C0AD3921000310001010401",
        "803200800439373533",
    ]


@pytest.mark.parametrize("kind", PinKind)
def test_a_wrong_present_pin_costs_one_try(kind: PinKind) -> None:
    """R-6.2: the tries left are told, nothing else is touched; the one that locks says where to go."""
    card = bench(ready())
    terminal = PinTerminal(card)
    limit = terminal.tries_left(kind)
    wrong = b"WRONG1" if kind is PinKind.SIGNATURE else b"0000"
    for left in range(limit - 1, 0, -1):
        with pytest.raises(WrongPin) as missed:
            terminal.change(kind, wrong, NEW[kind].encode())
        assert missed.value.data["tries"] == left
        assert terminal.tries_left(kind) == left
    with pytest.raises(PinLocked) as locked:
        terminal.change(kind, wrong, NEW[kind].encode())

    assert "窓口" in locked.value.message("ja")
    assert terminal.tries_left(kind) == 0
    assert has(card, kind, PINS[kind])


@pytest.mark.parametrize(
    ("kind", "other", "hours", "kiosk"),
    [
        (PinKind.SIGNATURE, None, 24, True),
        (PinKind.AUTHENTICATION, None, 24, True),
        (PinKind.SIGNATURE, PinKind.AUTHENTICATION, 24, False),
        (PinKind.SIGNATURE, None, 0, False),
        (PinKind.CARD_FACE_ENTRY, None, 24, False),
    ],
)
def test_a_locked_pin_names_the_kiosk_where_one_helps(
    kind: PinKind, other: PinKind | None, hours: int, *, kiosk: bool
) -> None:
    """R-6.6: with the other PIN usable, and by the municipality's hours; the same code in either case."""
    image = with_tries(ready(), kind, 0)
    card = bench(with_tries(image, other, 0) if other else image)

    with pytest.raises(PinLocked) as locked:
        PinTerminal(card, Policy(kiosk_reset_hours=hours)).verify(kind, PINS[kind].encode())

    assert locked.value.code == "card.pin.locked"
    assert ("キオスク端末" in locked.value.message("ja"), "kiosk" in locked.value.message("en")) == (kiosk, kiosk)


class WithoutTheOtherPin:
    """A card that answers `6F00` to what is asked of it after a PIN was found locked."""

    def __init__(self) -> None:
        self._card, self._locked = bench(with_tries(ready(), PinKind.SIGNATURE, 0)), False

    def transmit(self, apdu: bytes) -> bytes:
        """Answer, until a PIN was locked."""
        if self._locked:
            return b"\x6f\x00"
        answer = self._card.transmit(apdu)
        self._locked = answer == b"\x69\x84"
        return answer


def test_a_locked_pin_is_told_whatever_the_card_says_of_the_other() -> None:
    """The refusal is the locked PIN; the kiosk is left out."""
    with pytest.raises(PinLocked) as locked:
        PinTerminal(WithoutTheOtherPin()).verify(PinKind.SIGNATURE, b"ABC123")

    assert "kiosk" not in locked.value.message("en")


@pytest.mark.parametrize(
    ("kind", "pin", "refusal"),
    [(PinKind.SIGNATURE, b"abc123", BadSignaturePin), (RESIDENT, b"12345", BadDigitsPin)],
)
def test_a_pin_of_the_wrong_form_is_not_sent(kind: PinKind, pin: bytes, refusal: type[Failure]) -> None:
    """R-6.1, R-6.2: neither as the present one nor as the new one."""
    tapped = Tapped(bench(ready()))
    terminal = PinTerminal(tapped)
    acts: tuple[Callable[[], None], ...] = (
        lambda: terminal.change(kind, pin, NEW[kind].encode()),
        lambda: terminal.change(kind, PINS[kind].encode(), pin),
        lambda: terminal.set(kind, pin),
        lambda: terminal.set_first(kind, pin),
        lambda: terminal.verify(kind, pin),
    )
    for act in acts:
        with pytest.raises(refusal):
            act()
    assert tapped.sent == []


def test_a_mutable_pin_is_wiped() -> None:
    """A PIN lives no longer than its use, whatever came of it."""
    typed = [bytearray(b"2345"), bytearray(b"9753"), bytearray(b"0000"), bytearray(b"1111"), bytearray(b"9753")]
    terminal = PinTerminal(bench(ready()))
    terminal.change(RESIDENT, typed[0], typed[1])
    with pytest.raises(WrongPin):
        terminal.change(RESIDENT, typed[2], typed[3])
    terminal.verify(RESIDENT, typed[4])

    assert {bytes(pin) for pin in typed} == {bytes(4)}


def test_a_change_that_was_cut_off_between_both_places_is_made_whole() -> None:
    """For the holder the PIN is one: at whatever write the power fails, the same change again ends with the new one in both."""
    whole = bench(ready())
    PinTerminal(whole).change(RESIDENT, b"2345", b"9753")
    halves = 0
    for cut in range(1, whole.writes):
        card = bench(ready())
        card.cut_after = cut
        with pytest.raises(PowerCut):
            PinTerminal(card).change(RESIDENT, b"2345", b"9753")
        halves += has(card, CodeKind.COMMON, "9753") and has(card, RESIDENT, "2345")
        card.power_on_again()
        PinTerminal(card).change(RESIDENT, b"2345", b"9753")
        assert all(has(card, name, "9753") for name in BOTH)
        assert PinTerminal(card).tries_left(RESIDENT) == 3
    assert halves


def test_a_second_place_with_another_pin_is_told_and_not_locked() -> None:
    """Where the card has two values of which neither is the present one, nothing is changed, and the last try is left alone."""
    card = bench(with_pin(ready(), CodeKind.COMMON, "8642"))
    with pytest.raises(WrongPin) as missed:
        PinTerminal(card).change(RESIDENT, b"2345", b"9753")
    assert missed.value.data["tries"] == 1, "one for the present PIN, one for the new one"
    card = bench(with_tries(with_pin(ready(), CodeKind.COMMON, "8642"), CodeKind.COMMON, 2))
    with pytest.raises(WrongPin):
        PinTerminal(card).change(RESIDENT, b"2345", b"9753")

    assert card.durable.pins[CodeKind.COMMON].tries == 1
    assert has(card, RESIDENT, "2345")
    assert PinTerminal(card).tries_left(RESIDENT) == 1, "the fewer tries are told"


def test_a_new_card_lets_its_pins_be_set_once() -> None:
    """R-6.5: without an old one, and the same ones again; another is refused. With a face, not that of the text application."""
    card = bench(card_of_holder())
    terminal = PinTerminal(card)
    for kind in (PinKind.SIGNATURE, PinKind.AUTHENTICATION, RESIDENT):
        terminal.set_first(kind, NEW[kind].encode())
        terminal.set_first(kind, NEW[kind].encode())
        card.power_on_again()
        with pytest.raises(WrongPin):
            terminal.set_first(kind, PINS[kind].encode())
        with pytest.raises(PinNotVerified):
            terminal.set(kind, PINS[kind].encode())
    with pytest.raises(PinLocked):
        terminal.set_first(PinKind.CARD_FACE_ENTRY, b"9753")
    assert card.durable.pins[PinKind.CARD_FACE_ENTRY].digest is None


def test_a_card_without_the_pin_is_told() -> None:
    """A phone has the JPKI application and no other; a card of before has no such file."""
    for answers in (["6A82"], ["9000", "6A82"]):
        with pytest.raises(NoSuchPin):
            PinTerminal(Scripted(answers)).tries_left(PinKind.CARD_FACE_ENTRY)


def test_a_pin_that_differs_in_the_other_place_is_never_locked_by_a_change() -> None:
    """R-6.2: where 住基 and common have two PINs, changing one spends tries of the other, but never its last."""
    image = with_pin(ready(), CodeKind.COMMON, "8642")
    card = bench(image)
    terminal = PinTerminal(card)
    with pytest.raises(WrongPin):
        terminal.change(RESIDENT, PINS[RESIDENT].encode(), NEW[RESIDENT].encode())
    for _ in range(3):
        with pytest.raises(LastTry, match=r"municipal counter"):
            terminal.change(RESIDENT, PINS[RESIDENT].encode(), NEW[RESIDENT].encode())
        assert card.durable.pins[CodeKind.COMMON].tries == 1

    assert has(card, RESIDENT, PINS[RESIDENT])
