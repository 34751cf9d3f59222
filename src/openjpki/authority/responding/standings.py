"""The standing of a certificate as bytes: the rows of its revocations, sixteen each; none for one that never ended.

The journal and the status store hold these bytes. What they mean at a moment says `rules.standing`, and nobody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from openjpki.rules.kinds import RevocationReason
from openjpki.rules.standing import Row

ROW: Final = 16
"""Bytes of one row: three moments of five and a reason of one."""
_MOMENT: Final = 5
_NEVER: Final = 0
_REASONS = {reason.code: reason for reason in RevocationReason}


class StandingUnreadable(Exception):
    """The bytes are none of ours: of another version, or damaged. Nothing may be said from them."""


@dataclass(frozen=True, kw_only=True)
class StandingRow:
    """One row of a standing: a `rules.standing.Row`. Moments are UTC and whole seconds."""

    effective_at: datetime
    visible_at: datetime
    released_at: datetime | None
    reason: str


def pack(rows: Iterable[Row]) -> bytes:
    """Return the rows, in the order they were written, as bytes."""
    return b"".join(
        _seconds(row.effective_at)
        + _seconds(row.visible_at)
        + _seconds(row.released_at)
        + bytes((RevocationReason(row.reason).code,))
        for row in rows
    )


def unpack(standing: bytes) -> tuple[StandingRow, ...]:
    """Return the rows of a standing; raises `StandingUnreadable`."""
    if len(standing) % ROW:
        raise StandingUnreadable
    return tuple(_row(standing[start : start + ROW]) for start in range(0, len(standing), ROW))


def _row(row: bytes) -> StandingRow:
    effective, visible, released = (_moment(row[at : at + _MOMENT]) for at in range(0, 3 * _MOMENT, _MOMENT))
    reason = _REASONS.get(row[-1])
    if effective is None or visible is None or reason is None:
        raise StandingUnreadable
    return StandingRow(effective_at=effective, visible_at=visible, released_at=released, reason=reason.value)


def _seconds(moment: datetime | None) -> bytes:
    return (int(moment.timestamp()) if moment else _NEVER).to_bytes(_MOMENT)


def _moment(octets: bytes) -> datetime | None:
    seconds = int.from_bytes(octets)
    try:
        return None if seconds == _NEVER else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError) as error:
        raise StandingUnreadable from error
