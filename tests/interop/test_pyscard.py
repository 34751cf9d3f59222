"""pyscard, as Debian packs it: by itself, and under our own commands for readers."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import openjpki
from openjpki.card.terminal import DIGEST_INFO
from openjpki.rules.kinds import CertificateKind
from tests.interop.conftest import PINS, Holder
from tests.support.programs import PATIENCE, Finished, openjpki_command, plain_environment
from tests.support.room import READERS, Room
from tests.support.witness import Witness

pytestmark = [pytest.mark.interop, pytest.mark.slow]

DEBIANS = Path("/usr/lib/python3/dist-packages/smartcard")
PROGRAM = """
from smartcard.System import readers
from smartcard.scard import SCARD_LEAVE_CARD
from smartcard.util import toHexString
connection = readers()[0].createConnection()
connection.connect(disposition=SCARD_LEAVE_CARD)
print(readers()[0], toHexString(connection.getATR()))
for apdu in ("00A4040C0AD392F000260100000001", "00A4020C020018", "00200080"):
    _, sw1, sw2 = connection.transmit(list(bytes.fromhex(apdu)))
    print(f"{sw1:02X}{sw2:02X}")
connection.disconnect()
"""

WAITS = """
import sys
from smartcard.System import readers
from smartcard.scard import SCARD_LEAVE_CARD, SCARD_PROTOCOL_T1, SCARD_SHARE_SHARED, SCardReconnect
select = list(bytes.fromhex("00A4040C0AD392F000260100000001"))
for line in sys.stdin:
    try:
        if line == "connect\\n":
            connection = readers()[0].createConnection()
            connection.connect(disposition=SCARD_LEAVE_CARD)
        if line == "reconnect\\n":
            handle = connection.component.hcard
            assert SCardReconnect(handle, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, SCARD_LEAVE_CARD)[0] == 0
        _, sw1, sw2 = connection.transmit(select)
        print(f"{sw1:02X}{sw2:02X}", flush=True)
    except Exception as error:
        print(type(error).__name__, flush=True)
"""
"""Selects the JPKI application for each line of standard input, which says how the card is reached before."""

HOLDS = """
from smartcard.scard import *
_, context = SCardEstablishContext(SCARD_SCOPE_USER)
_, card, _ = SCardConnect(context, "Virtual PCD 00 00", SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1)
print(SCardBeginTransaction(card), flush=True)
input()
"""
"""Has the card for itself until its standard input ends."""

CYCLES = """
import sys
from smartcard.System import readers
from smartcard.scard import SCARD_LEAVE_CARD
done = 0
for _ in range(int(sys.argv[1])):
    connection = readers()[0].createConnection()
    connection.connect(disposition=SCARD_LEAVE_CARD)
    for apdu in sys.argv[2:]:
        answer, sw1, sw2 = connection.transmit(list(bytes.fromhex(apdu)))
        assert (sw1, sw2) == (0x90, 0x00), (apdu, sw1, sw2)
    assert len(answer) == 256
    connection.disconnect()
    done += 1
print(done)
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Return a folder with Debian's pyscard alone, for an interpreter that does not look where Debian puts it."""
    assert DEBIANS.exists(), "python3-pyscard is not installed: run `make packages` as root"
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "smartcard").symlink_to(DEBIANS)
    return tmp_path / "library"


def ours(room: Room, library: Path, *words: str | Path) -> Finished:
    """Run our command with pyscard at hand."""
    return room.run(*openjpki_command(*words), environment={"PYTHONPATH": _path(library)})


def _path(library: Path) -> str:
    return f"{Path(openjpki.__file__).parents[1]}:{library}"


def test_a_program_asks_the_card(plugged: Room, witness: Witness) -> None:
    """Ten lines of somebody's Python: the ATR, the JPKI application, the tries of the authentication PIN."""
    done = plugged.run("/usr/bin/python3", "-c", PROGRAM)

    assert done.out.splitlines() == [f"{READERS[0]} 3B E0 00 FF 81 31 FE 45 14", "9000", "9000", "63C3"], done.text
    witness.saw(
        "pyscard", "a program of ten lines: ATR, SELECT, retry query", done, "3B E0 00 FF 81 31 FE 45 14", "63C3"
    )


@contextmanager
def talking(room: Room, program: str) -> Iterator[Callable[[str], str]]:
    """Run somebody's Python while the block runs; yield a way to say a line to it and hear one."""
    environment = plain_environment() | dict(room.environment)
    command = ("/usr/bin/python3", "-c", program)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        said, heard = process.stdin, process.stdout
        assert said is not None
        assert heard is not None

        def told(line: str) -> str:
            said.write(line)
            said.flush()
            return heard.readline().strip()

        yield told
        process.communicate(timeout=PATIENCE)


