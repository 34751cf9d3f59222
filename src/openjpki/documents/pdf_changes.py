"""What was appended to a PDF after a signature, and whether it may be there (ISO 32000-1 §12.8, ETSI EN 319 142-1 §5.4).

Revision by revision, a closed list: validation data, a document time-stamp or another signature that shows nothing,
and the book-keeping that goes with them. Everything else that a reader can reach must be what it was.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)
from pyhanko.pdf_utils.metadata.model import PDF_PRODUCER, XMP_MODDATE, ExpandedName, XmpValue
from pyhanko.pdf_utils.metadata.xmp_xml import MetadataStream, XmpXmlProcessingError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from openjpki.documents.pdf_fields import (
    Altered,
    drawn_in_place,
    empty_boxes,
    hold,
    hold_shows_nothing,
    is_plain,
    of_kind,
)
from openjpki.documents.pdf_graph import STRINGS, Graphs, Place, look, part, place

MAX_REVISIONS = 256
"""Revisions of one document that are compared; a signature at B-LTA level takes one a year or so."""

_JUDGED_APART = frozenset({"/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Version"})
"""Of the catalog; how a document security store is built is held by the library's rules."""
_FORM_GROWS = frozenset({"/Fields", "/SigFlags"})
_FILLED_IN = frozenset({"/V", "/AP", "/F", "/Ff"})
_BOOK_KEEPING = frozenset({"/ModDate", "/Producer"})
_XMP_BOOK_KEEPING = frozenset(
    {
        XMP_MODDATE,
        PDF_PRODUCER,
        ExpandedName(XMP_MODDATE.ns, "MetadataDate"),
        ExpandedName("http://ns.adobe.com/xap/1.0/mm/", "InstanceID"),
    }
)
_VERSION = re.compile(r"/[12]\.[0-9]")
_ALL_SIGNATURE_FLAGS = 3
"""SignaturesExist and AppendOnly (ISO 32000-1 table 219); they may be set, never taken back."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A signature or document time-stamp that is rightly made over the whole file up to its own revision."""

    revision: int
    stamp: bool = False


@dataclass(frozen=True, kw_only=True)
class Appended:
    """What revisions brought; one that is altered brought something else as well, or nothing that may be there."""

    altered: bool = False
    signed: bool = False
    """Another signature of a person."""
    drawn: bool = False
    """A later signer's picture in a box that was there, empty, before."""

    def __or__(self, other: "Appended") -> "Appended":
        """Take both together."""
        return Appended(
            altered=self.altered or other.altered,
            signed=self.signed or other.signed,
            drawn=self.drawn or other.drawn,
        )


class History:
    """The revisions of a document, each compared once with the one before it.

    `seals` are the signatures and time-stamps that hold, by where their values are.
    """

    def __init__(self, reader: PdfFileReader, seals: Mapping[Place, Seal]) -> None:
        self._reader, self._seals = reader, seals
        self._steps: dict[int, Appended] = {}

    def since(self, revision: int) -> Appended:
        """Return what was appended after a revision (0 is the oldest)."""
        brought = Appended()
        for later in range(revision + 1, self._reader.xrefs.total_revisions):
            if later not in self._steps:
                self._steps[later] = self._step(later)
            brought |= self._steps[later]
        return brought

    def _step(self, later: int) -> Appended:
        old, new = (self._reader.get_historical_resolver(revision) for revision in (later - 1, later))
        try:
            return _Step(old, new, self._seals).judge()
        except Altered:
            return Appended(altered=True)


