import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    StreamObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import TextStampStyle

import openjpki.story
from openjpki.documents.pdf import Changes, read_pdf
from openjpki.documents.pdf_changes import MAX_REVISIONS, Appended, History
from openjpki.documents.sign import sign_pdf
from tests.unit.documents.stamps import TestAuthority
from tests.unit.documents.updates import (
    FORGED,
    SECOND,
    WHOLE_PAGE,
    dictionary,
    field_named,
    new_field,
    numbers,
    picture,
    sham_stamp,
    signed_by_the_library,
    text,
    update,
    with_box,
    with_stamp,
    with_store,
)
from tests.unit.documents.world import SIGNED, Card, pdf

SIGNED_PDF = sign_pdf(pdf(), Card(), moment=SIGNED)
BOXED = sign_pdf(with_box(pdf()), Card(), moment=SIGNED)
STORY = Path(openjpki.story.__file__).with_name("document.pdf")
ALTERED = "verify.altered-after-signing"
Put = Callable[[IncrementalPdfFileWriter, DictionaryObject], None]


def _codes(document: bytes) -> list[list[str]]:
    return [[finding.code for finding in one.facts.findings] for one in read_pdf(document).signatures]


def _changes(document: bytes) -> list[Changes | None]:
    return [one.changes for one in read_pdf(document).signatures]


def _painted(writer: IncrementalPdfFileWriter) -> None:
    new_field(writer, "Overlay", WHOLE_PAGE)[pdf_name("/AP")] = picture(writer)


def test_a_new_field_that_nobody_signed_may_not_paint() -> None:
    """Without any key, whoever has the file could write another text over the signed page."""
    assert _codes(update(SIGNED_PDF, _painted)) == [[ALTERED]]


@pytest.mark.parametrize("box", [None, WHOLE_PAGE], ids=["invisible", "visible"])
def test_a_new_field_that_nobody_signed_may_not_be_there_at_all(box: tuple[int, int, int, int] | None) -> None:
    """Its actions and its name need no area."""
    assert _codes(update(SIGNED_PDF, lambda writer: new_field(writer, "Empty", box))) == [[ALTERED]]


@pytest.mark.parametrize("box", [None, WHOLE_PAGE], ids=["invisible", "visible"])
def test_a_sham_time_stamp_makes_no_field_good(box: tuple[int, int, int, int] | None) -> None:
    """A value of zeros that calls itself a time-stamp is no time-stamp."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = new_field(writer, "Stamp", box)
        field[pdf_name("/V")] = sham_stamp(writer)
        if box is not None:
            field[pdf_name("/AP")] = picture(writer)

    assert _codes(update(SIGNED_PDF, change)) == [[ALTERED]]


def test_a_script_in_an_invisible_field_is_an_alteration() -> None:
    """A field may act when the page opens, and show nothing itself."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        script = dictionary(S="/JavaScript", JS=text("app.alert('hi')"))
        new_field(writer, "Script")[pdf_name("/AA")] = dictionary(PO=script)

    assert _codes(update(SIGNED_PDF, change)) == [[ALTERED]]


def _form() -> bytes:
    """Return a signed form with one text field and its font."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        font = dictionary(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica")
        field = dictionary(Type="/Annot", Subtype="/Widget", FT="/Tx", T=text("Amount"), V=text("100"))
        field |= dictionary(Rect=numbers(72, 700, 272, 740), F=4, DA=text("/Helv 24 Tf 0 g"), AP=picture(writer))
        reference = writer.add_object(DictionaryObject(field))
        page = writer.find_page_for_modification(0)[0].get_object()
        page[pdf_name("/Annots")] = ArrayObject([reference])
        writer.mark_update(page.container_ref)
        form = dictionary(Fields=ArrayObject([reference]), DR=dictionary(Font=dictionary(Helv=font)))
        form |= dictionary(DA=text("/Helv 24 Tf 0 g"))
        writer.root[pdf_name("/AcroForm")] = writer.add_object(DictionaryObject(form))
        writer.update_root()

    return sign_pdf(update(pdf(), change), Card(), moment=SIGNED)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("/DR", dictionary(Font=dictionary(Helv=dictionary(Type="/Font", Subtype="/Type1", BaseFont="/Symbol")))),
        ("/NeedAppearances", BooleanObject(value=True)),
        ("/DA", text("/Helv 1 Tf 1 g")),
        ("/Q", NumberObject(2)),
        ("/XFA", text("<xdp/>")),
        ("/CO", ArrayObject()),
        ("/SigFlags", NumberObject(0)),
        ("/SigFlags", NumberObject(7)),
        ("/SigFlags", text("3")),
    ],
)
def test_the_form_of_a_signed_document_stays_as_it_is(key: str, value: DictionaryObject) -> None:
    """Other fonts for its fields, or the wish to draw them anew, are other glyphs for what was signed."""
    signed = _form()
    assert _codes(signed) == [[]]

    def change(writer: IncrementalPdfFileWriter) -> None:
        form = writer.root["/AcroForm"]
        form[pdf_name(key)] = value
        writer.mark_update(form.container_ref)

    assert _codes(update(signed, change)) == [[ALTERED]]


def test_a_second_signer_does_not_make_good_what_was_painted_before() -> None:
    """The second signed the painted page, the first did not."""
    assert _codes(sign_pdf(update(SIGNED_PDF, _painted), Card(SECOND), moment=SIGNED)) == [[ALTERED], []]


def test_an_empty_box_may_not_be_filled_by_a_sham_time_stamp() -> None:
    """A box in a signed document is there for a signer."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = field_named(writer, "Buyer")
        field[pdf_name("/V")] = sham_stamp(writer)
        field[pdf_name("/AP")] = picture(writer)

    assert _codes(update(BOXED, change)) == [[ALTERED]]


