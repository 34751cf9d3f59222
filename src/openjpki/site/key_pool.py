"""Key pairs made ahead: an RSA key takes 40 ms on average and now and then a second, which nobody should wait for.

Ready keys stand in this process's memory only. Each is handed out once: a taker removes it under the lock, a process
that was forked off begins with none, and no other process can ask. Finding primes holds no lock of the interpreter, so
the maker is a thread: whoever works meanwhile goes on.
"""

import atexit
import os
from collections import deque
from collections.abc import Iterable
from threading import Condition, Thread
from types import TracebackType
from typing import Self
from weakref import WeakSet

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import KeySource, PrivateKey

READY = 4
"""Keys kept of one algorithm: two cards at a counter take two each. A key that is never used is a second's work lost."""


class KeyPool:
    """A `KeySource` over another one. Without `start`, or after `stop`, every key is made when it is asked for."""

    def __init__(self, source: KeySource, algorithms: Iterable[KeyAlgorithm], *, ready: int = READY) -> None:
        self._source = source
        self._ready = ready
        self._algorithms = tuple(algorithms)
        self._begin()
        _POOLS.add(self)

    def _begin(self) -> None:
        """Have no key and no maker."""
        self._changed = Condition()
        self._keys: dict[KeyAlgorithm, deque[PrivateKey]] = {algorithm: deque() for algorithm in self._algorithms}
        self._maker: Thread | None = None
        self._stopping = False

    def generate(self, algorithm: KeyAlgorithm) -> PrivateKey:
        """Return a key pair that nobody else gets: a ready one, or a new one at once if none is ready."""
        with self._changed:
            waiting = self._keys.get(algorithm)
            if waiting:
                self._changed.notify_all()
                return waiting.popleft()
        return self._source.generate(algorithm)

    def ready(self, algorithm: KeyAlgorithm) -> int:
        """Return how many keys of an algorithm stand ready."""
        with self._changed:
            return len(self._keys.get(algorithm, ()))

    def start(self) -> None:
        """Begin to make keys; a pool that makes them already goes on."""
        with self._changed:
            if self._maker is not None:
                return
            self._stopping = False
            self._maker = Thread(target=self._make, name="key-pool", daemon=True)
            self._maker.start()
        atexit.register(self.stop)  # the maker must not be inside the cryptographic library when the interpreter ends

    def stop(self) -> None:
        """Make no more keys and forget those that are ready; returns when the maker has ended."""
        with self._changed:
            self._stopping = True
            maker = self._maker
            self._changed.notify_all()
        if maker is not None:
            maker.join()
        with self._changed:
            self._maker = None
            for waiting in self._keys.values():
                waiting.clear()
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, however the block ended."""
        self.stop()

    def _make(self) -> None:
        """Fill what is short of keys, one key at a time, until stopped; a key made while stopping is dropped."""
        while (algorithm := self._wanted()) is not None:
            key = self._source.generate(algorithm)
            with self._changed:
                if not self._stopping:
                    self._keys[algorithm].append(key)

    def _wanted(self) -> KeyAlgorithm | None:
        """Wait until an algorithm is short of keys, and return the one with the fewest; None to stop."""
        with self._changed:
            while not self._stopping:
                algorithm = min(self._keys, key=lambda one: len(self._keys[one]), default=None)
                if algorithm is not None and len(self._keys[algorithm]) < self._ready:
                    return algorithm
                self._changed.wait()
            return None

    def _forget(self) -> None:
        """After a fork, in the child: the ready keys are the parent's, and the maker did not come along."""
        self._begin()


_POOLS: WeakSet[KeyPool] = WeakSet()


def _forget_all() -> None:
    for pool in _POOLS:
        pool._forget()  # noqa: SLF001  -- the hook is part of the class


os.register_at_fork(after_in_child=_forget_all)
