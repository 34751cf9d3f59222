"""The status store of a node: an LMDB file that follows the authority's journal. One process writes, any number read.

```
head            position, complete-at, version of the world, witness: 8 + 8 + 8 + 32 bytes
world           CA generations and their responders
c issuer serial the certificate's standing: 13 bytes of key, 16 for each revocation
```

Readers see one commit, whole, without waiting; a writer that is killed leaves the commit before. The file says up to
which moment it is complete: what is too old, or lies ahead of the clock, gives no answer (`NotSure`).
"""

import os
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import lmdb
import msgspec

from openjpki.authority.responding.standings import StandingUnreadable, unpack
from openjpki.authority.responding.view import Delegate, Found, KnownIssuer, NotSure, Span
from openjpki.errors import Failure, Kind
from openjpki.pki.ocsp import RequestedStatus

MOST_BYTES: Final = 64 * 1024**3
"""Of the file: a thousand million certificates. The address space is set aside, the disk is not."""
MOST_READERS: Final = 512
"""Processes that read at once; one that was killed gives its place back when the writer looks."""
MAX_SERIAL: Final = 2**63 - 1
"""The journal's column has 64 bits; whatever lies outside was never given."""
_HEAD, _WORLD, _CERTIFICATE = b"head", b"world", b"c"
_KEY = struct.Struct(">cIQ")
_HEAD_FORM = struct.Struct(">QQQ32s")
DATA: Final = "data.mdb"


@dataclass(frozen=True, kw_only=True)
class Head:
    """How far a store has come."""

    position: int = 0
    """Of the last journal entry in it."""
    complete_at: int = 0
    """Up to this moment, in seconds, it has everything; 0: it is being filled."""
    version: int = 0
    """Rises when the issuers or their responders change."""
    witness: bytes = bytes(32)
    """What that journal entry looked like: another journal is told by it."""


class Responder(msgspec.Struct, frozen=True):
    """A responder's certificate in the store."""

    certificate: bytes
    key_name: str
    not_before: datetime
    not_after: datetime


class Generation(msgspec.Struct, frozen=True):
    """A CA generation in the store, with its responders."""

    number: int
    kind: str
    certificate: bytes
    not_before: datetime
    not_after: datetime
    responders: tuple[Responder, ...] = ()
    """By their ends."""


class World(msgspec.Struct, frozen=True):
    """All CA generations, oldest first."""

    generations: tuple[Generation, ...] = ()