@pytest.mark.parametrize("key", ["/AP", "/MK", "/Rect", "/AA", "/Ff", "/F"])
def test_an_empty_box_may_not_change_without_a_signature(key: str) -> None:
    """It shows what it showed."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        value = {"/AP": picture(writer), "/Rect": numbers(*WHOLE_PAGE), "/Ff": NumberObject(1), "/F": NumberObject(2)}
        field_named(writer, "Buyer")[pdf_name(key)] = value.get(key, dictionary(X="/Y"))

    assert _codes(update(BOXED, change)) == [[ALTERED]]


def test_a_second_signature_that_shows_nothing_passes() -> None:
    """ETSI EN 319 142-1 §5.5: serial signatures, each over everything before it."""
    twice = sign_pdf(SIGNED_PDF, Card(SECOND), moment=SIGNED)
    thrice = signed_by_the_library(twice, "Third")

    assert _codes(twice) == [["verify.signed-again"], []]
    assert _codes(thrice) == [["verify.signed-again"], ["verify.signed-again"], []]
    assert _changes(thrice) == [Changes.SIGNATURES, Changes.SIGNATURES, Changes.NONE]


@pytest.mark.parametrize(
    "again", [with_store, with_stamp, lambda document: sign_pdf(document, Card(SECOND), moment=SIGNED)]
)
def test_a_tagged_document_with_metadata_passes(again: Callable[[bytes], bytes]) -> None:
    """The library writes the dates in the information and in the metadata anew."""
    signed = sign_pdf(STORY.read_bytes(), Card(), moment=SIGNED)

    assert _codes(again(signed))[0] in ([], ["verify.signed-again"])


def test_an_archive_level_made_by_others_passes() -> None:
    """Validation data, a document time-stamp over them, and again."""
    archived = with_stamp(with_store(with_stamp(with_store(SIGNED_PDF))))

    assert _codes(archived) == [[]]
    assert _changes(archived) == [Changes.ARCHIVAL]


@pytest.mark.parametrize(
    "authority",
    [
        TestAuthority(label="second", shows=TestAuthority()),
        TestAuthority(purposes=()),
        TestAuthority(digest_name="sha1"),
    ],
    ids=["foreign-key", "no-purpose", "sha1"],
)
def test_a_time_stamp_that_does_not_hold_is_an_alteration(authority: TestAuthority) -> None:
    """What comes after a signature must be what it says."""
    assert _codes(with_stamp(SIGNED_PDF, authority)) == [[ALTERED]]


def test_a_time_stamp_in_a_box_shows_nothing() -> None:
    """ISO 32000-2 §12.8.5: a document time-stamp has no appearance; the box keeps the one it had."""
    assert _codes(with_stamp(BOXED, name="Buyer")) == [[]]


def test_a_signature_in_a_new_visible_field_is_an_alteration() -> None:
    """Its picture lies where the first signer had the page."""
    assert _codes(signed_by_the_library(SIGNED_PDF, box=(72, 600, 400, 700), style=TextStampStyle())) == [[ALTERED], []]


def test_a_picture_in_an_empty_box_is_for_a_person_to_judge() -> None:
    """The first signer signed the box; whether the second's picture hides something, no rule can say."""
    signed = signed_by_the_library(BOXED, "Buyer", style=TextStampStyle())

    assert _codes(signed) == [[], ["verify.drawn-after-signing", "verify.signed-again"]]  # the box stands first


