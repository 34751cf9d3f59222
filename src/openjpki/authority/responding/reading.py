"""The status store of a node, as a responder reads it: one commit at a time, and only what is of now.

The file says up to which moment it is complete: what is too old, or lies ahead of the clock, gives no answer (`NotSure`).
"""

import os
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lmdb
import msgspec

from openjpki.authority.responding.askers import Asker, AskerUnreadable
from openjpki.authority.responding.askers import unpack as unpack_asker
from openjpki.authority.responding.form import (
    ASKER,
    DATA,
    HEAD,
    MAX_SERIAL,
    MOST_BYTES,
    MOST_READERS,
    WORLD,
    Generation,
    Head,
    certificate_key,
    unpack_head,
    unpack_world,
)
from openjpki.authority.responding.standings import StandingUnreadable, unpack
from openjpki.authority.responding.view import Delegate, Found, KnownIssuer, NotSure, Span
from openjpki.pki.ocsp import RequestedStatus


@dataclass(frozen=True, kw_only=True)
class Look:
    """The store's head as it was found to be of now."""

    head: Head
    span: Span
    stored: bytes
    """The head as it stands in the file."""
    until: float
    """By the seconds that really pass: from then on it is too old, whatever the clock says."""


@dataclass(frozen=True, kw_only=True)
class _Issuer:
    """A generation as questions need it."""

    generation: Generation
    known: KnownIssuer
    delegates: tuple[tuple[datetime, Delegate], ...]
    """With the moment from which each answers, the newest first."""


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
        self._look: Look | None = None
        self._world: tuple[int, tuple[_Issuer, ...]] = (-1, ())

    def view(self, at: datetime) -> "_Viewing":
        """Look at the last commit; raises `NotSure` if there is none, or it is not of this time."""
        return _Viewing(self, at)

    def standing(self, issuer: int, serial: int) -> bytes | None:
        """Return a certificate's standing in the last commit; raises `NotSure`."""
        try:
            with self._reading() as reading:
                return _standing(reading, issuer, serial)
        except lmdb.Error as error:
            raise NotSure from error

    def asker(self, digest: bytes) -> Asker | None:
        """Return what the last commit has of a certificate that may ask, by its SHA-256; raises `NotSure`."""
        try:
            with self._reading() as reading:
                stored = reading.get(ASKER + digest)
            return None if stored is None else unpack_asker(stored)
        except (lmdb.Error, AskerUnreadable) as error:
            raise NotSure from error

    def head(self) -> Head:
        """Return how far the store has come, of whatever time it is; raises `NotSure`."""
        try:
            with self._reading() as reading:
                return unpack_head(reading.get(HEAD))
        except (lmdb.Error, struct.error) as error:
            raise NotSure from error

    def look(self, at: datetime) -> Look:
        """Return how far the store has come, and the moments of an answer; raises `NotSure` as `view` does.

        Every answer asks this, said again or not: it is one look at the file's place and one read.
        """
        try:
            with self._lock, self._opened().begin() as reading:
                stored = reading.get(HEAD)
            return self._looked(stored, at)
        except (lmdb.Error, struct.error) as error:
            self.close()
            raise NotSure from error

    def _looked(self, stored: bytes | None, at: datetime) -> Look:
        """Hold the store's age by two clocks, and the clock by the store and by what this process has seen."""
        look = self._look
        if look is not None and stored == look.stored and at == look.span.at and self._elapsed() <= look.until:
            return look
        self._look = None  # another moment has been seen: by it the clock is held from now on, whatever comes of it
        head = unpack_head(stored)
        if not head.complete_at:
            raise NotSure
        with self._lock:
            span = self._span(head, at)
            look = Look(head=head, span=span, stored=stored or b"", until=self._seen[1] + self._bound.total_seconds())
            self._look = look
        return look

    @contextmanager
    def _reading(self) -> "Iterator[lmdb.Transaction[bytes]]":
        file, reading = self._begun()
        try:
            yield reading
        finally:
            self._ended(file, reading)

    def _begun(self) -> "tuple[lmdb.Environment, lmdb.Transaction[bytes]]":
        with self._lock:
            file = self._opened()
            reading = file.begin()
            self._readers[file] += 1
        return file, reading

    def _ended(self, file: lmdb.Environment, reading: "lmdb.Transaction[bytes]") -> None:
        reading.abort()
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
        self._world = (-1, ())

    def _let_go(self, file: lmdb.Environment) -> None:
        """Close a file that gave way, if nobody reads it; the last who does closes it."""
        if not self._readers[file]:
            del self._readers[file]
            file.close()

    def _span(self, head: Head, at: datetime) -> Span:
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

    def _issuers(self, reading: "lmdb.Transaction[bytes]", head: Head) -> tuple[_Issuer, ...]:
        version, issuers = self._world
        if version != head.version:
            found = reading.get(WORLD)
            if found is None:
                raise NotSure
            issuers = tuple(_issuer(one) for one in unpack_world(found).generations)
            self._world = (head.version, issuers)
        return issuers


