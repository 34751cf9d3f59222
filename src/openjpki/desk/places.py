"""Who may be at the desk at once: strangers on the doorstep, and proven peers at their places.

The two are counted apart, so that whoever proves nothing takes no place from a municipality, and one municipality none
from another.
"""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class NoPlace(OSError):
    """The peer has as many connections as one may have, or the desk as many as it bears: a client tries again later."""


class Doorstep:
    """Connections that have proven nothing yet. One too many sends the one that has stood longest away.

    An honest handshake is over in milliseconds, so the one that goes is a silent one: standing there keeps nobody out.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._standing: dict[socket.socket, None] = {}

    def enter(self, connection: socket.socket) -> None:
        """Let a connection stand here."""
        with self._lock:
            gone = next(iter(self._standing)) if len(self._standing) >= self._most else None
            if gone is not None:
                del self._standing[gone]
            self._standing[connection] = None
        if gone is not None:
            with suppress(OSError):  # it went by itself meanwhile
                socket.socket.shutdown(gone, socket.SHUT_RDWR)  # under TLS, which another thread is about to speak

    def leave(self, connection: socket.socket) -> bool:
        """Let it stand here no more; say whether it still did."""
        with self._lock:
            stood = connection in self._standing
            self._standing.pop(connection, None)
        return stood


class Places:
    """Connections of proven peers: `most` in all, `of_one` of one peer."""

    def __init__(self, *, most: int, of_one: int) -> None:
        self._most = most
        self._of_one = of_one
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, peer: str) -> Iterator[None]:
        """Keep a place for a peer while the block runs; raises `NoPlace`."""
        with self._lock:
            if self._taken[peer] >= self._of_one or self._taken.total() >= self._most:
                raise NoPlace
            self._taken[peer] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= Counter((peer,))  # a peer with none is forgotten
