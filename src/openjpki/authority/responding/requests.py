"""The head of an HTTP/1.1 request, read strictly (RFC 9112): what two programs could read in two ways is refused.

A responder needs little of HTTP, behind a proxy that speaks the rest: GET, HEAD, and POST with a stated length. Bytes in,
a head out; no socket is known here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Final, NoReturn

MOST_HEAD: Final = 16 * 1024
"""Bytes of a head: a question in the address takes 11,000 at the most."""
MOST_FIELDS: Final = 64
"""Header fields of a request; programs send ten."""
_MOST_REMEMBERED: Final = 512
"""Bytes of a head that is remembered: those of one client are alike, and reading costs more than looking up."""
_LINE = re.compile(rb"([A-Z]{1,16}) ([\x21-\x7e]+) HTTP/1\.([01])")
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\x20-\x7e\x80-\xff\t]*?)[ \t]*")
_AUTHORITY = re.compile(rb"https?://[^/?#]+", re.IGNORECASE)
_LENGTH = re.compile(rb"[0-9]{1,10}")
_SINGLE = frozenset({b"host", b"content-length", b"transfer-encoding", b"content-type", b"if-none-match", b"expect"})
"""Fields of which a second one is a contradiction."""


class BadHead(Exception):
    """The head is not answered but with a status; the connection ends."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class RequestHead:
    """What a request asks for."""

    method: str
    path: str
    """Of the address, its escapes as they came; without the query."""
    length: int
    """Bytes of the body."""
    content_type: str
    """In small letters, without parameters."""
    if_none_match: str
    keep_alive: bool
    old: bool
    """HTTP/1.0: that the connection is kept must be said."""
    expects: bool
    """The client waits for 100 Continue before it sends the body."""


def read_head(head: bytes) -> RequestHead:
    """Read a head without the blank line that ends it; raises `BadHead`."""
    return _remembered(head) if len(head) <= _MOST_REMEMBERED else _read(head)


def _read(head: bytes) -> RequestHead:
    first, *lines = head.split(b"\r\n")
    line = _LINE.fullmatch(first)
    if line is None:
        _refuse(HTTPStatus.BAD_REQUEST)
    fields = _fields(lines)
    old = line[3] == b"0"
    if not old and b"host" not in fields:
        _refuse(HTTPStatus.BAD_REQUEST)
    if (
        b"transfer-encoding" in fields
    ):  # RFC 9112 §6.3: a responder needs no stream, and with a length it would be a trap
        _refuse(HTTPStatus.BAD_REQUEST if b"content-length" in fields else HTTPStatus.LENGTH_REQUIRED)
    connection = {word.strip().lower() for word in fields.get(b"connection", b"").split(b",")}
    return RequestHead(
        method=line[1].decode("ascii"),
        path=_path(line[2]),
        length=_length(fields.get(b"content-length", b"0")),
        content_type=fields.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1"),
        if_none_match=fields.get(b"if-none-match", b"").decode("latin-1"),
        keep_alive=b"keep-alive" in connection if old else b"close" not in connection,
        old=old,
        expects=not old and fields.get(b"expect", b"").lower() == b"100-continue",
    )


_remembered = lru_cache(maxsize=1024)(_read)


def _fields(lines: list[bytes]) -> dict[bytes, bytes]:
    """Read the fields; several of one name are one, but for those that only one may be (RFC 9110 §5.3)."""
    if len(lines) > MOST_FIELDS:
        _refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    fields: dict[bytes, bytes] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)  # a folded line, a bare CR or LF, and a blank before the colon are none
        if field is None:
            _refuse(HTTPStatus.BAD_REQUEST)
        name = field[1].lower()
        if name not in fields:
            fields[name] = field[2]
        elif name in _SINGLE:
            _refuse(HTTPStatus.BAD_REQUEST)
        else:
            fields[name] += b"," + field[2]
    return fields


def _path(target: bytes) -> str:
    """Return the path of a target, in origin form or in absolute form (RFC 9112 §3.2)."""
    absolute = _AUTHORITY.match(target)
    path = target[absolute.end() :] if absolute else target
    if not path.startswith(b"/"):
        _refuse(HTTPStatus.BAD_REQUEST)
    return path.partition(b"?")[0].decode("ascii")


def _length(stated: bytes) -> int:
    if not _LENGTH.fullmatch(stated):
        _refuse(HTTPStatus.BAD_REQUEST)
    return int(stated)


def _refuse(status: HTTPStatus) -> NoReturn:
    raise BadHead(status)
