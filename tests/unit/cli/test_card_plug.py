import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from openjpki.card.card import ATR
from openjpki.cli.answer import Answer, BadValue
from openjpki.cli.main import parser
from openjpki.errors import Failure
from openjpki.readers import vpcd
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.plugs import AlreadyPlugged, NotPlugged
from openjpki.readers.stop import Stop
from openjpki.readers.store import BadCardName, CardBusy, CardMissing, CardStore
from openjpki.readers.vpcd import SlotTaken, VpcdMissing
from openjpki.site.home import Home, Settings
from openjpki.site.place import HomeInUse, HomeMissing, locked
from tests.support.programs import openjpki, openjpki_command, plain_environment
from tests.support.vpcd import PATIENCE, Inserted, Slot
from tests.unit.card.cards import SELECT_AP, ordinary

GET_ATR = "04"


@pytest.fixture(autouse=True)
def without_pcscd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test meet a PC/SC service of this machine."""
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path / "pcscd.comm"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with one card, taro."""
    path = tmp_path / "home"
    Home.create(path, Settings(purpose="sandbox"))
    CardStore(path / "cards").create("taro", ordinary())
    return path


@pytest.fixture
def slot() -> Iterator[Slot]:
    """Return a reader's slot."""
    with Slot() as found:
        yield found


