from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, PdfObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from openjpki.documents.challenge import answer_challenge, make_challenge, verify_login
from openjpki.documents.currency import Moments, StatusRules
from openjpki.documents.indications import Indication
from openjpki.documents.judgement import judge_signer
from openjpki.documents.sign import sign_cms, sign_pdf
from openjpki.documents.status import OcspEvidence, StatusVerdict, judge_status
from openjpki.documents.verify import verify_cms, verify_pdf
from openjpki.pki.path import Requirements, judge_path
from tests.support.examples import FEW
from tests.unit.documents.updates import Change, dictionary, new_field, picture, signed_by_the_library, text, update
from tests.unit.documents.world import (
    AUTH_POLICY,
    HOLDER,
    NOW,
    SIGN_CA,
    SIGN_POLICY,
    SIGNED,
    Card,
    Holder,
    authentication,
    crl,
    evidence,
    ocsp_answer,
    pdf,
)

CONTENT = b"content"
SIGNED_PDF = sign_pdf(pdf(), Card(), moment=SIGNED)
SIGNED_CMS = sign_cms(CONTENT, Card(), moment=SIGNED)
NONCE = make_challenge(lambda count: bytes(range(count)))
PROOF = answer_challenge(Card(authentication()), origin="https://a.example", nonce=NONCE).to_json()
CRL, ANSWER = crl(), ocsp_answer()
GAP = (SIGNED_PDF.index(b"/Contents <") + 10, SIGNED_PDF.index(b">", SIGNED_PDF.index(b"/Contents <")) + 1)


@st.composite
def altered(draw: st.DrawFn, original: bytes) -> bytes:
    """Change, cut out, insert or repeat a stretch somewhere."""
    place = draw(st.sampled_from(range(len(original))))
    length = draw(st.integers(0, 40))
    stretch = draw(st.one_of(st.binary(max_size=40), st.just(original[place : place + length] * 2)))
    return original[:place] + stretch + original[place + length :]


@given(altered(SIGNED_PDF))
def test_an_altered_pdf_never_passes_and_never_raises(document: bytes) -> None:
    """Whatever is done to the file: a verdict, and not a pass, unless only the padding's letter case changed."""
    if not document or document[: GAP[0]] + document[GAP[1] :] == SIGNED_PDF[: GAP[0]] + SIGNED_PDF[GAP[1] :]:
        return
    report = verify_pdf(document, policies={SIGN_POLICY}, evidence=evidence(), at=NOW)

    assert report.indication is not Indication.TOTAL_PASSED


KEYS = ("A", "AA", "AP", "AS", "BS", "Border", "C", "DA", "DR", "DV", "H", "Kids", "MK", "OC", "Parent", "Q", "SV", "X")
PAGE_KEYS = ("AA", "Annots", "Contents", "MediaBox", "PieceInfo", "Resources", "Rotate", "Thumb", "X")
SET_BY_THE_LIBRARY = ("NeedAppearances", "SigFlags")
"""Whatever a test writes there, a signature of the library sets right."""
FORM_KEYS = ("CO", "DA", "DR", "NeedAppearances", "Q", "SigFlags", "X", "XFA")


@st.composite
def pdf_objects(draw: st.DrawFn) -> Callable[[IncrementalPdfFileWriter], PdfObject]:
    """Return an object that an update brings: a value, or a picture, direct or in an object of its own."""
    direct = draw(st.booleans())
    made = draw(
        st.one_of(
            st.integers(-9, 900).map(NumberObject),
            st.sampled_from(["/A", "/Widget"]).map(pdf_name),
            st.just(DictionaryObject()),
            st.just(ArrayObject()),
            st.just(dictionary(S="/JavaScript", JS=text("app.alert(1)"))),
            st.none(),
        )
    )

    def put(writer: IncrementalPdfFileWriter) -> PdfObject:
        value = picture(writer) if made is None else made
        return value if direct else writer.add_object(value)

    return put


def _appended(change: Change, *, signed: bool) -> bytes:
    """Append a change, by itself or in the revision of a real second signature."""
    if not signed:
        return update(SIGNED_PDF, change)
    try:
        return signed_by_the_library(SIGNED_PDF, before_writing=change)
    except Exception:  # noqa: BLE001  -- the library signs nothing in such a document, and says so in many ways
        reject()


