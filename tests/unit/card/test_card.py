import pytest

from openjpki.card.card import ATR, Card
from openjpki.card.memory import carry_out
from tests.unit.card.cards import SELECT_AP, bench, in_application, ordinary


def test_the_answer_to_reset_is_the_contact_cards() -> None:
    """3B E0 00 FF 81 31 FE 45 14: T=1, and its check byte makes the XOR of all but TS zero (ISO 7816-3 §8.2.5)."""
    check = 0
    for octet in ATR[1:]:
        check ^= octet

    assert ATR.hex() == "3be000ff8131fe4514"
    assert check == 0


def test_a_card_without_settings_answers_by_default() -> None:
    """The defaults are the measured or least surprising answers."""
    card = Card(ordinary())

    assert carry_out(card.receive(bytes.fromhex(SELECT_AP)), lambda _: None).hex() == "9000"


def test_a_reset_is_power_on() -> None:
    """After a reset no application is selected and nothing is verified; what is durable stays."""
    card = in_application()
    card.ask("00 20 00 98 04 39393939")
    card.card.reset()

    assert card.sw("00 A4 02 0C 02 000A") == "6986"
    assert card.sw(SELECT_AP, "00 20 00 98") == "63C2"


@pytest.mark.parametrize("apdu", [b"", b"\0", bytes(70_000)])
def test_what_is_no_command_gets_a_status_word(apdu: bytes) -> None:
    """A card always answers."""
    assert bench().transmit(apdu).hex() == "6700"
