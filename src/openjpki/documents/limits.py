"""How large a document may be, and how a file is read without trusting its size."""

from pathlib import Path

from openjpki.errors import Failure, Kind

MAX_DOCUMENT = 100 * 1024 * 1024
"""Bytes of a document. PDF readers keep several copies in memory; filings and contracts stay far below."""
MAX_SIGNATURE = 256 * 1024
"""Bytes of one CMS object without its content. Ours take about 4 kB; a chain and long-term values fit many times."""


class EmptyDocument(Failure):
    """A file of zero bytes is no document."""

    code = "document.empty"
    kind = Kind.REFUSED
    ja = "文書が空(0バイト)です。"
    en = "The document is empty (zero bytes)."


class DocumentTooLarge(Failure):
    """A file beyond `MAX_DOCUMENT` is refused before it is read."""

    code = "document.too-large"
    kind = Kind.REFUSED
    ja = "文書が大きすぎます({size} バイト)。扱えるのは {limit} バイトまでです。"
    en = "The document is too large ({size} bytes). The limit is {limit} bytes."


class DocumentMissing(Failure):
    """There is no regular file at this place."""

    code = "document.missing"
    kind = Kind.USAGE
    ja = "{path} というファイルがありません。"
    en = "There is no file {path}."


def check_size(size: int, limit: int = MAX_DOCUMENT) -> None:
    """Refuse zero bytes and more than `limit` bytes; raises `EmptyDocument` or `DocumentTooLarge`."""
    if size == 0:
        raise EmptyDocument
    if size > limit:
        raise DocumentTooLarge(size=size, limit=limit)


def read_document(path: Path, limit: int = MAX_DOCUMENT) -> bytes:
    """Read a file whose size is checked first; raises `DocumentMissing`, `EmptyDocument` or `DocumentTooLarge`."""
    if not path.is_file():
        raise DocumentMissing(path=path)
    with path.open("rb") as file:
        check_size(path.stat().st_size, limit)
        content = file.read(limit + 1)
    check_size(len(content), limit)
    return content