class _Viewing:
    """The context of a view: one commit is read, and whatever in it is none of ours is `NotSure`."""

    __slots__ = ("_at", "_file", "_reading", "_store")

    def __init__(self, store: StatusFile, at: datetime) -> None:
        self._store = store
        self._at = at

    def __enter__(self) -> "_Snapshot":
        store = self._store
        try:
            self._file, self._reading = store._begun()  # noqa: SLF001  -- a part of it
        except lmdb.Error as error:
            store.close()
            raise NotSure from error
        try:
            look = store._looked(self._reading.get(HEAD), self._at)  # noqa: SLF001
            return _Snapshot(self._reading, store._issuers(self._reading, look.head), look.span)  # noqa: SLF001
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        self._store._ended(self._file, self._reading)  # noqa: SLF001
        if isinstance(error, _NONE_OF_OURS):
            self._store.close()
            raise NotSure from error


_NONE_OF_OURS = (lmdb.Error, StandingUnreadable, msgspec.DecodeError, struct.error)


class _Snapshot:
    """One commit of the store while a question is answered."""

    def __init__(self, reading: "lmdb.Transaction[bytes]", issuers: tuple[_Issuer, ...], span: Span) -> None:
        self._reading = reading
        self._issuers = issuers
        self.span = span

    def issuers(self, kind: str | None) -> Sequence[KnownIssuer]:
        """Return the CA generations in force."""
        return [
            one.known
            for one in self._issuers
            if one.generation.not_before <= self.span.at < one.generation.not_after and kind in {None, one.known.kind}
        ]

    def find(self, issuer: KnownIssuer, item: RequestedStatus) -> Found | None:
        """Return what is known of a certificate that was handed over."""
        standing = _standing(self._reading, issuer.number, item.serial)
        if standing is None:
            return None
        return Found(rows=unpack(standing), seen_at=self.span.at, span=self.span, standing=standing)

    def delegates(self, issuer: KnownIssuer) -> Sequence[Delegate]:
        """Return the responders whose certificates cover the moment, the newest first."""
        of_it = next(one.delegates for one in self._issuers if one.known.number == issuer.number)
        return [delegate for begins, delegate in of_it if begins <= self.span.at < delegate.not_after]


def _issuer(one: Generation) -> _Issuer:
    return _Issuer(
        generation=one,
        known=KnownIssuer(number=one.number, kind=one.kind, certificate=one.certificate),
        delegates=tuple(
            (
                of_it.not_before,
                Delegate(certificate=of_it.certificate, key_name=of_it.key_name, not_after=of_it.not_after),
            )
            for of_it in reversed(one.responders)
        ),
    )


def _standing(reading: "lmdb.Transaction[bytes]", issuer: int, serial: int) -> bytes | None:
    if not 0 < serial <= MAX_SERIAL:
        return None
    return reading.get(certificate_key(issuer, serial))
