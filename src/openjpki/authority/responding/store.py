"""The status store of a node, as it is written: by one process, while any number read (`reading`).

Readers see one commit, whole, without waiting; a writer that is killed leaves the commit before.
"""

import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import lmdb
import msgspec

from openjpki.authority.responding.askers import Asker, pack
from openjpki.authority.responding.form import (
    ASKER,
    DATA,
    HEAD,
    MOST_BYTES,
    MOST_READERS,
    WORLD,
    Head,
    World,
    certificate_key,
    pack_head,
    pack_world,
    unpack_head,
    unpack_world,
)
from openjpki.authority.responding.view import NotSure
from openjpki.errors import Failure, Kind


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One journal entry for the store."""

    issuer: int
    serial: int
    standing: bytes


class StoreUnwritable(Failure):
    """The disk takes nothing more, or the file is no store."""

    code = "authority.status.store-unwritable"
    kind = Kind.UNAVAILABLE
    ja = "失効情報ストアに書き込めません({reason})。"
    en = "The status store cannot be written ({reason})."


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (lmdb.Error, struct.error, msgspec.DecodeError) as error:
        raise StoreUnwritable(reason=str(error)) from error


class StatusWriter:
    """The one writer of a store: whoever holds the follower's lock. Every act raises `StoreUnwritable`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _told():
            self._file = lmdb.open(str(folder), map_size=MOST_BYTES, max_readers=MOST_READERS, mode=0o600)
            self._file.reader_check()

    @property
    def head(self) -> Head:
        """Return how far the store has come."""
        with _told(), self._file.begin() as reading:
            return unpack_head(reading.get(HEAD))

    @property
    def world(self) -> World:
        """Return the issuers in it."""
        with _told(), self._file.begin() as reading:
            found = reading.get(WORLD)
            return World() if found is None else unpack_world(found)

    def add(
        self,
        entries: Iterable[Entry],
        head: Head,
        world: World | None = None,
        askers: Mapping[bytes, Asker] | None = None,
    ) -> None:
        """Write entries and what they bring the store to, in one commit; another world, and all who may ask, if they are given."""
        with _told(), self._file.begin(write=True) as writing:
            for entry in entries:
                writing.put(certificate_key(entry.issuer, entry.serial), entry.standing)
            if world is not None:
                writing.put(WORLD, pack_world(world))
            if askers is not None:
                _replace_askers(writing, askers)
            writing.put(HEAD, pack_head(head))

    def clear(self) -> None:
        """Begin anew: from this commit on nothing is answered until the store is complete again."""
        version = self.head.version + 1
        with _told(), self._file.begin(write=True) as writing:
            writing.drop(self._file.open_db(), delete=False)
            writing.put(HEAD, pack_head(Head(version=version)))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _askers(reading: "lmdb.Transaction[bytes]") -> Iterator[tuple[bytes, bytes]]:
    with reading.cursor() as cursor:
        found = cursor.set_range(ASKER)
        while found and cursor.key().startswith(ASKER):
            yield cursor.key(), cursor.value()
            found = cursor.next()


def _replace_askers(writing: "lmdb.Transaction[bytes]", askers: Mapping[bytes, Asker]) -> None:
    wanted = {ASKER + digest: pack(asker) for digest, asker in askers.items()}
    stored = dict(_askers(writing))
    for key in stored.keys() - wanted.keys():
        writing.delete(key)
    for key, asker in wanted.items():
        if stored.get(key) != asker:
            writing.put(key, asker)


def copy_store(source: Path, target: Path) -> None:
    """Write the last commit of a store into another folder, in place of the copy there; whoever reads that one goes on.

    A reader of the target sees the old copy or the new one, whole. Raises `NotSure` if there is no store, OSError.
    """
    if not (source / DATA).is_file():
        raise NotSure
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target / f".{DATA}.{os.getpid()}.new"
    try:
        with (
            lmdb.open(str(source), readonly=True, map_size=MOST_BYTES, max_readers=MOST_READERS, create=False) as file,
            temporary.open("wb") as copy,
        ):
            temporary.chmod(0o600)
            file.copyfd(copy.fileno(), compact=True)
            os.fsync(copy.fileno())
        temporary.replace(target / DATA)
    finally:
        temporary.unlink(missing_ok=True)
