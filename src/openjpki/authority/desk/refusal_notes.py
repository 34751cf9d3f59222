"""Which refusals are written down one by one, and how many were left out: a record that is kept for years must not be filled."""

import threading
from collections.abc import Callable
from datetime import datetime

from openjpki.authority.desk.bucket import Bucket

RATE = 1 / 60
"""Refusals a second that are written down one by one for a municipality; the next row counts those in between."""
BURST = 20.0
"""As many are written down at once."""


class RefusalNotes:
    """What one process has written down and left out, by municipality; several threads may use it at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {}
        self._left_out: dict[str, int] = {}

    def write(
        self, who: str, at: datetime, note: Callable[[int], None], *, rate: float = RATE, burst: float = BURST
    ) -> None:
        """Write a refusal of a municipality down by `note`, which is told how many were left out before; or leave it out.

        If `note` fails, this one and those before it count as left out.
        """
        with self._lock:
            bucket = (self._buckets.get(who) or Bucket.full(rate=rate, burst=burst, at=at)).take(at)
            if bucket is None:
                self._left_out[who] = self._left_out.get(who, 0) + 1
                return
            self._buckets[who] = bucket
            left_out = self._left_out.pop(who, 0)
        try:
            note(left_out)
        except BaseException:
            with self._lock:
                self._left_out[who] = self._left_out.get(who, 0) + left_out + 1
            raise
