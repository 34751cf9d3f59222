import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.authority.desk.refusal_notes import BURST, RATE, RefusalNotes

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


def test_a_flood_leaves_few_rows_that_count_the_rest() -> None:
    """Twenty at once, then one a minute; each municipality has its own."""
    notes, rows = RefusalNotes(), list[int]()
    for _ in range(1000):
        notes.write("99201", NOW, rows.append)
    assert rows == [0] * int(BURST)
    notes.write("99202", NOW, rows.append)
    assert rows[int(BURST) :] == [0]

    notes.write("99201", NOW + timedelta(seconds=1 / RATE), rows.append)
    assert rows[-1] == 1000 - int(BURST)


def test_what_could_not_be_written_is_counted() -> None:
    """The database was silent: the row that comes next says so."""
    notes, rows = RefusalNotes(), list[int]()

    def fail(_: int) -> None:
        raise OSError

    for _ in range(3):
        with pytest.raises(OSError):  # noqa: PT011  -- the one raised above
            notes.write("99201", NOW, fail)
    notes.write("99201", NOW, rows.append)
    assert rows == [3]


@given(
    st.lists(st.tuples(st.sampled_from(("99201", "99202")), st.integers(0, 200), st.booleans()), max_size=60),
    st.integers(1, 4),
)
def test_every_refusal_is_a_row_or_counted(moves: list[tuple[str, int, bool]], burst: int) -> None:
    """However they come, and whatever fails: rows and those that they count are all that came, and never more rows than allowed."""
    notes, at = RefusalNotes(), NOW
    rows: dict[str, list[int]] = {"99201": [], "99202": []}
    came = dict.fromkeys(rows, 0)
    for who, pause, broken in moves:
        at += timedelta(seconds=pause)
        came[who] += 1

        def note(left_out: int, who: str = who, broken: bool = broken) -> None:  # noqa: FBT001  -- bound for this turn
            if broken:
                raise OSError
            rows[who].append(left_out)

        with contextlib.suppress(OSError):
            notes.write(who, at, note, rate=1 / 60, burst=burst)
    at += timedelta(hours=1)
    for who, written in rows.items():
        assert len(written) <= burst + (at - NOW).total_seconds() / 60
        notes.write(who, at, written.append, rate=1 / 60, burst=burst)
        assert len(written) + sum(written) == came[who] + 1