def run(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki card …` in this home."""
    arguments = parser().parse_args(["card", *words, "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def press(number: signal.Signals) -> None:
    """Send this process a signal if the command waits for it, so that a test that failed before is not ended by it."""
    if isinstance(getattr(signal.getsignal(number), "__self__", None), Stop):
        os.kill(os.getpid(), number)


def plug_while(home: Path, slot: Slot, act: Callable[[Inserted], None], *words: str, language: str = "en") -> Answer:
    """Plug taro in here, let a reader act in another thread, and then press Ctrl-C."""

    def read() -> None:
        with slot.card() as there:
            try:
                assert there.ask(GET_ATR) == ATR.hex().upper()
                act(there)
            finally:
                press(signal.SIGINT)
            assert there.receive() == ""

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(read)
        answer = run(home, "plug", "taro", *words, language=language)
        done.result()
    return answer


def test_a_card_is_plugged_in_until_ctrl_c(home: Path, slot: Slot, capsys: pytest.CaptureFixture[str]) -> None:
    """One line when the service sees it, one at the end; afterwards Ctrl-C and the card are as before."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    answer = plug_while(home, slot, lambda _: None, "--port", str(slot.port))

    assert answer.data == {"name": "taro", "slot": 0, "port": slot.port, "ended": "pulled"}
    assert answer.lines == ('Pulled the card "taro".',)
    assert capsys.readouterr() == ("", 'The card "taro" is in the reader (slot 0) — press Ctrl-C to pull it.\n')
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    InProcessReader(CardStore(home / "cards")).insert("taro").remove()


def test_the_second_slot_is_at_the_next_port(home: Path, slot: Slot, capsys: pytest.CaptureFixture[str]) -> None:
    """`--port` is where the first one listens; in Japanese too."""
    answer = plug_while(home, slot, lambda _: None, "--port", str(slot.port - 1), "--slot", "1", language="ja")

    assert answer.data["slot"] == 1
    assert answer.data["port"] == slot.port
    assert answer.lines == ("カード「taro」を抜きました。",)
    assert "スロット 1" in capsys.readouterr().err


def test_a_plugged_card_has_no_other_user(home: Path, slot: Slot) -> None:
    """Neither a command in this home, nor a second plug, has the card meanwhile; it can be looked at, nothing more."""
    told: list[Failure] = []

    def others(_: Inserted) -> None:
        for words in (("plug", "taro"), ("pin", "change", "taro", "--kind", "authentication", "--pin-stdin")):
            with pytest.raises((AlreadyPlugged, CardBusy)) as refused:
                run(home, *words)
            told.append(refused.value)
        assert run(home, "show", "taro").data["name"] == "taro"
        with pytest.raises(HomeInUse), locked(home, exclusive=True):
            pass

    plug_while(home, slot, others, "--port", str(slot.port))

    assert [failure.code for failure in told] == ["card.plug.plugged", "card.store.busy"]
    assert "openjpki card unplug taro" in told[1].message("en")


def test_a_service_that_comes_back_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line when it went away, a line when it sees the card again."""
    with Slot() as first:

        def act() -> None:
            with first.card() as there:
                assert there.ask(GET_ATR) == ATR.hex().upper()
                first.close()
            with Slot(first.port) as second, second.card() as there:
                assert there.ask(SELECT_AP) == "9000"
                press(signal.SIGTERM)
                assert there.receive() == ""

        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(act)
            run(home, "plug", "taro", "--port", str(first.port))
            done.result()
    seen, gone, again = capsys.readouterr().err.splitlines()

    assert seen == again
    assert gone == 'The reader went away. The card "taro" is plugged in again when it comes back.'


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("plug", "jiro"), CardMissing),
        (("plug", "../taro"), BadCardName),
        (("plug", "taro", "--slot", "2"), BadValue),
        (("plug", "taro", "--slot", "-1"), BadValue),
        (("plug", "taro", "--slot", "x"), BadValue),
        (("plug", "taro", "--port", "0"), BadValue),
        (("plug", "taro", "--port", "65535", "--slot", "1"), BadValue),
        (("unplug", "jiro"), CardMissing),
        (("unplug", "../taro"), BadCardName),
        (("unplug", "taro"), NotPlugged),
    ],
)
def test_wrong_words_are_told(home: Path, words: tuple[str, ...], refusal: type[Failure]) -> None:
    """Each has its refusal, and leaves nothing behind."""
    with pytest.raises(refusal):
        run(home, *words)
    assert [path.name for path in (home / "cards").iterdir() if path.suffix == ".plug"] == []


def test_cards_live_in_a_home(home: Path, tmp_path: Path) -> None:
    """No home is told, by both commands; so is one that a story holds alone."""
    for command in ("plug", "unplug"):
        with pytest.raises(HomeMissing):
            run(tmp_path / "nowhere", command, "taro")
    with locked(home, exclusive=True), pytest.raises(HomeInUse):
        run(home, "plug", "taro")


def test_no_reader_and_a_taken_one_are_told(home: Path, slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens, or somebody who asks nothing; the card is free again."""
    monkeypatch.setattr(vpcd, "_ATTENTION", 0.2)
    monkeypatch.setattr(vpcd, "_DIALS", 1)
    with pytest.raises(SlotTaken):
        run(home, "plug", "taro", "--port", str(slot.port))
    slot.close()
    with pytest.raises(VpcdMissing):
        run(home, "plug", "taro", "--port", str(slot.port))
    with pytest.raises(NotPlugged):
        run(home, "unplug", "taro")
    InProcessReader(CardStore(home / "cards")).insert("taro").remove()


# --- in processes of their own -----------------------------------------------------------------------------------


@contextmanager
def plugging(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Plug taro in by the whole command; what is left of it at the end is killed."""
    command = openjpki_command("card", "plug", "taro", "--home", home, "--port", str(port), "--json")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=plain_environment()
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_a_card_is_unplugged_from_elsewhere(home: Path, slot: Slot) -> None:
    """`unplug` ends the process that has the card, which says so and ends well; the reader sees it pulled."""
    with plugging(home, slot.port) as process, slot.card() as there:
        assert there.ask(SELECT_AP) == "9000"
        done = openjpki("card", "unplug", "taro", "--home", home, "--json")
        assert there.receive() == ""
        out, err = process.communicate(timeout=PATIENCE)

    assert (done.status, done.json) == (0, {"name": "taro", "unplugged": True})
    assert process.returncode == 0
    assert json.loads(out)["ended"] == "pulled"
    assert err.count("\n") == 1


@pytest.mark.slow
def test_a_killed_plug_leaves_the_card_free(home: Path, slot: Slot) -> None:
    """SIGKILL, or a crash: its note is not true any longer, nobody is asked, and the card can be plugged in again."""
    with plugging(home, slot.port) as process, slot.card() as there:
        assert there.ask(GET_ATR) == ATR.hex().upper()
        process.kill()
        process.wait(PATIENCE)
        assert there.receive() == ""
    assert openjpki("card", "unplug", "taro", "--home", home).codes == ["card.plug.not-plugged"]
    with plugging(home, slot.port) as process, slot.card() as there:
        assert there.ask(GET_ATR) == ATR.hex().upper()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_a_plugged_card_answers_quickly(home: Path, slot: Slot) -> None:
    """A reader that sends in two parts is not kept waiting by the network: far under the 44 ms of a late acknowledgement."""
    with plugging(home, slot.port), slot.card() as there:
        assert there.ask(SELECT_AP) == "9000"
        begun = time.monotonic()
        for _ in range(100):
            assert there.ask("00A4020C020006") == "9000"
        took = time.monotonic() - begun

    assert took < 100 * 0.02
