from datetime import UTC, datetime

import pytest

from openjpki.authority.responding.standings import ROW, StandingRow, StandingUnreadable, pack, unpack

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "standing",
    [b"\x01", bytes(ROW - 1), bytes(ROW), b"\xff" * ROW, pack([]) + b"\0", bytes(15) + b"\x07"],
    ids=["short", "cut off", "no moments", "beyond the calendar", "one too many", "no reason"],
)
def test_what_is_no_standing_says_nothing(standing: bytes) -> None:
    """RFC 6960 §2.2: from bytes that are not ours nothing is concluded, least of all that a certificate is good."""
    with pytest.raises(StandingUnreadable):
        unpack(standing)


def test_a_row_takes_sixteen_bytes() -> None:
    """docs/decisions/0024: a certificate takes 13 bytes of key and 16 for each revocation, none if it never ended."""
    row = StandingRow(effective_at=NOW, visible_at=NOW, released_at=None, reason="unspecified")

    assert (len(pack([])), len(pack([row])), len(pack([row, row]))) == (0, 16, 32)
