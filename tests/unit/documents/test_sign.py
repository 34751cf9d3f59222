import io

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm

from openjpki.documents.limits import MAX_DOCUMENT, DocumentTooLarge, EmptyDocument
from openjpki.documents.sign import (
    BrokenPdf,
    EncryptedPdf,
    NotAPdf,
    PdfForbidsSigning,
    SignerMismatch,
    check_pdf,
    sign_cms,
    sign_pdf,
)
from tests.unit.documents.world import HOLDER, SIGN_CA, SIGNED, Card, Holder, key, pdf

P384 = Holder(kind="ec", label="p384")


def _attributes(signed: cms.SignedData) -> dict[str, object]:
    (signer,) = signed["signer_infos"]
    return {attribute["type"].native: attribute["values"][0].native for attribute in signer["signed_attrs"]}


def _first_signature(document: bytes) -> tuple[object, cms.SignedData]:
    signature = PdfFileReader(io.BytesIO(document)).embedded_signatures[0]
    return signature.sig_object, signature.signed_data


@pytest.mark.parametrize(("holder", "digest"), [(HOLDER, "sha256"), (P384, "sha384")], ids=["rsa", "p384"])
def test_a_pdf_signature_is_pades_b_b_by_one_call_of_the_card(holder: Holder, digest: str) -> None:
    """ETSI EN 319 142-1 §6.3: ETSI.CAdES.detached, signing-certificate-v2, no signing-time; one PIN is one signature."""
    card = Card(holder, chain=[SIGN_CA.der])

    signed = sign_pdf(pdf(), card, moment=SIGNED)
    dictionary, data = _first_signature(signed)

    assert card.calls == 1
    assert dictionary["/SubFilter"] == "/ETSI.CAdES.detached"  # type: ignore[index]  # the library's own dictionary
    assert {"content_type", "message_digest", "signing_certificate_v2"} == set(_attributes(data))
    assert data["signer_infos"][0]["digest_algorithm"]["algorithm"].native == digest
    assert {choice.chosen.dump() for choice in data["certificates"]} == {holder.der, SIGN_CA.der}


def test_the_moment_of_a_pdf_signature_is_the_given_one() -> None:
    """ETSI EN 319 142-1 §6.3: the claimed time stands in /M; nothing reads the clock for it."""
    signed = sign_pdf(pdf(), Card(), moment=SIGNED)

    assert PdfFileReader(io.BytesIO(signed)).embedded_signatures[0].self_reported_timestamp == SIGNED


def test_the_document_before_the_signature_stays_byte_for_byte() -> None:
    """A signature is appended: ISO 32000-1 §7.5.6."""
    document = pdf()

    assert sign_pdf(document, Card(), moment=SIGNED).startswith(document)


def test_a_second_signature_takes_the_next_field() -> None:
    """Every signature has its own field."""
    twice = sign_pdf(sign_pdf(pdf(), Card(), moment=SIGNED), Card(), moment=SIGNED)

    names = [signature.field_name for signature in PdfFileReader(io.BytesIO(twice)).embedded_signatures]
    assert names == ["Signature1", "Signature2"]


@pytest.mark.parametrize("detached", [True, False], ids=["detached", "attached"])
@pytest.mark.parametrize("holder", [HOLDER, P384], ids=["rsa", "p384"])
def test_a_cms_signature_is_cades_b_b_by_one_call_of_the_card(holder: Holder, *, detached: bool) -> None:
    """ETSI EN 319 122-1 §6.3: signing-certificate-v2 and signing-time are signed; detached leaves the content out."""
    card = Card(holder)

    message = cms.ContentInfo.load(sign_cms(b"content", card, moment=SIGNED, detached=detached), strict=True)
    data = message["content"]
    attributes = _attributes(data)

    assert card.calls == 1
    assert {"content_type", "message_digest", "signing_certificate_v2", "signing_time"} <= set(attributes)
    assert attributes["signing_time"] == SIGNED
    assert data["encap_content_info"]["content"].native == (None if detached else b"content")


def test_a_card_whose_key_is_not_its_certificates_is_found_out() -> None:
    """Nothing leaves that would not verify."""
    with pytest.raises(SignerMismatch):
        sign_pdf(pdf(), Card(signs_with=key("other")), moment=SIGNED)
    with pytest.raises(SignerMismatch):
        sign_cms(b"content", Card(signs_with=key("other")), moment=SIGNED)


def test_what_is_no_pdf_is_refused_before_the_card_is_asked() -> None:
    """A text has no %PDF- header."""
    card = Card()

    with pytest.raises(NotAPdf):
        sign_pdf(b"hello", card, moment=SIGNED)

    assert card.calls == 0


@pytest.mark.parametrize(
    "broken", [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", pdf()[:-200], pdf().replace(b"/Pages", b"/Pagez")]
)
def test_a_broken_pdf_is_refused_before_the_card_is_asked(broken: bytes) -> None:
    """Truncated, without its tables, without its pages: one refusal."""
    card = Card()

    with pytest.raises(BrokenPdf):
        sign_pdf(broken, card, moment=SIGNED)

    assert card.calls == 0


def test_a_pdf_with_a_broken_form_is_refused() -> None:
    """The fields are looked through for a free name before the card is asked."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf()))
    writer.root["/AcroForm"] = generic.NumberObject(7)
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)

    with pytest.raises(BrokenPdf):
        sign_pdf(output.getvalue(), Card(), moment=SIGNED)


def test_a_pdf_is_checked_without_a_signer() -> None:
    """A caller may ask before the holder types a PIN."""
    check_pdf(pdf())
    with pytest.raises(NotAPdf):
        check_pdf(b"text")


def test_an_encrypted_pdf_is_refused() -> None:
    """A password would be needed to change it."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf())))
    writer.encrypt("owner", "user")
    output = io.BytesIO()
    writer.write(output)

    with pytest.raises(EncryptedPdf):
        sign_pdf(output.getvalue(), Card(), moment=SIGNED)


def test_a_certified_pdf_that_allows_no_change_is_refused() -> None:
    """ISO 32000-1 §12.8.2.2: DocMDP level 1 forbids every later change, a signature too."""
    card = Card()
    meta = signers.PdfSignatureMetadata(field_name="Author", certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    author = signers.ExternalSigner(
        signing_cert=cms.Certificate.load(HOLDER.der), cert_registry=None, signature_value=256
    )
    certified = signers.PdfSigner(meta, signer=author).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf())))

    with pytest.raises(PdfForbidsSigning):
        sign_pdf(certified.getvalue(), card, moment=SIGNED)

    assert card.calls == 0


def test_sizes_are_checked_first() -> None:
    """Zero bytes and more than the limit are refused for both formats."""
    with pytest.raises(EmptyDocument):
        sign_cms(b"", Card(), moment=SIGNED)
    with pytest.raises(DocumentTooLarge):
        sign_pdf(bytes(MAX_DOCUMENT + 1), Card(), moment=SIGNED)
