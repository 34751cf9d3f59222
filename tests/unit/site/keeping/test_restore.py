import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509

from openjpki.audit.models import Entry
from openjpki.audit.verbs import Verb
from openjpki.site.home import Home
from openjpki.site.house import House
from openjpki.site.keeping import integrity, restore, snapshot
from openjpki.site.keeping.archive import copied, measured, write
from openjpki.site.keeping.backup import Taken
from openjpki.site.keeping.manifest import Manifest
from openjpki.site.keeping.restore import DatabasesNotEmpty, HomeUnsound, NoRoom, OtherEngine, Restored
from openjpki.site.opening import assemble
from openjpki.site.place import FORMAT, HomeNotEmpty, read_marker
from openjpki.site.settings import ROLES
from tests.support.programs import tree
from tests.unit.site.keeping.test_backup import taken, unpacked

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


@pytest.fixture
def backup(settled: House, tmp_path: Path) -> Taken:
    """Return a backup of the house."""
    return taken(settled, tmp_path / "b.tar.gz")


def restored(backup: Taken, path: Path, later: timedelta = timedelta()) -> Restored:
    """Restore a backup some time after it was taken; on SQLite the test's databases stand for the restored ones."""
    return restore.restore(backup.path, path, backup.manifest.taken_at + later)


def changed(backup: Taken, folder: Path, change: "type[Change]") -> Taken:
    """Pack a backup anew with another manifest."""
    manifest = change.of(unpacked(backup.path, folder / "parts"), folder / "parts")
    write(folder / "changed.tar.gz", manifest, folder / "parts")
    return Taken(path=folder / "changed.tar.gz", manifest=manifest, size=0)


class Change:
    """Changes what a backup says of itself, and its parts with it."""

    @staticmethod
    def of(manifest: Manifest, parts: Path) -> Manifest:
        """Return the changed manifest."""
        raise NotImplementedError


class Without(Change):
    """A database is missing."""

    @staticmethod
    def of(manifest: Manifest, parts: Path) -> Manifest:
        """Leave the window's database out."""
        assert parts.is_dir()
        kept = tuple(member for member in manifest.members if not member.name.startswith("databases/window"))
        return replace(manifest, members=kept)


class More(Change):
    """There is a database of no role."""

    @staticmethod
    def of(manifest: Manifest, parts: Path) -> Manifest:
        """Add a database."""
        with (parts / "home/secret").open("rb") as file:
            copied(file, parts / "databases/more")
        secret = manifest.by_name()["home/secret"]
        return replace(manifest, members=(*manifest.members, replace(secret, name="databases/more")))


class OtherFormat(Change):
    """The marker inside is of another format than the manifest says."""

    @staticmethod
    def of(manifest: Manifest, parts: Path) -> Manifest:
        """Say that the home is older."""
        assert parts.is_dir()
        return replace(manifest, home_format=1)


class HeadAhead(Change):
    """The window's kept head lies behind the end of its record."""

    @staticmethod
    def of(manifest: Manifest, parts: Path) -> Manifest:
        """Keep the head of a seal that the database has not."""
        path = parts / "home/audit/window.head"
        path.write_text(f"window:99:{'0' * 64}\n", encoding="ascii")
        size, digest = measured(path)
        head = replace(manifest.by_name()["home/audit/window.pem"], name="home/audit/window.head")
        return replace(manifest, members=(*manifest.members, replace(head, size=size, sha256=digest)))


class OfOtherEngine(Change):
    """The databases are of another engine."""

    @staticmethod
    def of(manifest: Manifest, parts: Path) -> Manifest:
        """Call SQLite's files dumps of PostgreSQL, or the other way round."""
        old, new = (".sqlite3", ".dump") if manifest.engine == "sqlite" else (".dump", ".sqlite3")
        for path in sorted((parts / "databases").iterdir()):
            path.rename(path.with_suffix(new))
        members = tuple(replace(member, name=member.name.replace(old, new)) for member in manifest.members)
        engine = "postgresql" if manifest.engine == "sqlite" else "sqlite"
        return replace(manifest, members=members, engine=engine)


