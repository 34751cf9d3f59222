import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from openjpki.cli.main import main
from openjpki.rules.dates import civil_date
from openjpki.site.clock import real_moment
from openjpki.site.home import DEFAULT_PORT, Settings
from openjpki.site.server import PortTaken, listening, require_port
from openjpki.story import life
from openjpki.story.life import Told, own_document


class Teller:
    """Stands in for the telling: notes what it was given, says two lines, and leaves nothing."""

    def __init__(self) -> None:
        self.home = Path()
        self.given: dict[str, Any] = {}
        self.port_was_held = False

    def __call__(self, path: Path, **given: Any) -> Told:
        """Tell a short story."""
        self.home, self.given = path, given
        try:
            require_port(given["settings"].port)
        except PortTaken:
            self.port_was_held = True
        given["say"]("Once upon a time")
        given["say"]("they expired.")
        return Told(home=path, steps=13, checks=33, facts={"format": 1})


@pytest.fixture
def teller(monkeypatch: pytest.MonkeyPatch) -> Teller:
    """Put the teller in the place of the real one."""
    found = Teller()
    monkeypatch.setattr(life, "tell", found)
    return found


def story(home: Path, *words: str) -> int:
    """Run `openjpki story` for this folder."""
    return main(["story", "--home", str(home), *words])


def test_the_story_is_told_on_standard_output(
    teller: Teller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person reads it line by line, and in the end how many steps and checks there were."""
    assert story(tmp_path, "--lang", "en") == 0

    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "Once upon a time",
        "they expired.",
        "",
        f"The story ends. 13 steps, 33 checks. What it made is in {tmp_path}/story.",
    ]
    assert told.err == ""
    assert teller.home == tmp_path


def test_for_a_program_the_telling_goes_to_standard_error(
    teller: Teller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json standard output is one object."""
    assert story(tmp_path, "--json") == 0

    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "format": 1,
        "home": str(teller.home),
        "steps": 13,
        "checks": 33,
        "ended": "well",
    }
    assert told.err == "Once upon a time\nthey expired.\n"


def test_the_end_is_told_in_japanese(teller: Teller, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The teller is told the language too."""
    story(tmp_path, "--lang", "ja")

    assert teller.given["language"] == "ja"
    assert "物語は終わりです。13話、確認 33 件。" in capsys.readouterr().out


def test_it_ends_today_on_a_port_that_is_held(teller: Teller, tmp_path: Path) -> None:
    """The life ends by the real clock; from before its home is made until the end the port in its certificates is ours."""
    with listening(DEFAULT_PORT):
        story(tmp_path)
    settings: Settings = teller.given["settings"]

    assert civil_date(real_moment()) - teller.given["today"] <= timedelta(days=1)
    assert settings.purpose == "story"
    assert settings.port != DEFAULT_PORT
    assert teller.port_was_held
    require_port(settings.port)


@pytest.mark.parametrize("algorithm", ["rsa-2048-sha-256", "p-384-sha-384"])
def test_it_can_be_told_with_the_coming_cards_keys(teller: Teller, tmp_path: Path, algorithm: str) -> None:
    """Today's keys, or those of the card to come."""
    story(tmp_path, "--algorithm", algorithm)

    assert teller.given["settings"].algorithm == algorithm


def test_without_a_document_the_resident_signs_ours(teller: Teller, tmp_path: Path) -> None:
    """The form of the package."""
    story(tmp_path)

    assert teller.given["document"] == own_document()


def test_the_resident_signs_a_document_of_yours(teller: Teller, tmp_path: Path) -> None:
    """Any file, read whole."""
    (tmp_path / "mine.pdf").write_bytes(b"%PDF-mine")
    story(tmp_path / "home", "--document", str(tmp_path / "mine.pdf"))

    assert teller.given["document"] == b"%PDF-mine"


def test_a_document_that_is_not_there_is_no_story(
    teller: Teller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused before anything is told or replaced."""
    assert story(tmp_path, "--document", str(tmp_path / "none.pdf"), "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "document.missing"
    assert teller.given == {}
