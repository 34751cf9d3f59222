"""A backup's file: written whole or not at all, and read with suspicion."""

import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Self

from openjpki.errors import Failure, Kind
from openjpki.site.keeping.manifest import MAX_MANIFEST, MODES, NAME, Manifest, Member, MemberRefused
from openjpki.site.private import PRIVATE

_LEVEL = 6
_CHUNK = 1024 * 1024
"""Bytes copied at a time: a large database is never in memory as a whole."""
_UNREADABLE = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)


class BackupExists(Failure):
    """The file exists; a backup is never overwritten."""

    code = "backup.exists"
    kind = Kind.REFUSED
    ja = "{path} は既にあります。バックアップは上書きしません。"
    en = "{path} exists. A backup is not overwritten."


class NoArchive(Failure):
    """The file is no backup, or is cut off or damaged."""

    code = "restore.no-archive"
    kind = Kind.REFUSED
    ja = "{path} をバックアップとして読めません({reason})。何も復元していません。"
    en = "{path} cannot be read as a backup ({reason}). Nothing was restored."


class MemberDamaged(Failure):
    """A member is not what the manifest says."""

    code = "restore.damaged"
    kind = Kind.REFUSED
    ja = "バックアップの項目「{name}」が目録と一致しません。何も復元していません。"
    en = 'The member "{name}" of the backup is not what its manifest says. Nothing was restored.'


def write(path: Path, manifest: Manifest, parts: Path) -> None:
    """Pack the files of `parts`, which the manifest names, into a new file (0600); raises `BackupExists`.

    The name is given last, to a file that is complete and durable; whatever fails before leaves nothing.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _pack(file, manifest, parts)
            file.flush()
            os.fsync(file.fileno())
        _name(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink()
    _flush(path.parent)


def _pack(file: IO[bytes], manifest: Manifest, parts: Path) -> None:
    said = bytes(manifest)
    (parts / NAME).write_bytes(said)
    first = Member(name=NAME, mode="private", size=len(said), sha256=sha256(said).hexdigest())
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=_LEVEL, format=tarfile.GNU_FORMAT) as packed:
        for member in (first, *manifest.members):
            header = tarfile.TarInfo(member.name)
            header.size, header.mode = member.size, MODES[member.mode]
            header.mtime = int(manifest.taken_at.timestamp())
            with (parts / member.name).open("rb") as content:
                packed.addfile(header, content)


def _name(temporary: Path, path: Path) -> None:
    """Give the file its name unless another has it: `rename` would replace that one."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise BackupExists(path=path) from None


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Files(tarfile.TarInfo):
    """A header that can only be a file's: refused before anything behind it is read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        if header.type not in {tarfile.REGTYPE, tarfile.AREGTYPE}:
            raise MemberRefused(name=header.name, reason="no file")
        return header


class Archive:
    """An opened backup, whose manifest has been read and found sound."""

    def __init__(self, path: Path, file: gzip.GzipFile, packed: tarfile.TarFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._path = path
        self._file = file
        self._packed = packed

    def unpack(self, folder: Path) -> None:
        """Write every member below an empty folder, each under its own name, and hold it to the manifest.

        Raises `MemberRefused`, `MemberDamaged`, `NoArchive`; the caller removes what was written until then.
        """
        waiting = dict(self.manifest.by_name())
        with _told(self._path):
            while (header := self._packed.next()) is not None:
                member = waiting.pop(header.name, None)
                if member is None:
                    raise MemberRefused(name=header.name, reason="not in the manifest")
                content = self._packed.extractfile(header)
                if content is None or header.size != member.size:
                    raise MemberDamaged(name=member.name)
                _unpack(content, member, folder / member.name)
            rest = self._file.read(tarfile.RECORDSIZE + 1)  # the end of the last record; read on, the checksum is held
            if len(rest) > tarfile.RECORDSIZE or rest.strip(b"\0"):
                raise NoArchive(path=self._path, reason="trailing")
        if waiting:
            raise MemberDamaged(name=min(waiting))


@contextmanager
def opened_archive(path: Path, newest_home: int) -> Iterator[Archive]:
    """Open a backup and read its manifest; raises `NoArchive` and what `Manifest.from_bytes` raises."""
    with gzip.open(path, "rb") as file:
        with _told(path):
            packed = tarfile.open(fileobj=file, mode="r|", tarinfo=_Files)  # noqa: SIM115  -- closed below
        with packed:
            with _told(path):
                header = packed.next()
                if header is None or header.name != NAME or header.size > MAX_MANIFEST:
                    raise NoArchive(path=path, reason="manifest")
                content = packed.extractfile(header)
                said = b"" if content is None else content.read(MAX_MANIFEST)
            yield Archive(path, file, packed, Manifest.from_bytes(said, newest_home))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise NoArchive(path=path, reason=type(error).__name__) from error


def _unpack(content: IO[bytes], member: Member, target: Path) -> None:
    mode = MODES[member.mode]
    target.parent.mkdir(mode=0o755 if member.mode == "public" else 0o700, parents=True, exist_ok=True)
    digest = sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != member.sha256:
        raise MemberDamaged(name=member.name)


def copied(source: IO[bytes], target: Path) -> tuple[int, str]:
    """Copy to a new private file; return its size and its SHA-256, hexadecimal."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
        shutil.copyfileobj(source, file, _CHUNK)
    return measured(target)


def measured(path: Path) -> tuple[int, str]:
    """Return a file's size and its SHA-256, hexadecimal."""
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        return file.tell(), digest.hexdigest()
