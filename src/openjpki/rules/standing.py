"""What lists and answers may say of an ended certificate at a moment: pure, over the rows of its revocations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from openjpki.rules.kinds import RevocationReason


class Row(Protocol):
    """What is needed of a `Revocation`."""

    @property
    def effective_at(self) -> datetime:
        """Return when the certificate lost its force."""
        ...

    @property
    def visible_at(self) -> datetime:
        """Return from when that shows."""
        ...

    @property
    def released_at(self) -> datetime | None:
        """Return when the hold was lifted."""
        ...

    @property
    def reason(self) -> str:
        """Return a value of `RevocationReason`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A revocation as the world sees it."""

    revoked_at: datetime
    reason: RevocationReason


def shown_at(rows: Iterable[Row], at: datetime) -> Shown | None:
    """Return what may be said at a moment about one certificate, None while nothing is visible (R-2.28).

    `rows` in the order they were written. A held certificate that ended shows the end's reason and the moment of the
    hold: it was never good in between (R-5.20).
    """
    visible = [row for row in rows if row.visible_at <= at and (row.released_at is None or row.released_at > at)]
    if not visible:
        return None
    return Shown(revoked_at=min(row.effective_at for row in visible), reason=RevocationReason(visible[-1].reason))


def next_change(rows: Iterable[Row], at: datetime) -> datetime | None:
    """Return when something new becomes visible: no list and no answer may claim to hold beyond it."""
    return min((row.visible_at for row in rows if row.visible_at > at), default=None)
