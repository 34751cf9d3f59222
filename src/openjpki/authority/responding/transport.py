"""What an answer looks like over HTTP, whoever serves it (RFC 6960 Appendix A, RFC 5019 §5 and §6, RFC 9111)."""

import base64
import binascii
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from openjpki.authority.responding.answering import Answered
from openjpki.pki.ocsp import MOST_REQUEST_BYTES

REQUEST: Final = "application/ocsp-request"
RESPONSE: Final = "application/ocsp-response"
MOST_ENCODED: Final = (MOST_REQUEST_BYTES + 2) // 3 * 4
"""Characters of a question in an address: its Base64."""


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


def dates(answered: Answered, at: datetime, real: datetime) -> list[tuple[str, str]]:
    """Return Last-Modified and Expires by the real clock, which caches have; nothing for what must not be kept."""
    seconds = _left(answered, at)
    if seconds <= 0 or answered.produced_at is None:
        return []
    return [
        ("last-modified", _http(real - (at - answered.produced_at))),
        ("expires", _http(real + timedelta(seconds=seconds))),
    ]


def _left(answered: Answered, at: datetime) -> int:
    return int((answered.next_update - at).total_seconds()) if answered.next_update else 0


@lru_cache(maxsize=1024)
def _http(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
