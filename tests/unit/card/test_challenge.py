from dataclasses import replace

import pytest

from openjpki.card.administration import status
from openjpki.card.challenge import challenge
from openjpki.card.image import MAX_CHALLENGES
from openjpki.rules.kinds import CertificateKind
from tests.unit.card.cards import SELECT_AP, PowerCut, bench, host, ordinary


def test_no_challenge_comes_back() -> None:
    """Each is of its own number; another length is another challenge, not the beginning of a longer one."""
    numbered = [replace(ordinary(), challenges=number) for number in range(1, 50)]
    made = [challenge(image, count) for image in numbered for count in (8, 16, 256)]

    assert len({one[:8] for one in made}) == len(made)


def test_a_card_of_the_same_number_is_told_by_its_power_on() -> None:
    """A copy that is powered anew gives others; nothing was said of the card's counter."""
    image = replace(ordinary(), challenges=7)

    assert len({challenge(image, 16, power_on) for power_on in (b"", bytes(16), b"\1" * 16)}) == 3


def test_the_number_is_durable_before_the_challenge_is_told() -> None:
    """Power cut at its write: whether it was durable or not, the next challenge is another one."""
    card = bench()
    first = card.ask("00 84 00 00 10")
    card.cut_after = card.writes + 1
    with pytest.raises(PowerCut):
        card.ask("00 84 00 00 10")
    card.power_on_again()

    assert card.durable.challenges == 2
    assert card.ask("00 84 00 00 10") != first
    assert card.durable.challenges == 3


def test_a_challenge_ends_no_session_of_administration() -> None:
    """It works in any state (C myna-card), is no command of the channel, and does not count there."""
    card = bench(ordinary())
    authority = host(card)
    session = authority.open()
    before = card.durable.channel
    given = card.ask("00 84 00 00 08")

    assert given.endswith("9000")
    assert len(authority.ask(session, status(CertificateKind.SIGNATURE))) == 96
    assert card.durable.channel == before


def test_a_card_that_gave_all_its_challenges_gives_no_more() -> None:
    """The number does not turn over."""
    last = bench(replace(ordinary(), challenges=MAX_CHALLENGES - 1))

    assert [last.sw("00 84 00 00 08") for _ in range(2)] == ["9000", "6985"]
    assert last.sw(SELECT_AP) == "9000"
