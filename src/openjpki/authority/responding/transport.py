"""What an answer looks like over HTTP, whoever serves it (RFC 6960 Appendix A, RFC 5019 §5 and §6, RFC 9111)."""

import base64
import binascii
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from openjpki.authority.responding.answering import Answered
from openjpki.pki.ocsp import MOST_REQUEST_BYTES

REQUEST: Final = "application/ocsp-request"
RESPONSE: Final = "application/ocsp-response"
MOST_ENCODED: Final = (MOST_REQUEST_BYTES + 2) // 3 * 4
"""Characters of a question in an address: its Base64."""

MOST_TAGS: Final = 1024
"""Characters of If-None-Match that are read: a cache has an answer, or a few."""


def question_in(encoded: str) -> bytes:
    """Return the question in an address, whose escapes are resolved; no bytes if it is none."""
    if len(encoded) > MOST_ENCODED:
        return b""
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""


def cache_control(answered: Answered, at: datetime) -> str:
    """Return how long a cache may keep an answer: never beyond nextUpdate, whatever the cache's own clock says."""
    seconds = _left(answered, at)
    return f"max-age={seconds}, public, no-transform, must-revalidate" if seconds > 0 else "no-store"


def validators(answered: Answered, at: datetime, real: datetime) -> tuple[tuple[str, str], ...]:
    """Return what caches go by (RFC 5019 §6.2), in the time that they have; nothing for what must not be kept.

    The tag is the answer's, byte for byte. Last-Modified is thisUpdate, which tells seconds apart and no more: it dates an
    answer, and whether a newer one says something else is not decided by it.
    """
    seconds = _left(answered, at)
    if seconds <= 0 or answered.this_update is None:
        return ()
    return (
        ("cache-control", cache_control(answered, at)),
        ("etag", entity_tag(answered)),
        ("last-modified", _http(real - (at - answered.this_update))),
        ("expires", _http(real + timedelta(seconds=seconds))),
    )


def entity_tag(answered: Answered) -> str:
    """Return the strong tag of an answer (RFC 9110 §8.8.3)."""
    return f'"{sha256(answered.der).hexdigest()}"'


def has(tags: str, answered: Answered, at: datetime) -> bool:
    """Tell whether an asker has this very answer, by the tags that it says (If-None-Match, RFC 9110 §13.1.2)."""
    if len(tags) > MOST_TAGS or _left(answered, at) <= 0:
        return False
    told = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    return entity_tag(answered) in told


def _left(answered: Answered, at: datetime) -> int:
    return int((answered.next_update - at).total_seconds()) if answered.next_update else 0


@lru_cache(maxsize=1024)
def _http(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
