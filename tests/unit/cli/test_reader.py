import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.readers import pcsc
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.pcsc import NoCardInReader, ReaderMissing
from openjpki.readers.store import CardStore
from tests.support.scard import Scard
from tests.unit.card.cards import ordinary

EMPTY, FULL = "Virtual PCD 00 00", "Virtual PCD 00 01"
ATR = "3BE000FF8131FE4514"


@pytest.fixture(autouse=True)
def scard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scard]:
    """Put two readers into this machine, the second with a card."""
    store = CardStore(tmp_path)
    store.create("taro", ordinary())
    with InProcessReader(store).insert("taro") as card:
        found = Scard({EMPTY: None, FULL: card})
        monkeypatch.setattr(pcsc, "_library", lambda: found)
        yield found
    assert found.held == []


def run(*words: str, language: str = "en") -> Answer:
    """Run `openjpki reader …`."""
    arguments = parser().parse_args(["reader", *words, "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def test_readers_are_listed() -> None:
    """Each with what is in it, in both languages."""
    answer = run("list")

    assert answer.data == {"readers": [{"reader": EMPTY, "atr": None}, {"reader": FULL, "atr": ATR}]}
    assert answer.lines == [f"{EMPTY}: no card", f"{FULL}: card (ATR {ATR})"]
    assert run("list", language="ja").lines == [f"{EMPTY}: カードなし", f"{FULL}: カードあり (ATR {ATR})"]


@pytest.mark.parametrize("words", [(), ("--reader", FULL), ("--reader", "00 01")])
def test_a_card_is_tested(scard: Scard, words: tuple[str, ...]) -> None:
    """What any terminal may ask, with the tries that are left: none is spent."""
    run("test", *words)
    answer = run("test", *words)

    assert answer.data == {
        "reader": FULL,
        "atr": ATR,
        "certificates": {"signature": True, "authentication": True},
        "tries": {"signature": 5, "authentication": 3},
    }
    assert answer.lines == (f'The My Number card in "{FULL}" can be used.',)
    assert run("test", *words, language="ja").lines == (f"「{FULL}」のマイナンバーカードを使えます。",)
    assert set(scard.dispositions) == {Scard.SCARD_LEAVE_CARD}


def test_what_cannot_be_tested_is_told(scard: Scard) -> None:
    """An empty reader, an unknown one, and no card anywhere."""
    with pytest.raises(NoCardInReader):
        run("test", "--reader", EMPTY)
    with pytest.raises(ReaderMissing):
        run("test", "--reader", "elsewhere")
    scard.readers[FULL] = None
    with pytest.raises(NoCardInReader):
        run("test")
