"""One act is one transaction of the authority's database, with its audit rows inside (DESIGN: audit)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction

from openjpki.audit.record import Fact, record
from openjpki.authority.publishing import journal
from openjpki.authority.verbs import Verb

ALIAS = "authority"
"""The database of this role."""

AUTHORITY = "authority"
"""The actor of what nobody asked for: ceremonies, publication, recovery."""


class Ordered(Protocol):
    """A message that a municipality's officer sent, or the municipality itself."""

    municipality: str


@contextmanager
def act() -> Iterator[None]:
    """Open the transaction of one act; on SQLite it takes the write lock at once, so that acts queue.

    What it changed of certificates' status goes into the journal last of all, just before the commit.
    """
    with transaction.atomic(using=ALIAS, durable=True), journal.kept():
        yield


@dataclass(frozen=True, kw_only=True)
class Doer:
    """Who acts, and when: what every audit row of an act has in common."""

    actor: str
    at: datetime
    """The legal moment, UTC."""

    def note(self, verb: Verb, subject: object, data: Mapping[str, Fact] | None = None) -> None:
        """Write an audit row in the open transaction; `subject` is a row whose text is its opaque name."""
        record(ALIAS, at=self.at, actor=self.actor, verb=verb, subject=str(subject), data=data)


def authority_at(at: datetime) -> Doer:
    """Return the authority itself as the one who acts."""
    return Doer(actor=AUTHORITY, at=at)


def window_at(at: datetime, municipality: str, officer: str = "") -> Doer:
    """Return a municipality, or one of its officers, as the one who acts."""
    return Doer(actor=f"window:{municipality}/{officer}" if officer else f"window:{municipality}", at=at)


def verifier_at(at: datetime, code: str) -> Doer:
    """Return a verifier as the one who acts."""
    return Doer(actor=f"verifier:{code}", at=at)


def operator_at(at: datetime, name: str) -> Doer:
    """Return an operator of the authority as the one who acts."""
    return Doer(actor=f"operator:{name}", at=at)


def phone_at(at: datetime, operator: str) -> Doer:
    """Return an operator of the telephone desk as the one who acts."""
    return Doer(actor=f"phone:{operator}", at=at)