@dataclass
class _Step:
    """One revision and the next."""

    old: HistoricalResolver
    new: HistoricalResolver
    seals: Mapping[Place, Seal]

    def judge(self) -> Appended:
        hold(place(self.old.root_ref) == place(self.new.root_ref), "another catalog")
        hold("/Encrypt" not in self.new.trailer_view, "encrypted")
        root, root_now = self.old.root, self.new.root
        form, form_now = self._dictionaries(part(root, "/AcroForm"), part(root_now, "/AcroForm"))
        fields, kept, added = self._grown(form, form_now, "/Fields")
        signed = [*(of_kind(IndirectObject, one, "a direct field") for one in added), *self._filled(fields)]
        pages = list(self._pages())
        graphs = Graphs(self.old, self.new, self._left_out(root, pages, signed))
        hold(graphs.same(root, root_now, left_out=_JUDGED_APART), "catalog")
        hold(graphs.same(form, form_now, left_out=_FORM_GROWS), "form")
        hold(graphs.same(fields, kept), "fields")
        self._hold_annotations(graphs, pages, {place(one) for one in signed[: len(added)]})
        self._hold_flags(form, form_now)
        self._hold_book_keeping(root, root_now)
        return self._brought(signed, new=bool(added), pages={place(page) for page in pages})

    def _left_out(
        self, root: DictionaryObject, pages: list[IndirectObject], signed: list[IndirectObject]
    ) -> dict[Place, frozenset[str]]:
        """Return which keys of which objects are judged here and not compared."""
        left_out = {place(self.old.root_ref): _JUDGED_APART}
        form = part(root, "/AcroForm")
        if isinstance(form, IndirectObject):
            left_out[place(form)] = _FORM_GROWS
        left_out |= dict.fromkeys((place(page) for page in pages), frozenset({"/Annots"}))
        left_out |= dict.fromkeys((place(box) for box in signed), _FILLED_IN)
        return left_out

    def _dictionaries(self, old: PdfObject, new: PdfObject) -> tuple[DictionaryObject, DictionaryObject]:
        before, after = look(self.old, old), look(self.new, new)
        return of_kind(DictionaryObject, before, "no dictionary"), of_kind(DictionaryObject, after, "no dictionary")

    def _grown(
        self, old: DictionaryObject, new: DictionaryObject, key: str
    ) -> tuple[ArrayObject, ArrayObject, ArrayObject]:
        """Return an array, its beginning as it is now, and what stands behind it now; an absent one is empty."""
        before, after = (
            of_kind(ArrayObject, look(resolver, part(one, key)), key) if key in one else ArrayObject()
            for resolver, one in ((self.old, old), (self.new, new))
        )
        hold(len(before) <= len(after), key)
        return before, ArrayObject(list(after)[: len(before)]), ArrayObject(list(after)[len(before) :])

    def _filled(self, fields: ArrayObject) -> list[IndirectObject]:
        boxes = empty_boxes(self.old, fields)
        return [box for box in boxes if "/V" in self._dictionaries(box, box)[1]]

    def _pages(self) -> Iterator[IndirectObject]:
        """Go through the page tree of the older revision."""
        waiting, seen = [part(self.old.root, "/Pages")], set()
        while waiting:
            node = of_kind(IndirectObject, waiting.pop(), "page tree")
            hold(place(node) not in seen, "page tree")
            seen.add(place(node))
            found = of_kind(DictionaryObject, look(self.old, node), "page tree")
            if "/Kids" in found:
                waiting.extend(of_kind(ArrayObject, look(self.old, part(found, "/Kids")), "page tree"))
            else:
                yield node

    def _hold_annotations(self, graphs: Graphs, pages: list[IndirectObject], added: set[Place]) -> None:
        """A new field may be registered with one page, behind what is there."""
        for page in pages:
            annotations, kept, more = self._grown(*self._dictionaries(page, page), "/Annots")
            hold(graphs.same(annotations, kept), "annotations")
            for one in more:
                where = place(of_kind(IndirectObject, one, "a direct annotation"))
                hold(where in added, "an annotation that is no new field")
                added.remove(where)

    def _hold_flags(self, form: DictionaryObject, form_now: DictionaryObject) -> None:
        before, after = (
            of_kind(NumberObject, part(one, "/SigFlags"), "flags") if "/SigFlags" in one else 0
            for one in (form, form_now)
        )
        hold(after == before or (0 <= after <= _ALL_SIGNATURE_FLAGS and before & after == before), "flags")

    def _hold_book_keeping(self, root: DictionaryObject, root_now: DictionaryObject) -> None:
        """Version, extensions, document information and metadata: only what every writer sets by itself."""
        if not self._is_kept("/Version", root, root_now):
            version = part(root_now, "/Version")
            hold(isinstance(version, NameObject) and _VERSION.fullmatch(version) is not None, "version")
        if not self._is_kept("/Extensions", root, root_now):
            extensions = of_kind(DictionaryObject, look(self.new, part(root_now, "/Extensions")), "extensions")
            hold(is_plain(self.new, extensions), "extensions")
        if not self._is_kept("/Metadata", root, root_now):
            hold(self._described(self.old, root) == self._described(self.new, root_now), "metadata")
        information_now = part(self.new.trailer_view, "/Info")
        if not isinstance(information_now, NullObject):
            self._hold_information(information_now)

    def _is_kept(self, key: str, old: DictionaryObject, new: DictionaryObject) -> bool:
        return Graphs(self.old, self.new).same(part(old, key), part(new, key))

    def _hold_information(self, information_now: PdfObject) -> None:
        information = part(self.old.trailer_view, "/Info")
        nothing = isinstance(information, NullObject)
        before, after = self._dictionaries(DictionaryObject() if nothing else information, information_now)
        hold(Graphs(self.old, self.new).same(before, after, left_out=_BOOK_KEEPING), "information")
        hold(all(isinstance(part(after, key), (*STRINGS, NullObject)) for key in _BOOK_KEEPING), "information")

    def _described(self, resolver: HistoricalResolver, root: DictionaryObject) -> dict[ExpandedName, XmpValue]:
        """Return what the XMP metadata say, save who touched the file when."""
        if "/Metadata" not in root:
            return {}
        stream = of_kind(StreamObject, look(resolver, part(root, "/Metadata")), "metadata")
        try:
            described = MetadataStream(stream, encoded_data=stream.encoded_data).xmp
        except XmpXmlProcessingError as error:
            text = "metadata"
            raise Altered(text) from error
        return {name: value for group in described for name, value in group if name not in _XMP_BOOK_KEEPING}

    def _brought(self, signed: list[IndirectObject], *, new: bool, pages: set[Place]) -> Appended:
        """Of all signature fields one may be new or newly filled, by a seal over this very revision."""
        if not signed:
            return Appended()
        hold(len(signed) == 1, "two signatures in one revision")
        (where,) = signed
        field = of_kind(DictionaryObject, look(self.new, where), "field")
        seal = self.seals.get(place(of_kind(IndirectObject, part(field, "/V"), "no signature")))
        if seal is None or seal.revision != self.new.revision:
            text = "no signature that holds"
            raise Altered(text)
        if new:
            hold(self.old.is_ref_unassignable(where.reference), "an old object as a new field")
            hold_shows_nothing(self.new, field, pages)
            return Appended(signed=not seal.stamp)
        drawn = drawn_in_place(self.old, self.new, where)
        hold(not (drawn and seal.stamp), "a time-stamp with a picture")
        return Appended(signed=not seal.stamp, drawn=drawn)
