import io

import pytest
from asn1crypto.crl import CertificateList
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from openjpki.documents.pdf import MAX_SIGNATURES, Changes, PdfReading, _utc, is_pdf, read_pdf
from openjpki.documents.sign import _Hand, sign_cms, sign_pdf
from tests.unit.documents.updates import with_stamp, with_store
from tests.unit.documents.world import HOLDER, SIGNED, Card, Holder, crl, pdf, updated

SECOND = Holder(label="second", serial=4712)
SIGNED_PDF = sign_pdf(pdf(), Card(), moment=SIGNED)


def _findings(reading: PdfReading) -> list[list[str]]:
    return [[finding.code for finding in one.facts.findings] for one in reading.signatures]


def _writer(document: bytes = SIGNED_PDF) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(io.BytesIO(document))


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def test_a_signed_pdf_is_covered_from_end_to_end() -> None:
    """ISO 32000-1 §12.8.1: the whole file except the value itself."""
    (signature,) = read_pdf(SIGNED_PDF).signatures

    assert (signature.field, signature.whole_file, signature.changes) == ("Signature1", True, Changes.NONE)
    assert signature.facts.findings == ()
    assert signature.facts.claimed == SIGNED
    assert signature.facts.certificate == HOLDER.der


def test_every_signature_is_judged() -> None:
    """Two signatures, two judgements; the first one's lack of whole-file coverage is explained by the second."""
    twice = sign_pdf(SIGNED_PDF, Card(SECOND), moment=SIGNED)
    reading = read_pdf(twice)

    assert [one.facts.certificate for one in reading.signatures] == [HOLDER.der, SECOND.der]
    assert [one.whole_file for one in reading.signatures] == [False, True]
    assert _findings(reading) == [["verify.signed-again"], []]


def test_every_single_byte_is_covered() -> None:
    """A changed byte anywhere outside the value fails; sampled over the whole file."""
    first, gap = SIGNED_PDF.index(b"%PDF"), SIGNED_PDF.index(b"/Contents <")
    places = [*range(first + 20, gap, 97), *range(len(SIGNED_PDF) - 200, len(SIGNED_PDF), 41)]

    for place in places:
        altered = bytearray(SIGNED_PDF)
        altered[place] ^= 1
        reading = read_pdf(bytes(altered))
        grave = [code for codes in _findings(reading) for code in codes if code != "verify.signed-again"]
        assert grave or reading.findings, f"byte {place} was changed unnoticed"


def test_one_changed_byte_in_the_text_is_a_hash_failure() -> None:
    """The page says something else; the digest says so."""
    altered = SIGNED_PDF.replace(b"Page 1", b"Page 9")

    assert altered != SIGNED_PDF
    assert _findings(read_pdf(altered)) == [["verify.hash"]]


def test_a_page_added_after_signing_fails() -> None:
    """An incremental update with a page leaves the signed bytes intact, and is an alteration all the same."""
    (signature,) = read_pdf(updated(SIGNED_PDF)).signatures

    assert [finding.code for finding in signature.facts.findings] == ["verify.altered-after-signing"]
    assert signature.changes is Changes.OTHER


def test_a_page_added_between_two_signatures_fails_the_first_only() -> None:
    """The second signer signed the altered document, the first one did not."""
    document = sign_pdf(updated(SIGNED_PDF), Card(SECOND), moment=SIGNED)

    assert _findings(read_pdf(document)) == [["verify.altered-after-signing"], []]


def test_an_appended_update_that_replaces_the_page_fails() -> None:
    """The shadow attack: the same page number, another content."""
    writer = _writer()
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT (Other) Tj ET"))
    writer.mark_update(page.container_ref)

    assert _findings(read_pdf(_written(writer))) == [["verify.altered-after-signing"]]


def test_an_annotation_added_after_signing_fails() -> None:
    """A note may hide or change what is read."""
    writer = _writer()
    page = writer.find_page_for_modification(0)[0].get_object()
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 600, 700))),
            generic.pdf_name("/Contents"): generic.pdf_string("Not so"),
        }
    )
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.mark_update(page.container_ref)

    assert _findings(read_pdf(_written(writer))) == [["verify.altered-after-signing"]]


