"""Who acts: every act of the window takes an officer, and reaches the rows of that officer's municipality only."""

from dataclasses import dataclass
from typing import Protocol


class Officer(Protocol):
    """What an act needs to know of the person at the desk; `staff.models.Officer` satisfies it."""

    @property
    def login(self) -> str:
        """Return the account's name, as the audit record shows it."""
        ...

    @property
    def municipality(self) -> str:
        """Return the five-digit code of the municipality the officer works for."""
        ...


@dataclass(frozen=True)
class Clerk:
    """An officer as a plain value, where no account stands behind the act (command line, story)."""

    login: str
    municipality: str
