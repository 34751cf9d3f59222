"""A home with files beside it, good and bad, and our commands run in it: where bad input is tried."""

import io
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from openjpki.cli.main import main
from openjpki.story.life import own_document
from tests.support.programs import Finished, openjpki, tree

HERE = frozenset({"rules", "card", "sign", "verify"})
"""Commands without Django run in the test's own process; the others serve one home in a process."""
LICENCE = ("--document", "drivers-licence")
SIGN_PDF = ("sign", "{files}/good.pdf", "--format", "pdf", "--card", "taro", "--out", "{files}/out.pdf", "--pin-stdin")


@dataclass
class Place:
    """A home that a test may harm, a folder of files, and what can be done there."""

    home: Path
    files: Path
    monkeypatch: pytest.MonkeyPatch = field(repr=False)
    capture: pytest.CaptureFixture[str] = field(repr=False)

    def filled(self, words: Sequence[str], language: str = "en") -> list[str]:
        """Return a command line with `{home}` and `{files}` filled in and the options of all tests added."""
        given = [word.format(home=self.home, files=self.files) for word in words]
        return [*given, "--json", "--lang", language, *(() if "--home" in given else ("--home", str(self.home)))]

    def run(self, words: Sequence[str], typed: str = "", language: str = "en") -> Finished:
        """Run a command with `--json`."""
        line = self.filled(words, language)
        if line[0] not in HERE:
            return openjpki(*line, typed=typed)
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        status = main(line)
        said = self.capture.readouterr()
        return Finished(status, said.out, said.err)

    def tree(self) -> dict[str, str]:
        """Return what is in the home and beside it."""
        return tree(self.home.parent)


def place_with(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> Place:
    """Copy a home into a folder and lay files beside it."""
    files = folder / "files"
    files.mkdir()
    (files / "good.pdf").write_bytes(own_document())
    (files / "broken.pdf").write_bytes(own_document()[:5000])
    (files / "no.pdf").write_bytes(b"PK\x03\x04 something else")
    (files / "letter.txt").write_text("見本", encoding="utf-8")
    (files / "empty").touch()
    with (files / "huge").open("wb") as huge:
        huge.truncate(200 * 1024 * 1024)
    return Place(Path(shutil.copytree(home, folder / "home")), files, monkeypatch, capture)


def assert_refused(done: Finished, code: str, status: int) -> None:
    """Hold that a refusal is one line for a person, one object for a program, and nothing else.

    The line names in its commands the home that was named; the object has the sentence as it is declared.
    """
    assert done.codes == [code], done.text
    assert done.status == status
    assert done.err.count("\n") == 1, done.err
    answer = done.json["error"]
    assert answer["code"] == code
    assert answer["en"] in as_declared(done.err) or answer["ja"] in as_declared(done.err)


def as_declared(said: str) -> str:
    """Return what a person was told, without the home that its commands name."""
    return re.sub(r" --home [^`]+`", "`", said)
