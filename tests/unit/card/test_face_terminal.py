import pytest

from openjpki.card.face_reading import FaceUnreadable
from openjpki.card.face_terminal import (
    OPENERS,
    BadCode,
    CodeLocked,
    FaceTerminal,
    Item,
    NoFace,
    Opener,
    WrongCode,
)
from openjpki.card.image import CardImage
from openjpki.card.pin_answers import PinLocked, PinNotVerified, WrongPin
from openjpki.card.pins import CodeKind
from openjpki.errors import Failure
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import BadDigitsPin
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON, face_data, holder, with_face
from tests.unit.card.cards import PINS, bench, blank, ordinary, with_tries
from tests.unit.card.test_terminal import Scripted, Tapped

CODES = holder().codes
TYPED = {
    Opener.PIN: PINS[PinKind.CARD_FACE_ENTRY].encode(),
    Opener.CODE_A: INDIVIDUAL_NUMBER.encode(),
    Opener.CODE_B: CODES[CodeKind.TEXT_B].encode(),
}


def card() -> CardImage:
    """Return the ordinary card with the face of the tests' holder."""
    return with_face(ordinary())


@pytest.mark.parametrize("opener", OPENERS[Item.NUMBER])
def test_the_number_opens_by_the_pin_or_by_itself(opener: Opener) -> None:
    """照合番号A is the individual number, which opens nothing else in this application (C myna-card)."""
    read = FaceTerminal(bench(card())).read_number(opener, TYPED[opener])

    assert read.content == INDIVIDUAL_NUMBER
    assert read.seal.held
    assert INDIVIDUAL_NUMBER not in repr(read)


@pytest.mark.parametrize("opener", OPENERS[Item.TEXT])
def test_the_attributes_open_by_the_pin_or_what_is_printed(opener: Opener) -> None:
    """照合番号B: birth date, last year and security code (C myna-card)."""
    read = FaceTerminal(bench(card())).read_attributes(opener, TYPED[opener])

    assert (read.content.name, read.content.address) == (PERSON.name, PERSON.address)
    assert read.seal.held


@pytest.mark.parametrize("opener", OPENERS[Item.PHOTO])
def test_the_photo_opens_by_either_code(opener: Opener) -> None:
    """The visual application has no PIN (C myna-card)."""
    read = FaceTerminal(bench(card())).read_photo(opener, TYPED[opener])

    assert read.content == face_data().pictures.photo
    assert read.seal.held


def test_the_commands_are_those_of_real_clients() -> None:
    """The file that is wanted is selected before a try could be spent on a card that has none; at the end nothing is open."""
    tapped = Tapped(bench(card()))
    terminal = FaceTerminal(tapped)
    terminal.read_number(Opener.PIN, b"3456")
    terminal.leave()

    assert tapped.sent[:7] == [
        "00A4040C0AD3921000310001010408",
        "00A4020C020001",
        "00A4020C020011",
        "002000800433343536",
        "00A4020C020001",
        "00B0000000",
        "00A4020C020003",
    ]
    assert tapped.sent[-1] == "00A4040C07A0000001510000"
    assert tapped.card.sw("00A4040C0AD3921000310001010408", "00B0810000") == "6982"


@pytest.mark.parametrize(
    ("opener", "typed", "refusal"),
    [
        (Opener.PIN, b"12345", BadDigitsPin),
        (Opener.CODE_A, b"12345678901", BadCode),
        (Opener.CODE_A, "１２３４５６７８９０１２".encode(), BadCode),
        (Opener.CODE_A, b"12345678901A", BadCode),
    ],
)
def test_what_has_another_form_is_not_sent(opener: Opener, typed: bytes, refusal: type[Failure]) -> None:
    """R-6.2: a slip of the fingers costs no try."""
    tapped = Tapped(bench(card()))
    with pytest.raises(refusal):
        FaceTerminal(tapped).read_number(opener, typed)
    assert tapped.sent == []


