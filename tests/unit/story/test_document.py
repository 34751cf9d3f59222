from importlib.resources import files
from io import BytesIO

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from openjpki.story import cast

DOCUMENT = files("openjpki.story") / "document.pdf"
LARGEST = 300_000
"""Bytes: the story signs and copies the document several times, and a clone should stay light."""


@pytest.fixture(scope="module")
def document() -> bytes:
    """Return the file as the package carries it."""
    return DOCUMENT.read_bytes()


@pytest.fixture(scope="module")
def pdf(document: bytes) -> PdfReader:
    """Open the same strictly: a fault in the file is an error."""
    return PdfReader(BytesIO(document), strict=True)


def _dictionary(thing: PdfObject) -> DictionaryObject:
    resolved = thing.get_object()
    assert isinstance(resolved, DictionaryObject)
    return resolved


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def test_it_is_a_small_form_of_four_a4_pages(document: bytes, pdf: PdfReader) -> None:
    """The story's document is an application of four A4 pages, and small."""
    sizes = {(round(page.mediabox.width), round(page.mediabox.height)) for page in pdf.pages}

    assert len(pdf.pages) == 4
    assert sizes == {(595, 842)}
    assert len(document) < LARGEST


def test_every_page_is_marked_as_a_specimen(pdf: PdfReader) -> None:
    """No page taken alone can pass for a real application: each says that it is a specimen and invented."""
    for page in pdf.pages:
        text = _without_spaces(page.extract_text())

        assert "見本—OpenJPKIの動作確認用" in text
        assert "すべて架空のものです" in text


@pytest.mark.parametrize(
    ("page", "heading"),
    [(0, "若葉市子育て支援手当認定請求書"), (1, "手当の支給条件"), (2, "養育状況等申立書"), (3, "同意書")],
)
def test_its_text_can_be_read_by_programs(pdf: PdfReader, page: int, heading: str) -> None:
    """A form, its terms, a statement and a consent: each page's text is extractable Japanese."""
    assert heading in _without_spaces(pdf.pages[page].extract_text())


def test_it_names_the_resident_who_signs_it(pdf: PdfReader) -> None:
    """The applicant is the story's resident, with the address of the day of signing; the certificate says the same."""
    text = _without_spaces(pdf.pages[0].extract_text())

    for fact in (cast.NAME, cast.KANA, cast.FIRST_ADDRESS):
        assert _without_spaces(fact) in text


def test_it_carries_nothing_active_and_nothing_attached(pdf: PdfReader) -> None:
    """A document that is shown before it is signed has no script, no action, no attachment, no form, no signature."""
    root = _dictionary(pdf.trailer["/Root"])
    names = _dictionary(root.get("/Names", DictionaryObject()))
    kinds = {
        str(thing["/S"])
        for number in range(1, int(str(pdf.trailer["/Size"])))
        if isinstance(thing := pdf.get_object(number), DictionaryObject) and "/S" in thing
    }

    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)
    assert not {"/JavaScript", "/EmbeddedFiles"} & set(names)
    assert not {"/JavaScript", "/Launch", "/URI", "/SubmitForm", "/GoToR"} & kinds
    assert all("/Annots" not in page for page in pdf.pages)


def test_it_is_tagged_titled_and_says_its_language(pdf: PdfReader) -> None:
    """PDF/UA-1 asks for a tagged file with a title and a language, so that a screen reader can read it."""
    root = _dictionary(pdf.trailer["/Root"])

    assert bool(_dictionary(root["/MarkInfo"])["/Marked"])
    assert str(root["/Lang"]) == "ja-JP"
    assert bool(_dictionary(root["/ViewerPreferences"])["/DisplayDocTitle"])
    assert pdf.metadata is not None
    assert pdf.metadata.title == "若葉市子育て支援手当 認定請求書"


def test_its_fonts_are_embedded_subsets(pdf: PdfReader) -> None:
    """The page looks the same everywhere, and no whole typeface travels with it: subset names have a six-letter tag."""
    fonts = [font for page in pdf.pages for font in _dictionary(_dictionary(page["/Resources"])["/Font"]).values()]

    assert fonts
    for font in fonts:
        descendants = _dictionary(font)["/DescendantFonts"]
        assert isinstance(descendants, ArrayObject)
        descendant = _dictionary(descendants[0])
        assert str(descendant["/BaseFont"])[7] == "+"
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(_dictionary(descendant["/FontDescriptor"]))
