"""The signature fields that a later revision may bring: what each may say, and that it shows nothing.

A field is also an annotation, and its appearance is painted over the page (ISO 32000-1 §12.5.5, §12.7.4.5). One that
comes after a signature has no area and paints nothing. Only in a box that was there before may a later signer draw.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)
from pyhanko.pdf_utils.reader import HistoricalResolver

from openjpki.documents.pdf_graph import NUMBERS, STRINGS, Graphs, Place, look, part, place

_KEYS = frozenset({"/Type", "/Subtype", "/FT", "/T", "/TU", "/V", "/F", "/Ff", "/P", "/Rect", "/Lock", "/AP"})
"""Of a field that is new: no action, no child, no border. /TU is what a viewer calls it in a list."""
_FLAGS_OF_NO_SHOW = 4 | 64 | 128 | 512
"""Print, ReadOnly, Locked, LockedContents (ISO 32000-1 table 165): the others move or uncover what is shown."""
_BLANK_BYTES = 1024
"""Of an encoded appearance that paints nothing."""
_COMMENT = re.compile(rb"%[^\r\n]*")
_DEPTH = 6


_Kind = TypeVar("_Kind")


class Altered(Exception):
    """Carries the answer out of the checks: something is there that may not be."""


def hold(holds: object, what: str) -> None:
    """Raise `Altered` unless something holds."""
    if not holds:
        raise Altered(what)


def of_kind(kind: type[_Kind], value: object, what: str) -> _Kind:
    """Return a value that is of a kind; raise `Altered` otherwise."""
    if not isinstance(value, kind):
        raise Altered(what)
    return value


def empty_boxes(resolver: HistoricalResolver, fields: Sequence[PdfObject]) -> list[IndirectObject]:
    """Return the signature fields without a value in a tree of fields; the type is inherited (§12.7.3.1)."""
    found: list[IndirectObject] = []
    seen: set[Place] = set()
    waiting: list[tuple[PdfObject, PdfObject]] = [(field, NullObject()) for field in fields]
    while waiting:
        raw, inherited = waiting.pop()
        reference = of_kind(IndirectObject, raw, "field tree")
        hold(place(reference) not in seen, "field tree")
        seen.add(place(reference))
        field = of_kind(DictionaryObject, look(resolver, reference), "field tree")
        kind = part(field, "/FT") if "/FT" in field else inherited
        kids = of_kind(ArrayObject, look(resolver, part(field, "/Kids")), "kids") if "/Kids" in field else ArrayObject()
        waiting.extend((kid, kind) for kid in kids)
        if _is_name(kind, "/Sig") and not kids and "/V" not in field:
            found.append(reference)
    return found


def hold_shows_nothing(resolver: HistoricalResolver, field: DictionaryObject, pages: set[Place]) -> None:
    """Hold a new field to what a signature needs; `pages` are where it may say it is."""
    hold(set(field) <= _KEYS, "a key that no signature needs")
    hold(_is_name(part(field, "/FT"), "/Sig"), "field type")
    hold(isinstance(part(field, "/T"), STRINGS), "name")
    hold(isinstance(part(field, "/TU"), (*STRINGS, NullObject)), "other name")
    hold("/Type" not in field or _is_name(part(field, "/Type"), "/Annot"), "type")
    hold("/Subtype" not in field or _is_name(part(field, "/Subtype"), "/Widget"), "subtype")
    _flags(field, "/F")
    _flags(field, "/Ff")
    hold("/P" not in field or place(of_kind(IndirectObject, part(field, "/P"), "page")) in pages, "page")
    hold(_has_no_area(field), "area")
    hold(is_plain(resolver, part(field, "/Lock")), "lock")
    hold("/AP" not in field or _paints_nothing(resolver, part(field, "/AP")), "appearance")


def drawn_in_place(old: HistoricalResolver, new: HistoricalResolver, box: IndirectObject) -> bool:
    """Tell whether a field that was there, filled in now, looks otherwise than before; hold it to its box.

    Its area is compared elsewhere: it has not moved.
    """
    before, after = (of_kind(DictionaryObject, look(resolver, box), "field") for resolver in (old, new))
    hold((_flags(before, "/F") ^ _flags(after, "/F")) & ~_FLAGS_OF_NO_SHOW == 0, "flags")
    _flags(after, "/Ff")
    picture, picture_now = part(before, "/AP"), part(after, "/AP")
    if Graphs(old, new).same(picture, picture_now):
        return False
    if _has_no_area(after):
        hold(_paints_nothing(new, picture_now), "appearance")
        return False
    stream = _normal_appearance(new, picture_now)
    hold(stream is not None and old.is_ref_unassignable(stream.reference), "appearance")
    return True


def is_plain(resolver: HistoricalResolver, value: PdfObject, depth: int = _DEPTH) -> bool:
    """Tell whether an object holds names, numbers, strings and lists of them, a few levels deep: no stream, no loop."""
    found = look(resolver, value)
    if isinstance(found, StreamObject) or depth == 0:
        return False
    if isinstance(found, DictionaryObject):
        return all(is_plain(resolver, part, depth - 1) for part in found.values())
    if isinstance(found, ArrayObject):
        return all(is_plain(resolver, part, depth - 1) for part in found)
    return isinstance(found, (NameObject, BooleanObject, NullObject, *NUMBERS, *STRINGS))


def _is_name(value: PdfObject, name: str) -> bool:
    return isinstance(value, NameObject) and str(value) == name


def _flags(field: DictionaryObject, key: str) -> int:
    return of_kind(NumberObject, part(field, key), "flags") if key in field else 0


def _has_no_area(field: DictionaryObject) -> bool:
    """A rectangle that is one point; the library takes one that nobody can read for none, and some viewer may read it."""
    corners = part(field, "/Rect")
    if not isinstance(corners, ArrayObject) or not all(isinstance(number, NUMBERS) for number in corners):
        return False
    return len(corners) == 4 and corners[0] == corners[2] and corners[1] == corners[3]  # noqa: PLR2004  -- two corners


def _normal_appearance(resolver: HistoricalResolver, value: PdfObject) -> IndirectObject | None:
    """Return the reference to the one stream of an appearance dictionary that has nothing else (§12.5.5)."""
    found = look(resolver, value)
    if not isinstance(found, DictionaryObject) or set(found) != {"/N"}:
        return None
    stream = part(found, "/N")
    is_stream = isinstance(look(resolver, stream), StreamObject)
    return stream if is_stream and isinstance(stream, IndirectObject) else None


def _paints_nothing(resolver: HistoricalResolver, value: PdfObject) -> bool:
    """Tell whether an appearance consists of comments and white space: invisible signatures of other makers have one."""
    reference = _normal_appearance(resolver, value)
    stream = None if reference is None else look(resolver, reference)
    if not isinstance(stream, StreamObject) or len(stream.encoded_data) > _BLANK_BYTES:
        return False
    return not _COMMENT.sub(b"", stream.data).strip(b"\0\t\n\f\r ")
