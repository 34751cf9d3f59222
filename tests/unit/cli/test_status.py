import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openjpki.cli.main import main
from openjpki.site.clock import SteppedClock, real_moment
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from tests.support.story import SETTINGS

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with both CAs, whose lists are of today."""
    with founded(tmp_path / "home", SETTINGS, SteppedClock(real_moment())) as house:
        house.authority.ceremony()
        house.authority.publish_crls()
    return tmp_path / "home"


def test_a_home_that_can_work_exits_with_0(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `/readyz` says, for a program and for a person."""
    assert main(["status", "--home", str(home), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ready"] is True
    assert main(["status", "--home", str(home), "--lang", "ja"]) == 0
    said = capsys.readouterr().out
    assert "失効リスト: 良好" in said
    assert "署名鍵: 良好 (有効な世代 2)" in said


def test_a_home_that_cannot_exits_with_4(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing key is a finding, no refusal: the other findings are told too."""
    (home / "authority" / "passphrase").unlink()

    assert main(["status", "--home", str(home), "--lang", "en"]) == 4
    said = capsys.readouterr().out
    assert "keys: NOT SOUND (code authority.passphrase-missing)" in said
    assert "databases: sound" in said


def test_something_that_waits_is_to_be_looked_at(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A warning does not change the exit status."""
    from openjpki.site.watching import upkeep_notes

    moment = datetime(2026, 1, 1, tzinfo=UTC)
    upkeep_notes.keep(home, upkeep_notes.Notes().done(moment).failed())

    assert main(["status", "--home", str(home), "--lang", "en"]) == 0
    assert "upkeep: look at this (rounds 2, failures 1" in capsys.readouterr().out


def test_without_a_home_there_is_nothing_to_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused like every command."""
    assert main(["status", "--home", str(tmp_path)]) == 4
    assert "[home.missing]" in capsys.readouterr().err
