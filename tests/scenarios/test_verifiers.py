"""A bank as it is registered, asks, and is shut out: the lines of docs/verifiers.md and docs/operations.md, typed word for word."""

import json
import re
import shlex
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from openjpki.site.server import free_port
from tests.support.programs import PATIENCE, ROOT, Finished, openjpki, openjpki_command, plain_environment, run

pytestmark = pytest.mark.slow

CITY, RESIDENT, PIN = "99201", "99201000011", "TARO2026"
PERSON = ("--municipality", CITY, "--resident", RESIDENT)
REISSUE = ("reissue", *PERSON, "--card", "taro", "--kind", "signature", "--document", "drivers-licence")
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = "openjpki: "
"""Before the words of a command of ours, which a process that is there already runs: a start takes a second."""
HUNG_UP = (55, 56)
"""What curl says when TLS 1.3's server does not like what the client has not shown: while it sends, or when it listens."""


class Bank:
    """A folder in which documents' lines are typed, for a home and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.port = free_port(0)
        for line in lines("verifiers.md", "A sandbox to try it in"):
            self.types(line)

    @property
    def serial(self) -> int:
        """The serial that the page read off the card."""
        return int((self.folder / "serial").read_text(encoding="utf-8"))

    def ours(self, *words: str, typed: str = "") -> Finished:
        """Run a command that must succeed."""
        done = openjpki(*words, "--home", self.home, typed=typed)
        assert done.status == 0, done.text
        return done

    def types(self, line: str, *status: int) -> str:
        """Type a line of a document; the home and the port are this test's."""
        ours = line.replace("/srv/jpki/home", str(self.home)).replace("--home home", f"--home {self.home}")
        ours = ours.replace(":8782", f":{self.port}")
        done = self._shell(ours)
        if done.out.startswith(OURS):
            words, typed = done.out.removeprefix(OURS).split("\0")[:-1], done.err
            done = openjpki(*words, typed=typed)
        assert done.status in (status or (0,)), f"{line}\n{done.text}"
        return done.text

    def _shell(self, line: str) -> Finished:
        """Run a line in a shell; of a command of ours that ends it, return its words on one stream and its input on the other."""
        if re.match(r"openjpki [^|]*\|", line):
            told = f'openjpki() {{ {shlex.join(map(str, openjpki_command()))} "$@"; }}'
            return run("bash", "-euo", "pipefail", "-c", f"{told}; {line}", folder=self.folder)
        told = f"openjpki() {{ printf '{OURS}'; printf '%s\\0' \"$@\"; if [ ! -t 0 ]; then cat >&2; fi; }}"
        return run("bash", "-euo", "pipefail", "-c", f"{told}; {line}", folder=self.folder)

    def said(self, name: str) -> Any:
        """Return the JSON of a file that a line wrote."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    @contextmanager
    def door(self) -> Iterator[Path]:
        """Serve while the block runs; what the server says goes into a file."""
        log = self.folder / "serve.log"
        with log.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                openjpki_command(
                    *("serve", "--home", self.home, "--port", str(free_port(0)), "--verifier-port", str(self.port))
                ),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                env=plain_environment(),
                cwd=ROOT,
                text=True,
            )
            assert process.stderr is not None
            try:
                for line in process.stderr:
                    out.write(line)
                    if "registered verifiers" in line:
                        break
                yield log
            finally:
                process.send_signal(signal.SIGTERM)
                out.write(process.communicate(timeout=PATIENCE)[1])


def lines(page: str, heading: str = "") -> list[str]:
    """Return the lines of a page's shell blocks, or of those of one section."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0] if heading else text
    return [line for block in SHELL.findall(section) for line in block.splitlines()]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Return a home with a card and both certificates, and a bank that nobody knows."""
    return Bank(tmp_path_factory.mktemp("verifiers"))


def test_a_bank_is_registered_asks_and_is_shut_out(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of the two pages does what the page says, with curl, openssl and our own command (R-5.24 to R-5.26, R-8.7)."""
    monkeypatch.chdir(bank.folder)
    beginning = len(lines("verifiers.md", "A sandbox to try it in"))
    request, add, certify, serve, describe, status, crl, once_more, link, text, sign, register, ask, withdraw = lines(
        "verifiers.md"
    )[beginning:]
    *as_operators, suspend, resume, revoke, end, listed = lines("operations.md", "Verifiers")
    assert [line.replace("/srv/jpki/home", "home") for line in as_operators] == [add, certify, serve]
    for line in (request, add, certify):
        bank.types(line)
    with bank.door() as log:
        client = "openssl s_client -connect 127.0.0.1:8782 -CAfile verifiers-ca.pem -verify_return_error -tls1_3"
        bank.types(f"{client} -cert bank.pem -key bank.key < /dev/null | grep 'Verify return code: 0 (ok)'")
        bank.types("curl -s --cacert verifiers-ca.pem https://127.0.0.1:8782/v1/openapi.json", *HUNG_UP)
        for line in (describe, status, crl, link, once_more):
            bank.types(line)
        (bank.folder / "list.crl").rename(bank.folder / "had.crl")
        bank.types(once_more)
        assert not (bank.folder / "list.crl").exists(), "what the bank has is not sent again"
        (bank.folder / "had.crl").rename(bank.folder / "list.crl")
        assert "/v1/attributes" in bank.said("openapi.json")["paths"]
        assert [one["status"] for one in bank.said("status.json")["statuses"]] == ["good", "unknown"]
        assert bank.said("link.json")["current_serial"] == bank.serial
        bank.types("openssl crl -inform DER -in list.crl -noout -text | grep 'CRL Number'")

        for line in (text, sign, register, ask):
            bank.types(line)
        assert bank.said("attributes.json") == {"given": False, "reason": "unchanged", "serial": None, "items": None}
        bank.ours("window", *REISSUE)
        bank.types(ask)
        given = bank.said("attributes.json")
        assert (given["given"], sorted(given["items"])) == (True, ["address", "name"])
        bank.types(link)
        assert bank.said("link.json")["current_serial"] == given["serial"] > bank.serial
        bank.types(withdraw)
        assert bank.said("withdrawn.json")["withdrawn"] is True
        assert "403" in bank.types(ask, 22)

        bank.types(suspend)
        assert "403" in bank.types(status, 22)
        bank.types(resume)
        bank.types(status)
        bank.types(revoke)
        assert "403" in bank.types(status, 22)
        bank.types(end)
        assert "bank 見本銀行: ended" in bank.types(listed)

    secrets = [*given["items"].values(), RESIDENT, PIN]
    record = _record(bank.home / "authority" / "db.sqlite3")
    assert '"verb": "attributes.given"' in record
    for secret in secrets:
        assert secret not in record
        assert secret not in log.read_text(encoding="utf-8")


def test_a_call_stops_a_card_until_the_window_says_that_it_was_found(bank: Bank) -> None:
    """The lines of the telephone desk, and those of the window after it (R-5.20)."""
    stop, waiting, consents, at_window, found = lines("operations.md", "A call to the telephone desk")
    told = bank.types(stop)
    assert re.findall(r"(\w+) \d+: (\w+)", told) == [("signature", "revoked"), ("authentication", "held")]
    assert "suzuki" in bank.types(waiting)
    bank.types(consents)
    assert "is suspended" in bank.types(at_window)
    assert "No stop waits" in bank.types(waiting)
    assert "is active" in bank.types(found)


def _record(database: Path) -> str:
    with closing(sqlite3.connect(database)) as opened:
        rows = opened.execute("SELECT actor, verb, subject, data FROM audit_entry").fetchall()
    return "\n".join(
        json.dumps(dict(zip(("actor", "verb", "subject", "data"), row, strict=True)), ensure_ascii=False)
        for row in rows
    )
