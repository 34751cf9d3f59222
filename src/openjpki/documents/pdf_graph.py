"""Whether two revisions of a PDF say the same, object by object.

An incremental update leaves every earlier byte in place and may still give any object another meaning: it defines the
object's number anew, or defines a number that was referred to before and led nowhere (ISO 32000-1 §7.3.10). So what is
compared is not the bytes and not the list of changed objects, but what a reader reaches from a place in either revision.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    Reference,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.reader import HistoricalResolver

Place = tuple[int, int]
"""An object's number and generation."""

STRINGS = (TextStringObject, ByteStringObject)
NUMBERS = (NumberObject, FloatObject)

NOTHING_LEFT_OUT: Mapping[Place, frozenset[str]] = MappingProxyType({})


def place(reference: IndirectObject | Reference) -> Place:
    """Return what a reference refers to."""
    return reference.idnum, reference.generation


def part(dictionary: DictionaryObject, key: str) -> PdfObject:
    """Return what a dictionary has for a key, as it stands there; null if it has none (ISO 32000-1 §7.3.7)."""
    value: PdfObject = dict.get(dictionary, key, NullObject())
    return value


def look(resolver: HistoricalResolver, value: PdfObject) -> PdfObject:
    """Follow a reference within one revision; one that leads nowhere is null (ISO 32000-1 §7.3.10)."""
    if not isinstance(value, IndirectObject):
        return value
    if resolver.reader.xrefs.get_historical_ref(value.reference, resolver.revision) is None:
        return NullObject()
    found: PdfObject = resolver(value.reference)
    return found


_OWN: Mapping[type[PdfObject], Callable[[Any], object]] = {
    IndirectObject: place,
    TextStringObject: lambda string: string.original_bytes,
    NumberObject: lambda number: number,
    NameObject: str,
    BooleanObject: lambda boolean: boolean.value,
    NullObject: lambda _: None,
    ArrayObject: len,
    StreamObject: lambda stream: stream.encoded_data,
    DictionaryObject: lambda _: None,
}
"""What an object is by itself, apart from its parts. The library has two kinds of strings, and two of numbers."""


def _kind(value: PdfObject) -> type[PdfObject] | None:
    if isinstance(value, STRINGS):
        return TextStringObject
    if isinstance(value, NUMBERS):
        return NumberObject
    return next((kind for kind in _OWN if isinstance(value, kind)), None)


class Graphs:
    """Compares what can be reached in an older revision with the same in a newer one.

    `left_out` names the keys of single objects that are not compared: whoever leaves them out judges them.
    After an answer of False the object has seen only a part: ask another one.
    """

    def __init__(
        self,
        old: HistoricalResolver,
        new: HistoricalResolver,
        left_out: Mapping[Place, frozenset[str]] = NOTHING_LEFT_OUT,
    ) -> None:
        self._old, self._new, self._left_out = old, new, left_out
        self._seen: set[Place] = set()

    def same(self, old: PdfObject, new: PdfObject, *, left_out: frozenset[str] = frozenset()) -> bool:
        """Tell whether both are the same, and everything that they lead to."""
        if not self._alike(old, new):
            return False
        waiting = [(old, new, left_out)]
        while waiting:
            before, after, keys = waiting.pop()
            for one, other, below in self._pairs(before, after, keys):
                if not self._alike(one, other):
                    return False
                waiting.append((one, other, below))
        return True

    def _alike(self, old: PdfObject, new: PdfObject) -> bool:
        """Compare one object by itself: its kind, its value or bytes, the number of its parts."""
        kind = _kind(old)
        if kind is None or kind is not _kind(new):
            return False
        return _OWN[kind](old) == _OWN[kind](new)

    def _pairs(
        self, old: PdfObject, new: PdfObject, left_out: frozenset[str]
    ) -> list[tuple[PdfObject, PdfObject, frozenset[str]]]:
        """Return the parts of two objects that are alike; a null for a key that the other one does not have."""
        if isinstance(old, IndirectObject) and isinstance(new, IndirectObject):
            where = place(old)
            if where in self._seen:
                return []
            self._seen.add(where)
            return [(look(self._old, old), look(self._new, new), self._left_out.get(where, frozenset()))]
        if isinstance(old, ArrayObject) and isinstance(new, ArrayObject):
            return [(one, other, frozenset()) for one, other in zip(old, new, strict=True)]
        if isinstance(old, DictionaryObject) and isinstance(new, DictionaryObject):
            keys = (set(old) | set(new)) - left_out
            return [(part(old, key), part(new, key), frozenset()) for key in keys]
        return []