def test_a_form_filled_in_after_signing_fails() -> None:
    """Form filling is no archival update: what the form says was not signed."""
    writer = _writer(pdf())
    text = generic.DictionaryObject(
        {
            generic.pdf_name("/FT"): generic.pdf_name("/Tx"),
            generic.pdf_name("/T"): generic.pdf_string("Amount"),
            generic.pdf_name("/V"): generic.pdf_string("100"),
        }
    )
    form = generic.DictionaryObject({generic.pdf_name("/Fields"): generic.ArrayObject([writer.add_object(text)])})
    writer.root["/AcroForm"] = writer.add_object(form)
    writer.update_root()
    signed = sign_pdf(_written(writer), Card(), moment=SIGNED)
    assert _findings(read_pdf(signed)) == [[]]

    filling = _writer(signed)
    amount = filling.root["/AcroForm"]["/Fields"][0]
    amount["/V"] = generic.pdf_string("1000000")
    filling.mark_update(amount.container_ref)

    assert _findings(read_pdf(_written(filling))) == [["verify.altered-after-signing"]]


def test_validation_data_added_after_signing_is_let_pass() -> None:
    """ETSI EN 319 142-1 §5.4: a document security store is no alteration."""
    output = io.BytesIO(SIGNED_PDF)
    DocumentSecurityStore.add_dss(output_stream=output, sig_contents=None, crls=[_crl_object()], paths=())
    (signature,) = read_pdf(output.getvalue()).signatures

    assert signature.facts.findings == ()
    assert (signature.whole_file, signature.changes) == (False, Changes.ARCHIVAL)


def _crl_object() -> CertificateList:
    return CertificateList.load(crl())


@pytest.mark.parametrize("tail", [b"\n", b" " * 100, b"<html>other</html>"])
def test_bytes_after_the_last_signature_fail(tail: bytes) -> None:
    """The last signature must reach the end of the file, unless a whole revision follows."""
    assert _findings(read_pdf(SIGNED_PDF + tail)) == [["verify.byte-range"]]


@pytest.mark.parametrize("tail", [b"<html>other</html>", b" ."])
def test_bytes_after_the_last_revision_fail(tail: bytes) -> None:
    """A file whose end is not the end of its last revision may be read as something else."""
    assert _findings(read_pdf(with_store(SIGNED_PDF) + b"\n")) == [[]]
    assert _findings(read_pdf(with_store(SIGNED_PDF) + tail)) == [["verify.byte-range"]]


def test_a_hybrid_file_is_not_judged() -> None:
    """Two tables of contents for one revision: which one a viewer reads is its own choice."""
    hybrid = SIGNED_PDF + b"\n"
    reader = PdfFileReader(io.BytesIO(SIGNED_PDF))
    root, size = reader.trailer.raw_get("/Root").idnum, int(reader.trailer["/Size"])
    stream = len(hybrid)
    hybrid += (
        f"{size} 0 obj\n<< /Type /XRef /Size {size + 1} /W [1 2 1] /Index [0 0] /Length 0 >>\nstream\n\nendstream\nendobj\n"
    ).encode()
    table = len(hybrid)
    trailer = f"<< /Size {size + 1} /Root {root} 0 R /Prev {reader.last_startxref} /XRefStm {stream} >>"
    hybrid += f"xref\n0 0\ntrailer\n{trailer}\nstartxref\n{table}\n%%EOF\n".encode()
    reading = read_pdf(hybrid)

    assert [finding.code for finding in reading.findings] == ["verify.unreadable"] or _findings(reading) == [
        ["verify.unreadable"]
    ]


def test_a_lock_of_all_fields_lets_no_signature_follow() -> None:
    """ISO 32000-1 §12.8.2.4: FieldMDP; the second signature, forced in, breaks it. A time-stamp does not."""
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.ALL)
    writer = _writer(pdf())
    fields.append_signature_field(writer, fields.SigFieldSpec("Other", field_mdp_spec=lock))
    locked = _signed_by_the_library(fields.SigSeedSubFilter.PADES, document=_written(writer))
    assert _findings(read_pdf(locked)) == [[]]

    assert _findings(read_pdf(sign_pdf(locked, Card(SECOND), moment=SIGNED)))[0] == ["verify.altered-after-signing"]
    assert _findings(read_pdf(with_stamp(locked))) == [[]]


