"""What a reader of a list has already, and what is told so that it can say so (RFC 9110 §8.8, §13.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.http import http_date, parse_etags, parse_http_date_safe

from openjpki.authority.models import CrlPublication

MOST_KNOWN: Final = 4096
"""Characters of a condition that are read: some fifty validators of ours."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """The conditions of a request; empty where it makes none."""

    etag: str = ""
    """If-None-Match."""
    since: str = ""
    """If-Modified-Since."""

    def is_newest(self, row: CrlPublication) -> bool:
        """Tell whether the reader has this list. A date counts only where no validator is named; what cannot be read is none."""
        if self.etag:
            named = parse_etags(self.etag) if len(self.etag) <= MOST_KNOWN else []
            return "*" in named or validator(row) in [one.removeprefix("W/") for one in named]
        since = parse_http_date_safe(self.since) if self.since else None
        return since is not None and int(row.this_update.timestamp()) <= since


def validator(row: CrlPublication) -> str:
    """Return the entity tag of a list: its SHA-256."""
    return f'"{row.digest}"'


def validators(row: CrlPublication) -> Mapping[str, str]:
    """Return a list's validators as they are told."""
    return {"ETag": validator(row), "Last-Modified": http_date(row.this_update.timestamp())}


def kept_for(row: CrlPublication, at: datetime, *, whose: str) -> str:
    """Return how long a cache of those meant ("public", "private") may keep a list: never beyond its nextUpdate."""
    seconds = max(0, int((row.next_update - at).total_seconds()))
    return f"max-age={seconds}, {whose}, no-transform, must-revalidate" if seconds else "no-store"
