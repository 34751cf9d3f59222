"""Planted secrets: PINs, keys and passphrases known to the test go through every act of the command line and a server.

They may stand in their own places (the card's chip, the encrypted key files, the secret files) and nowhere else: in no
log, no page, no answer, no row, no audit record.
"""

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

from openjpki.card.imagefile import from_bytes
from openjpki.rules.kinds import CertificateKind
from openjpki.site.server import LOOPBACK, free_port
from tests.support.canaries import holders, numbers, texts, word, written
from tests.support.programs import Finished, openjpki, openjpki_command, plain_environment

pytestmark = pytest.mark.slow

SIGN_PIN, NEXT_SIGN_PIN, WRONG_SIGN_PIN = "CANARY1SIGN", "CANARY2SIGN", "CANARY3SIGN"
AUTH_PIN, NEXT_AUTH_PIN, WRONG_AUTH_PIN = "8319", "9413", "5927"
LETTERS = (SIGN_PIN, NEXT_SIGN_PIN, WRONG_SIGN_PIN)
DIGITS = (AUTH_PIN, NEXT_AUTH_PIN, WRONG_AUTH_PIN)
WAKABA = ("--municipality", "99201", "--resident", "99201000022")
PATIENCE = 60.0


@dataclass(frozen=True)
class Planted:
    """A home that lived with the planted secrets, and everything that was said on the way."""

    home: Path
    said: str


