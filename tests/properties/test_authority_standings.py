from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from openjpki.authority.responding.standings import StandingRow, pack, unpack
from openjpki.rules.kinds import RevocationReason
from openjpki.rules.standing import next_change, shown_at

SECONDS = st.integers(1, 2**33).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ROWS = st.lists(
    st.builds(
        StandingRow,
        effective_at=SECONDS,
        visible_at=SECONDS,
        released_at=st.none() | SECONDS,
        reason=st.sampled_from(RevocationReason).map(lambda reason: reason.value),
    ),
    max_size=4,
).map(tuple)


@given(rows=ROWS)
def test_a_standing_is_read_as_it_was_written(rows: tuple[StandingRow, ...]) -> None:
    """The bytes of a standing are the rows again, in their order: `unpack` is the inverse of `pack`."""
    assert unpack(pack(rows)) == rows


@given(rows=ROWS, at=SECONDS)
def test_bytes_say_what_rows_say(rows: tuple[StandingRow, ...], at: datetime) -> None:
    """R-2.28, R-5.20: at any moment the store's bytes give the verdict, and its end, that the tables' rows give."""
    told = unpack(pack(rows))

    assert shown_at(told, at) == shown_at(rows, at)
    assert next_change(told, at) == next_change(rows, at)
