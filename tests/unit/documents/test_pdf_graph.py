import io

import pytest
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
    StreamObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from openjpki.documents.pdf_graph import Graphs, look, part, place
from tests.unit.documents.updates import dictionary, numbers, update
from tests.unit.documents.world import pdf

DOCUMENT = update(pdf(), lambda writer: writer.add_object(numbers(1)))
SAMPLES: list[PdfObject] = [
    NullObject(),
    BooleanObject(value=True),
    BooleanObject(value=False),
    NumberObject(0),
    NumberObject(1),
    FloatObject("1.5"),
    NameObject("/A"),
    NameObject("/B"),
    ByteStringObject(b"A"),
    ByteStringObject(b"/A"),
    ByteStringObject(b"\xff"),
    ArrayObject(),
    numbers(1),
    numbers(2),
    dictionary(A="/B"),
    dictionary(A="/C"),
    dictionary(B="/B"),
    StreamObject(stream_data=b"A"),
    StreamObject(stream_data=b"B"),
    StreamObject(dict(dictionary(A="/B")), stream_data=b"A"),
]


def _revisions(document: bytes = DOCUMENT) -> tuple[HistoricalResolver, HistoricalResolver]:
    reader = PdfFileReader(io.BytesIO(document))
    last = reader.xrefs.total_revisions - 1
    return reader.get_historical_resolver(last - 1), reader.get_historical_resolver(last)


@pytest.mark.parametrize("old", range(len(SAMPLES)))
def test_different_objects_are_never_the_same(old: int) -> None:
    """Each is the same as itself and as none of the others."""
    same = [new for new in range(len(SAMPLES)) if Graphs(*_revisions()).same(SAMPLES[old], SAMPLES[new])]

    assert same == [old]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (NumberObject(1), FloatObject("1.0")),
        (dictionary(A="/B"), dictionary(A="/B", C=NullObject())),
    ],
    ids=["numbers", "null"],
)
def test_another_way_of_writing_is_the_same(old: PdfObject, new: PdfObject) -> None:
    """ISO 32000-1 §7.3.3, §7.3.7: 1 is 1.0, and a null is an entry that is not there."""
    assert Graphs(*_revisions()).same(old, new)


def test_a_reference_is_the_same_only_as_itself() -> None:
    """Another number is another object, even of the same content."""
    old, new = _revisions()

    assert Graphs(old, new).same(IndirectObject(1, 0, old), IndirectObject(1, 0, new))
    assert not Graphs(old, new).same(IndirectObject(1, 0, old), IndirectObject(2, 0, new))
    assert not Graphs(old, new).same(IndirectObject(1, 0, old), new.root)


def _page(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    page: DictionaryObject = writer.find_page_for_modification(0)[0].get_object()
    writer.update_container(page)
    return page


def test_what_lies_far_below_is_compared() -> None:
    """From the catalog to a page's keys; cycles end."""
    old, new = _revisions(
        update(DOCUMENT, lambda writer: _page(writer).__setitem__(NameObject("/Rotate"), NumberObject(90)))
    )

    assert not Graphs(old, new).same(old.root, new.root)
    assert Graphs(*_revisions()).same(*(one.root for one in _revisions()))


def test_what_is_left_out_is_not_compared() -> None:
    """By the object, and at the top by the call."""
    document = update(DOCUMENT, lambda writer: _page(writer).__setitem__(NameObject("/Rotate"), NumberObject(90)))
    old, new = _revisions(document)
    page = new.root["/Pages"].raw_get("/Kids").raw_get(0)

    assert Graphs(old, new, {place(page): frozenset({"/Rotate"})}).same(old.root, new.root)
    assert not Graphs(old, new, {place(page): frozenset({"/Other"})}).same(old.root, new.root)
    assert Graphs(old, new).same(old.root, new.root, left_out=frozenset({"/Pages"}))


def test_a_reference_that_leads_nowhere_is_null() -> None:
    """ISO 32000-1 §7.3.10; the library would raise."""
    old, _ = _revisions()

    assert look(old, IndirectObject(9999, 0, old)) == NullObject()
    assert part(DictionaryObject(), "/A") == NullObject()