@pytest.fixture(scope="module")
def planted(lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Let a card live with known PINs: set, used, mistaken, changed, locked; certificates issued, renewed, revoked."""
    folder = tmp_path_factory.mktemp("planted")
    home = Path(shutil.copytree(lab, folder / "home"))
    paper = folder / "paper.txt"
    paper.write_text("見本", encoding="utf-8")
    said: list[str] = []

    def act(*words: str | Path, typed: str = "", status: int = 0) -> Finished:
        done = openjpki(*words, "--home", home, typed=typed)
        said.append(done.text)
        assert done.status == status, done.text
        return done

    def sign(pin: str, status: int = 0) -> None:
        out = ("--format", "cms", "--out", folder / "paper.p7s", "--card", "canary", "--pin-stdin", "--json")
        act("sign", paper, *out, typed=f"{pin}\n", status=status)

    act("card", "new", "canary", "--resident", WAKABA[-1])
    card = ("--card", "canary")
    act("window", "hand-over", *WAKABA, *card, "--pin-stdin", typed=f"{SIGN_PIN}\n{AUTH_PIN}\n")
    act("window", "issue", *WAKABA, *card, "--document", "drivers-licence")
    sign(SIGN_PIN)
    sign(WRONG_SIGN_PIN, status=1)
    for kind, before, after in (("signature", SIGN_PIN, NEXT_SIGN_PIN), ("authentication", AUTH_PIN, NEXT_AUTH_PIN)):
        act("card", "pin", "change", "canary", "--kind", kind, "--pin-stdin", typed=f"{before}\n{after}\n")
    act("card", "read", "text", "canary", "--pin-stdin", typed=f"{AUTH_PIN}\n")
    act("card", "read", "number", "canary", "--pin-stdin", typed=f"{WRONG_AUTH_PIN}\n", status=1)
    both = f"{AUTH_PIN}\n{NEXT_AUTH_PIN}\n"
    act("card", "pin", "change", "canary", "--kind", "resident-record", "--pin-stdin", typed=both)
    anew = ("--kind", "card-face-entry", "--document", "drivers-licence", "--pin-stdin")
    act("window", "pin-reset", *WAKABA, *card, *anew, typed=f"{NEXT_AUTH_PIN}\n")
    wrong = f"{WRONG_AUTH_PIN}\n{AUTH_PIN}\n"
    for _ in range(4):  # the last finds it locked
        act("card", "pin", "change", "canary", "--kind", "authentication", "--pin-stdin", typed=wrong, status=1)
    act("window", "revoke", *WAKABA, "--event", "key-compromise", "--document", "drivers-licence", "--json")
    act("authority", "publish")
    act("audit", "seal")
    for role in ("authority", "window"):
        act("audit", "export", "--role", role, "--out", home / f"{role}-export.jsonl", "--with-personal")
    said.extend(_served(home))
    return Planted(home, "\n".join(said))


def _served(home: Path) -> Iterator[str]:
    """Serve the home, ask every page, and return what it answered and logged."""
    port = free_port(0)
    command = [*map(str, openjpki_command("serve", "--home", home, "--port", str(port)))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=plain_environment()
    ) as server:
        try:
            assert server.stderr is not None
            assert str(port) in server.stderr.readline()
            for address in ("/", "/?lang=en", f"/nothing/{SIGN_PIN[:3]}", "/crl/signature-1/99201.crl"):
                yield _asked(port, address)
        finally:
            server.send_signal(signal.SIGINT)
            out, err = server.communicate(timeout=PATIENCE)
    yield out + err


def _asked(port: int, address: str) -> str:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:  # its worker starts after it has said where it will be
        connection = HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
        try:
            connection.request("GET", address)
            return connection.getresponse().read().decode("utf-8", errors="replace")
        except ConnectionError:
            continue
        finally:
            connection.close()
    raise AssertionError(address)


def test_no_pin_of_letters_stands_anywhere(planted: Planted) -> None:
    """Set, used, changed or mistaken: no file of the home and nothing that was said has it, in any form."""
    for pin in LETTERS:
        assert holders(planted.home, pin.encode()) == set()
        assert holders(planted.home, pin.encode("utf-16-be")) == set()
        assert pin not in planted.said


def test_no_pin_of_digits_stands_anywhere(planted: Planted) -> None:
    """As a word of its own it is in no row, no JSON file, and nothing that was said."""
    sources = [*written(planted.home), ("said", planted.said)]
    assert len(sources) > 30
    for pin in DIGITS:
        assert {name for name, value in sources for text in texts(value) if word(pin).search(text)} == set()


def test_a_cards_keys_stand_in_the_card_alone(planted: Planted) -> None:
    """The numbers of both private keys: in the image of the card, which is the chip, and nowhere else."""
    image = from_bytes((planted.home / "cards" / "canary.card").read_bytes())
    for kind in CertificateKind:
        slot = image.keys[kind].active
        assert slot is not None
        for number in numbers(load_der_private_key(slot.private_key, None)):
            assert holders(planted.home, number) <= {"cards/canary.card"}
            assert number.hex() not in planted.said


def test_the_authoritys_secrets_stand_in_their_files(planted: Planted) -> None:
    """Passphrase and signing secret in one file each; the CA keys' numbers nowhere in the clear."""
    passphrase = (planted.home / "authority" / "passphrase").read_bytes().strip()
    for name in ("authority/passphrase", "secret"):
        secret = (planted.home / name).read_bytes().strip()
        assert holders(planted.home, secret) == {name}
        assert secret.decode() not in planted.said
    keys = sorted((planted.home / "authority" / "keys").glob("*-ca-*.pem"))
    assert keys
    for path in keys:
        for number in numbers(load_pem_private_key(path.read_bytes(), passphrase)):
            assert holders(planted.home, number) == set()


def test_the_desks_and_the_records_keys_stand_in_their_files(planted: Planted) -> None:
    """Officers', cities', the desk CA's and the seals' keys: each in the file that is its own, whatever was exported."""
    files = [path for path in planted.home.rglob("*.key") if path.name != "card-administration.key"]
    assert {path.parent.name for path in files} >= {"authority", "window", "staff", "desk-ca", "officers"}
    for path in files:
        name = str(path.relative_to(planted.home))
        lines = path.read_text(encoding="ascii").splitlines()
        assert holders(planted.home, "".join(lines[1:-1]).encode()[:60]) == {name}
        for number in numbers(load_pem_private_key(path.read_bytes(), None)):
            assert number.hex() not in planted.said


def test_the_search_finds_what_was_left(planted: Planted, tmp_path: Path) -> None:
    """The control: a PIN in a log, in hex in a row, or within base64 is found."""
    (tmp_path / "plain.log").write_text(f"verify {SIGN_PIN} ok", encoding="utf-8")
    (tmp_path / "hex.json").write_text(json.dumps({"data": SIGN_PIN.encode().hex()}), encoding="utf-8")
    assert holders(tmp_path, SIGN_PIN.encode()) == {"plain.log", "hex.json"}
    assert word(AUTH_PIN).search(f"pin={AUTH_PIN};")
    assert re.search("openjpki", planted.said)
