import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from openjpki.card.apdu import CommandApdu, Ins, ResponseApdu
from openjpki.card.conversation import CURRENT
from openjpki.card.pins import CodeKind
from openjpki.card.terminal import PinLocked, WrongPin
from openjpki.cli.card_pin import PinsDiffer
from openjpki.cli.main import parser
from openjpki.cli.pins import NoPrompt, PinLinesMissing
from openjpki.errors import Failure
from openjpki.readers import pcsc
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import BadSignaturePin
from tests.support.cards import with_pin
from tests.support.scard import Scard
from tests.unit.card.cards import PINS, ordinary, with_tries
from tests.unit.cli.test_card import change, home, run

__all__ = ["home"]


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put text on standard input, which is no terminal."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_pin_is_changed_from_standard_input(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The present PIN, then the new one; neither is in the answer."""
    typed(monkeypatch, "1234\n5678\n")
    answer = run(home, "pin", "change", "taro", "--kind", "authentication", "--pin-stdin")

    assert answer.data == {"name": "taro", "kind": "authentication", "changed": True, "tries": 3}
    assert answer.lines == ("The authentication PIN was changed.",)
    image = CardStore(home / "cards").look("taro")
    assert image.pins[PinKind.AUTHENTICATION].matches(b"5678", image.salt_of(PinKind.AUTHENTICATION))


