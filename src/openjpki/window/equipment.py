"""What every use case of the window is given: the desk's carrier, the rulings, the clock, entropy; and how it acts."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import IntegrityError, transaction

from openjpki.audit.record import Fact, record
from openjpki.desk.carrier import Carrier
from openjpki.rules.dates import civil_date
from openjpki.rules.policy import Policy
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.officer import Officer
from openjpki.window.verbs import Verb

ALIAS = "window"
"""The window's database."""
_ID_BYTES = 16
"""128 random bits: a number that no other window gives."""

_T = TypeVar("_T")


def _pass(_: Checkpoint) -> None:
    """Be no checkpoint: outside tests nothing happens between two steps."""


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """The outside world of a window, as arguments."""

    carrier: Carrier
    policy: Policy
    clock: Callable[[], datetime]
    """Returns the legal moment, UTC-aware."""
    entropy: Callable[[int], bytes]
    checkpoint: Callable[[Checkpoint], None] = _pass
    """Called after a step is committed; a test ends the process there, as a crash would."""

    def moment(self) -> datetime:
        """Return the legal moment; an act takes it once."""
        return self.clock()

    def today(self) -> date:
        """Return the Japanese civil day of the legal moment."""
        return civil_date(self.clock())

    def new_id(self) -> str:
        """Return a fresh number for a report or an order: 32 hexadecimal digits."""
        return self.entropy(_ID_BYTES).hex()


def act() -> AbstractContextManager[None]:
    """Return the transaction of one act in the window's database. The network is never asked inside it."""
    return transaction.atomic(using=ALIAS)


def over_what_is_there(attempt: Callable[[], _T]) -> _T:
    """Return what an act returns; if another process wrote the same rows first, act once more over what it wrote.

    The second time the act finds those rows when it looks, and refuses in its own words.
    """
    try:
        return attempt()
    except IntegrityError:
        return attempt()


def note(officer: Officer, verb: Verb, subject: str, *, at: datetime, **data: Fact) -> None:
    """Write the audit row of an act, inside its transaction: codes and numbers, never personal data."""
    _note(officer, verb, subject, at=at, data=data)


def note_person(
    equipment: Equipment, officer: Officer, verb: Verb, subject: str, *, at: datetime, resident_code: str
) -> None:
    """Write the audit row of an act on a person; which one stands outside the chain, where it can be forgotten."""
    person = {"resident_code": resident_code}
    _note(officer, verb, subject, at=at, data={}, personal=person, entropy=equipment.entropy)


def _note(
    officer: Officer,
    verb: Verb,
    subject: str,
    *,
    at: datetime,
    data: Mapping[str, Fact],
    personal: Mapping[str, str] | None = None,
    entropy: Callable[[int], bytes] | None = None,
) -> None:
    record(
        ALIAS,
        at=at,
        actor=officer.login,
        verb=verb,
        subject=subject,
        data={"municipality": officer.municipality, **data},
        personal=personal,
        entropy=entropy,
    )
