"""A home made again from a backup, in an empty folder: every byte held to the manifest, the marker last.

Numbers never go back. Lists and certificates that were published after the backup was taken carry numbers that the
restored home does not know, and verifiers have seen them; so it leaves out more numbers than can have been used since
(`authority.continuity`), and publishes its lists above them before it becomes a home. The audit records must be whole,
and say from then on what they are: the continuation of a backup, not of what was lost.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openjpki.errors import Failure, Kind
from openjpki.site.home import Home
from openjpki.site.keeping.archive import Archive, opened_archive
from openjpki.site.keeping.manifest import DATABASES, HOME, Manifest
from openjpki.site.keeping.upgrade import bring_up, fields_of
from openjpki.site.opening import assemble, start_django, told_of_databases
from openjpki.site.place import FORMAT, MARKER, HomeDamaged, founding, locked, read_marker, require_empty, write_marker
from openjpki.site.provisions import provide

_STAGE = ".restore"
_DUMPS = {"sqlite": ".sqlite3", "postgresql": ".dump"}
_ROLES = ("authority", "window", "staff")
_OPERATOR = "operator"


class NoRoom(Failure):
    """The disk has less room than the home needs."""

    code = "restore.no-room"
    kind = Kind.UNAVAILABLE
    ja = "{path} の空き容量が足りません(必要 {needed} バイト、空き {free} バイト)。"
    en = "There is not enough room at {path} ({needed} bytes needed, {free} free)."


class OtherEngine(Failure):
    """The backup is of SQLite and this installation runs on PostgreSQL, or the other way round."""

    code = "restore.other-engine"
    kind = Kind.REFUSED
    ja = "バックアップのデータベースは {found} ですが、この環境は {expected} です。OPENJPKI_POSTGRES_HOST の設定を確認してください。"
    en = "The backup's databases are of {found}, and this environment is set for {expected}. Check OPENJPKI_POSTGRES_HOST."


class DatabasesNotEmpty(Failure):
    """A database named by the environment has tables already."""

    code = "restore.databases-not-empty"
    kind = Kind.REFUSED
    ja = "データベース「{role}」は空ではありません。空のデータベースを用意してください。"
    en = 'The database "{role}" is not empty. Provide an empty one.'


class HomeUnsound(Failure):
    """What was restored does not hold together."""

    code = "restore.unsound"
    kind = Kind.REFUSED
    ja = "復元したホームに矛盾があります({reason})。ホームにはしていません。"
    en = "What was restored does not hold together ({reason}). It was not made a home."


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A home that was made again."""

    home: Home
    manifest: Manifest
    lists: int
    """How many revocation lists were published on the way."""
    skipped_serials: int
    """Serials of each kind that were left out."""


def restore(backup: Path, path: Path, now: datetime) -> Restored:
    """Make the home of a backup again at `path`, an absent or empty folder; `now` is the real moment.

    Raises `HomeNotEmpty`, `HomeInUse`, and for an archive that is not as it should be a refusal of `archive`,
    `manifest` or this module; then the folder is empty again. PostgreSQL databases that were filled stay filled.
    """
    require_empty(path)
    with opened_archive(backup, FORMAT) as found, locked(path, exclusive=True), told_of_databases(), founding(path):
        _unpack(found, path)
        return _live_again(path, found.manifest, now)


def _unpack(found: Archive, path: Path) -> None:
    """Write the files to their places, the marker under another name."""
    manifest = found.manifest
    suffix = _DUMPS[manifest.engine]
    wanted = {f"{DATABASES}{role}{suffix}" for role in _ROLES}
    names = set(manifest.by_name())
    if (
        not wanted <= names
        or f"{HOME}{MARKER}" not in names
        or any(name.startswith(DATABASES) and name not in wanted for name in names)
    ):
        raise HomeUnsound(reason="members")
    needed, free = sum(member.size for member in manifest.members), shutil.disk_usage(path).free
    if needed > free:
        raise NoRoom(path=path, needed=needed, free=free)
    stage = path / _STAGE
    stage.mkdir(mode=0o700)
    found.unpack(stage)
    for entry in sorted((stage / HOME).iterdir()):
        if entry.name in {MARKER, _STAGE} or entry.name.startswith("."):
            continue
        entry.rename(path / entry.name)
    if manifest.engine == "sqlite":
        for role in _ROLES:
            (path / role).mkdir(mode=0o700, exist_ok=True)
            (stage / f"{DATABASES}{role}{suffix}").replace(path / role / "db.sqlite3")


def _live_again(path: Path, manifest: Manifest, now: datetime) -> Restored:
    """Fill the databases, bring the home up to this version's format, hold it to the checks, number on, and mark it."""
    stage = path / _STAGE
    marker = read_marker(stage / HOME)
    if marker["format"] != manifest.home_format:
        raise HomeDamaged(path=MARKER, reason="format")
    home = Home.of(path, fields_of(marker))
    provide(path)
    start_django(path)
    _fill(manifest, stage)
    bring_up(home, manifest.home_format)
    house = assemble(home)
    from openjpki.authority.continuity import carry_on
    from openjpki.site.keeping.cards import carry_counters
    from openjpki.site.keeping.integrity import findings

    if wrong := findings(house):
        raise HomeUnsound(reason="; ".join(wrong)[:500])
    carried = carry_on(house.authority, now - manifest.taken_at)
    carry_counters(house)
    for ledger in house.ledgers:
        ledger.note_restore(manifest.taken_at, actor=_OPERATOR)
        ledger.seal()
    shutil.rmtree(stage)
    write_marker(path, fields_of(marker))
    return Restored(home=home, manifest=manifest, lists=carried.lists, skipped_serials=carried.serials)


def _fill(manifest: Manifest, stage: Path) -> None:
    from openjpki.site.keeping import snapshot

    engine = snapshot.engine()
    if engine != manifest.engine:
        raise OtherEngine(found=manifest.engine, expected=engine)
    if engine == "sqlite":
        return
    for role in _ROLES:
        if not snapshot.is_empty(role):
            raise DatabasesNotEmpty(role=role)
    for role in _ROLES:
        snapshot.put(role, stage / f"{DATABASES}{role}{_DUMPS[engine]}")
