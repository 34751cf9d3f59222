import io

import pytest
from pyhanko.pdf_utils.generic import ArrayObject, BooleanObject, DictionaryObject, NumberObject, PdfObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from openjpki.documents.pdf_fields import Altered, drawn_in_place, empty_boxes, hold_shows_nothing, is_plain
from tests.unit.documents.updates import dictionary, new_field, numbers, picture, text, update, with_box
from tests.unit.documents.world import pdf

PAGES = {(7, 0)}


def _resolver(document: bytes) -> HistoricalResolver:
    reader = PdfFileReader(io.BytesIO(document))
    return reader.get_historical_resolver(reader.xrefs.total_revisions - 1)


PLAIN = _resolver(pdf())


def _field(**changes: object) -> DictionaryObject:
    field = dictionary(Type="/Annot", Subtype="/Widget", FT="/Sig", T=text("A"), F=132, Rect=numbers(0, 0, 0, 0))
    field.update(dictionary(**changes))
    return field


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Rect": numbers(-9999, -9999, -9999, -9999)},
        {"TU": text("Time-stamp")},
        {"Ff": 1},
        {"Lock": dictionary(Type="/SigFieldLock", Action="/All", P=1)},
    ],
)
def test_a_field_that_shows_nothing_may_be_new(changes: dict[str, object]) -> None:
    """What a signature needs, and a lock."""
    hold_shows_nothing(PLAIN, _field(**changes), PAGES)


@pytest.mark.parametrize(
    "changes",
    [
        {"A": dictionary(S="/JavaScript")},
        {"AA": dictionary()},
        {"Kids": ArrayObject()},
        {"Parent": dictionary()},
        {"MK": dictionary()},
        {"BS": dictionary()},
        {"Border": numbers(0, 0, 9)},
        {"DA": text("")},
        {"DR": dictionary()},
        {"OC": dictionary()},
        {"SV": dictionary()},
        {"StructParent": 1},
        {"FT": "/Tx"},
        {"T": "/A"},
        {"TU": dictionary()},
        {"Type": "/Other"},
        {"Subtype": "/FreeText"},
        {"F": text("4")},
        {"Ff": dictionary()},
        {"P": dictionary()},
        {"Lock": dictionary(A=dictionary(A=dictionary(A=dictionary(A=dictionary(A=dictionary(A=dictionary()))))))},
        {"AP": dictionary()},
        {"AP": dictionary(N=dictionary())},
        {"AP": dictionary(N="/A")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_field_that_could_show_or_do_something_may_not(changes: dict[str, object]) -> None:
    """Actions, children, borders, text, layers, other kinds of annotation."""
    with pytest.raises(Altered):
        hold_shows_nothing(PLAIN, _field(**changes), PAGES)


@pytest.mark.parametrize(
    "corners",
    [
        numbers(0, 0, 600, 800),
        numbers(0, 0, 600, 0),
        numbers(0, 0, 0, 800),
        numbers(0, 0, 0),
        numbers(0, 0, 0, 0, 0),
        ArrayObject([text("0")] * 4),
        text("0"),
    ],
    ids=["page", "line", "column", "three", "five", "strings", "string"],
)
def test_a_rectangle_that_is_no_point_is_an_area(corners: PdfObject) -> None:
    """The library takes one that it cannot read for none."""
    with pytest.raises(Altered):
        hold_shows_nothing(PLAIN, _field(Rect=corners), PAGES)


def test_plain_is_what_leads_nowhere() -> None:
    """Names, numbers, strings, and lists of them."""
    resolver = _resolver(update(pdf(), picture))
    stream = next(
        one for one in resolver.explicit_refs_in_revision() if "/BBox" in (resolver(one) if one.idnum else ())
    )

    assert is_plain(resolver, dictionary(A=ArrayObject([text("A"), BooleanObject(value=True), NumberObject(1)])))
    assert not is_plain(resolver, resolver(stream))


def test_a_box_is_a_signature_field_without_a_value() -> None:
    """The type may be inherited, and a field with children is none."""
    leaves: list[PdfObject] = []

    def change(writer: IncrementalPdfFileWriter) -> None:
        leaf = writer.add_object(dictionary(T=text("leaf")))
        other = writer.add_object(dictionary(T=text("text"), FT="/Tx"))
        filled = writer.add_object(dictionary(T=text("filled"), V=dictionary()))
        kids = ArrayObject([leaf, other, filled])
        leaves.append(writer.add_object(dictionary(T=text("parent"), FT="/Sig", Kids=kids)))

    resolver = _resolver(update(pdf(), change))

    assert len(empty_boxes(resolver, leaves)) == 1
    with pytest.raises(Altered):
        empty_boxes(resolver, leaves * 2)
    with pytest.raises(Altered):
        empty_boxes(resolver, [dictionary()])


BOXED = with_box(pdf())


def _drawn(key: str, value: PdfObject | None, box: tuple[int, int, int, int] | None = (72, 600, 400, 700)) -> bool:
    def change(writer: IncrementalPdfFileWriter) -> None:
        (field,) = (one.get_object() for one in writer.root["/AcroForm"]["/Fields"])
        field[pdf_name(key)] = picture(writer) if value is None else value
        writer.update_container(field)

    reader = PdfFileReader(io.BytesIO(update(with_box(pdf(), box), change)))
    old, new = (
        reader.get_historical_resolver(revision)
        for revision in (-2 + reader.xrefs.total_revisions, reader.xrefs.total_revisions - 1)
    )
    return drawn_in_place(old, new, new.root["/AcroForm"]["/Fields"].raw_get(0))


def test_a_new_picture_in_a_box_is_told() -> None:
    """Only the picture counts; that the field is locked now shows nothing."""
    assert _drawn("/AP", None)
    assert not _drawn("/F", NumberObject(4 | 64 | 128 | 512))
    assert not _drawn("/Ff", NumberObject(1))


@pytest.mark.parametrize(
    ("key", "value", "box"),
    [
        ("/AP", None, None),
        ("/AP", dictionary(), (72, 600, 400, 700)),
        ("/AP", dictionary(N="/Off"), (72, 600, 400, 700)),
        ("/F", NumberObject(2), (72, 600, 400, 700)),
        ("/F", NumberObject(8), (72, 600, 400, 700)),
        ("/F", text("4"), (72, 600, 400, 700)),
        ("/Ff", text("4"), (72, 600, 400, 700)),
    ],
)
def test_a_box_stays_where_it_is(key: str, value: PdfObject | None, box: tuple[int, int, int, int] | None) -> None:
    """Nothing without an area gets a picture, nothing hidden comes to light, and a picture is one stream."""
    with pytest.raises(Altered):
        _drawn(key, value, box)


def test_a_field_of_the_library_may_be_new() -> None:
    """What this software itself writes."""
    resolver = _resolver(update(pdf(), lambda writer: new_field(writer, "A")))
    field = resolver.root["/AcroForm"]["/Fields"][0]

    hold_shows_nothing(resolver, field, {(field.raw_get("/P").idnum, 0)})