def test_a_card_is_pulled_under_a_program(own_room: Room, fresh: Path, witness: Witness) -> None:
    """Between two commands: the next one fails; once it is put back, it answers a new connection and the old one."""
    with talking(own_room, WAITS) as first, talking(own_room, WAITS) as second:
        with own_room.plugged(fresh, "taro"):
            before = [told(way) for told in (first, second) for way in ("connect\n", "\n")]
        gone = first("\n"), second("\n")
        with own_room.plugged(fresh, "taro"):
            again = first("connect\n"), second("reconnect\n")

    assert before == ["9000"] * 4
    assert gone == ("CardConnectionException",) * 2
    assert again == ("9000",) * 2
    what = "pulled under two programs and put back: it answers a new connection, and `SCardReconnect` of the old one"
    witness.saw("pyscard", what, Finished(0, "\n".join((*gone, *again)), ""), "CardConnectionException", "9000")


def test_a_card_that_another_program_holds_is_waited_for_a_while(own_room: Room, fresh: Path, library: Path) -> None:
    """PC/SC waits for ever behind a transaction of another program: our command does not, and says who is at fault."""
    with own_room.plugged(fresh, "taro"):
        with talking(own_room, HOLDS) as told:
            assert told("") == "0"
            busy = ours(own_room, library, "reader", "test")
        after = own_room.run("opensc-tool", "--name")

    assert busy.codes == ["reader.busy"], busy.text
    assert busy.status == 4
    assert after.out == "jpki\n", after.text


@pytest.mark.parametrize("times", [50, pytest.param(500, marks=pytest.mark.thorough)])
def test_a_card_is_opened_and_left_again_and_again(own_room: Room, fresh: Path, times: int) -> None:
    """Connect, show the PIN, sign, disconnect: not one time fails."""
    pin = PINS[CertificateKind.AUTHENTICATION].encode()
    signed = DIGEST_INFO["sha256"] + bytes(32)
    apdus = (
        "00A4040C0AD392F000260100000001",
        f"00200098{len(pin):02X}{pin.hex()}",
        f"802A0097{len(signed):02X}{signed.hex()}00",
    )
    with own_room.plugged(fresh, "taro"):
        done = own_room.run("/usr/bin/python3", "-c", CYCLES, str(times), *apdus)

    assert done.out == f"{times}\n", done.text


def test_our_own_reader_commands(plugged: Room, holder: Holder, library: Path, witness: Witness) -> None:
    """The host's side works through the system's service as it does in this process."""
    listed = ours(plugged, library, "reader", "list", "--json")
    tested = ours(plugged, library, "reader", "test", "--reader", READERS[0])
    shown = ours(plugged, library, "card", "show", "--reader", "00 00", "--json", "--home", holder.home)
    here = ours(plugged, library, "card", "show", "taro", "--json", "--home", holder.home)

    first, second = listed.json["readers"]
    assert (first["reader"], second["reader"]) == READERS
    assert (first["atr"], second["atr"]) == ("3BE000FF8131FE4514", None)
    assert shown.json["number"] == here.json["number"]
    expected = here.json["certificates"]["authentication"]
    del expected["successor_waits"]
    assert shown.json["certificates"]["authentication"] == expected
    assert shown.json["tries"] == {"signature": 5, "authentication": 3, "resident-record": 3, "card-face-entry": 3}
    witness.saw("pyscard", "`openjpki reader test`", tested, f'The My Number card in "{READERS[0]}" can be used.')


def test_what_is_wrong_with_a_reader_is_told(plugged: Room, library: Path, tmp_path: Path) -> None:
    """No service, an empty reader, no such reader: each by its code, with the status for something that is not there."""
    empty = ours(plugged, library, "reader", "test", "--reader", READERS[1])
    unknown = ours(plugged, library, "reader", "test", "--reader", "elsewhere")
    nowhere = plugged.run(
        *openjpki_command("reader", "list"),
        environment={"PYTHONPATH": _path(library), "PCSCLITE_CSOCK_NAME": str(tmp_path / "nobody")},
    )

    assert [done.codes for done in (empty, unknown, nowhere)] == [
        ["reader.no-card"],
        ["reader.missing"],
        ["reader.no-service"],
    ]
    assert {done.status for done in (empty, unknown, nowhere)} == {4}
