import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections

from openjpki.authority.models import MunicipalityRow
from openjpki.site.city import WAKABA
from openjpki.site.keeping import snapshot
from openjpki.site.keeping.snapshot import ClientMissing, SnapshotFailed, is_empty, put, take
from openjpki.site.settings import ROLES

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)
ON_SQLITE = "OPENJPKI_POSTGRES_HOST" not in os.environ


@pytest.fixture
def enrolled() -> None:
    """Write a row to look for."""
    MunicipalityRow.objects.create(code=WAKABA.code, prefecture="", name="若葉市", prefecture_romaji="", name_romaji="")


@pytest.mark.usefixtures("enrolled")
def test_a_database_becomes_one_private_file(tmp_path: Path) -> None:
    """What stands at the moment is in the file, which needs no journal and is its owner's alone."""
    target = tmp_path / f"authority{snapshot.SUFFIX[snapshot.engine()]}"
    take("authority", target)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    if ON_SQLITE:
        with closing(sqlite3.connect(target)) as copy:
            assert copy.execute("SELECT name FROM authority_municipalityrow").fetchall() == [("若葉市",)]
            assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    else:
        assert target.read_bytes().startswith(b"PGDMP")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A snapshot is a new file."""
    (tmp_path / "there").touch()

    with pytest.raises(FileExistsError):
        take("authority", tmp_path / "there")


def test_what_sqlite_refuses_is_told(tmp_path: Path) -> None:
    """A disk that takes nothing more is no bug."""
    target = tmp_path / "copy"
    target.mkdir()
    with closing(sqlite3.connect(":memory:")) as source, pytest.raises(SnapshotFailed, match="authority"):
        snapshot._take_sqlite("authority", source, target)


@pytest.mark.parametrize("role", ROLES)
def test_a_database_with_tables_is_not_empty(role: str) -> None:
    """Only an empty one is filled."""
    assert not is_empty(role)


class Programs:
    """Stands in for PostgreSQL's programs on the PATH: each writes what it was asked, and ends as it is told."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        monkeypatch.setenv("PATH", str(folder))
        for name, value in (("HOST", "/run/db"), ("PORT", "5433"), ("USER", "keeper"), ("PASSWORD", "s3cret")):
            monkeypatch.setitem(connections["window"].settings_dict, name, value)

    def install(self, name: str, status: int = 0, says: str = "") -> None:
        """Put a program there."""
        told = self.folder / "asked"
        script = f'#!/bin/sh\necho "$0 $* | $PGHOST $PGPORT $PGUSER $PGPASSWORD" > {told}\necho "{says}" >&2\nexit {status}\n'
        path = self.folder / name
        path.write_text(script, encoding="utf-8")
        path.chmod(0o700)

    def asked(self) -> str:
        """Return what was asked last."""
        return (self.folder / "asked").read_text(encoding="utf-8")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return a folder of programs that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return Programs(folder, monkeypatch)


def test_a_dump_goes_back_whole_or_not_at_all(programs: Programs, tmp_path: Path) -> None:
    """The client is asked for one transaction; the password goes by its environment, never by its arguments."""
    programs.install("pg_restore")
    put("window", tmp_path / "window.dump")
    words, _, environment = programs.asked().partition(" | ")

    assert "--single-transaction --no-owner" in words
    assert "--exit-on-error" in words
    assert "s3cret" not in words
    assert environment.split() == ["/run/db", "5433", "keeper", "s3cret"]


def test_a_client_that_is_not_there_is_named(programs: Programs, tmp_path: Path) -> None:
    """Without PostgreSQL's program there is no dump, and no half of one."""
    assert programs.folder.is_dir()
    with pytest.raises(ClientMissing, match="pg_restore"):
        put("window", tmp_path / "window.dump")


def test_a_client_that_fails_is_told_by_its_first_error(programs: Programs, tmp_path: Path) -> None:
    """Later lines may quote a statement with somebody's data in it."""
    programs.install("pg_restore", 1, "hint\npg_restore: error: no such database\nDETAIL: 濵﨑")

    with pytest.raises(SnapshotFailed) as told:
        put("window", tmp_path / "window.dump")
    assert told.value.data["reason"] == "pg_restore: error: no such database"
