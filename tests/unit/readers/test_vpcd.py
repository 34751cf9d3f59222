import itertools
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.card.card import ATR
from openjpki.readers import vpcd
from openjpki.readers.inprocess import InProcessReader, InsertedCard
from openjpki.readers.stop import Stop
from openjpki.readers.store import CardNotWritten, CardStore
from openjpki.readers.vpcd import Event, Frames, SlotTaken, VpcdMissing, answer, framed, keep_plugged
from openjpki.rules.kinds import PinKind
from tests.support.vpcd import PATIENCE, Slot
from tests.unit.card.cards import SELECT_AP, ordinary

ON, OFF, RESET, GET_ATR = "01", "00", "02", "04"
TRIES = "00200098"
"""The retry query of the authentication PIN."""


@pytest.fixture(autouse=True)
def without_pcscd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test meet a PC/SC service of this machine."""
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path / "pcscd.comm"))


@pytest.fixture
def store(tmp_path: Path) -> CardStore:
    """Return a store with one card."""
    found = CardStore(tmp_path / "cards")
    found.create("taro", ordinary())
    return found


@pytest.fixture
def card(store: CardStore) -> Iterator[InsertedCard]:
    """Return the powered card."""
    with InProcessReader(store).insert("taro") as inserted:
        yield inserted


@pytest.fixture
def slot() -> Iterator[Slot]:
    """Return a reader's slot."""
    with Slot() as found:
        yield found


class Plug:
    """A card that a thread keeps plugged in, and what was told meanwhile."""

    def __init__(self, run: Callable[[Callable[[Event], None]], None], stop: Stop, pool: ThreadPoolExecutor) -> None:
        self.told: list[Event] = []
        self._stop = stop
        self._done: Future[None] = pool.submit(run, self.told.append)

    def pull(self) -> None:
        """Pull the card, and raise what ended it before."""
        self._stop.set()
        self._done.result(PATIENCE)

    def end(self) -> None:
        """Wait for it to end by itself, and raise what ended it."""
        self._done.result(PATIENCE)


@contextmanager
def plugged(card: InsertedCard, port: int) -> Iterator[Plug]:
    """Keep a card plugged in while the block runs."""
    with Stop() as stop, ThreadPoolExecutor(1) as pool:
        plug = Plug(lambda tell: keep_plugged(card, port, stop, tell), stop, pool)
        try:
            yield plug
        finally:
            stop.set()


def test_a_reader_powers_the_card_and_asks_it(card: InsertedCard, slot: Slot) -> None:
    """Power on has no answer, the ATR and every command have one, framed by its length."""
    with plugged(card, slot.port) as plug, slot.card() as there:
        there.send(ON)
        assert there.ask(GET_ATR) == ATR.hex().upper()
        assert there.ask(SELECT_AP) == "9000"
        assert there.ask(TRIES) == "63C3"
        plug.pull()
        assert there.receive() == ""

    assert plug.told == [Event.SEEN]


@pytest.mark.parametrize("control", [ON, OFF, RESET])
def test_power_and_reset_forget_what_was_selected(card: InsertedCard, slot: Slot, control: str) -> None:
    """After any of the three the card is as after power-on; none of them is answered."""
    with plugged(card, slot.port), slot.card() as there:
        assert there.ask(SELECT_AP) == "9000"
        there.send(control)
        assert there.ask(TRIES) == "6986"


def test_a_control_that_nobody_knows_does_nothing(card: InsertedCard, slot: Slot) -> None:
    """One byte is never a command; what it selected stays selected."""
    with plugged(card, slot.port), slot.card() as there:
        assert there.ask(SELECT_AP) == "9000"
        for control in ("03", "05", "FF"):
            there.send(control)
        assert there.ask(TRIES) == "63C3"


def test_no_bytes_are_a_command_of_no_form(card: InsertedCard, slot: Slot) -> None:
    """An empty frame, and one of the greatest length, are answered by status words, not by silence."""
    with plugged(card, slot.port), slot.card() as there:
        assert there.ask("") == "6700"
        assert there.ask("00" * 65535) == "6700"
        assert there.ask("00A40400") == "6A82"