@pytest.mark.parametrize("item", Item)
def test_the_tries_of_what_opens_an_item_are_told_before_it_is_typed(item: Item) -> None:
    """R-6.2: asking spends none; where none is left nobody need type, and a card without a face says so."""
    for opener, name in OPENERS[item].items():
        image = with_tries(card(), name, 2)
        assert FaceTerminal(bench(image)).hold_usable(item, opener) == 2
        with pytest.raises(PinLocked if opener is Opener.PIN else CodeLocked):
            FaceTerminal(bench(with_tries(image, name, 0))).hold_usable(item, opener)
        with pytest.raises(NoFace):
            FaceTerminal(bench(blank())).hold_usable(item, opener)


@pytest.mark.parametrize(
    ("opener", "digits", "where"),
    [(Opener.CODE_A, 12, "個人番号"), (Opener.CODE_B, 14, "セキュリティコード")],
)
def test_a_code_of_another_form_says_where_its_digits_stand(opener: Opener, digits: int, where: str) -> None:
    """照合番号A from the back of the card, 照合番号B from the front (C myna-card)."""
    with pytest.raises(BadCode) as refused:
        FaceTerminal(bench(card())).read_photo(opener, b"1")

    assert f"数字{digits}桁" in refused.value.message("ja")
    assert where in refused.value.message("ja")
    assert "of the card" in refused.value.message("en")


def test_a_miss_tells_the_tries_left() -> None:
    """R-6.2: of the PIN and of the codes, each by its own counter; locked, each says where to go."""
    image = with_tries(with_tries(card(), PinKind.CARD_FACE_ENTRY, 2), CodeKind.VISUAL_B, 2)
    terminal = FaceTerminal(bench(image))
    with pytest.raises(WrongPin) as pin:
        terminal.read_number(Opener.PIN, b"0000")
    with pytest.raises(WrongCode) as code:
        terminal.read_photo(Opener.CODE_B, b"0" * 14)
    assert (pin.value.data["tries"], code.value.data["tries"], code.value.data["letter"]) == (1, 1, "B")
    with pytest.raises(PinLocked):
        terminal.read_attributes(Opener.PIN, b"0000")
    with pytest.raises(CodeLocked) as locked:
        terminal.read_photo(Opener.CODE_B, b"0" * 14)
    assert "窓口" in locked.value.message("ja")
    assert terminal.read_attributes(Opener.CODE_B, TYPED[Opener.CODE_B]).seal.held


def test_a_card_without_a_face_costs_no_try() -> None:
    """A card that was made blank, or another kind of card: told before anything is typed in."""
    tapped = Tapped(bench(blank()))
    with pytest.raises(NoFace):
        FaceTerminal(tapped).read_number(Opener.CODE_A, TYPED[Opener.CODE_A])
    with pytest.raises(NoFace):
        FaceTerminal(Scripted(["6A82"])).read_photo(Opener.CODE_A, TYPED[Opener.CODE_A])
    assert not any(sent.startswith("0020") for sent in tapped.sent)


def test_what_is_typed_is_wiped() -> None:
    """The individual number lives no longer than its use, whatever came of it."""
    typed = [bytearray(TYPED[Opener.CODE_A]), bytearray(b"12"), bytearray(b"0" * 12)]
    terminal = FaceTerminal(bench(card()))
    terminal.read_number(Opener.CODE_A, typed[0])
    for wrong, refusal in ((typed[1], BadCode), (typed[2], WrongCode)):
        with pytest.raises(refusal):
            terminal.read_number(Opener.CODE_A, wrong)

    assert not any(any(one) for one in typed)


OPENED = ["9000"] * 5
"""Application, file, reference, VERIFY, file."""


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ([*OPENED, "FFFFFF9000"], FaceUnreadable),
        ([*OPENED, "FF20828000" + "9000"], FaceUnreadable),
        ([*OPENED, "6982"], PinNotVerified),
        ([*OPENED, "6B00"], NoFace),
    ],
)
def test_what_no_face_answers_is_told(answers: list[str], refusal: type[Failure]) -> None:
    """No data object, one beyond what offsets reach, a file that does not open, an empty one."""
    with pytest.raises(refusal):
        FaceTerminal(Scripted(answers)).read_attributes(Opener.PIN, b"3456")
