"""Rows of the audit record in a test database, and a safe in memory for the ledger over them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, unique

from django.db import transaction

from openjpki.audit.chain import Head
from openjpki.audit.ledger import Ledger
from openjpki.audit.models import Entry
from openjpki.audit.record import record
from openjpki.audit.sealing import Sealed
from openjpki.pki.keys import Signer
from tests.support.audit import KEYS, ROLE, SALT, SIGNER, START

RESIDENT = "12345678901"


@unique
class Verb(Enum):
    """A role's closed vocabulary."""

    DONE = "thing.done"


@dataclass
class MemorySafe:
    """Stands in for the files of a role: a key, and the head that was kept."""

    signing: Signer = SIGNER
    kept: Head | None = None
    history: list[Head] = field(default_factory=list)

    def signer(self) -> Signer:
        """Return the key."""
        return self.signing

    def public_keys(self) -> Mapping[str, bytes]:
        """Return the public key."""
        return KEYS

    def head(self) -> Head | None:
        """Return the head that was kept last."""
        return self.kept

    def keep(self, head: Head) -> None:
        """Keep a head."""
        self.kept = head
        self.history.append(head)

    def alone(self) -> AbstractContextManager[None]:
        """Keep nobody waiting: a test has one sealer."""
        return nullcontext()


@dataclass
class Times:
    """A legal and a real clock that a test turns together."""

    now: datetime = START

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time


@dataclass
class Desk:
    """A ledger over a test database, and a hand to write rows with."""

    safe: MemorySafe = field(default_factory=MemorySafe)
    times: Times = field(default_factory=Times)
    role: str = ROLE

    @property
    def ledger(self) -> Ledger:
        """Return the ledger."""
        return Ledger(role=self.role, safe=self.safe, clock=self.times, real=self.times, retention_years=10)

    def write(self, count: int = 1, *, person: str = "") -> None:
        """Record acts of now; the database's own clock is set to the test's."""
        with transaction.atomic(using=self.role):
            for number in range(count):
                record(
                    self.role,
                    at=self.times.now,
                    actor="sato",
                    verb=Verb.DONE,
                    subject=f"thing:{number}",
                    data={"number": number},
                    personal={"resident_code": person} if person else None,
                    entropy=lambda length: SALT[:length],
                )
        self.stamp()

    def stamp(self) -> None:
        """Set the database's own clock, as far as it shows in what waits, to the test's."""
        Entry.objects.using(self.role).filter(sequence=None).update(written_at=self.times.now)

    def seal(self) -> Sealed:
        """Seal what waits."""
        self.stamp()
        return self.ledger.seal()