def test_a_frame_may_come_byte_by_byte(card: InsertedCard, slot: Slot) -> None:
    """Wherever the network cuts, the command is the same; two frames at once are two commands."""
    whole = framed(bytes.fromhex(SELECT_AP))
    with plugged(card, slot.port), slot.card() as there:
        for byte in whole:
            there.send_raw(bytes((byte,)))
        assert there.receive() == "9000"
        there.send_raw(framed(bytes.fromhex(TRIES)) + whole + b"\0")
        assert [there.receive(), there.receive()] == ["63C3", "9000"]
        there.send_raw(b"\x01" + b"\x04")
        assert there.receive() == ATR.hex().upper()


def test_a_frame_that_is_cut_off_spends_no_try(card: InsertedCard, slot: Slot, store: CardStore) -> None:
    """A VERIFY whose last byte never came was never received; the next connection begins afresh (R-6.2)."""
    with plugged(card, slot.port) as plug:
        with slot.card() as there:
            assert there.ask(SELECT_AP) == "9000"
            there.send("0020009804393939", length=9)
        with slot.card() as there:
            assert there.ask(TRIES) == "6986"
            assert there.ask(SELECT_AP) == "9000"
            assert there.ask(TRIES) == "63C3"
        plug.pull()

    assert store.look("taro").pins[PinKind.AUTHENTICATION].tries == 3
    assert plug.told == [Event.SEEN, Event.LOST, Event.SEEN, Event.LOST][: len(plug.told)]
    assert plug.told.count(Event.SEEN) == 2


def test_an_answer_is_durable_before_the_reader_has_it(card: InsertedCard, slot: Slot, store: CardStore) -> None:
    """A spent try is in the file when the reader hears of it (R-6.2)."""
    with plugged(card, slot.port), slot.card() as there:
        assert there.ask(SELECT_AP) == "9000"
        for left in (2, 1):
            assert there.ask("002000980439393939") == f"63C{left}"
            assert store.look("taro").pins[PinKind.AUTHENTICATION].tries == left
        assert there.ask("002000980431323334") == "9000"
        assert store.look("taro").pins[PinKind.AUTHENTICATION].tries == 3


def test_a_card_that_cannot_keep_a_change_is_pulled(
    card: InsertedCard, slot: Slot, store: CardStore, tmp_path: Path
) -> None:
    """The reader gets no answer but a pulled card, and whoever plugged it in hears why."""
    with plugged(card, slot.port) as plug, slot.card() as there:
        assert there.ask(SELECT_AP) == "9000"
        (tmp_path / "cards" / ".taro.new").mkdir()
        assert there.ask("002000980439393939") == ""
        with pytest.raises(CardNotWritten):
            plug.end()

    assert store.look("taro") == ordinary()


def test_a_card_comes_back_after_its_service(card: InsertedCard) -> None:
    """The service ends and begins again at the same port: the card is plugged in anew, without what was selected."""
    with Slot() as first, plugged(card, first.port) as plug:
        with first.card() as there:
            assert there.ask(SELECT_AP) == "9000"
            first.close()
        with Slot(first.port) as second, second.card() as there:
            assert there.ask(TRIES) == "6986"
            plug.pull()

    assert plug.told == [Event.SEEN, Event.LOST, Event.SEEN]