def test_a_new_pin_of_the_wrong_form_costs_no_try(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its form is looked at before the present one is sent (R-6.1, R-6.2)."""
    typed(monkeypatch, "WRONG1\nabc123\n")

    with pytest.raises(BadSignaturePin):
        run(home, "pin", "change", "taro", "--kind", "signature", "--pin-stdin")
    assert CardStore(home / "cards").look("taro") == ordinary()


def test_a_wrong_pin_tells_the_tries_left(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the last one locks (R-6.2)."""
    for left in (2, 1):
        typed(monkeypatch, "9999\n5678\n")
        with pytest.raises(WrongPin) as missed:
            run(home, "pin", "change", "taro", "--kind", "authentication", "--pin-stdin")
        assert missed.value.data["tries"] == left
    typed(monkeypatch, "9999\n5678\n")
    with pytest.raises(PinLocked):
        run(home, "pin", "change", "taro", "--kind", "authentication", "--pin-stdin")


@pytest.mark.parametrize("text", ["", "1234", "1234\n", "\n5678\n"])
def test_standard_input_has_two_lines(home: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Half an input changes nothing."""
    typed(monkeypatch, text)

    with pytest.raises(PinLinesMissing):
        run(home, "pin", "change", "taro", "--kind", "authentication", "--pin-stdin")
    assert CardStore(home / "cards").look("taro") == ordinary()


def test_without_a_terminal_there_is_no_prompt(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script is told to use --pin-stdin; a PIN is never an argument."""
    typed(monkeypatch, "1234\n5678\n")

    with pytest.raises(NoPrompt):
        run(home, "pin", "change", "taro", "--kind", "authentication")


class Terminal(io.StringIO):
    """A standard input that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_a_new_pin_is_typed_twice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ways of typing it change nothing and cost no try; the prompts name the PIN."""
    prompts: list[str] = []
    keys = iter(["1234", "5678", "5679", "1234", "5678", "5678"])

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return next(keys)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", ask)

    with pytest.raises(PinsDiffer):
        run(home, "pin", "change", "taro", "--kind", "authentication")
    assert CardStore(home / "cards").look("taro") == ordinary()
    assert run(home, "pin", "change", "taro", "--kind", "authentication").data["changed"] is True
    assert prompts[:3] == ["Present authentication PIN (tries left: 3): ", "New authentication PIN: ", "Again: "]


def test_a_typed_pin_is_not_shown(home: Path) -> None:
    """At a real terminal the whole command echoes no PIN."""
    program = "import sys; from openjpki.cli.main import main; sys.exit(main())"
    words = ["card", "pin", "change", "taro", "--kind", "authentication", "--home", str(home), "--lang", "en"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", program, *words], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = b""
        for prompt, key in ((b"Present", b"1234\n"), (b"New", b"5678\n"), (b"Again", b"5678\n")):
            while prompt not in shown:
                shown += os.read(ours, 1024)
            os.write(ours, key)
        while b"changed" not in shown:
            shown += os.read(ours, 1024)
        status = process.wait(timeout=60)
    os.close(ours)

    assert status == 0
    assert b"1234" not in shown
    assert b"5678" not in shown


def test_a_locked_pin_is_told_before_anybody_types(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-6.2, R-6.3: no PIN is asked for that could not help; standard input is not read."""
    change(home, with_tries(ordinary(), PinKind.AUTHENTICATION, 0))
    stdin = io.StringIO("1234\n5678\n")
    monkeypatch.setattr(sys, "stdin", stdin)

    with pytest.raises(PinLocked):
        run(home, "pin", "change", "taro", "--kind", "authentication", "--pin-stdin")
    assert stdin.tell() == 0


def test_nobody_waits_for_a_card_while_a_pin_is_typed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as a person thinks, the transaction with the card in a reader is over, and other programs go on."""
    scard = Scard({"R 00": None})
    monkeypatch.setattr(pcsc, "_library", lambda: scard)
    held: list[list[str]] = []
    keys = iter(["1234", "5678", "5678"])

    def ask(_: str) -> str:
        held.append(list(scard.held))
        return next(keys)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", ask)
    with InProcessReader(CardStore(home / "cards")).insert("taro") as card:
        scard.readers["R 00"] = card
        run(home, "pin", "change", "--reader", "R", "--kind", "authentication")

    assert held == [[]] * 3


@pytest.mark.parametrize("kind", PinKind)
def test_each_of_the_four_pins_is_changed(home: Path, monkeypatch: pytest.MonkeyPatch, kind: PinKind) -> None:
    """R-6.5: by its holder, on a card of this home."""
    change(home, with_pin(ordinary(), CodeKind.COMMON, PINS[PinKind.RESIDENT_RECORD]))
    new = "XYZ999" if kind is PinKind.SIGNATURE else "9753"
    typed(monkeypatch, f"{PINS[kind]}\n{new}\n")
    answer = run(home, "pin", "change", "taro", "--kind", kind.value, "--pin-stdin", language="ja")

    image = CardStore(home / "cards").look("taro")
    assert image.pins[kind].matches(new.encode(), image.salt_of(kind))
    assert answer.data["tries"] == image.pins[kind].limit
    assert answer.lines[0].endswith("の暗証番号を変更しました。")


def test_a_pin_of_a_card_in_a_reader_is_changed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command on plastic; no home is needed for it. The card is left powered, with no PIN shown (T-36)."""
    scard = Scard({"R 00": None})
    monkeypatch.setattr(pcsc, "_library", lambda: scard)
    store = CardStore(home / "cards")
    with InProcessReader(store).insert("taro") as card:
        scard.readers["R 00"] = card
        for place in (tmp_path / "nowhere", home):
            typed(monkeypatch, "3456\n3456\n")
            answer = run(place, "pin", "change", "--reader", "R", "--kind", "card-face-entry", "--pin-stdin")
            assert answer.data == {"reader": "R 00", "kind": "card-face-entry", "changed": True, "tries": 3}
            unshown = CommandApdu(cla=0x00, ins=Ins.CHANGE_REFERENCE_DATA, p1=0x01, p2=CURRENT, data=b"9999")
            assert not ResponseApdu.from_bytes(card.transmit(bytes(unshown))).ok

    assert scard.held == []


@pytest.mark.parametrize("words", [(), ("taro", "--reader", "R")])
def test_a_card_is_named_in_one_way(words: tuple[str, ...]) -> None:
    """By its name in the home, or by the reader that it is in."""
    with pytest.raises(Failure) as refused:
        parser().parse_args(["card", "pin", "change", *words, "--kind", "signature"])
    assert refused.value.code == "usage.arguments"
