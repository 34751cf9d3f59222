"""新旧シリアル: which serial of a kind has taken the place of another of the same person (R-5.26). Pure.

Signature and authentication serials are never linked with each other: whoever knows a person by one kind must not
learn the other.
"""

from collections.abc import Iterable
from typing import Protocol

from openjpki.rules.kinds import CertificateKind


class Numbered(Protocol):
    """What is needed of a certificate."""

    @property
    def holder(self) -> int:
        """Return whose it is."""
        ...

    @property
    def kind(self) -> CertificateKind:
        """Return which of the two it is."""
        ...

    @property
    def serial(self) -> int:
        """Return 発行の番号."""
        ...

    @property
    def current(self) -> bool:
        """Say whether it is in force, or only held, as far as the world is told at this moment."""
        ...


def current_serial(asked: Numbered, known: Iterable[Numbered]) -> int | None:
    """Return the serial that stands today for the person and kind of the certificate asked about; None if none does.

    That is the newest in force; it may be the one asked about. Others' and those of the other kind are passed over.
    """
    theirs = (one for one in known if (one.holder, one.kind) == (asked.holder, asked.kind))
    return max((one.serial for one in theirs if one.current and one.serial >= asked.serial), default=None)