_worlds: "msgspec.msgpack.Decoder[World]" = msgspec.msgpack.Decoder(World)


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
            return _head(reading)

    @property
    def world(self) -> World:
        """Return the issuers in it."""
        with _told(), self._file.begin() as reading:
            found = reading.get(_WORLD)
            return World() if found is None else _worlds.decode(found)

    def add(self, entries: Iterable[Entry], head: Head, world: World | None = None) -> None:
        """Write entries, what they bring the store to, and another world if there is one, in one commit."""
        with _told(), self._file.begin(write=True) as writing:
            for entry in entries:
                writing.put(_KEY.pack(_CERTIFICATE, entry.issuer, entry.serial), entry.standing)
            if world is not None:
                writing.put(_WORLD, msgspec.msgpack.encode(world))
            form = (head.position, head.complete_at, head.version, head.witness)
            writing.put(_HEAD, _HEAD_FORM.pack(*form))

    def clear(self) -> None:
        """Begin anew: from this commit on nothing is answered until the store is complete again."""
        version = self.head.version + 1
        with _told(), self._file.begin(write=True) as writing:
            writing.drop(self._file.open_db(), delete=False)
            writing.put(_HEAD, _HEAD_FORM.pack(0, 0, version, bytes(32)))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class StatusFile:
    """A `StatusStore` over the file of a node. It is opened when it is there, and anew when another was put in its place.

    Several threads may read it. LMDB opens a folder once in a process: a file that gives way to another is read on until
    nobody reads it any more, and its age is held to the bound like any other's.
    """

    def __init__(
        self,
        folder: Path,
        *,
        answer: timedelta,
        bound: timedelta,
        tolerance: timedelta,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the store of a folder; answers are said for `answer`, from a store at most `bound` old.

        `tolerance` is how far the clock may lag behind the store; `elapsed` counts seconds that no clock step changes.
        """
        self._folder = folder
        self._data = str(folder / DATA)
        self._answer, self._bound, self._tolerance = answer, bound, tolerance
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._file: lmdb.Environment | None = None
        self._readers: Counter[lmdb.Environment] = Counter()
        self._identity = (0, 0)
        self._seen = (0, 0.0)
        self._latest = datetime.fromtimestamp(0, UTC)
        self._world = (-1, World())

    @contextmanager
    def view(self, at: datetime) -> "Iterator[_Snapshot]":
        """Look at the last commit; raises `NotSure` if there is none, or it is not of this time."""
        try:
            with self._reading() as reading:
                head = _head(reading)
                span = self._span(head, at)
                yield _Snapshot(reading, self._generations(reading, head), span)
        except (lmdb.Error, StandingUnreadable, msgspec.DecodeError, struct.error) as error:
            self.close()
            raise NotSure from error

    def standing(self, issuer: int, serial: int) -> bytes | None:
        """Return a certificate's standing in the last commit; raises `NotSure`."""
        try:
            with self._reading() as reading:
                return _standing(reading, issuer, serial)
        except lmdb.Error as error:
            raise NotSure from error

    def head(self, at: datetime) -> tuple[Head, Span]:
        """Return how far the store has come, and the moments of an answer; raises `NotSure` as `view` does."""
        try:
            with self._reading() as reading:
                head = _head(reading)
        except (lmdb.Error, struct.error) as error:
            self.close()
            raise NotSure from error
        return head, self._span(head, at)

    @contextmanager
    def _reading(self) -> "Iterator[lmdb.Transaction[bytes]]":
        with self._lock:
            file = self._opened()
            self._readers[file] += 1
        try:
            with file.begin() as reading:
                yield reading
        finally:
            with self._lock:
                self._readers[file] -= 1
                if file is not self._file:
                    self._let_go(file)

    def _opened(self) -> lmdb.Environment:
        try:
            found = os.stat(self._data)  # noqa: PTH116  -- for every question: a Path would take as long as the lookup
        except OSError as error:
            raise NotSure from error
        identity = (found.st_dev, found.st_ino)
        if self._file is not None and (identity == self._identity or self._readers[self._file]):
            return self._file
        self._leave()
        self._file = lmdb.open(
            str(self._folder), readonly=True, map_size=MOST_BYTES, max_readers=MOST_READERS, create=False
        )
        self._identity = identity
        return self._file

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            self._leave()

    def _leave(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            self._let_go(file)
        self._world = (-1, World())

    def _let_go(self, file: lmdb.Environment) -> None:
        """Close a file that gave way, if nobody reads it; the last who does closes it."""
        if not self._readers[file]:
            del self._readers[file]
            file.close()

    def _span(self, head: Head, at: datetime) -> Span:
        """Hold the store's age by two clocks, and the clock by the store and by what this process has seen."""
        if not head.complete_at:
            raise NotSure
        with self._lock:
            return self._span_of(head, at)

    def _span_of(self, head: Head, at: datetime) -> Span:
        complete_at = datetime.fromtimestamp(head.complete_at, UTC)
        now = self._elapsed()
        if self._seen[0] != head.complete_at:
            self._seen = (head.complete_at, now)
        latest = max(self._latest, complete_at)
        if latest - at > self._tolerance:
            raise NotSure
        at = self._latest = max(at, latest)
        if at - complete_at > self._bound or now - self._seen[1] > self._bound.total_seconds():
            raise NotSure
        return Span(at=at, this_update=complete_at, next_update=complete_at + self._answer)

    def _generations(self, reading: "lmdb.Transaction[bytes]", head: Head) -> World:
        version, world = self._world
        if version != head.version:
            found = reading.get(_WORLD)
            if found is None:
                raise NotSure
            world = _worlds.decode(found)
            self._world = (head.version, world)
        return world


class _Snapshot:
    """One commit of the store while a question is answered."""

    def __init__(self, reading: "lmdb.Transaction[bytes]", world: World, span: Span) -> None:
        self._reading = reading
        self._world = world
        self.span = span

    def issuers(self, kind: str | None) -> Sequence[KnownIssuer]:
        """Return the CA generations in force."""
        return [
            KnownIssuer(number=one.number, kind=one.kind, certificate=one.certificate)
            for one in self._world.generations
            if one.not_before <= self.span.at < one.not_after and kind in {None, one.kind}
        ]

    def find(self, issuer: KnownIssuer, item: RequestedStatus) -> Found | None:
        """Return what is known of a certificate that was handed over."""
        standing = _standing(self._reading, issuer.number, item.serial)
        if standing is None:
            return None
        return Found(rows=unpack(standing), seen_at=self.span.at, span=self.span, standing=standing)

    def delegates(self, issuer: KnownIssuer) -> Sequence[Delegate]:
        """Return the responders whose certificates cover the moment, the newest first."""
        responders = next(one.responders for one in self._world.generations if one.number == issuer.number)
        return [
            Delegate(certificate=one.certificate, key_name=one.key_name, not_after=one.not_after)
            for one in reversed(responders)
            if one.not_before <= self.span.at < one.not_after
        ]


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


def _head(reading: "lmdb.Transaction[bytes]") -> Head:
    found = reading.get(_HEAD)
    if found is None:
        return Head()
    position, complete_at, version, witness = _HEAD_FORM.unpack(found)
    return Head(position=position, complete_at=complete_at, version=version, witness=witness)


def _standing(reading: "lmdb.Transaction[bytes]", issuer: int, serial: int) -> bytes | None:
    if not 0 < serial <= MAX_SERIAL:
        return None
    return reading.get(_KEY.pack(_CERTIFICATE, issuer, serial))
