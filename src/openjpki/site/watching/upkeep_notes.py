"""What the upkeep of a serving home did, in a small file: rounds run in one process, and others answer for them."""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from openjpki.site.private import write_private

NAME = "upkeep.json"
_MOST = 4096
"""Bytes of the file that are read; the note has under two hundred."""


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Rounds since `serve` began."""

    rounds: int = 0
    failures: int = 0
    succeeded_at: str = ""
    """Moment of the last round that did its work, ISO 8601, UTC; empty before the first."""

    def done(self, now: datetime) -> "Notes":
        """Return the notes after a round that did its work."""
        return replace(self, rounds=self.rounds + 1, succeeded_at=now.isoformat())

    def failed(self) -> "Notes":
        """Return the notes after a round that failed."""
        return replace(self, rounds=self.rounds + 1, failures=self.failures + 1)


def keep(home: Path, notes: Notes) -> None:
    """Write the notes; a disk that takes nothing more must not stop the upkeep itself."""
    try:
        write_private(home / NAME, json.dumps(asdict(notes)).encode())
    except OSError:
        return


def read(home: Path) -> Notes:
    """Return the notes of the last `serve`; none if there was none, or they cannot be read."""
    try:
        descriptor = os.open(home / NAME, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            notes = Notes(**json.loads(file.read(_MOST)))
        if notes.succeeded_at:
            datetime.fromisoformat(notes.succeeded_at)
        return replace(notes, rounds=int(notes.rounds), failures=int(notes.failures))
    except (OSError, ValueError, TypeError):
        return Notes()
