from datetime import UTC, datetime, timedelta

import pytest

from openjpki.authority.models import CrlPublication
from openjpki.authority.publishing.freshness import MOST_KNOWN, Known, kept_for, validators

AT = datetime(2026, 1, 5, 3, 4, 5, 600, tzinfo=UTC)
ROW = CrlPublication(digest="ab" * 32, this_update=AT, next_update=AT + timedelta(hours=25))
TAG, DATE = f'"{"ab" * 32}"', "Mon, 05 Jan 2026 03:04:05 GMT"


def test_a_list_is_told_by_its_hash_and_its_moment() -> None:
    """RFC 9110 §8.8: a validator that no two lists share, and a date in whole seconds."""
    assert validators(ROW) == {"ETag": TAG, "Last-Modified": DATE}


@pytest.mark.parametrize(
    ("known", "newest"),
    [
        (Known(), False),
        (Known(etag=TAG), True),
        (Known(etag=f'"older", W/{TAG}'), True),
        (Known(etag="*"), True),
        (Known(etag='"older"', since=DATE), False),
        (Known(etag="no tag at all", since=DATE), False),
        (Known(etag=TAG + " " * MOST_KNOWN), False),
        (Known(since=DATE), True),
        (Known(since="Mon, 05 Jan 2026 03:04:04 GMT"), False),
        (Known(since="yesterday"), False),
    ],
    ids=str,
)
def test_who_has_it_is_known_by_what_they_name(known: Known, newest: bool) -> None:  # noqa: FBT001  -- the table's
    """RFC 9110 §13.1.2, §13.1.3: weak or strong; a date counts only without a validator; what is unread is a "no"."""
    assert known.is_newest(ROW) is newest


def test_nobody_keeps_a_list_beyond_its_end() -> None:
    """In whole seconds, rounded down; past the end it is not kept at all."""
    assert kept_for(ROW, AT, whose="private") == "max-age=90000, private, no-transform, must-revalidate"
    assert kept_for(ROW, AT + timedelta(hours=25), whose="public") == "no-store"
