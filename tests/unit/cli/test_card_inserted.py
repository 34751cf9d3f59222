import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.card.terminal import JpkiTerminal
from openjpki.cli.card_inserted import CardChanged, add_which_card, inserted, typed_between
from openjpki.readers import pcsc
from openjpki.readers.inprocess import InProcessReader, InsertedCard
from openjpki.readers.pcsc import NoCardInReader
from openjpki.readers.store import CardBusy, CardMissing, CardStore
from openjpki.rules.policy import Policy
from openjpki.site.home import Home, Settings
from openjpki.site.place import HomeMissing
from tests.support.scard import Scard
from tests.unit.card.cards import NUMBER, ordinary

READER = "Virtual PCD 00 00"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a ruling of its own, and a card."""
    path = tmp_path / "home"
    Home.create(path, Settings(purpose="sandbox", policy={"sign_pin_lowercase": "fold"}))
    CardStore(path / "cards").create("taro", ordinary())
    return path


def named(home: Path, *words: str) -> argparse.Namespace:
    """Return what a command knows of the card it is about."""
    parser = argparse.ArgumentParser()
    add_which_card(parser)
    return parser.parse_args(words, argparse.Namespace(home=home))


def test_a_card_of_the_home_is_held(home: Path) -> None:
    """Under its name and the home's rulings; no other has it meanwhile, and afterwards everybody may."""
    with inserted(named(home, "taro")) as card:
        assert (card.named, card.policy.sign_pin_lowercase) == ({"name": "taro"}, "fold")
        assert JpkiTerminal(card.talk).card_number() == NUMBER
        with pytest.raises(CardBusy), inserted(named(home, "taro")):
            pass
    with inserted(named(home, "taro")):
        pass


def test_a_card_in_a_reader_is_held(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the reader's whole name; with the rulings of the home that is there, or the usual ones."""
    scard = Scard({READER: None})
    monkeypatch.setattr(pcsc, "_library", lambda: scard)
    with pytest.raises(NoCardInReader), inserted(named(home, "--reader", "Virtual")):
        pass
    with InProcessReader(CardStore(home / "cards")).insert("taro") as plastic:
        scard.readers[READER] = plastic
        for place, policy in ((home, Home.open(home).policy()), (tmp_path / "nowhere", Policy())):
            with inserted(named(place, "--reader", "Virtual")) as card:
                assert (card.named, card.policy) == ({"reader": READER}, policy)
                assert JpkiTerminal(card.talk).card_number() == NUMBER
    assert scard.held == []


def test_a_card_that_is_not_there_is_told(home: Path, tmp_path: Path) -> None:
    """No such card, no home."""
    with pytest.raises(CardMissing), inserted(named(home, "jiro")):
        pass
    with pytest.raises(HomeMissing), inserted(named(tmp_path / "nowhere", "taro")):
        pass


def test_what_is_typed_is_for_the_card_that_was_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that was changed for another meanwhile gets no PIN: a wrong one there would spend a try (R-6.2)."""
    scard = Scard({READER: None})
    monkeypatch.setattr(pcsc, "_library", lambda: scard)
    store = CardStore(home / "cards")
    store.create("jiro", replace(ordinary(), number="400000012719844"))
    done: list[str] = []

    def change_for(swap: InsertedCard) -> None:
        def typed(_: object) -> str:
            scard.readers[READER] = swap
            return "1234"

        typed_between(
            lambda: inserted(named(home, "--reader", READER)),
            ask=lambda _: None,
            prompt=typed,
            do=lambda _, pin: done.append(pin),
        )

    with InProcessReader(store).insert("taro") as taro, InProcessReader(store).insert("jiro") as jiro:
        scard.readers[READER] = taro
        change_for(taro)
        with pytest.raises(CardChanged):
            change_for(jiro)

    assert done == ["1234"]
    assert scard.held == []


class Nameless:
    """A card with JPKI's application alone, which tells no number."""

    def transmit(self, apdu: bytes) -> bytes:
        """Find nothing."""
        assert apdu
        return b"\x6a\x82"


def test_a_card_that_tells_no_number_is_taken_for_itself(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone has none (card.number.absent): it is no reason to refuse."""
    monkeypatch.setattr(pcsc, "_library", lambda: Scard({READER: Nameless()}))
    told = typed_between(
        lambda: inserted(named(home, "--reader", READER)),
        ask=lambda _: 3,
        prompt=str,
        do=lambda card, typed: (card.named["reader"], typed),
    )

    assert told == (READER, "3")
