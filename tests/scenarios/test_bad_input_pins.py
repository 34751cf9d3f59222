"""Wrong PINs and locked cards on the command line."""

import pytest

from tests.support.places import SIGN_PDF, Place, assert_refused
from tests.support.stories import AUTHENTICATION_PIN, COUNTER, SIGNATURE_PIN

pytestmark = pytest.mark.slow

CHANGE = ("card", "pin", "change", "taro", "--kind", "signature", "--pin-stdin")
CHANGE_DIGITS = ("card", "pin", "change", "taro", "--kind", "authentication", "--pin-stdin")
REISSUE = ("window", "reissue", *COUNTER, "--card", "taro", "--pin-stdin")


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Return which paths differ between two trees."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_a_wrong_pin_tells_the_tries_left_until_the_card_locks(place: Place) -> None:
    """R-6.2: five tries for the signature PIN; then the right one comes too late. Only the card's file has changed."""
    before = place.tree()
    for left in (4, 3, 2, 1):
        wrong = place.run(SIGN_PDF, "WRONG123\n")

        assert_refused(wrong, "card.pin.wrong", 1)
        assert wrong.json["error"]["data"]["tries"] == left
        assert str(left) in wrong.err
    last = place.run(SIGN_PDF, "WRONG123\n")
    right = place.run(SIGN_PDF, f"{SIGNATURE_PIN}\n")
    change = place.run(CHANGE, f"{SIGNATURE_PIN}\n{SIGNATURE_PIN}X\n")

    for locked in (last, right, change):
        assert_refused(locked, "card.pin.locked", 1)
    assert changed(before, place.tree()) == {"home/cards/taro.card"}


def test_the_right_pin_restores_the_tries(place: Place) -> None:
    """R-6.2: a hit restores the tries, so that a slip of last year does not count."""
    slip = place.run(SIGN_PDF, "WRONG123\n")
    signed = place.run(SIGN_PDF, f"{SIGNATURE_PIN}\n")
    wrong = place.run(SIGN_PDF, "WRONG123\n")

    assert signed.status == 0, signed.text
    assert slip.json["error"]["data"] == wrong.json["error"]["data"]


def test_a_wrong_authentication_pin_costs_a_try_at_the_counter_too(place: Place) -> None:
    """R-6.2: three tries for the four digits, wherever they are typed; the card counts, and nobody else."""
    before = place.tree()
    first = place.run(REISSUE, "0000\n")
    second = place.run(CHANGE_DIGITS, "0000\n1111\n")
    third = place.run(CHANGE_DIGITS, "0000\n1111\n")

    for done, code in ((first, "card.pin.wrong"), (second, "card.pin.wrong"), (third, "card.pin.locked")):
        assert_refused(done, code, 1)
    assert [done.json["error"]["data"].get("tries") for done in (first, second)] == [2, 1]
    assert changed(before, place.tree()) == {"home/cards/taro.card"}


def test_a_locked_card_at_the_counter_is_told_what_to_bring(place: Place) -> None:
    """R-2.20: neither PIN nor document, so a letter is sent; the refusal is recorded, and no certificate is touched."""
    for _ in range(3):
        place.run(CHANGE_DIGITS, "0000\n1111\n")
    before = place.tree()
    done = place.run(REISSUE, f"{AUTHENTICATION_PIN}\n")
    (finding,) = done.json["findings"]
    databases = {f"home/{role}/db.sqlite3" for role in ("authority", "window")}

    assert done.status == 1
    assert (finding["code"], finding["rule"]) == ("identity.inquiry", "R-2.20")
    assert finding["bring_en"]
    assert changed(before, place.tree()) == databases, (
        "the window recorded its refusal, the authority what it was asked"
    )


@pytest.mark.parametrize(
    ("words", "typed", "code", "status"),
    [
        (SIGN_PDF, "", "card.pin.lines-missing", 2),
        (SIGN_PDF[:-1], f"{SIGNATURE_PIN}\n", "card.pin.no-prompt", 2),
        (CHANGE, "ONLY1LINE\n", "card.pin.lines-missing", 2),
        (CHANGE_DIGITS, f"{AUTHENTICATION_PIN}\nfour\n", "pin.digits-form", 1),
        (
            ("window", "hand-over", *COUNTER, "--card", "blank", "--pin-stdin"),
            f"short\n{AUTHENTICATION_PIN}\n",
            "pin.signature-form",
            1,
        ),
    ],
    ids=["no PIN", "no terminal", "one of two", "no digits", "too short"],
)
def test_a_pin_that_cannot_be_costs_no_try(
    place: Place, words: tuple[str, ...], typed: str, code: str, status: int
) -> None:
    """R-6.2: what has not the form of a PIN is not sent to the card."""
    before = place.tree()
    done = place.run(words, typed)

    assert_refused(done, code, status)
    assert place.tree() == before


def test_an_empty_card_signs_nothing(place: Place) -> None:
    """A card without a signature certificate says so before any PIN (R-1.3), and nothing is written."""
    before = place.tree()
    done = place.run([word if word != "taro" else "blank" for word in SIGN_PDF], f"{SIGNATURE_PIN}\n")

    assert_refused(done, "card.certificate.signature-absent", 1)
    assert place.tree() == before