def test_a_service_that_stays_away_is_waited_for(
    card: InsertedCard, slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the card was seen, nobody listening is no refusal: it is tried again, less and less often."""
    pauses: list[float] = []

    class Impatient(Stop):
        """Counts the pauses and takes none of them."""

        def within(self, seconds: float) -> bool:
            pauses.append(seconds)
            if len(pauses) == 9:
                self.set()
            return super().within(0)

    with Impatient() as stop, ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(vpcd, "_dial", dialled_once(slot.port))
        plug = Plug(lambda tell: keep_plugged(card, slot.port, stop, tell), stop, pool)
        with slot.card() as there:
            assert there.ask(GET_ATR) == ATR.hex().upper()
        plug.end()

    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0, 2.0]
    assert plug.told == [Event.SEEN, Event.LOST]


def dialled_once(port: int) -> Callable[[int, Stop], socket.socket]:
    """Return a way to dial that finds somebody the first time only."""
    dialled: list[int] = []

    def dial(asked: int, _: Stop) -> socket.socket:
        if dialled:
            raise VpcdMissing(host="127.0.0.1", port=asked)
        dialled.append(port)
        return socket.create_connection(("127.0.0.1", port))

    return dial


def test_a_card_is_not_plugged_in_where_nobody_listens(card: InsertedCard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without vpcd, the refusal names the place and says what to start."""
    monkeypatch.setattr(vpcd, "_DIALS", 2)
    with Slot() as gone:
        port = gone.port
    with Stop() as stop, pytest.raises(VpcdMissing) as refused:
        keep_plugged(card, port, stop, lambda _: None)

    assert refused.value.data == {"host": "127.0.0.1", "port": port}
    assert "pcscd" in refused.value.message("en")
    assert "pcscd" in refused.value.message("ja")


def test_a_connection_that_meets_itself_is_nobody(card: InsertedCard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ports are among those that the system gives to whoever dials: the two ends may be one."""
    monkeypatch.setattr(vpcd, "_DIALS", 1)

    def to_itself(_address: object, timeout: float) -> socket.socket:
        line = socket.socket()
        line.settimeout(timeout)
        line.bind(("127.0.0.1", 0))
        line.connect(line.getsockname())
        return line

    monkeypatch.setattr(socket, "create_connection", to_itself)
    with Stop() as stop, pytest.raises(VpcdMissing):
        keep_plugged(card, 35963, stop, lambda _: None)


def test_a_slot_with_another_card_is_told(card: InsertedCard, slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader lets a second card dial and asks it nothing."""
    monkeypatch.setattr(vpcd, "_ATTENTION", 0.2)
    with Stop() as stop, pytest.raises(SlotTaken) as refused:
        keep_plugged(card, slot.port, stop, lambda _: None)

    assert refused.value.data == {"port": slot.port}


def test_a_card_is_pulled_before_anybody_saw_it(card: InsertedCard, slot: Slot) -> None:
    """Ctrl-C while it waits for its first command, or for a service, is no refusal."""
    with plugged(card, slot.port) as plug, slot.card():
        plug.pull()
    assert plug.told == []

    slot.close()
    with Stop() as stop:
        stop.set()
        keep_plugged(card, slot.port, stop, lambda _: None)


def test_a_reader_that_takes_no_answer_is_lost(card: InsertedCard, slot: Slot) -> None:
    """A connection that breaks under an answer is a pulled card, and the next one is taken up."""

    class Broken(socket.socket):
        """Takes nothing."""

        def sendall(self, *_: object) -> None:
            raise BrokenPipeError

    with Broken() as broken, socket.socket() as unconnected:
        assert not vpcd._sent(broken, b"")
        assert vpcd._received(unconnected) == b""
    with plugged(card, slot.port) as plug:
        for _ in range(2):
            with slot.card() as there:
                there.send(ON)
                there.send(GET_ATR)
        plug.pull()


@given(st.lists(st.binary(max_size=300), max_size=5), st.lists(st.integers(0, 1500), max_size=5))
def test_frames_are_what_was_framed(payloads: list[bytes], cuts: list[int]) -> None:
    """However the stream is cut, the payloads come out as they went in, and a beginning is kept."""
    stream = b"".join(map(framed, payloads)) + b"\x00\x05half"
    places = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    frames = Frames()
    found = [payload for begin, end in itertools.pairwise(places) for payload in frames.feed(stream[begin:end])]

    assert found == payloads
    assert list(frames.feed(b"!")) == [b"half!"]


def test_what_the_reader_waits_for() -> None:
    """Every payload of one byte but GET ATR is unanswered; every other payload is answered by the card."""

    class Echo:
        """A card that answers what it is asked."""

        def transmit(self, apdu: bytes) -> bytes:
            return apdu

        def reset(self) -> None:
            return

    answered = {control for control in range(256) if answer(Echo(), bytes((control,))) is not None}

    assert answered == {0x04}
    assert answer(Echo(), b"\x04\x04") == b"\x04\x04"