def test_a_home_comes_back(settled: House, backup: Taken, tmp_path: Path) -> None:
    """Every file with its mode, and the marker; new lists stand above all numbers that may have been used since."""
    path = tmp_path / "again"
    if snapshot.engine() != "sqlite":
        with pytest.raises(DatabasesNotEmpty):
            restored(backup, path)
        assert set(tree(path)) == {"lock"}
        return
    done = restored(backup, path, timedelta(days=2))
    before = {name: kind for name, kind in tree(settled.home.path).items() if "/." not in name}
    after = tree(path)
    files = {name for name, kind in before.items() if kind.startswith("10")}
    heads = {f"audit/{role}.head" for role in ROLES}
    public = {name for name in before if "/crl/" in name}
    databases = {name for name in before if "db.sqlite3" in name}

    numbered = {name for name in before if name.startswith("authority/lists/") and name.endswith(".crl")}

    assert set(after) >= set(before) - numbered
    assert len(numbered) == len(
        [name for name in after if name.startswith("authority/lists/") and name.endswith(".crl")]
    )
    assert not numbered & set(after)
    assert {name for name in files - numbered if after[name] != before[name]} <= public | databases | heads | {"lock"}
    assert after["authority/public/crl"].startswith("40755")
    assert all(after[name].startswith("40700") for name in ("authority", "authority/keys", "window", "staff", "cards"))
    assert Home.open(path).settings == settled.home.settings
    assert read_marker(path)["format"] == FORMAT
    assert done.home.path == path
    assert (done.lists, done.manifest) == (6, backup.manifest)
    for file in (path / "authority" / "public" / "crl").iterdir():
        number = x509.load_der_x509_crl(file.read_bytes()).extensions.get_extension_for_class(x509.CRLNumber).value
        assert number.crl_number > 2 * 86_400
    assert not (path / ".restore").exists()
    for ledger in assemble(done.home).ledgers:
        noted = Entry.objects.using(ledger.role).get(verb=Verb.RESTORED.value)
        assert noted.data == {"taken_at": backup.manifest.taken_at.isoformat()}
        assert ledger.unsealed() == 0
        assert ledger.verify().fault is None
        assert ledger.safe.head() == ledger.verify().head


def test_a_record_that_was_cut_off_is_no_home(backup: Taken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup holds no head that its rows do not reach: one that does was made by somebody else."""
    monkeypatch.setattr(snapshot, "is_empty", lambda _: True)
    monkeypatch.setattr(snapshot, "put", lambda *_: None)

    with pytest.raises(HomeUnsound, match=r"records: window: audit\.truncated"):
        restored(changed(backup, tmp_path, HeadAhead), tmp_path / "again")
    assert set(tree(tmp_path / "again")) == {"lock"}


@pytest.mark.parametrize("change", [Without, More])
def test_a_backup_with_other_parts_is_refused(backup: Taken, tmp_path: Path, change: type[Change]) -> None:
    """A database for each role, and none besides."""
    with pytest.raises(HomeUnsound, match="members"):
        restored(changed(backup, tmp_path, change), tmp_path / "again")
    assert set(tree(tmp_path / "again")) == {"lock"}


def test_a_marker_of_another_format_is_refused(backup: Taken, tmp_path: Path) -> None:
    """What the manifest says of the home, the home says of itself."""
    with pytest.raises(Exception, match=r"home\.damaged"):
        restored(changed(backup, tmp_path, OtherFormat), tmp_path / "again")
    assert set(tree(tmp_path / "again")) == {"lock"}


def test_a_backup_of_another_engine_is_refused(backup: Taken, tmp_path: Path) -> None:
    """SQLite's files do not fill PostgreSQL's databases, nor the other way round."""
    with pytest.raises(OtherEngine):
        restored(changed(backup, tmp_path, OfOtherEngine), tmp_path / "again")
    assert set(tree(tmp_path / "again")) == {"lock"}


def test_what_does_not_hold_together_is_no_home(backup: Taken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One finding of one check is enough; the folder is empty again."""
    monkeypatch.setattr(snapshot, "is_empty", lambda _: True)
    monkeypatch.setattr(snapshot, "put", lambda *_: None)
    monkeypatch.setattr(integrity, "CHECKS", (("moon", lambda _: ("it is full",)),))

    with pytest.raises(HomeUnsound, match="moon: it is full"):
        restored(backup, tmp_path / "again")
    assert set(tree(tmp_path / "again")) == {"lock"}


def test_postgresql_databases_are_filled_only_if_all_are_empty(
    backup: Taken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked before the first is filled; then each gets its own dump."""
    put: list[tuple[str, str]] = []
    engines = iter(["postgresql", "postgresql"])
    monkeypatch.setattr(snapshot, "engine", lambda: next(engines))
    monkeypatch.setattr(snapshot, "put", lambda role, source: put.append((role, source.name)))
    changed_backup = changed(backup, tmp_path, OfOtherEngine) if backup.manifest.engine == "sqlite" else backup
    monkeypatch.setattr(snapshot, "is_empty", lambda role: role != "staff")
    with pytest.raises(DatabasesNotEmpty, match="staff"):
        restored(changed_backup, tmp_path / "again")
    assert put == []
    monkeypatch.setattr(snapshot, "is_empty", lambda _: True)
    assert restored(changed_backup, tmp_path / "again").lists == 6

    assert put == [(role, f"{role}.dump") for role in ROLES]


def test_a_disk_without_room_is_told_before_anything_is_written(
    backup: Taken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest says how much there will be."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))

    with pytest.raises(NoRoom) as told:
        restored(backup, tmp_path / "again")
    assert told.value.data["needed"] == sum(member.size for member in backup.manifest.members)


def test_only_an_empty_folder_is_filled(backup: Taken, settled: House, tmp_path: Path) -> None:
    """A home, or anything else, stays as it is."""
    before = tree(settled.home.path)

    with pytest.raises(HomeNotEmpty):
        restored(backup, settled.home.path)
    assert tree(settled.home.path) == before
    assert not (tmp_path / "again").exists()
