from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.kinds import RevocationReason
from openjpki.rules.standing import Shown, next_change, shown_at

HOUR = timedelta(hours=1)
OPENED = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass
class Row:
    """A revocation as the rules of visibility see it; moments in hours after the opening."""

    effective: int
    visible: int
    reason: str = "superseded"
    released: int | None = None

    @property
    def effective_at(self) -> datetime:
        """Return when it took effect."""
        return OPENED + self.effective * HOUR

    @property
    def visible_at(self) -> datetime:
        """Return from when it shows."""
        return OPENED + self.visible * HOUR

    @property
    def released_at(self) -> datetime | None:
        """Return when it was lifted."""
        return None if self.released is None else OPENED + self.released * HOUR


def at(hour: int) -> datetime:
    """Return a moment."""
    return OPENED + hour * HOUR


def shown(hour: int, reason: RevocationReason) -> Shown:
    """Return what is shown."""
    return Shown(revoked_at=at(hour), reason=reason)


SUPERSEDED, HOLD = RevocationReason.SUPERSEDED, RevocationReason.CERTIFICATE_HOLD
HELD_THEN_ENDED = [Row(1, 1, "certificate_hold"), Row(5, 9)]


@pytest.mark.parametrize(
    ("rows", "hour", "expected"),
    [
        ([], 0, None),
        ([Row(1, 4)], 3, None),
        ([Row(1, 4)], 4, shown(1, SUPERSEDED)),
        ([Row(1, 4)], 9, shown(1, SUPERSEDED)),
        (HELD_THEN_ENDED, 0, None),
        (HELD_THEN_ENDED, 1, shown(1, HOLD)),
        (HELD_THEN_ENDED, 8, shown(1, HOLD)),
        (HELD_THEN_ENDED, 9, shown(1, SUPERSEDED)),
        ([Row(1, 1, "certificate_hold", released=3)], 2, shown(1, HOLD)),
        ([Row(1, 1, "certificate_hold", released=3)], 3, None),
        ([Row(1, 1, "certificate_hold", released=3), Row(5, 5, "certificate_hold")], 6, shown(5, HOLD)),
    ],
)
def test_what_is_shown_at_a_moment(rows: list[Row], hour: int, expected: Shown | None) -> None:
    """An ending shows from its moment on; a hold's beginning stays the moment of revocation (R-2.28, R-5.20)."""
    assert shown_at(rows, at(hour)) == expected


@pytest.mark.parametrize(
    ("rows", "hour", "expected"),
    [
        ([], 0, None),
        ([Row(1, 4)], 3, at(4)),
        ([Row(1, 4)], 4, None),
        (HELD_THEN_ENDED, 0, at(1)),
        (HELD_THEN_ENDED, 1, at(9)),
    ],
)
def test_the_next_change(rows: list[Row], hour: int, expected: datetime | None) -> None:
    """The next ending to show bounds every answer before it."""
    assert next_change(rows, at(hour)) == expected


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))), st.integers(0, 20))
def test_between_two_changes_nothing_changes(spans: list[tuple[int, int]], hour: int) -> None:
    """What is shown at a moment is shown until the next change: an answer kept that long is never wrong."""
    rows = [Row(min(span), max(span)) for span in spans]
    change = next_change(rows, at(hour)) or at(21)
    before = change - timedelta(seconds=1)

    assert shown_at(rows, max(at(hour), before)) == shown_at(rows, at(hour))
