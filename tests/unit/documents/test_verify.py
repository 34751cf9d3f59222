from datetime import timedelta

import pytest
from cryptography import x509

from openjpki.documents.indications import Indication, SubIndication
from openjpki.documents.limits import MAX_DOCUMENT, DocumentTooLarge, EmptyDocument
from openjpki.documents.report import Inquiry, Report
from openjpki.documents.sign import sign_cms, sign_pdf
from openjpki.documents.status import OcspEvidence
from openjpki.documents.verify import content_of, signers_of, verify_cms, verify_pdf
from openjpki.errors import Kind
from tests.unit.documents.world import (
    BEGINS,
    ENDS,
    HOLDER,
    NOW,
    SIGN_CA,
    SIGN_POLICY,
    SIGNED,
    Ca,
    Card,
    Holder,
    authentication,
    crl,
    evidence,
    ocsp_answer,
    pdf,
    updated,
)

CONTENT = b"content"
SIGNED_PDF = sign_pdf(pdf(), Card(), moment=SIGNED)
SIGNED_CMS = sign_cms(CONTENT, Card(), moment=SIGNED)
POLICIES = {SIGN_POLICY}


def _verdict(report: Report) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.sub_indication


def _pdf(holder: Holder, **known: object) -> Report:
    document = sign_pdf(pdf(), Card(holder), moment=SIGNED)
    return verify_pdf(
        document,
        policies=POLICIES,
        evidence=evidence(holder, **known),  # type: ignore[arg-type]  # the tests' own keywords
        at=NOW,
    )


def test_a_right_pdf_passes() -> None:
    """Exit 0."""
    report = verify_pdf(SIGNED_PDF, policies=POLICIES, evidence=evidence(), at=NOW)

    assert _verdict(report) == (Indication.TOTAL_PASSED, None)
    assert report.kind is None


def test_a_p384_signature_passes() -> None:
    """The coming card's algorithm under a CA of the same."""
    assert _pdf(Holder(ca=Ca(label="p384", kind="ec"), kind="ec", label="p384"), ocsp=[]).kind is None


def test_a_right_cms_passes() -> None:
    """Detached, with its content."""
    report = verify_cms(SIGNED_CMS, content=CONTENT, policies=POLICIES, evidence=evidence(), at=NOW)

    assert _verdict(report) == (Indication.TOTAL_PASSED, None)


def test_an_attached_cms_carries_its_content() -> None:
    """The same content may be given as well; another one fails."""
    attached = sign_cms(CONTENT, Card(), moment=SIGNED, detached=False)

    for content, reason in ((None, None), (CONTENT, None), (b"other", SubIndication.HASH_FAILURE)):
        report = verify_cms(attached, content=content, policies=POLICIES, evidence=evidence(), at=NOW)
        assert report.sub_indication is reason


def test_a_detached_cms_without_content_is_indeterminate() -> None:
    """ETSI EN 319 102-1 table 6: SIGNED_DATA_NOT_FOUND; exit 3."""
    report = verify_cms(SIGNED_CMS, content=None, policies=POLICIES, evidence=evidence(), at=NOW)

    assert _verdict(report) == (Indication.INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND)
    assert report.kind is Kind.INDETERMINATE


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (SIGNED_PDF.replace(b"Page 1", b"Page 9"), SubIndication.HASH_FAILURE),
        (updated(SIGNED_PDF), SubIndication.FORMAT_FAILURE),
        (SIGNED_PDF + b"\n", SubIndication.FORMAT_FAILURE),
        (pdf(), SubIndication.FORMAT_FAILURE),
        (b"%PDF-1.7 junk", SubIndication.FORMAT_FAILURE),
    ],
    ids=["byte", "page", "tail", "stripped", "junk"],
)
def test_an_altered_pdf_fails(document: bytes, reason: SubIndication) -> None:
    """Exit 1, whatever the certificate is worth."""
    report = verify_pdf(document, policies=POLICIES, evidence=evidence(), at=NOW)

    assert _verdict(report) == (Indication.TOTAL_FAILED, reason)
    assert report.kind is Kind.REFUSED


@pytest.mark.parametrize("message", [b"junk", SIGNED_CMS[:-1], SIGNED_CMS + b"\0", b"\x30\x80" * 50])
def test_a_broken_cms_fails(message: bytes) -> None:
    """No exception of a parser leaves."""
    report = verify_cms(message, content=CONTENT, policies=POLICIES, evidence=evidence(), at=NOW)

    assert _verdict(report) == (Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE)


REVOCATION = [(HOLDER.serial, NOW - timedelta(days=2), x509.ReasonFlags.affiliation_changed)]
LOOK_ALIKE = Holder(ca=Ca(label="look-alike", claims_key_of=SIGN_CA))


