from dataclasses import replace

from openjpki.card.status import tries_status
from openjpki.lab.powered import PoweredCard
from openjpki.rules.kinds import PinKind
from tests.unit.card.cards import ordinary

SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")
SELECT_PIN, SHOW_PIN = bytes.fromhex("00A4020C020018"), bytes.fromhex("0020008004") + b"1234"
QUERY = bytes.fromhex("00200080")


def test_a_card_in_memory_remembers_while_it_lives() -> None:
    """A spent try is on the card at once; what was verified ends with the power (R-6.2)."""
    card = PoweredCard(ordinary())
    wrong = bytes.fromhex("0020008004") + b"9999"

    answers = [card.transmit(apdu) for apdu in (SELECT_JPKI, SELECT_PIN, wrong)]
    assert answers[-1] == tries_status(2).to_bytes(2)
    assert card.image.pins[PinKind.AUTHENTICATION].tries == 2

    card.reset()
    assert card.transmit(SELECT_PIN) == bytes.fromhex("6986")


def test_a_card_that_was_rewritten_has_nothing_verified() -> None:
    """As one that comes back from the counter: another image, and no application selected."""
    card = PoweredCard(ordinary())
    for apdu in (SELECT_JPKI, SELECT_PIN, SHOW_PIN):
        assert card.transmit(apdu) == bytes.fromhex("9000")
    card.rewrite(replace(card.image, challenges=7))

    assert card.image.challenges == 7
    assert card.transmit(QUERY) == bytes.fromhex("6986")
