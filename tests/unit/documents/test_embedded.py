import io

import pytest
from asn1crypto import cms, crl, ocsp
from asn1crypto import pdf as asn1_pdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from openjpki.documents import embedded
from openjpki.documents.embedded import EvidenceUnreadable, read_cms_evidence, read_dss
from openjpki.documents.evidence import Embedded
from openjpki.documents.indications import Indication
from openjpki.documents.sign import sign_cms, sign_pdf
from openjpki.documents.verify import verify_cms, verify_pdf
from tests.unit.documents import world
from tests.unit.documents.world import NOW, SIGN_POLICY, SIGNED, Card, evidence, ocsp_answer

PDF = sign_pdf(world.pdf(), Card(), moment=SIGNED)
MESSAGE = sign_cms(b"content", Card(), moment=SIGNED)


def _with_store(store: generic.PdfObject) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(PDF))
    for entries in store.values() if isinstance(store, generic.DictionaryObject) else ():
        if isinstance(entries, generic.ArrayObject):  # streams stand by reference (ISO 32000-1 §7.3.8.1)
            entries[:] = [writer.add_object(one) if isinstance(one, generic.StreamObject) else one for one in entries]
    writer.root["/DSS"] = writer.add_object(store)
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _stream(content: bytes) -> generic.StreamObject:
    return generic.StreamObject(stream_data=content)


def _store(name: str, *entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({generic.pdf_name(name): generic.ArrayObject(entries)})


def _read(document: bytes) -> Embedded:
    return read_dss(PdfFileReader(io.BytesIO(document), strict=True))


def test_a_pdf_without_a_store_has_nothing() -> None:
    """Most documents carry no validation data."""
    assert _read(PDF) == Embedded()


@pytest.mark.parametrize(
    "store",
    [
        generic.NumberObject(7),
        _store("/CRLs", generic.NumberObject(7)),
        generic.DictionaryObject({generic.pdf_name("/OCSPs"): generic.NumberObject(7)}),
        _store("/CRLs", *[generic.NullObject()] * (embedded.MAX_PIECES + 1)),
    ],
    ids=["no-dictionary", "no-stream", "no-array", "too-many"],
)
def test_a_store_that_is_none_is_a_remark_and_is_not_used(store: generic.PdfObject) -> None:
    """Garbage in the store neither raises nor passes; the verdict rests on other evidence, or there is none."""
    document = _with_store(store)
    with pytest.raises(EvidenceUnreadable):
        _read(document)
    without = verify_pdf(document, policies={SIGN_POLICY}, evidence=evidence(crls=[], ocsp=[]), at=NOW)

    assert "verify.evidence-unreadable" in {finding.code for finding in without.findings}
    assert without.indication is not Indication.TOTAL_PASSED


def test_pieces_of_garbage_are_judged_as_such() -> None:
    """What stands in the store is not believed: junk is no list, no answer and no certificate."""
    document = _with_store(
        generic.DictionaryObject(
            {
                generic.pdf_name(f"/{name}"): generic.ArrayObject([_stream(b"junk")])
                for name in ("Certs", "CRLs", "OCSPs")
            }
        )
    )
    report = verify_pdf(document, policies={SIGN_POLICY}, evidence=evidence(crls=[], ocsp=[]), at=NOW)

    assert _read(document) == Embedded(crls=(b"junk",), answers=(b"junk",))
    assert report.indication is Indication.INDETERMINATE
    assert report.signatures[0].status is not None
    assert report.signatures[0].status.crl.word == "crl.malformed"
    assert report.signatures[0].status.ocsp.word == "ocsp.malformed-answer"


def test_a_stream_that_unfolds_without_end_is_not_used() -> None:
    """A thousandfold compressed answer is refused before it is unfolded."""
    bomb = _stream(bytes(64 * 1024 * 1024))
    bomb.compress()

    with pytest.raises(EvidenceUnreadable):
        _read(_with_store(_store("/OCSPs", bomb)))


def test_a_cms_without_evidence_has_nothing() -> None:
    """A plain signature."""
    assert read_cms_evidence(cms.ContentInfo.load(MESSAGE)["content"]) == Embedded()


def test_adobes_attribute_is_read() -> None:
    """Older PDF signatures carry lists and answers in a signed attribute."""
    signed = cms.ContentInfo.load(MESSAGE)["content"]
    archival = asn1_pdf.RevocationInfoArchival(
        {"crl": [crl.CertificateList.load(world.crl())], "ocsp": [ocsp.OCSPResponse.load(ocsp_answer())]}
    )
    signed["signer_infos"][0]["signed_attrs"].append(
        cms.CMSAttribute({"type": "adobe_revocation_info_archival", "values": [archival]})
    )

    assert read_cms_evidence(signed) == Embedded(crls=(world.crl(),), answers=(ocsp_answer(),))


def test_too_much_or_broken_evidence_in_a_cms_is_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not used; the signature is judged all the same."""
    message = cms.ContentInfo.load(MESSAGE)
    message["content"]["crls"] = [cms.RevocationInfoChoice("crl", crl.CertificateList.load(world.crl()))]
    monkeypatch.setattr(embedded, "MAX_PIECES", 0)
    report = verify_cms(
        message.dump(force=True),
        content=b"content",
        policies={SIGN_POLICY},
        evidence=evidence(crls=[], ocsp=[]),
        at=NOW,
    )

    assert report.indication is Indication.INDETERMINATE
    assert "verify.evidence-unreadable" in {finding.code for finding in report.signatures[0].findings}


def test_evidence_that_breaks_the_parser_is_unreadable() -> None:
    """Hostile bytes raise what they like; the caller gets one word."""
    fault: cms.SignedData = None

    with pytest.raises(EvidenceUnreadable):
        read_cms_evidence(fault)
