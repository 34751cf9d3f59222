import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from openjpki.authority.cards.keys import NAME
from openjpki.authority.models import Receipt
from openjpki.desk.keys import DeskKey
from openjpki.errors import Failure
from openjpki.rules.kinds import LifeEvent
from openjpki.site.city import WAKABA
from openjpki.site.clock import real_moment
from openjpki.site.house import House
from openjpki.site.keeping import snapshot
from openjpki.site.keeping.archive import BackupExists, opened_archive
from openjpki.site.keeping.backup import LEFT_OUT, ORDER, InsideHome, Taken, take_backup
from openjpki.site.keeping.manifest import Manifest, MemberRefused
from openjpki.site.place import FORMAT
from openjpki.site.settings import ROLES
from openjpki.window.changes import Change
from openjpki.window.models import OutboxMessage
from openjpki.window.officer import Clerk
from tests.support.programs import tree

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)
CLERK = Clerk(login="test", municipality="99201")
NORIKO = "99201000055"


def taken(house: House, out: Path) -> Taken:
    """Take a backup now."""
    return take_backup(house.home.path, out, home_format=FORMAT, taken_at=real_moment(), legal_at=house.clock())


def unpacked(out: Path, folder: Path) -> Manifest:
    """Unpack a backup and return its manifest."""
    with opened_archive(out, FORMAT) as archive:
        archive.unpack(folder)
        return archive.manifest


def said(folder: Path, role: str, table: str) -> str:
    """Return what a table of a snapshot holds, as text."""
    (file,) = (folder / "databases").glob(f"{role}.*")
    if file.suffix == ".sqlite3":
        with closing(sqlite3.connect(file)) as database:
            rows = database.execute(f"SELECT * FROM {table}")  # noqa: S608  -- our own words
            return "\n".join(str(value) for row in rows for value in row)
    return subprocess.run(
        ["pg_restore", "-a", "-t", table, "-f", "-", file], check=True, capture_output=True, text=True
    ).stdout


def rename(house: House, name: str) -> None:
    """Enter a change of name, which goes to the authority at once."""
    change = Change(event=LifeEvent.NAME, on=date(2026, 1, 5), name=name)
    house.window.events.record(CLERK, resident_code=NORIKO, change=change)


def test_a_backup_holds_the_whole_home(settled: House, tmp_path: Path) -> None:
    """Databases, marker, secrets, encrypted keys, cards and public files, each with its mode; beside it nothing is left."""
    (tmp_path / "backups").mkdir()
    for ledger in settled.ledgers:
        ledger.seal()
    settled.desk.client_files(WAKABA.code)
    done = taken(settled, tmp_path / "backups" / "b.tar.gz")
    manifest = unpacked(done.path, tmp_path / "out")
    home = settled.home.path
    files = {
        path.relative_to(home).as_posix(): path
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith((".", "db.sqlite3")) and path.name != "lock"
    }

    assert manifest == done.manifest
    assert done.size == done.path.stat().st_size
    assert {name for name in manifest.by_name() if name.startswith("home/")} == {f"home/{name}" for name in files}
    assert {"secret", "openjpki.json", "authority/passphrase", "cards/taro.card"} <= set(files)
    assert {f"authority/keys/{NAME}.key", "audit/authority.head", "audit/window.head"} <= set(files)
    assert {f"{role}/audit.key" for role in ROLES} | {f"audit/{role}.pem" for role in ROLES} <= set(files)
    assert [name for name in files if name.startswith("authority/desk-ca/")]
    assert [name for name in files if name.startswith(f"window/desk/{WAKABA.code}/")]
    for name, path in files.items():
        copy = tmp_path / "out" / "home" / name
        assert (copy.read_bytes(), copy.stat().st_mode & 0o077) == (path.read_bytes(), path.stat().st_mode & 0o077)
    assert {name for name in manifest.by_name() if name.startswith("databases/")} == {
        f"databases/{role}{snapshot.SUFFIX[snapshot.engine()]}" for role in ROLES
    }
    assert "見本　太郎" in said(tmp_path / "out", "window", "window_resident")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["b.tar.gz"]


@pytest.mark.parametrize("login", ["a" * 63 + "@", "@" * 64, "字" * 64])
def test_the_longest_login_stops_no_backup(settled: House, tmp_path: Path, login: str) -> None:
    """An officer's key has a name that the archive takes, and comes back under it."""
    key = settled.desk.key_of(WAKABA.code, login)
    done = taken(settled, tmp_path / "b.tar.gz")
    unpacked(done.path, tmp_path / "out")

    name = settled.desk.keys.path_of(WAKABA.code, login).relative_to(settled.home.path)
    assert DeskKey.from_pem((tmp_path / "out" / "home" / name).read_bytes()).public_key == key.public_key


def test_causes_are_taken_after_their_effects(settled: House, tmp_path: Path) -> None:
    """Kept heads come first, then the window's part, cards, the authority's: keys and lists after the rows that name them."""
    for ledger in settled.ledgers:
        ledger.seal()
    names = [member.name for member in taken(settled, tmp_path / "b.tar.gz").manifest.members]
    suffix = snapshot.SUFFIX[snapshot.engine()]
    first = [
        names.index("home/audit/window.head"),
        names.index(f"databases/window{suffix}"),
        names.index("home/cards/taro.card"),
        names.index(f"databases/authority{suffix}"),
        min(at for at, name in enumerate(names) if name.startswith("home/authority/")),
    ]

    assert first == sorted(first)
    assert ORDER.index("audit") < ORDER.index("window") < ORDER.index("cards") < ORDER.index("authority")


