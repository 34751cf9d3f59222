"""Ends a wait from a signal handler or another thread."""

import select
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

FOREVER = -1.0
"""A wait without end."""
_MILLISECONDS = 1000
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """A wish to stop, once and for good; a context manager that gives its two descriptors back."""

    def __init__(self) -> None:
        self._heard, self._said = socket.socketpair()
        self.is_set = False

    def set(self, *_: object) -> None:
        """Wish it. May be called anywhere, any number of times, and as a signal's handler."""
        if not self.is_set:
            self.is_set = True
            self._said.send(b"\0")

    def within(self, seconds: float) -> bool:
        """Wait for the wish and tell whether it came in time."""
        self._ready(None, seconds)
        return self.is_set

    def until(self, line: socket.socket, seconds: float) -> bool:
        """Wait until a connection has something to read; False if the time or the wish ended that. FOREVER is no time."""
        return self._ready(line, seconds) and not self.is_set

    def _ready(self, line: socket.socket | None, seconds: float) -> bool:
        poll = select.poll()
        for one in (self._heard, *([] if line is None else [line])):
            poll.register(one, select.POLLIN)
        return bool(poll.poll(max(seconds * _MILLISECONDS, FOREVER)))

    def close(self) -> None:
        """Give the descriptors back."""
        self._heard.close()
        self._said.close()

    def __enter__(self) -> Self:
        """Be ready to be set."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the descriptors back."""
        self.close()


@contextmanager
def until_signalled() -> Iterator[Stop]:
    """Let Ctrl-C and SIGTERM be a wish to stop while the block runs, which ends it where it may be ended."""
    with Stop() as stop:
        before = {number: signal.signal(number, stop.set) for number in _SIGNALS}
        try:
            yield stop
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
