import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from openjpki.audit.models import Entry
from openjpki.audit.record import record
from openjpki.audit.verbs import Verb
from openjpki.cli.main import main
from openjpki.site.clock import real_moment
from openjpki.site.home import Home
from openjpki.site.keeping import snapshot
from openjpki.site.place import FORMAT, MARKER, read_marker
from openjpki.site.settings import ROLES
from tests.support.story import SETTINGS

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home in which nobody lives, with a link in it."""
    path = Home.create(tmp_path / "home", SETTINGS).path
    (path / "elsewhere").symlink_to(tmp_path)
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> Any:
    """Run a command with `--json` and return its object."""
    assert main([*map(str, words), "--json"]) == status
    return json.loads(capsys.readouterr().out)


def told(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> str:
    """Run a command and return what it tells a person."""
    assert main([*map(str, words)]) == status
    return capsys.readouterr().out


def test_a_backup_says_what_it_holds(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, size, moment, and what lies elsewhere; a person is told that it holds every key."""
    data = run(capsys, "backup", "--out", tmp_path / "a.tar.gz", "--home", home)
    japanese = told(capsys, "backup", "--out", tmp_path / "b.tar.gz", "--home", home, "--lang", "ja")
    english = told(capsys, "backup", "--out", tmp_path / "c.tar.gz", "--home", home, "--lang", "en")

    assert data["file"] == str(tmp_path / "a.tar.gz")
    assert data["size"] == (tmp_path / "a.tar.gz").stat().st_size
    assert data["left_out"] == ["elsewhere"]
    assert (data["restorable"], data["findings"], data["warning"]) == (True, [], None)
    assert "すべての鍵を含みます" in japanese
    assert "リンクなので含めていません: elsewhere" in japanese
    assert "It holds every key" in english


def test_a_backup_of_a_broken_home_is_made_and_told(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is there is saved, and the person hears that nobody could restore it: by the status, a line, and a code."""
    with transaction.atomic(using="window"):
        record("window", at=real_moment(), actor="sato", verb=Verb.PURGED, subject="thing:1")
    assert main(["audit", "seal", "--home", str(home)]) == 0
    Entry.objects.using("window").update(actor="another")
    capsys.readouterr()
    data = run(capsys, "backup", "--out", tmp_path / "a.tar.gz", "--home", home, status=1)
    japanese = told(capsys, "backup", "--out", tmp_path / "b.tar.gz", "--home", home, "--lang", "ja", status=1)
    english = told(capsys, "backup", "--out", tmp_path / "c.tar.gz", "--home", home, "--lang", "en", status=1)

    assert (tmp_path / "a.tar.gz").stat().st_size == data["size"]
    assert (data["restorable"], data["findings"]) == (False, ["records: window: audit.record.changed"])
    assert data["warning"]["code"] == "backup.not-restorable"
    assert "このままでは復元できません" in japanese
    assert "a restore would refuse this backup" in english
    for said in (japanese, english):
        assert said.endswith("  records: window: audit.record.changed\n")


def test_a_restore_says_what_to_do_next(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of when, what was published, and what an operator does now."""
    monkeypatch.setattr(snapshot, "is_empty", lambda _: True)
    monkeypatch.setattr(snapshot, "put", lambda *_: None)
    run(capsys, "backup", "--out", tmp_path / "a.tar.gz", "--home", home)
    data = run(capsys, "restore", tmp_path / "a.tar.gz", "--home", tmp_path / "again")
    japanese = told(capsys, "restore", tmp_path / "a.tar.gz", "--home", tmp_path / "ja", "--lang", "ja")
    english = told(capsys, "restore", tmp_path / "a.tar.gz", "--home", tmp_path / "en", "--lang", "en")

    assert data["home"] == str(tmp_path / "again")
    assert data["left_out"] == ["elsewhere"]
    for said in (japanese, english):
        assert "openjpki authority resume" in said
        assert "openjpki window resume" in said


@pytest.mark.parametrize(("language", "done", "saved", "again"), [
    ("ja", "形式 1 から形式 5 に移行しました", "移行前の状態は", "既に形式 5"),
    ("en", "from format 1 to format 5", "Its state before is in", "of format 5 already"),
])  # fmt: skip
def test_an_upgrade_says_what_it_did(
    home: Path, capsys: pytest.CaptureFixture[str], language: str, done: str, saved: str, again: str
) -> None:
    """From which format to which, and where the old state is; a second time it says that there was nothing to do."""
    marker = read_marker(home) | {"format": 1}
    (home / MARKER).write_text(json.dumps(marker), encoding="utf-8")
    first = told(capsys, "upgrade", "--home", home, "--lang", language)

    assert done in first
    assert saved in first
    assert again in told(capsys, "upgrade", "--home", home, "--lang", language)
    assert len(list(home.parent.glob("home-before-format-5-*.tar.gz"))) == 1


def test_an_upgrade_may_go_without_a_backup(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the operator has one of another kind; both wishes at once are wrong usage."""
    marker = read_marker(home) | {"format": 1}
    (home / MARKER).write_text(json.dumps(marker), encoding="utf-8")
    assert main(["upgrade", "--home", str(home), "--without-backup", "--backup", "x"]) == 2
    capsys.readouterr()
    data = run(capsys, "upgrade", "--home", home, "--without-backup")

    assert data == {
        "found": 1,
        "format": FORMAT,
        "steps": [
            "2-provisions",
            "2-tables",
            "2-cards",
            "2-records",
            "3-tables",
            "4-provisions",
            "4-cards",
            "5-provisions",
            "5-tables",
            "5-profiles",
        ],
        "backup": None,
    }
    assert main(["upgrade", "--home", str(home), "--without-backup"]) == 0
