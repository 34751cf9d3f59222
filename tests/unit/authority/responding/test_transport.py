from datetime import UTC, datetime, timedelta

import pytest

from openjpki.authority.responding.answering import TRY_LATER, Answered
from openjpki.authority.responding.transport import cache_control, dates

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "said"), [(0, "max-age=900,"), (899, "max-age=1,"), (900, "no-store"), (5000, "no-store")]
)
def test_no_cache_keeps_an_answer_beyond_its_end(after: int, said: str) -> None:
    """RFC 9111 §5.2.2.1, RFC 5019 §6.2: max-age ends with nextUpdate; at that second nobody keeps it any more."""
    end = NOW + timedelta(minutes=15)
    answered = Answered(der=b"", next_update=end, produced_at=NOW, this_update=NOW)
    at = NOW + timedelta(seconds=after)

    assert cache_control(answered, at).startswith(said)
    assert (dates(answered, at, at) == []) == (said == "no-store")


def test_an_error_is_kept_by_nobody() -> None:
    """There is nothing in it that would still hold a moment later."""
    assert cache_control(TRY_LATER, NOW) == "no-store"
    assert dates(TRY_LATER, NOW, NOW) == []