def test_a_byte_range_that_leaves_out_content_fails() -> None:
    """The gap must be the value and nothing more: a wider one hides text from the digest."""
    first, second = _numbers(SIGNED_PDF)
    wider = _with_byte_range(SIGNED_PDF, (0, first[1] - 10, second[0] + 10, second[1] - 10))

    assert "verify.byte-range" in _findings(read_pdf(wider))[0]


def test_a_byte_range_that_skips_the_beginning_fails() -> None:
    """ISO 32000-1 §12.8.1: from the first byte on."""
    first, second = _numbers(SIGNED_PDF)

    assert "verify.byte-range" in _findings(read_pdf(_with_byte_range(SIGNED_PDF, (9, first[1] - 9, *second))))[0]


@pytest.mark.parametrize(
    "numbers",
    [(0, 10, 5, 10), (0, 10, 20, 99999), (0, 10, 20), (0, -1, 20, 10)],
    ids=["overlapping", "past-the-end", "three", "negative"],
)
def test_a_nonsensical_byte_range_fails(numbers: tuple[int, ...]) -> None:
    """Hostile numbers are a finding, not a crash."""
    (codes,) = _findings(read_pdf(_with_byte_range(SIGNED_PDF, numbers)))

    assert codes
    assert set(codes) <= {"verify.byte-range", "verify.unreadable", "verify.hash"}


def _numbers(document: bytes) -> tuple[tuple[int, int], tuple[int, int]]:
    a, b, c, d = (int(number) for number in PdfFileReader(io.BytesIO(document)).embedded_signatures[0].byte_range)
    return (a, b), (c, d)


def _with_byte_range(document: bytes, numbers: tuple[int, ...]) -> bytes:
    """Write other numbers into the same space."""
    start = document.index(b"/ByteRange [") + len(b"/ByteRange [")
    end = document.index(b"]", start)
    text = " ".join(map(str, numbers)).encode()
    assert len(text) <= end - start
    return document[:start] + text.ljust(end - start) + document[end:]


def test_a_signature_copied_to_another_document_fails() -> None:
    """A value that was made over other bytes."""
    other = sign_pdf(pdf(2), Card(SECOND), moment=SIGNED)
    value = _contents(SIGNED_PDF)
    swapped = other.replace(_contents(other), value)

    assert _findings(read_pdf(swapped)) == [["verify.hash"]]


def _contents(document: bytes) -> bytes:
    start = document.index(b"/Contents <") + len(b"/Contents <")
    return document[start : document.index(b">", start)]


def test_garbage_in_the_padding_of_the_value_fails() -> None:
    """Only zeros may fill up /Contents: anything else would be unsigned bytes."""
    value = _contents(SIGNED_PDF)
    filled = SIGNED_PDF.replace(value, value[:-8] + b"deadbeef")

    assert _findings(read_pdf(filled)) == [["verify.unreadable"]]


@pytest.mark.parametrize("value", [b"", b"30", b"3080", b"0" * 60, b"30820fff" + b"41" * 40])
def test_hostile_values_are_findings(value: bytes) -> None:
    """Lengths that lie, no DER at all: nothing is raised."""
    original = _contents(SIGNED_PDF)
    hostile = SIGNED_PDF.replace(original, value.ljust(len(original), b"0"))

    assert _findings(read_pdf(hostile)) == [["verify.unreadable"]]


def test_an_unsigned_pdf_has_no_signature() -> None:
    """A document whose signature was stripped is a document without one."""
    reading = read_pdf(pdf())

    assert [finding.code for finding in reading.findings] == ["verify.no-signature"]
    assert reading.signatures == ()


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7", b"%PDF-1.7\nstartxref\n0\n%%EOF", SIGNED_PDF[:5000]])
def test_what_is_no_pdf_is_unreadable(junk: bytes) -> None:
    """Truncated and hostile files are a finding."""
    assert [finding.code for finding in read_pdf(junk).findings] == ["verify.unreadable"]


