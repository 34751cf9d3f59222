import pytest

from openjpki.card.apdu import CommandApdu, Ins, ResponseApdu
from openjpki.card.connection import UnexpectedAnswer
from openjpki.card.pin_answers import PinLocked, PinNotVerified, WrongPin, hold_right, hold_set, tries_told, unexpected
from openjpki.errors import Failure
from openjpki.rules.kinds import PinKind
from openjpki.rules.words import word

VERIFY = CommandApdu(cla=0x00, ins=Ins.VERIFY, p1=0x00, p2=0x80)


@pytest.mark.parametrize(
    ("sw", "raised"),
    [(0x63C0, PinLocked), (0x6983, PinLocked), (0x6984, PinLocked), (0x63C2, WrongPin), (0x6982, UnexpectedAnswer)],
)
def test_an_answer_to_verify_is_told(sw: int, raised: type[Failure]) -> None:
    """R-6.2: a miss with the tries left, a locked PIN in three forms, and what the specification does not foresee."""
    with pytest.raises(raised):
        hold_right(VERIFY, ResponseApdu(sw), PinKind.SIGNATURE)


def test_a_match_is_no_refusal() -> None:
    """`9000` is the only answer that lets a terminal go on."""
    hold_right(VERIFY, ResponseApdu(0x9000), PinKind.SIGNATURE)
    hold_set(VERIFY, ResponseApdu(0x9000))
    assert tries_told(VERIFY, ResponseApdu(0x63C3)) == 3


def test_other_answers_are_told() -> None:
    """A change that wants the present PIN first; a query that tells no tries; the command's name stands in the sentence."""
    with pytest.raises(PinNotVerified):
        hold_set(VERIFY, ResponseApdu(0x6982))
    with pytest.raises(UnexpectedAnswer, match="VERIFY: 6700"):
        hold_set(VERIFY, ResponseApdu(0x6700))
    with pytest.raises(UnexpectedAnswer, match="VERIFY: 9000"):
        tries_told(VERIFY, ResponseApdu(0x9000))
    assert "VERIFY: 6F00" in str(unexpected(VERIFY, ResponseApdu(0x6F00)))


@pytest.mark.parametrize("kind", list(PinKind))
def test_a_refusal_says_which_pin_it_is(kind: PinKind) -> None:
    """R-6.5: whoever has four PINs is told which one was wrong or is locked, in both languages; as data it is its kind."""
    with pytest.raises(WrongPin) as wrong:
        hold_right(VERIFY, ResponseApdu(0x63C2), kind)
    with pytest.raises(PinLocked) as locked:
        hold_right(VERIFY, ResponseApdu(0x6983), kind)

    for refused in (wrong.value, locked.value):
        assert word(kind, "ja") in refused.message("ja")
        assert f"The {kind.value.replace('-', ' ')} PIN" in refused.message("en")
        assert str(refused.data["pin"]) == kind.value