def test_a_signature_in_an_empty_field_without_an_area_passes() -> None:
    """Nothing on the page changed."""
    prepared = sign_pdf(with_box(pdf(), None), Card(), moment=SIGNED)

    assert _codes(signed_by_the_library(prepared, "Buyer")) == [[], ["verify.signed-again"]]


def _with(put: Put) -> bytes:
    """Return a document signed twice; something goes into the second signer's own field."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        put(writer, new_field(writer, "Other"))

    return signed_by_the_library(SIGNED_PDF, "Other", before_writing=change)


@pytest.mark.parametrize("content", [b"", b" \n", b"% DSBlank\n"])
def test_an_invisible_signature_may_have_an_appearance_that_paints_nothing(content: bytes) -> None:
    """Other makers write one."""

    def put(writer: IncrementalPdfFileWriter, field: DictionaryObject) -> None:
        field[pdf_name("/AP")] = picture(writer, content)

    assert _codes(_with(put)) == [["verify.signed-again"], []]


@pytest.mark.parametrize("content", [FORGED, b"n", b" " * 2000, b"%\n0 g"])
def test_an_invisible_signature_may_not_have_an_appearance_that_paints(content: bytes) -> None:
    """What a viewer makes of a picture without an area is its own affair."""

    def put(writer: IncrementalPdfFileWriter, field: DictionaryObject) -> None:
        field[pdf_name("/AP")] = picture(writer, content)

    assert _codes(_with(put)) == [[ALTERED], []]


def test_a_second_field_in_the_revision_of_a_signature_is_an_alteration() -> None:
    """One revision, one signature."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        new_field(writer, "Other")
        new_field(writer, "Twin")

    assert _codes(signed_by_the_library(SIGNED_PDF, "Other", before_writing=change)) == [[ALTERED], []]


def _page(writer: IncrementalPdfFileWriter, key: str, value: object) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    page[pdf_name(key)] = value
    writer.mark_update(page.container_ref)


@pytest.mark.parametrize("key", ["/Rotate", "/UserUnit", "/Tabs", "/AA", "/Contents", "/Annots", "/Resources"])
def test_a_page_stays_as_it_is_behind_a_signature_too(key: str) -> None:
    """A real second signature in the same revision does not open the page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        note = writer.add_object(dictionary(Type="/Annot", Subtype="/FreeText", Rect=numbers(*WHOLE_PAGE)))
        other = {
            "/Annots": ArrayObject([note]),
            "/Contents": writer.add_object(StreamObject(stream_data=FORGED)),
            "/AA": dictionary(O="/X"),
            "/Resources": DictionaryObject(),
            "/Tabs": pdf_name("/R"),
        }
        _page(writer, key, other.get(key, NumberObject(90)))

    assert _codes(update(SIGNED_PDF, change)) == [[ALTERED]]
    assert _codes(signed_by_the_library(SIGNED_PDF, before_writing=change))[0] == [ALTERED]


@pytest.mark.parametrize(
    "key", ["/OpenAction", "/AA", "/Names", "/OCProperties", "/MarkInfo", "/ViewerPreferences", "/Perms", "/Lang"]
)
def test_the_catalog_stays_as_it_is(key: str) -> None:
    """Actions, layers, views: the library would let /MarkInfo change."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[pdf_name(key)] = dictionary(Marked=BooleanObject(value=True))
        writer.update_root()

    assert _codes(update(SIGNED_PDF, change)) == [[ALTERED]]


@pytest.mark.parametrize(
    ("key", "value", "codes"),
    [
        ("/Version", pdf_name("/2.0"), []),
        ("/Version", pdf_name("/x"), [ALTERED]),
        ("/Version", dictionary(A="/B"), [ALTERED]),
        ("/Extensions", dictionary(ADBE=dictionary(BaseVersion="/1.7", ExtensionLevel=3)), []),
        ("/Extensions", pdf_name("/x"), [ALTERED]),
    ],
)
def test_version_and_extensions_say_what_they_are_for(key: str, value: DictionaryObject, codes: list[str]) -> None:
    """ISO 32000-1 §7.12: names and numbers."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[pdf_name(key)] = value
        writer.update_root()

    assert _codes(update(SIGNED_PDF, change)) == [codes]


def test_extensions_hold_no_stream() -> None:
    """They lead nowhere."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        stream = writer.add_object(StreamObject(stream_data=FORGED))
        writer.root[pdf_name("/Extensions")] = dictionary(X=stream)
        writer.update_root()

    assert _codes(update(SIGNED_PDF, change)) == [[ALTERED]]


