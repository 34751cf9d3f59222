"""Signed answers kept in memory: said again while nothing about their certificates changed, until half of their life is over."""

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from openjpki.authority.responding.answering import Answered, StatusDesk
from openjpki.authority.responding.reading import StatusFile
from openjpki.authority.responding.view import NotSure
from openjpki.rules.kinds import CertificateKind

MOST_KEPT: Final = 10_000
"""Answers in one process, of two kilobytes each with a question; the oldest one goes."""
MOST_KEPT_QUESTION: Final = 512
"""Bytes of a question whose answer is kept: eight certificates. Nobody fills the memory with longer ones."""


@dataclass(frozen=True, kw_only=True)
class _Kept:
    answered: Answered
    position: int
    """Of the store when it was last held against it."""
    version: int
    until: datetime


class CachedDesk:
    """A `StatusDesk` over a node's store that says again what it said; several threads may use it."""

    def __init__(self, desk: StatusDesk, store: StatusFile) -> None:
        self._desk = desk
        self._store = store
        self._lock = threading.Lock()
        self._kept: dict[tuple[CertificateKind | None, bytes], _Kept] = {}

    def kept(self, question: bytes, at: datetime, kind: CertificateKind | None) -> Answered | None:
        """Return the answer that was given before and still is the right one, None if there is none.

        The question is known by its bytes and read no more; the store is looked at for every one.
        """
        key = (kind, question)
        kept = self._kept.get(key)
        if kept is None:
            return None
        try:
            look = self._store.look(at)
            if look.head.version != kept.version or look.span.at >= kept.until:
                still = None
            elif look.head.position == kept.position:
                return kept.answered
            else:
                still = self._held(kept, look.head.position)
        except NotSure:
            still = None
        with self._lock:
            if still is None:
                self._kept.pop(key, None)
                return None
            self._kept[key] = still
        return still.answered

    def answer(self, question: bytes, at: datetime, kind: CertificateKind | None = None) -> Answered:
        """Answer anew, as `StatusDesk.answer` does, and keep what may be said again."""
        try:
            head = self._store.look(at).head  # before the answer: what comes in between is looked at next time
        except NotSure:
            return self._desk.answer(question, at, kind)
        answered = self._desk.answer(question, at, kind)
        if answered.next_update is None or answered.this_update is None or len(question) > MOST_KEPT_QUESTION:
            return answered
        until = answered.this_update + (answered.next_update - answered.this_update) / 2
        kept = _Kept(answered=answered, position=head.position, version=head.version, until=until)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[kind, question] = kept
        return answered

    def _held(self, kept: _Kept, position: int) -> _Kept | None:
        """Hold an answer against a store that has news; raises `NotSure`."""
        about = kept.answered.about
        if any(self._store.standing(one.issuer, one.serial) != one.standing for one in about):
            return None
        return replace(kept, position=position)
