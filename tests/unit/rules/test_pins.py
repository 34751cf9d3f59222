import pytest

from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import BadDigitsPin, BadSignaturePin, ToldPin, check_pin, left_after, tries
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
FOLDING = NATIONAL.with_settings({"sign_pin_lowercase": "fold"})
FOUR_DIGITS = [kind for kind in PinKind if kind is not PinKind.SIGNATURE]


@pytest.mark.parametrize("pin", ["ABC123", "A23456", "ABCDEF1234567890"], ids=["E-42", "one letter", "16"])
def test_good_signature_pins(pin: str) -> None:
    """R-6.1; S-42, S-56: E-42, 英数混在の6~16桁・英語は大文字."""
    assert check_pin(PinKind.SIGNATURE, pin, NATIONAL) == pin


@pytest.mark.parametrize(
    "pin",
    [
        "abc123",
        "ABCDEF",
        "ABCDEF12345678901",
        "ABC12",
        "123456",
        "ABC 123",
        "ABC-123",
        "\uff21BC123",
        "ABC12\u0663",
        "",
    ],
    ids=["E-40", "E-41", "E-43", "5", "no letter", "blank", "sign", "full-width", "Arabic digit", "empty"],
)
def test_bad_signature_pins(pin: str) -> None:
    """R-6.1: E-40, E-41, E-43 and their like are refused, and the refusal never shows the PIN."""
    with pytest.raises(BadSignaturePin) as refused:
        check_pin(PinKind.SIGNATURE, pin, NATIONAL)

    assert not refused.value.data


def test_lower_case_may_be_folded() -> None:
    """R-6.1: `sign_pin_lowercase = "fold"` makes upper case of it when the PIN is set."""
    assert check_pin(PinKind.SIGNATURE, "abc123", FOLDING) == "ABC123"
    with pytest.raises(BadSignaturePin):
        check_pin(PinKind.SIGNATURE, "\uff41bc123", FOLDING)


@pytest.mark.parametrize("kind", FOUR_DIGITS)
def test_four_digit_pins(kind: PinKind) -> None:
    """R-6.1; S-42, S-56, CF-13: the other three PINs are four digits."""
    assert check_pin(kind, "0123", NATIONAL) == "0123"
    for pin in ("123", "12345", "12A4", "\uff11234", ""):
        with pytest.raises(BadDigitsPin):
            check_pin(kind, pin, NATIONAL)


def test_tries() -> None:
    """R-6.2: the signature PIN locks after 5 misses, the others after 3."""
    assert {kind: tries(kind) for kind in PinKind} == {
        PinKind.SIGNATURE: 5,
        PinKind.AUTHENTICATION: 3,
        PinKind.RESIDENT_RECORD: 3,
        PinKind.CARD_FACE_ENTRY: 3,
    }


def _after(kind: PinKind, matches: list[bool]) -> int:
    left = tries(kind)
    for matched in matches:
        left = left_after(kind, left, matched=matched)
    return left


def test_a_hit_restores_the_tries() -> None:
    """R-6.2: E-38, 4 misses, 1 hit, 4 misses do not lock."""
    assert _after(PinKind.SIGNATURE, [False] * 4 + [True] + [False] * 4) == 1


def test_five_misses_lock_for_good() -> None:
    """R-6.2: E-39, locked; no later day and no hit unlocks it (S-61)."""
    assert _after(PinKind.SIGNATURE, [False] * 5) == 0
    assert _after(PinKind.SIGNATURE, [False] * 5 + [True]) == 0
    assert _after(PinKind.AUTHENTICATION, [False] * 3 + [True]) == 0


def test_a_refused_form_names_the_pin() -> None:
    """R-6.5: whoever sets four PINs is told which one has the wrong form; as data a PIN is its kind."""
    with pytest.raises(BadDigitsPin) as refused:
        check_pin(PinKind.CARD_FACE_ENTRY, "12", NATIONAL)

    assert refused.value.message("ja").startswith("券面事項入力補助用の暗証番号は")
    assert refused.value.message("en").startswith("The card face entry PIN takes")
    assert f"{ToldPin(PinKind.AUTHENTICATION)}" == str(ToldPin(PinKind.AUTHENTICATION)) == "authentication"