@pytest.mark.parametrize("key", ["/Title", "/Author", "/Trapped"])
def test_the_document_information_keeps_its_words(key: str) -> None:
    """A viewer writes the title above the page; who touched the file when is book-keeping."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        information = writer.trailer["/Info"]
        information[pdf_name(key)] = text("Other")
        writer.mark_update(information.container_ref)

    assert _codes(update(SIGNED_PDF, change)) == [[ALTERED]]


def _xmp(title: str, moment: str, *, tag: str = "x:xmpmeta") -> bytes:
    return (
        f'<{tag} xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"<dc:title>{title}</dc:title><xmp:ModifyDate>{moment}</xmp:ModifyDate></rdf:Description></rdf:RDF></{tag}>"
    ).encode()


def _metadata(content: bytes) -> Callable[[IncrementalPdfFileWriter], None]:
    def change(writer: IncrementalPdfFileWriter) -> None:
        stream = StreamObject(dict(dictionary(Type="/Metadata", Subtype="/XML")), stream_data=content)
        writer.root[pdf_name("/Metadata")] = writer.add_object(stream)
        writer.update_root()

    return change


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (_xmp("Contract", "2027-01-01T00:00:00+09:00"), []),
        (_xmp("Other", "2026-01-01T00:00:00+09:00"), [ALTERED]),
        (_xmp("Contract", "x", tag="other"), [ALTERED]),
        (b"<", [ALTERED]),
    ],
    ids=["date", "title", "root", "broken"],
)
def test_the_metadata_keep_their_words(content: bytes, codes: list[str]) -> None:
    """XMP may be written anew with another date, and say the same."""
    described = update(pdf(), _metadata(_xmp("Contract", "2026-01-01T00:00:00+09:00")))
    signed = sign_pdf(described, Card(), moment=SIGNED)

    assert _codes(update(signed, _metadata(content))) == [codes]


def test_an_object_that_led_nowhere_when_it_was_signed_may_not_appear() -> None:
    """The shadow attack prepared before signing: a page refers to a number that is defined only afterwards."""
    ahead = int(PdfFileReader(io.BytesIO(pdf())).trailer["/Size"]) + 40

    def prepare(writer: IncrementalPdfFileWriter) -> None:
        page = writer.find_page_for_modification(0)[0].get_object()
        page[pdf_name("/Contents")] = ArrayObject([page.raw_get("/Contents"), IndirectObject(ahead, 0, writer)])
        writer.mark_update(page.container_ref)

    def spring(writer: IncrementalPdfFileWriter) -> None:
        writer.objects[(0, ahead)] = StreamObject(stream_data=FORGED)

    signed = sign_pdf(update(pdf(), prepare), Card(), moment=SIGNED)

    assert _codes(signed) == [[]]
    assert _codes(update(signed, spring)) == [[ALTERED]]


def test_what_was_brought_adds_up() -> None:
    """The worst of every revision."""
    assert Appended(signed=True) | Appended(drawn=True) == Appended(signed=True, drawn=True)
    assert (Appended() | Appended(altered=True)).altered


def test_a_flood_of_revisions_is_refused() -> None:
    """The work for one document is bounded."""
    flooded = SIGNED_PDF
    start = PdfFileReader(io.BytesIO(flooded)).last_startxref
    size = PdfFileReader(io.BytesIO(flooded)).trailer["/Size"]
    root = PdfFileReader(io.BytesIO(flooded)).trailer.raw_get("/Root")
    for _ in range(MAX_REVISIONS):
        place = len(flooded)
        trailer = f"trailer\n<< /Size {size} /Root {root.idnum} 0 R /Prev {start} >>\nstartxref\n{place}\n%%EOF\n"
        flooded += f"xref\n0 0\n{trailer}".encode()
        start = place

    assert [finding.code for finding in read_pdf(flooded).findings] == ["verify.unreadable"]


def test_each_revision_is_compared_once() -> None:
    """The answer for an early signature is made of those for the later ones."""
    document = with_store(with_store(SIGNED_PDF))
    reader = PdfFileReader(io.BytesIO(document))
    history = History(reader, {})

    assert history.since(reader.xrefs.total_revisions - 1) == Appended()
    assert history.since(1) == history.since(2) == Appended()