def test_what_the_window_holds_as_answered_the_authority_knows(
    settled: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act between the two snapshots leaves an authority that knows more: the message, sent again, is answered alike."""
    real: Callable[[str, Path], None] = snapshot.take

    def between(role: str, target: Path) -> None:
        real(role, target)
        if role == "window":
            rename(settled, "濵﨑　典子")

    monkeypatch.setattr(snapshot, "take", between)
    before = set(OutboxMessage.objects.across_municipalities().values_list("message_id", flat=True))
    taken(settled, tmp_path / "b.tar.gz")
    unpacked(tmp_path / "b.tar.gz", tmp_path / "out")
    (new,) = set(OutboxMessage.objects.across_municipalities().values_list("message_id", flat=True)) - before

    assert Receipt.objects.filter(message_id=new).exists()
    assert new not in said(tmp_path / "out", "window", "window_outboxmessage")
    assert new in said(tmp_path / "out", "authority", "authority_receipt")


def test_a_card_in_use_is_taken_as_it_would_be_found_without_power(settled: House, tmp_path: Path) -> None:
    """Nobody waits for a backup, and a backup waits for nobody: the image is whole at every moment."""
    with settled.card_at_counter("taro", CLERK, NORIKO):
        taken(settled, tmp_path / "b.tar.gz")
    unpacked(tmp_path / "b.tar.gz", tmp_path / "out")

    assert (tmp_path / "out/home/cards/taro.card").read_bytes() == (settled.home.cards / "taro.card").read_bytes()


def test_what_passes_and_what_leads_elsewhere_is_left_out(settled: House, tmp_path: Path) -> None:
    """Locks, half-written files, journals, the story and notes are no part of it; a link is named, not followed."""
    home = settled.home.path
    (home / "story").mkdir()
    (home / "story" / "signed-1.pdf").touch()
    (home / "upkeep.json").touch()
    (home / "cards" / ".half.new").touch()
    (home / "window" / "db.sqlite3-wal").touch()
    (home / "later").mkdir()
    (home / "later" / "key").write_text("of another version", encoding="utf-8")
    (home / "authority" / "passphrase").rename(tmp_path / "passphrase")
    (home / "authority" / "passphrase").symlink_to(tmp_path / "passphrase")
    manifest = taken(settled, tmp_path / "b.tar.gz").manifest

    assert manifest.left_out == ("authority/passphrase",)
    assert "home/later/key" in manifest.by_name()
    assert not [name for name in manifest.by_name() if any(part in name for part in ("story", "upkeep", "half", "wal"))]
    assert {"lock", "status", "story", "upkeep.json"} == LEFT_OUT


def test_a_backup_lies_outside_the_home_and_replaces_nothing(settled: House, tmp_path: Path) -> None:
    """Also by a way round through another folder."""
    out = tmp_path / "b.tar.gz"
    out.write_bytes(b"another")
    around = tmp_path / "around"
    around.symlink_to(settled.home.path)

    with pytest.raises(BackupExists):
        taken(settled, out)
    for inside in (settled.home.path / "b", around / "cards" / "b"):
        with pytest.raises(InsideHome):
            taken(settled, inside)


@pytest.mark.parametrize("at", ["window", "authority"])
def test_what_fails_leaves_nothing(settled: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    """Whatever stops it: no file, no part, and the home is as it was."""
    real: Callable[[str, Path], None] = snapshot.take

    def fail(role: str, target: Path) -> None:
        if role == at:
            raise snapshot.SnapshotFailed(role=role, reason="full")
        real(role, target)

    monkeypatch.setattr(snapshot, "take", fail)
    (tmp_path / "backups").mkdir()
    before = tree(settled.home.path)
    with pytest.raises(Failure, match="full"):
        taken(settled, tmp_path / "backups" / "b.tar.gz")

    assert tree(tmp_path / "backups") == {}
    assert tree(settled.home.path) == before


def test_a_name_that_no_header_holds_is_told(settled: House, tmp_path: Path) -> None:
    """Nothing is left out silently."""
    (settled.home.path / ("x" * 120)).touch()

    with pytest.raises(MemberRefused):
        taken(settled, tmp_path / "b.tar.gz")


def test_a_head_of_the_record_is_never_ahead_of_its_rows(
    settled: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seal while the backup is taken: what was kept first is a head that every database taken later contains."""
    real: Callable[[str, Path], None] = snapshot.take
    heads = {ledger.role: ledger.seal().head for ledger in settled.ledgers}

    def then_sealed(role: str, target: Path) -> None:
        real(role, target)
        rename(settled, f"濵﨑　{'一二三'[ROLES.index(role)]}子")
        for ledger in settled.ledgers:
            ledger.seal()

    monkeypatch.setattr(snapshot, "take", then_sealed)
    taken(settled, tmp_path / "b.tar.gz")
    unpacked(tmp_path / "b.tar.gz", tmp_path / "out")

    kept = (tmp_path / "out/home/audit/window.head").read_text(encoding="ascii")
    assert kept == f"{heads['window']}\n"
    assert (settled.home.path / "audit/window.head").read_text(encoding="ascii") != kept


def test_a_home_of_an_earlier_version_has_fewer_places(settled: House, tmp_path: Path) -> None:
    """A place that is not there is nothing that was left out."""
    shutil.rmtree(settled.home.path / "audit")

    assert taken(settled, tmp_path / "b.tar.gz").manifest.left_out == ()
