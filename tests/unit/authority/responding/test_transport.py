from datetime import UTC, datetime, timedelta

import pytest

from openjpki.authority.responding.answering import TRY_LATER, Answered
from openjpki.authority.responding.transport import MOST_TAGS, cache_control, entity_tag, has, validators

NOW = datetime(2026, 1, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("after", "said"), [(0, "max-age=900,"), (899, "max-age=1,"), (900, "no-store"), (5000, "no-store")]
)
def test_no_cache_keeps_an_answer_beyond_its_end(after: int, said: str) -> None:
    """RFC 9111 §5.2.2.1, RFC 5019 §6.2: max-age ends with nextUpdate; at that second nobody keeps it any more."""
    end = NOW + timedelta(minutes=15)
    answered = Answered(der=b"", next_update=end, produced_at=NOW, this_update=NOW)
    at = NOW + timedelta(seconds=after)

    assert cache_control(answered, at).startswith(said)
    assert (validators(answered, at, at) == ()) == (said == "no-store")


def test_an_error_is_kept_by_nobody() -> None:
    """There is nothing in it that would still hold a moment later."""
    assert cache_control(TRY_LATER, NOW) == "no-store"
    assert validators(TRY_LATER, NOW, NOW) == ()
    assert not has(entity_tag(TRY_LATER), TRY_LATER, NOW)


def test_caches_are_told_in_their_own_time() -> None:
    """RFC 5019 §6.2: Last-Modified is thisUpdate, Expires nextUpdate, each by the clock that caches have."""
    answered = Answered(der=b"a", next_update=NOW + timedelta(minutes=15), produced_at=NOW, this_update=NOW - SECOND)
    told = dict(validators(answered, NOW, NOW - timedelta(days=30)))

    assert told["last-modified"] == "Fri, 05 Dec 2025 23:59:59 GMT"
    assert told["expires"] == "Sat, 06 Dec 2025 00:15:00 GMT"
    assert list(told) == ["cache-control", "etag", "last-modified", "expires"]


@pytest.mark.parametrize(
    ("tags", "after", "found"),
    [
        ("{}", 0, True),
        ('"x" , {}', 0, True),
        ("W/{}", 899, True),
        ("{}", 900, False),
        ('"x"', 0, False),
        ("*", 0, False),
        ("{}" + "," * MOST_TAGS, 0, False),
    ],
)
def test_who_has_an_answer_names_its_tag(tags: str, after: int, *, found: bool) -> None:
    """RFC 9110 §13.1.2: by the tag of these very bytes, as long as they may be kept; a wildcard says nothing about them."""
    answered = Answered(der=b"a", next_update=NOW + timedelta(minutes=15), produced_at=NOW, this_update=NOW)

    assert has(tags.format(entity_tag(answered)), answered, NOW + timedelta(seconds=after)) is found
