"""How `opensc-session.apdu` is recorded: `python -m tests.dialogues.record_opensc`, where the interop tests run.

OpenSC's pkcs11-tool logs in and signs with the card `holder` in a reader of a private PC/SC service; what it sends is
written down with what the card answers, and parts of a JPKI file's content as references to it.
"""

import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from openjpki.card.files import DataFile
from openjpki.card.image import CardImage
from openjpki.card.jpki import FILES
from openjpki.card.settings import CardSettings
from openjpki.readers.inprocess import InProcessReader, InsertedCard
from openjpki.readers.stop import Stop
from openjpki.readers.store import CardStore
from openjpki.readers.vpcd import FIRST_PORT, Event, keep_plugged
from tests.dialogues.playbook import FOLDER
from tests.support.room import Room
from tests.unit.card.cards import AUTHENTICATION_PIN, stored

CARD = "holder"
PLAYBOOK = FOLDER / "opensc-session.apdu"
MODULE = next(Path("/usr/lib").glob("*/opensc-pkcs11.so"))
_HEAD = f"""\
# A recorded session, `python -m tests.dialogues.record_opensc`: OpenSC {{version}} (pkcs11-tool --login
# --sign --mechanism SHA256-RSA-PKCS), unconfigured, talking through pcscd to a card with all its applications: its
# probes for foreign cards, the retry queries, the certificates, VERIFY, one signature over "hello".
card {CARD}

"""
_SELECT_FILE, _READ = bytes.fromhex("00A4020C02"), bytes.fromhex("00B0")
_WIDTH = 64
_LONG = 100


class Recorder:
    """A card that is plugged in, with everything that is said to it: command and answer."""

    def __init__(self, card: InsertedCard) -> None:
        self._card = card
        self.said: list[tuple[bytes, bytes]] = []

    def transmit(self, apdu: bytes) -> bytes:
        """Pass a command on."""
        answer = self._card.transmit(apdu)
        self.said.append((apdu, answer))
        return answer

    def reset(self) -> None:
        """Pass a reset on."""
        self._card.reset()


def plug(folder: Path) -> None:
    """Keep the card in the first slot until SIGTERM, and write down what was said: run in the room's network."""
    store = CardStore(folder)
    store.create(CARD, stored(CARD))
    with InProcessReader(store).insert(CARD) as card, Stop() as stop:
        signal.signal(signal.SIGTERM, stop.set)
        recorder = Recorder(card)
        keep_plugged(recorder, FIRST_PORT, stop, _tell)
    (folder / "said").write_text("".join(_lines(recorder.said)), encoding="ascii")


def _tell(event: Event) -> None:
    sys.stdout.write(f"{event.name}\n")
    sys.stdout.flush()


def _lines(said: list[tuple[bytes, bytes]]) -> Iterator[str]:
    image, selected = stored(CARD), 0
    for command, answer in said:
        if command[:-2] == _SELECT_FILE:
            selected = int.from_bytes(command[-2:])
        told = answer.hex().upper()
        if command.startswith(_READ) and answer.endswith(b"\x90\0"):
            told = f"{_part(image, selected, int.from_bytes(command[2:4]), answer[:-2])} 9000"
        elif len(told) > _LONG:
            told = "\n   ".join(["", *wrap(told[:-4], _WIDTH), told[-4:]])
        yield f">> {command.hex().upper()}\n<<{'' if told.startswith(chr(10)) else ' '}{told}\n"


def _part(image: CardImage, number: int, begin: int, read: bytes) -> str:
    file = FILES[number]
    assert isinstance(file, DataFile)
    content = file.content(image, CardSettings())
    assert content is not None
    assert content[begin : begin + len(read)] == read
    return f"{{{number:04X} {begin}..{begin + len(read)}}}"


def main() -> None:
    """Record the session anew."""
    room = Room()
    try:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            (folder / "data").write_bytes(b"hello")
            command = (sys.executable, "-m", "tests.dialogues.record_opensc", folder)
            with room.running(*command, ready="SEEN", log=folder / "log"):
                room.wait_for_card()
                login = ("--module", MODULE, "--login", "--pin", AUTHENTICATION_PIN, "--id", "01")
                data = ("--input-file", folder / "data", "--output-file", folder / "signature")
                done = room.run("pkcs11-tool", *login, "--sign", "--mechanism", "SHA256-RSA-PKCS", *data)
            assert done.status == 0, done.text
            version = room.run("opensc-tool", "--info").out.split()[1]
            told = _HEAD.format(version=version) + (folder / "said").read_text(encoding="ascii")
    finally:
        room.close()
    PLAYBOOK.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        plug(Path(sys.argv[1]))
    else:
        main()
