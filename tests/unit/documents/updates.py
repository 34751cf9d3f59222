"""Incremental updates of PDFs for tests: what honest software appends, and what a stranger without a key may append."""

import io
from collections.abc import Callable
from typing import Any

from asn1crypto import cms
from asn1crypto.crl import CertificateList
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    StreamObject,
    pdf_name,
    pdf_string,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import TextStampStyle

from openjpki.documents.sign import _Hand
from tests.unit.documents.stamps import AUTHORITY, TestAuthority
from tests.unit.documents.world import Card, Holder, crl

SECOND = Holder(label="second", serial=4712)
WHOLE_PAGE = (0, 0, 600, 800)
FORGED = b"1 1 1 rg 0 0 600 800 re f 0 g BT /F1 24 Tf 72 700 Td (I owe Mallory 1,000,000 yen) Tj ET"

Change = Callable[[IncrementalPdfFileWriter], object]


class _Writer(IncrementalPdfFileWriter):
    """Writes what it is told; the library would set dates and metadata of its own."""

    def _update_meta(self) -> None:
        pass


def update(document: bytes, change: Change) -> bytes:
    """Append one revision with a change."""
    writer = _Writer(io.BytesIO(document))
    change(writer)
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]  # the library has no types here
    return output.getvalue()


def dictionary(**entries: Any) -> DictionaryObject:
    """Return a dictionary of PDF objects; a str becomes a name, an int a number."""
    return DictionaryObject({pdf_name(f"/{key}"): _object(value) for key, value in entries.items()})


def _object(value: Any) -> Any:
    if type(value) is str:
        return pdf_name(value)
    return NumberObject(value) if type(value) is int else value


def numbers(*values: int) -> ArrayObject:
    """Return an array of numbers."""
    return ArrayObject(map(NumberObject, values))


def picture(writer: IncrementalPdfFileWriter, content: bytes = FORGED) -> DictionaryObject:
    """Return an appearance that paints."""
    font = dictionary(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica")
    form = dictionary(
        Type="/XObject",
        Subtype="/Form",
        BBox=numbers(*WHOLE_PAGE),
        Resources=dictionary(Font=dictionary(F1=font)),
    )
    return dictionary(N=writer.add_object(StreamObject(dict(form), stream_data=content)))


def new_field(
    writer: IncrementalPdfFileWriter, name: str, box: tuple[int, int, int, int] | None = None
) -> DictionaryObject:
    """Add an unsigned signature field to the form and to the first page."""
    fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box, on_page=0))
    return field_named(writer, name)


def field_named(writer: IncrementalPdfFileWriter, name: str) -> DictionaryObject:
    """Return a field of the form, and mark it as changed."""
    everything = (one.get_object() for one in writer.root["/AcroForm"]["/Fields"])
    found: DictionaryObject
    (found,) = (one for one in everything if one["/T"] == name)
    writer.update_container(found)
    return found


def with_box(document: bytes, box: tuple[int, int, int, int] | None = (72, 600, 400, 700)) -> bytes:
    """Add an empty box "Buyer" for a signature, before anybody signs."""
    return update(document, lambda writer: new_field(writer, "Buyer", box))


def sham_stamp(writer: IncrementalPdfFileWriter) -> IndirectObject:
    """Return a document time-stamp of nobody."""
    value = dictionary(Type="/DocTimeStamp", SubFilter="/ETSI.RFC3161", ByteRange=numbers(0, 1, 2, 3))
    value[pdf_name("/Contents")] = ByteStringObject(bytes(20))
    return writer.add_object(value)


def signed_by_the_library(
    document: bytes,
    name: str = "Other",
    *,
    holder: Holder = SECOND,
    box: tuple[int, int, int, int] | None = None,
    style: TextStampStyle | None = None,
    before_writing: Change | None = None,
) -> bytes:
    """Sign as other software may: with a box, a picture, and whatever goes into the same revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    if box is not None:
        fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box, on_page=0))
    if before_writing is not None:
        before_writing(writer)
    meta = signers.PdfSignatureMetadata(field_name=name, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
    output = io.BytesIO()
    signers.PdfSigner(meta, signer=_Hand(Card(holder)), stamp_style=style).sign_pdf(writer, output=output)
    return output.getvalue()


def with_store(document: bytes) -> bytes:
    """Append a document security store."""
    output = io.BytesIO(document)
    DocumentSecurityStore.add_dss(output_stream=output, sig_contents=None, crls=[CertificateList.load(crl())], paths=())
    return output.getvalue()


class _Stamps(TimeStamper):
    """A time-stamp authority for the library."""

    def __init__(self, authority: TestAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types here
        self._authority = authority

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return cms.ContentInfo.load(self._authority.stamp(md_algorithm, message_digest))


def with_stamp(document: bytes, authority: TestAuthority = AUTHORITY, *, name: str | None = None) -> bytes:
    """Append a document time-stamp, as an archive level has it."""
    output = io.BytesIO()
    stamper = PdfTimeStamper(_Stamps(authority), field_name=name)
    stamper.timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(document)), "sha256", validation_context=None, output=output
    )
    return output.getvalue()


def text(value: str) -> Any:
    """Return a string."""
    return pdf_string(value)