@pytest.mark.parametrize(
    ("holder", "known", "verdict"),
    [
        (HOLDER, {"crls": [crl(revoked=REVOCATION)]}, (Indication.TOTAL_FAILED, SubIndication.REVOKED)),
        (
            HOLDER,
            {"ocsp": [OcspEvidence(answer=ocsp_answer(revoked_at=NOW - timedelta(minutes=30)))]},
            (Indication.INDETERMINATE, SubIndication.REVOKED_NO_POE),
        ),
        (
            Holder(ends=SIGNED - timedelta(days=1)),
            {"ocsp": []},
            (Indication.TOTAL_FAILED, SubIndication.EXPIRED),
        ),
        (
            Holder(ends=NOW - timedelta(minutes=1)),
            {"ocsp": []},
            (Indication.INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NOT_REVOKED),
        ),
        (
            Holder(begins=NOW + timedelta(days=1)),
            {"ocsp": []},
            (Indication.TOTAL_FAILED, SubIndication.NOT_YET_VALID),
        ),
        (HOLDER, {"crls": [], "ocsp": []}, (Indication.INDETERMINATE, SubIndication.TRY_LATER)),
        (
            HOLDER,
            {"crls": [crl(next_update=NOW - timedelta(seconds=1))], "ocsp": []},
            (Indication.INDETERMINATE, SubIndication.TRY_LATER),
        ),
        (
            LOOK_ALIKE,
            {"anchors": [SIGN_CA.der], "ocsp": []},
            (Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
        ),
        (
            authentication(ca=SIGN_CA),
            {"ocsp": []},
            (Indication.INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
        ),
        (
            Holder(unknown_critical=True),
            {"ocsp": []},
            (Indication.INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
        ),
    ],
    ids=[
        "revoked",
        "revoked-after-signing",
        "expired-before-signing",
        "expired-after-signing",
        "not-yet-valid",
        "no-status",
        "stale-crl",
        "look-alike",
        "authentication-certificate",
        "critical-extension",
    ],
)
def test_a_signer_that_does_not_hold(
    holder: Holder, known: dict[str, object], verdict: tuple[Indication, SubIndication]
) -> None:
    """Each gets its verdict, and exit 1 or 3; the document itself is sound."""
    assert _verdict(_pdf(holder, **known)) == verdict


def test_one_bad_signature_fails_the_document() -> None:
    """The verdict is the worst of all signatures."""
    foreign = sign_pdf(SIGNED_PDF, Card(LOOK_ALIKE), moment=SIGNED)
    report = verify_pdf(foreign, policies=POLICIES, evidence=evidence(), at=NOW)

    assert [signature.indication for signature in report.signatures] == [
        Indication.TOTAL_PASSED,
        Indication.INDETERMINATE,
    ]
    assert _verdict(report) == (Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_a_document_is_judged_at_the_given_moment() -> None:
    """The same evidence at another moment is another judgement."""
    for at in (BEGINS, ENDS + timedelta(days=1)):
        report = verify_pdf(SIGNED_PDF, policies=POLICIES, evidence=evidence(), at=at)
        assert report.indication is not Indication.TOTAL_PASSED
        assert report.at == at


def test_a_missing_certificate_comes_from_the_evidence_or_not_at_all() -> None:
    """Without a certificate there is no signer to judge."""
    message = verify_cms(_without_certificates(), content=CONTENT, policies=POLICIES, evidence=evidence(), at=NOW)
    helped = verify_cms(
        _without_certificates(),
        content=CONTENT,
        policies=POLICIES,
        evidence=evidence(certificates=[HOLDER.der]),
        at=NOW,
    )

    assert message.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND
    assert helped.indication is Indication.TOTAL_PASSED


def _without_certificates() -> bytes:
    from asn1crypto import cms

    message = cms.ContentInfo.load(SIGNED_CMS)
    message["content"]["certificates"] = cms.CertificateSet([])
    encoded: bytes = message.dump(force=True)
    return encoded


def test_signers_are_found_for_gathering() -> None:
    """Evidence is gathered about whoever signed."""
    twice = sign_pdf(SIGNED_PDF, Card(LOOK_ALIKE), moment=SIGNED)

    assert signers_of(twice) == (HOLDER.der, LOOK_ALIKE.der)
    assert signers_of(SIGNED_CMS) == (HOLDER.der,)
    assert signers_of(b"junk") == ()


@pytest.mark.parametrize("size", [0, MAX_DOCUMENT + 1])
def test_sizes_are_checked_before_anything_is_read(size: int) -> None:
    """Zero bytes and more than the limit are refused."""
    refusal = DocumentTooLarge if size else EmptyDocument

    with pytest.raises(refusal):
        verify_pdf(bytes(size), policies=POLICIES, evidence=evidence(), at=NOW)
    with pytest.raises(refusal):
        verify_cms(SIGNED_CMS, content=bytes(size), policies=POLICIES, evidence=evidence(), at=NOW)


def test_the_report_says_who_asked() -> None:
    """A report about a person names the asker and the ground."""
    inquiry = Inquiry(asked_by="tax office", ground="filing 1")
    report = verify_pdf(SIGNED_PDF, policies=POLICIES, evidence=evidence(), at=NOW, inquiry=inquiry)

    assert report.as_data()["inquiry"] == {"asked_by": "tax office", "ground": "filing 1"}


def test_what_a_signature_carries_can_be_read() -> None:
    """The content as it stands inside, unjudged; None beside it, in what is no signature, and in what is no content (R-8.7)."""
    attached = sign_cms(CONTENT, Card(), moment=SIGNED, detached=False)

    assert [content_of(one) for one in (attached, SIGNED_CMS, b"no CMS")] == [CONTENT, None, None]
    with pytest.raises(DocumentTooLarge):
        content_of(bytes(MAX_DOCUMENT + 1))
