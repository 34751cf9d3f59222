"""Where signed lists lie: a folder for each partition, a file for the newest of its lists, and the folder's lock as its lease.

The file is durable under its number before the row that names it is committed; the row says how long it is and what its
SHA-256 is. Whoever publishes a partition holds its folder's lock from the reading of the entries to the sweeping of
older lists: the kernel gives it back when that process ends, however it ends.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO

from openjpki.authority.durable import PRIVATE, PUBLIC, write_pieces
from openjpki.authority.models import CrlPublication, Issuer
from openjpki.errors import Failure, Kind
from openjpki.pki.crl import EntryStream, ListFrame
from openjpki.pki.keys import StreamSigner, proven_stream

LEASE_PATIENCE = 120.0
"""Seconds that a publisher waits for another one of the same partition; a list of a million entries takes some ten."""
_PAUSE = 0.02
"""Seconds between two tries."""
PIECE = 256 * 1024
"""Bytes of a list in memory at a time."""
_FOLDER_MODE = 0o700


class PartitionBusy(Failure):
    """Another publisher has been at work on the same partition for too long."""

    code = "authority.partition-busy"
    kind = Kind.UNAVAILABLE
    ja = "失効リスト {partition} は他のプロセスが公開処理中です。しばらくしてからもう一度お試しください。"
    en = "Another process is publishing the revocation list {partition}. Try again later."


class ListMissing(Failure):
    """The file of a list is not where its row says, or is another one."""

    code = "authority.list-missing"
    kind = Kind.UNAVAILABLE
    ja = "失効リスト {partition} のファイルがありません。`openjpki authority publish` で新しく公開してください。"
    en = "The file of the revocation list {partition} is missing. Publish a new one with `openjpki authority publish`."


@dataclass(frozen=True, kw_only=True)
class Written:
    """A list that was written: what its row says of its file."""

    length: int
    digest: str
    """SHA-256, hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class ListFolder:
    """The lists of one partition, below the folder of all."""

    lists: Path
    partition: str
    """As in the names of public files: "signature-1-99201"."""

    @classmethod
    def of(cls, lists: Path, issuer: Issuer, municipality: str) -> "ListFolder":
        """Return the folder of a partition."""
        return cls(lists=lists, partition=f"{issuer}-{municipality}")

    @property
    def path(self) -> Path:
        """Return the folder itself."""
        return self.lists / self.partition

    @contextmanager
    def leased(self, patience: float = LEASE_PATIENCE) -> Iterator[None]:
        """Hold the partition while the block runs, alone among all processes and threads; raises `PartitionBusy`."""
        self.path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _lock(folder, time.monotonic() + patience, self.partition)
            yield
        finally:
            os.close(folder)

    def sign(self, number: int, entries: EntryStream, frame: Callable[[], ListFrame], signer: StreamSigner) -> Written:
        """Sign a list and write it under its number, durable on return; the caller holds the lease.

        Entries lie in a file without a name until their length is known; then `frame` is asked for what stands around
        them. They are read twice more: to be hashed, and to be written behind the header that the signature's length
        completes. Raises what any of these raise; nothing stays then.
        """
        with tempfile.TemporaryFile(dir=self.path) as aside:
            for piece in entries:
                aside.write(piece)
            around = frame()

            def again() -> Iterator[bytes]:
                aside.seek(0)
                yield from pieces_of(aside)

            tbs = around.to_be_signed(entries.length, again())
            signature = proven_stream(signer, tbs, signer.public_key)
            measure = _Measure(around.signed(entries.length, again(), signature))
            write_pieces(self._file(number), measure, PRIVATE)
        return measure.written()

    def keep(self, newest: int) -> None:
        """Remove what is not the newest list: older ones, and what a crash left; the caller holds the lease."""
        for path in self.path.iterdir():
            if path != self._file(newest):
                path.unlink(missing_ok=True)

    def open(self, publication: CrlPublication) -> IO[bytes]:
        """Open a list; raises `ListMissing`. Those of homes of format 4 are in their rows."""
        try:
            file = self._file(publication.number).open("rb")
        except FileNotFoundError:
            former = CrlPublication.objects.values_list("crl", flat=True).get(pk=publication.pk)
            if former is None:
                raise ListMissing(partition=self.partition) from None
            return BytesIO(former)
        if os.fstat(file.fileno()).st_size != publication.length:
            file.close()
            raise ListMissing(partition=self.partition)
        return file

    def read(self, publication: CrlPublication) -> bytes:
        """Return a list, all of it in memory; raises `ListMissing`."""
        with self.open(publication) as file:
            return file.read()

    def show(self, publication: CrlPublication, target: Path, prepared: Callable[[], None]) -> bool:
        """Copy a list to its public place unless it is there, and tell whether it was copied; the caller holds the lease.

        Raises `ListMissing` for a file that is not what its row says: then the public place stays as it is.
        """
        said = Written(length=publication.length, digest=publication.digest)
        if _measured(target, said) == said:
            return False
        with self.open(publication) as file:
            write_pieces(target, self._as_said(file, said), PUBLIC, prepared)
        return True

    def _as_said(self, file: IO[bytes], said: Written) -> Iterator[bytes]:
        measure = _Measure(pieces_of(file))
        yield from measure
        if measure.written() != said:
            raise ListMissing(partition=self.partition)

    def _file(self, number: int) -> Path:
        return self.path / f"{number}.crl"


class _Measure:
    """Pieces on their way, and what they amount to."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._length = 0
        self._hash = sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._length += len(piece)
            self._hash.update(piece)
            yield piece

    def written(self) -> Written:
        """Return what went by."""
        return Written(length=self._length, digest=self._hash.hexdigest())


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """Give a file's content from where it stands."""
    while piece := file.read(PIECE):
        yield piece


def measured(pieces: Iterable[bytes]) -> Written:
    """Return what pieces amount to."""
    measure = _Measure(pieces)
    for _ in measure:
        pass
    return measure.written()


def _measured(path: Path, said: Written) -> Written | None:
    """Return what a file amounts to; None if there is none, or one of another length, which need not be read."""
    try:
        with path.open("rb") as file:
            return measured(pieces_of(file)) if os.fstat(file.fileno()).st_size == said.length else None
    except FileNotFoundError:
        return None


def _lock(folder: int, until: float, partition: str) -> None:
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise PartitionBusy(partition=partition) from None
            time.sleep(_PAUSE)
        else:
            return
