"""The weekly check of docs/operations.md, walked: its lines typed for homes that are sound, and for what is wrong with others."""

import json
import re
import shlex
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from openjpki.site.server import free_port
from tests.support.programs import PATIENCE, ROOT, Finished, openjpki, openjpki_command, plain_environment, run

pytestmark = pytest.mark.slow

SECTION = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("\n## Every week\n")[2]
STORED, SERVED = SECTION.partition("```sh\n")[2].partition("```")[0].splitlines()
PERSON = ("--municipality", "99201", "--resident", "99201000011")
SOUND, WRONG, SILENT = 0, 1, 4
"""What the page says of the exit."""


class Place:
    """A home of this test, and who looks at it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port(0)

    def types(self, line: str) -> Finished:
        """Type a line of the page; home and port are the test's."""
        ours = line.replace("/srv/jpki/home", str(self.home)).replace(":8780", f":{self.port}")
        program, *words = shlex.split(ours)
        assert program == "openjpki"
        return openjpki(*words)

    def ours(self, *words: str, typed: str = "") -> Finished:
        """Run a command that must succeed."""
        done = openjpki(*words, "--home", self.home, typed=typed)
        assert done.status == 0, done.text
        return done

    def stored(self, *codes: str) -> list[str]:
        """Look at what is stored: sound, or exactly these codes, in the sentences that a person reads; return them."""
        done = self.types(STORED)
        told = [line for line in done.out.splitlines() if line.startswith("[")]

        assert done.status == (WRONG if codes else SOUND), done.text
        assert {line[1:].partition("]")[0] for line in told} == set(codes), done.text
        return told

    def served(self, *codes: str) -> list[dict[str, Any]]:
        """Look at what is served too."""
        done = self.types(SERVED)
        said = done.json

        assert done.status == (WRONG if codes else SOUND), done.text
        assert (said["sound"], said["found"] > 0) == (not codes, bool(codes))
        assert {one["code"] for one in said["problems"]} == set(codes), done.text
        return list(said["problems"])

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve the home while the block runs."""
        command = openjpki_command("serve", "--home", self.home, "--port", str(self.port))
        with (
            (self.home.parent / "serve.log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log, env=plain_environment()) as server,
        ):
            try:
                asked = f"http://127.0.0.1:{self.port}/healthz"
                patience = ("--retry", str(int(PATIENCE)), "--retry-connrefused", "--retry-delay", "1")
                done = run("curl", "-s", *patience, asked)
                assert done.status == 0, (self.home.parent / "serve.log").read_text(encoding="utf-8")
                yield
            finally:
                server.send_signal(signal.SIGINT)
                server.wait(timeout=PATIENCE)

    def go_ahead(self, by: timedelta) -> None:
        """Let the legal clock of the home run ahead, as its marker may be edited while nothing runs."""
        marker = self.home / "openjpki.json"
        found = json.loads(marker.read_text(encoding="utf-8"))
        found["clock_shift_seconds"] += int(by.total_seconds())
        marker.write_text(json.dumps(found), encoding="utf-8")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a home with a card that was issued and a certificate that was revoked."""
    place = Place(tmp_path_factory.mktemp("check") / "home")
    assert openjpki("init", "--home", place.home, "--algorithm", "p-384-sha-384").status == 0
    place.ours("card", "new", "taro")
    place.ours("window", "hand-over", *PERSON, "--card", "taro", "--pin-stdin", typed="TARO2026\n4321\n")
    place.ours("window", "issue", *PERSON, "--card", "taro", "--document", "drivers-licence")
    revoke = ("--event", "request", "--kind", "signature", "--document", "drivers-licence", "--copies-taken")
    place.ours("window", "revoke", *PERSON, *revoke)
    place.ours("authority", "publish")
    return place


@pytest.fixture
def place(first: Place, tmp_path: Path) -> Place:
    """Return a copy of the home that may be spoiled."""
    return Place(Path(copytree(first.home, tmp_path / "home")))


def flip(path: Path) -> None:
    """Let the last bit of a file fall over."""
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_a_home_in_good_order_is_sound(place: Place) -> None:
    """Both lines end with 0; beside a home that nobody serves, the second with 4 and nothing but that it is silent."""
    place.stored()
    done = place.types(SERVED)
    assert done.status == SILENT
    assert {one["code"] for one in done.json["problems"]} == {"check.served.unreachable"}
    with place.serving():
        place.served()
        place.stored()


def test_a_spoiled_public_file_is_named_and_made_anew(place: Place) -> None:
    """As the page says: while the rows are sound, `resume` writes the folder anew. What the address serves was never wrong."""
    with place.serving():
        for name in ("crl/signature-1-ca.crl", "ca/authentication-1.cer"):
            flip(place.home / "authority" / "public" / name)
        told = place.stored("check.folder.differs")
        assert [re.findall(r"c[ar]l?/[a-z0-9-]+\.c[er][rl]", line) for line in told] == [
            ["ca/authentication-1.cer"],
            ["crl/signature-1-ca.crl"],
        ]
        assert {one["code"] for one in place.served("check.folder.differs")} == {"check.folder.differs"}
        place.ours("authority", "resume")
        place.served()


def test_a_spoiled_list_is_found_where_it_lies_and_where_it_is_served(place: Place) -> None:
    """Its file, and what the address makes of it; `publish` signs a new one, and no number is used twice."""
    with place.serving():
        (lists,) = (place.home / "authority" / "lists" / "signature-1-99201").glob("*.crl")
        flip(lists)
        place.stored("check.list.file")
        found = place.served("check.list.file", "check.served.differs")
        assert any(one["subject"].endswith("/crl/signature-1/99201.crl") for one in found)
        place.ours("authority", "publish")
        place.served()


def test_a_spoiled_row_is_an_incident(place: Place) -> None:
    """A certificate's row that says another day: named by kind and serial, with nobody's name, and nothing mends it."""
    with closing(sqlite3.connect(place.home / "authority" / "db.sqlite3")) as database, database:
        database.execute("UPDATE authority_certificate SET issued_on = '2001-01-01' WHERE kind = 'authentication'")
    (told,) = place.stored("check.certificate.row")
    place.ours("authority", "resume")
    place.ours("authority", "publish")

    assert re.search(r"certificate:authentication/\d+", told)
    assert place.stored("check.certificate.row") == [told]


def test_lists_that_nobody_renewed_are_late(place: Place) -> None:
    """A day and two hours later each partition's is past its next update, the CAs' own too; `publish` renews all."""
    place.go_ahead(timedelta(hours=26))
    told = place.stored("check.list.stale")
    assert len(told) == len(list((place.home / "authority" / "lists").iterdir()))
    assert sum("-ca/" in line for line in told) == len(("signature", "authentication"))
    place.ours("authority", "publish")
    place.stored()
