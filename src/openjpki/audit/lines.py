"""Lines of an exported record: JSON objects in one form, read strictly, so that nothing in a file goes unverified.

Two readers of a line never see different things in it: no member stands twice, none is there that nobody asked for.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO, NoReturn

from openjpki.audit.chain import is_digest, moment_text
from openjpki.errors import Failure, Kind

LINE_LIMIT = 1024 * 1024
"""Bytes of a line; the longest that is written has a few thousand."""
_FIRST_YEAR, _LAST_YEAR = 1900, 9990
_MAX_COUNT = 2**63
"""The first number beyond a column of 64 bits."""


class LineUnreadable(Failure):
    """A line is not of the format."""

    code = "audit.file.line-unreadable"
    kind = Kind.REFUSED
    ja = "監査記録のファイルの {line} 行目を読めません。形式が正しくないか、壊れています。"
    en = "Line {line} of the audit file cannot be read: it is not of the format, or damaged."


class LineTooLong(Failure):
    """A line is longer than any that is written."""

    code = "audit.file.line-too-long"
    kind = Kind.REFUSED
    ja = "監査記録のファイルの {line} 行目が長すぎます(上限 {limit} バイト)。"
    en = "Line {line} of the audit file is too long (at most {limit} bytes)."


class FileTruncated(Failure):
    """The end of the file is missing."""

    code = "audit.file.truncated"
    kind = Kind.REFUSED
    ja = "監査記録のファイルが途中で切れています({line} 行目まで)。"
    en = "The audit file is cut off after line {line}."


def one_form(line: Mapping[str, Any]) -> bytes:
    """Return a line as it is written: no spaces, ASCII only, its end included."""
    return json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


class Line:
    """A line with its number; whatever it lacks, or has of another type, is refused as `LineUnreadable`."""

    def __init__(self, number: int, members: Mapping[str, Any]) -> None:
        self._number = number
        self._members = members

    @property
    def kind(self) -> object:
        """Return what the line says it is."""
        return self._members.get("type")

    def refuse(self) -> NoReturn:
        """Raise `LineUnreadable`."""
        raise LineUnreadable(line=self._number)

    def hold(self, *names: str) -> None:
        """Refuse a line whose members are not its type and exactly these."""
        if set(self._members) != {"type", *names}:
            self.refuse()

    def text(self, name: str) -> str:
        """Return a text."""
        value = self._members.get(name)
        return value if isinstance(value, str) else self.refuse()

    def digest(self, name: str) -> str:
        """Return a SHA-256 in hexadecimal."""
        value = self.text(name)
        return value if is_digest(value) else self.refuse()

    def count(self, name: str, *, least: int = 1) -> int:
        """Return a whole number that a database could hold."""
        value = self._members.get(name)
        return value if type(value) is int and least <= value < _MAX_COUNT else self.refuse()

    def base64(self, name: str) -> bytes:
        """Return bytes that stand as Base64."""
        with suppress(ValueError):
            return b64decode(self.text(name), validate=True)
        return self.refuse()

    def hexadecimal(self, name: str) -> bytes:
        """Return bytes that stand as hexadecimal digits."""
        with suppress(ValueError):
            return bytes.fromhex(self.text(name))
        return self.refuse()

    def moment(self, name: str) -> datetime:
        """Return a moment, UTC."""
        text = self.text(name)
        with suppress(ValueError):
            moment = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
            if _FIRST_YEAR <= moment.year <= _LAST_YEAR and moment_text(moment) == text:
                return moment
        return self.refuse()

    def facts(self, name: str) -> dict[str, Any]:
        """Return an object of what `record` takes: nothing is nested."""
        value = self._members.get(name)
        return value if isinstance(value, dict) and all(map(is_fact, value.values())) else self.refuse()

    def texts(self, name: str) -> dict[str, str]:
        """Return an object of texts."""
        value = self._members.get(name)
        sound = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
        return dict(value) if sound and isinstance(value, dict) else self.refuse()


class Lines:
    """The lines of a file, one after the other."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._number = 0

    def next(self) -> Line:
        """Return the next line; raises `LineTooLong`, `FileTruncated` or `LineUnreadable`."""
        text = self._source.readline(LINE_LIMIT + 1)
        if len(text) > LINE_LIMIT:
            raise LineTooLong(line=self._number + 1, limit=LINE_LIMIT)
        if not text.endswith(b"\n"):
            raise FileTruncated(line=self._number)
        self._number += 1
        with suppress(ValueError, RecursionError):
            line = json.loads(text)
            if isinstance(line, dict) and one_form(line) == text:
                return Line(self._number, line)
        raise LineUnreadable(line=self._number)

    def at_end(self) -> bool:
        """Say whether nothing follows."""
        return not self._source.read(1)


def is_fact(value: object) -> bool:
    """Say whether a value is one that a row may hold beside its subject: nothing nested, no fraction."""
    return all(item is None or isinstance(item, str | int) for item in (value if isinstance(value, list) else [value]))