@FEW
@given(st.sampled_from(KEYS), pdf_objects(), st.booleans(), st.booleans())
def test_a_field_with_any_extra_key_never_passes(
    key: str,
    made: Callable[[IncrementalPdfFileWriter], PdfObject],
    shown: bool,  # noqa: FBT001  -- drawn
    signed: bool,  # noqa: FBT001  -- drawn
) -> None:
    """Whatever a stranger adds, with an area or without, and even if a real signer signs in that very field."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        new_field(writer, "Other", (0, 0, 600, 800) if shown else None)[pdf_name(f"/{key}")] = made(writer)

    document = _appended(change, signed=signed)
    report = verify_pdf(document, policies={SIGN_POLICY}, evidence=evidence(), at=NOW)

    assert report.indication is Indication.TOTAL_FAILED


@FEW
@given(st.sampled_from(PAGE_KEYS), st.sampled_from(FORM_KEYS), st.booleans(), pdf_objects(), st.booleans())
def test_nothing_new_that_a_page_or_the_form_leads_to_ever_passes(
    page_key: str,
    form_key: str,
    of_page: bool,  # noqa: FBT001  -- drawn
    made: Callable[[IncrementalPdfFileWriter], PdfObject],
    signed: bool,  # noqa: FBT001  -- drawn
) -> None:
    """By a stranger, or in the same revision as a real second signature."""
    assume(of_page or not signed or form_key not in SET_BY_THE_LIBRARY)

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.find_page_for_modification(0)[0].get_object()
        changed = page if of_page else writer.root["/AcroForm"]
        changed[pdf_name(f"/{page_key if of_page else form_key}")] = made(writer)
        writer.update_container(changed)

    document = _appended(change, signed=signed)
    report = verify_pdf(document, policies={SIGN_POLICY}, evidence=evidence(), at=NOW)

    assert report.indication is Indication.TOTAL_FAILED


@given(altered(SIGNED_CMS))
def test_an_altered_cms_never_raises_and_passes_only_if_it_says_the_same(message: bytes) -> None:
    """What passes is still the holder's signature over this very content."""
    if not message:
        return
    report = verify_cms(message, content=CONTENT, policies={SIGN_POLICY}, evidence=evidence(), at=NOW)

    if report.indication is Indication.TOTAL_PASSED:
        certificate = report.signatures[0].certificate
        assert certificate is not None
        assert certificate.der == HOLDER.der


@FEW
@given(st.binary(max_size=300))
def test_other_content_never_passes(content: bytes) -> None:
    """A signature is over one content."""
    if content in (b"", CONTENT):
        return
    report = verify_cms(SIGNED_CMS, content=content, policies={SIGN_POLICY}, evidence=evidence(), at=NOW)

    assert report.indication is Indication.TOTAL_FAILED


@given(altered(HOLDER.der))
def test_an_altered_certificate_has_no_path(certificate: bytes) -> None:
    """Nothing is raised, and no anchor signed it."""
    if certificate == HOLDER.der:
        return
    judged = judge_path(certificate, anchors=[SIGN_CA.der], requirements=Requirements.document({SIGN_POLICY}), at=NOW)

    assert judged.problems
    assert judge_signer(
        certificate,
        claimed=None,
        evidence=evidence(),
        requirements=Requirements.document({SIGN_POLICY}),
        at=NOW,
    ).findings


@given(altered(CRL))
def test_an_altered_list_is_no_evidence(altered_list: bytes) -> None:
    """A list that was touched anywhere says nothing."""
    judged = judge_status(
        HOLDER.der, issuer=SIGN_CA.der, crls=[altered_list], ocsp=(), moments=Moments(at=NOW), rules=StatusRules()
    )

    assert (judged.verdict is StatusVerdict.GOOD) is (altered_list == CRL)
    assert judged.verdict is not StatusVerdict.REVOKED


@given(altered(ANSWER))
def test_an_altered_answer_is_no_evidence(answer: bytes) -> None:
    """An answer that was touched anywhere says nothing."""
    answers = [OcspEvidence(answer=answer)]
    judged = judge_status(
        HOLDER.der, issuer=SIGN_CA.der, crls=(), ocsp=answers, moments=Moments(at=NOW), rules=StatusRules()
    )

    assert (judged.verdict is StatusVerdict.GOOD) is (answer == ANSWER)
    assert judged.verdict is not StatusVerdict.REVOKED


@given(altered(PROOF))
def test_an_altered_proof_never_raises(proof: bytes) -> None:
    """And passes only if certificate and signature are the same."""
    report = verify_login(
        proof,
        origin="https://a.example",
        nonce=NONCE,
        policies={AUTH_POLICY},
        evidence=evidence(authentication()),
        at=NOW,
    )

    if report.indication is Indication.TOTAL_PASSED:
        certificate = report.signatures[0].certificate
        assert certificate is not None
        assert certificate.der == authentication().der


@given(st.integers(-3000, 3000), st.integers(-3000, 3000))
def test_no_moment_outside_the_validity_passes(at: int, claimed: int) -> None:
    """For all moments of verification and all claims, in days around now: inside both, or no pass."""
    moment, claim = NOW + timedelta(days=at), NOW + timedelta(days=claimed)
    lists = [crl(this_update=moment - timedelta(hours=1), next_update=moment + timedelta(hours=1))]
    judged = judge_signer(
        HOLDER.der,
        claimed=claim,
        evidence=evidence(crls=lists, ocsp=[]),
        requirements=Requirements.document({SIGN_POLICY}),
        at=moment,
    )
    grave = [finding for finding in judged.findings if finding.sub_indication is not None]

    inside = HOLDER.begins <= claim <= moment <= HOLDER.ends and moment <= SIGN_CA.ends
    assert (not grave) is inside


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@FEW
@given(content=st.binary(min_size=1, max_size=500))
def test_what_is_signed_verifies(kind: str, content: bytes) -> None:
    """Signing and verifying are inverse, for any content and both algorithms."""
    holder = Holder(kind=kind, label=kind)
    message = sign_cms(content, Card(holder), moment=SIGNED)
    report = verify_cms(message, content=content, policies={SIGN_POLICY}, evidence=evidence(holder, ocsp=[]), at=NOW)

    assert report.indication is Indication.TOTAL_PASSED
