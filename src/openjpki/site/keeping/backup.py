"""A backup of a home in use: one file from which the whole home can be made again.

The parts are taken in the order heads of the audit records, window, staff, cards, authority, everything else, because
that is the direction in which causes lie. A head is kept after its seal is in the database, so that a head taken first
is in every database taken later: in the other order a seal between the two would leave a head that the restored record
does not reach, as if somebody had cut its end off. Whatever the window holds as done, the authority did before; whatever a card holds as issued, the
authority has signed. Taken later, the authority's part therefore has every cause of an effect in an earlier part. The
gap left is an authority that knows more than the window: it answers a message that comes again by what it did the
first time, and the window asks it for certificates it has not heard of. In the other order the window would hold
messages as answered that the restored authority never saw, and nobody would send them again (docs/operations.md).

Nothing waits for a backup. A card is read without its lock: its file is replaced whole, and each state that reaches
the file is one in which the card may lose power. Keys come after the database that names them, since a key is stored
before its row; the public folder too, whose files are copies of rows.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import openjpki
from openjpki.errors import Failure, Kind
from openjpki.site.keeping import archive
from openjpki.site.keeping.manifest import DATABASES, HOME, Manifest, Member, check_name
from openjpki.site.place import LOCK

ORDER = ("audit", "window", "staff", "cards", "authority", "")
"""What is taken first to last; the empty word is everything else. Each role's database comes before its files."""
ROLES = frozenset({"window", "staff", "authority"})
LEFT_OUT = frozenset({LOCK, "status", "story", "upkeep.json"})
"""Of the home's first level: a lock, a responder's store and what a story left, which can be made again, a running server's notes."""
_DATABASE = "db.sqlite3"
_JOURNALS = tuple(f"{_DATABASE}{ending}" for ending in ("", "-wal", "-shm", "-journal"))
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


class InsideHome(Failure):
    """A backup in the home it is of would be lost with it, and be part of the next one."""

    code = "backup.inside-home"
    kind = Kind.USAGE
    ja = "{path} はバックアップするホームの中にあります。別の場所を指定してください。"
    en = "{path} lies in the home that is backed up. Choose another place."


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A backup that was made."""

    path: Path
    manifest: Manifest
    size: int
    """Bytes of the file."""


def take_backup(home: Path, out: Path, *, home_format: int, taken_at: datetime, legal_at: datetime) -> Taken:
    """Back a home up into a new file (0600), whole or not at all; the caller holds the home's lock, shared at least.

    `taken_at` is the real moment, `legal_at` the home's. Django stands on this home. Raises `InsideHome`,
    `archive.BackupExists`, the refusals of `snapshot`, and OSError for a disk that is full.
    """
    from openjpki.site.keeping import snapshot

    out = out.parent.resolve() / out.name
    if out.is_relative_to(home.resolve()):
        raise InsideHome(path=out)
    if out.exists():
        raise archive.BackupExists(path=out)
    engine = snapshot.engine()
    left_out: list[str] = []
    with _parts_beside(out) as parts:
        members: list[Member] = []
        for area in ORDER:
            if area in ROLES:
                name = f"{DATABASES}{area}{snapshot.SUFFIX[engine]}"
                (parts / DATABASES).mkdir(mode=0o700, exist_ok=True)
                snapshot.take(area, parts / name)
                members.append(_member(parts, name, "private"))
            members.extend(_files(home, area, parts, left_out))
        manifest = Manifest(
            version=openjpki.__version__,
            home_format=home_format,
            engine=engine,
            taken_at=taken_at,
            legal_at=legal_at,
            members=tuple(members),
            left_out=tuple(left_out),
        )
        archive.write(out, manifest, parts)
    return Taken(path=out, manifest=manifest, size=out.stat().st_size)


@contextmanager
def _parts_beside(out: Path) -> Iterator[Path]:
    """Give a private folder on the same disk, and remove it whatever happens."""
    parts = out.with_name(f".{out.name}.{os.getpid()}.parts")
    parts.mkdir(mode=0o700)
    try:
        yield parts
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _files(home: Path, area: str, parts: Path, left_out: list[str]) -> Iterator[Member]:
    """Copy the files of one area; a file that goes while we look was a temporary one."""
    for path in _found(home, area):
        inside = path.relative_to(home).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            left_out.append(inside)
            continue
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        with os.fdopen(descriptor, "rb") as file:
            yield _copy(file, parts, f"{HOME}{inside}")


def _found(home: Path, area: str) -> list[Path]:
    """Return the files of an area, sorted; of the empty one, whatever belongs to no other."""
    rest = (path for path in home.iterdir() if path.name not in LEFT_OUT | set(ORDER))
    roots = [home / area] if area else sorted(rest)
    roots = [root for root in roots if root.is_symlink() or root.exists()]
    found: list[Path] = []
    for root in roots:
        within = [root] if root.is_symlink() or not root.is_dir() else sorted(root.rglob("*"))
        found += [path for path in within if path.is_symlink() or not path.is_dir()]
    return [path for path in found if not _is_passing(path)]


def _is_passing(path: Path) -> bool:
    """Say whether a file is a lock, a half-written one, or part of a database, which is taken by other means."""
    return path.name.startswith(".") or path.name in _JOURNALS


def _copy(file: IO[bytes], parts: Path, name: str) -> Member:
    check_name(name)
    mode = "public" if os.fstat(file.fileno()).st_mode & _OTHERS_READ else "private"
    size, digest = archive.copied(file, parts / name)
    return Member(name=name, mode=mode, size=size, sha256=digest)


def _member(parts: Path, name: str, mode: str) -> Member:
    size, digest = archive.measured(parts / name)
    return Member(name=name, mode=mode, size=size, sha256=digest)