def test_an_encrypted_pdf_cannot_be_judged() -> None:
    """Without the password, changes after signing cannot be compared."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf())))
    writer.encrypt("owner", "user")
    output = io.BytesIO()
    writer.write(output)

    assert [finding.code for finding in read_pdf(output.getvalue()).findings] == ["verify.encrypted"]


def test_the_older_encoding_is_verified_too() -> None:
    """adbe.pkcs7.detached is what Japanese registration filings use; it need not name its certificate."""
    signed = _signed_by_the_library(fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED)

    assert _findings(read_pdf(signed)) == [[]]


def test_an_encoding_outside_the_list_is_refused() -> None:
    """adbe.x509.rsa_sha1 and its like have no CMS to judge."""
    renamed = SIGNED_PDF.replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.deformed")

    assert _findings(read_pdf(renamed)) == [["verify.subfilter"]]


def _signed_by_the_library(
    subfilter: fields.SigSeedSubFilter, *, certify: bool = False, document: bytes | None = None
) -> bytes:
    meta = signers.PdfSignatureMetadata(
        field_name="Other",
        md_algorithm="sha256",
        subfilter=subfilter,
        certify=certify,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    output = io.BytesIO()
    signers.sign_pdf(_writer(document or pdf()), meta, signer=_Hand(Card()), output=output)
    return output.getvalue()


def test_a_certification_that_allows_no_change_lets_no_signature_follow() -> None:
    """ISO 32000-1 §12.8.2.2: DocMDP level 1; a second signature, forced in, breaks it."""
    certified = _signed_by_the_library(fields.SigSeedSubFilter.PADES, certify=True)
    assert _findings(read_pdf(certified)) == [[]]

    forced = _embed(certified, "Forced")

    assert _findings(read_pdf(forced))[0] == ["verify.altered-after-signing"]


def _embed(document: bytes, name: str, *, stamp: bool = False) -> bytes:
    """Put a field with a value that is no CMS of ours into a document, without asking anyone."""
    placeholder: PdfSignedData = DocumentTimestamp(bytes_reserved=512) if stamp else SignatureObject(bytes_reserved=512)
    embedder = PdfCMSEmbedder().write_cms(name, _writer(document))
    next(embedder)
    embedder.send(SigObjSetup(sig_placeholder=placeholder))
    output = io.BytesIO()
    embedder.send(SigIOSetup(md_algorithm="sha256", output=output))
    embedder.send(b"\x30\x00")
    return output.getvalue()


def test_a_document_time_stamp_is_no_signature() -> None:
    """It is told, and proves no moment yet; alone it signs nothing."""
    alone, after = read_pdf(_embed(pdf(), "Stamp", stamp=True)), read_pdf(with_stamp(SIGNED_PDF))

    assert [finding.code for finding in alone.findings] == ["verify.timestamp-unjudged", "verify.no-signature"]
    assert [finding.code for finding in after.findings] == ["verify.timestamp-unjudged"]
    assert len(after.signatures) == 1


def test_a_flood_of_signatures_is_refused() -> None:
    """The work for one document is bounded."""
    writer = _writer(pdf())
    entries = [
        writer.add_object(
            generic.DictionaryObject(
                {
                    generic.pdf_name("/FT"): generic.pdf_name("/Sig"),
                    generic.pdf_name("/T"): generic.pdf_string(f"S{number}"),
                    generic.pdf_name("/V"): writer.add_object(generic.DictionaryObject()),
                }
            )
        )
        for number in range(MAX_SIGNATURES + 1)
    ]
    form = generic.DictionaryObject({generic.pdf_name("/Fields"): generic.ArrayObject(entries)})
    writer.root["/AcroForm"] = writer.add_object(form)
    writer.update_root()

    assert [finding.code for finding in read_pdf(_written(writer)).findings] == ["verify.unreadable"]


def test_a_time_without_an_offset_is_read_as_utc() -> None:
    """ISO 32000-1 §7.9.4 leaves it open."""
    assert _utc(SIGNED.replace(tzinfo=None)) == SIGNED
    assert _utc(None) is None


def test_a_pdf_is_known_by_its_header() -> None:
    """ISO 32000-1 Annex H.3: anywhere in the first 1024 bytes."""
    assert is_pdf(b"junk\n%PDF-1.7")
    assert not is_pdf(bytes(1024) + b"%PDF-1.7")


def test_a_cms_message_around_a_pdf_is_no_pdf() -> None:
    """The header of the PDF inside stands within the first 1024 bytes of the message."""
    attached = sign_cms(pdf(), Card(), moment=SIGNED, detached=False)

    assert b"%PDF-" in attached[:1024]
    assert not is_pdf(attached)
    assert is_pdf(b"0 junk\n%PDF-1.7")
