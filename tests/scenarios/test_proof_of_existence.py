"""What a time-stamp changes: the certificate's status and validity are asked for the proven moment (EN 319 102-1 §5.5)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509

from openjpki.documents.evidence import Embedded, Evidence
from openjpki.documents.keep import keep_in_cms, keep_in_pdf
from openjpki.documents.report import Report
from openjpki.documents.sign import sign_cms, sign_pdf
from openjpki.documents.status import OcspEvidence
from openjpki.documents.verify import signers_of, verify_cms, verify_pdf
from tests.unit.documents.stamps import AUTHORITY, STAMPED, TSA_CA, TSA_CRL, TestAuthority
from tests.unit.documents.world import (
    BEGINS,
    ENDS,
    HOLDER,
    NOW,
    SIGN_CA,
    SIGN_POLICY,
    SIGNED,
    Card,
    crl,
    ocsp_answer,
    pdf,
)

CONTENT = b"content"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
KEPT = Embedded(crls=(crl(),), answers=(ocsp_answer(this_update=SIGNED, next_update=NOW),))
PDF = keep_in_pdf(sign_pdf(pdf(), Card(), moment=SIGNED, timestamper=AUTHORITY), KEPT)
MESSAGE = keep_in_cms(sign_cms(CONTENT, Card(), moment=SIGNED, timestamper=AUTHORITY), KEPT)
PINNED = Evidence(anchors=(SIGN_CA.der,), stamp_anchors=(AUTHORITY.certificate,))
YEARS = NOW + timedelta(days=700)


def _revoked(at: datetime, **times: datetime) -> bytes:
    return crl(revoked=[(HOLDER.serial, at, x509.ReasonFlags.superseded)], **times)  # type: ignore[arg-type]  # this_update, next_update


def _both(evidence: Evidence, at: datetime) -> tuple[Report, Report]:
    return (
        verify_pdf(PDF, policies={SIGN_POLICY}, evidence=evidence, at=at),
        verify_cms(MESSAGE, content=CONTENT, policies={SIGN_POLICY}, evidence=evidence, at=at),
    )


def _words(report: Report) -> tuple[str, str | None, set[str]]:
    (signature,) = report.signatures
    reason = report.sub_indication
    codes = {finding.code for finding in signature.findings}
    return report.indication.value, None if reason is None else reason.value, codes


def test_years_later_the_document_alone_is_enough() -> None:
    """Signed, stamped, with the evidence of that day: the verifier asks nobody (B-LT)."""
    for report in _both(PINNED, YEARS):
        assert _words(report) == ("TOTAL-PASSED", None, set())
        assert report.signatures[0].proven == STAMPED
        assert report.signatures[0].as_data()["proven_to_exist_by"] == "2026-11-23T02:00:10Z"


def test_without_trust_in_the_authority_the_old_rules_stand() -> None:
    """Decision 0006: without proof of existence the evidence must be of today."""
    for report in _both(replace(PINNED, stamp_anchors=()), YEARS):
        assert _words(report) == (
            "INDETERMINATE",
            "TRY_LATER",
            {"verify.stamp-proves-nothing", "verify.status-unknown"},
        )


@pytest.mark.parametrize("revoked_at", [STAMPED + SECOND, NOW - timedelta(minutes=1)])
def test_a_revocation_after_the_time_stamp_leaves_the_signature_valid(revoked_at: datetime) -> None:
    """The counterpart of REVOKED_NO_POE: the signature is older, and that is proven; the remark tells the revocation."""
    for list_of_today in (_revoked(revoked_at), _revoked(revoked_at, this_update=NOW - timedelta(seconds=5))):
        for report in _both(replace(PINNED, crls=(list_of_today,)), NOW):
            assert _words(report) == ("TOTAL-PASSED", None, {"verify.revoked-later"})


@pytest.mark.parametrize(
    ("revoked_at", "words"),
    [
        (STAMPED, ("INDETERMINATE", "REVOKED_NO_POE")),
        (SIGNED + SECOND, ("INDETERMINATE", "REVOKED_NO_POE")),
        (SIGNED, ("TOTAL-FAILED", "REVOKED")),
    ],
)
def test_a_revocation_by_the_time_stamp_is_one(revoked_at: datetime, words: tuple[str, str]) -> None:
    """The same second is too late; and a claim at the revocation or after it condemns the signature (R-5.1)."""
    for report in _both(replace(PINNED, crls=(_revoked(revoked_at),)), NOW):
        assert _words(report)[:2] == words


def test_an_expired_certificate_passes_by_its_proof() -> None:
    """The authority's certificate must outlive it, and the CA's too: nothing proves how old the time-stamp is."""
    long_lived = TestAuthority(ends=ENDS + 10 * DAY)
    document = keep_in_pdf(sign_pdf(pdf(), Card(), moment=SIGNED, timestamper=long_lived), KEPT)
    known = replace(PINNED, stamp_anchors=(long_lived.certificate,))
    reports = [
        verify_pdf(document, policies={SIGN_POLICY}, evidence=known, at=at)
        for at in (ENDS + DAY, ENDS + 10 * DAY, ENDS + 10 * DAY + SECOND)
    ]

    for report in reports[:2]:
        assert _words(report) == ("TOTAL-PASSED", None, {"verify.expired-later", "verify.one-status-source"})
    assert _words(reports[2])[:2] == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")


def test_a_responder_whose_certificate_is_over_says_nothing_any_more() -> None:
    """Nobody watches its key any longer: of the embedded evidence the list of the CA, which still lives, remains."""
    long_lived = TestAuthority(ends=ENDS + DAY)
    message = keep_in_cms(sign_cms(CONTENT, Card(), moment=SIGNED, timestamper=long_lived), KEPT)
    known = replace(PINNED, stamp_anchors=(long_lived.certificate,))
    report = verify_cms(message, content=CONTENT, policies={SIGN_POLICY}, evidence=known, at=ENDS + SECOND)
    status = report.signatures[0].status

    assert status is not None
    assert (status.ocsp.word, status.crl.word) == ("ocsp.wrong-responder", "good")


def test_a_list_made_after_the_time_stamp_is_evidence_for_it() -> None:
    """B-T without embedded evidence: what says good today says good of the proven moment."""
    document = sign_pdf(pdf(), Card(), moment=SIGNED, timestamper=AUTHORITY)
    fresh = replace(PINNED, crls=(crl(this_update=NOW - SECOND),))
    over = replace(PINNED, crls=(crl(this_update=STAMPED + SECOND, next_update=NOW - timedelta(minutes=5)),))
    before = replace(PINNED, crls=(crl(this_update=STAMPED - DAY, next_update=STAMPED - SECOND),))

    judged = [
        _words(verify_pdf(document, policies={SIGN_POLICY}, evidence=known, at=NOW))[:2]
        for known in (fresh, over, before)
    ]
    assert judged == [("TOTAL-PASSED", None), ("TOTAL-PASSED", None), ("INDETERMINATE", "TRY_LATER")]


def test_an_authority_under_its_ca_needs_its_own_status() -> None:
    """And an answer about the authority is no answer about the signer."""
    under = replace(PINNED, stamp_anchors=(TSA_CA.der,))
    with_status = replace(under, crls=(TSA_CRL,))
    asked = OcspEvidence(answer=None, certificate=AUTHORITY.certificate)

    assert [_words(report)[0] for report in _both(with_status, NOW)] == ["TOTAL-PASSED"] * 2
    assert {report.signatures[0].proven for report in _both(under.with_ocsp([asked]), NOW)} == {None}


def test_a_stamp_before_the_certificate_contradicts_it() -> None:
    """A signature cannot be older than its key's certificate."""
    early = TestAuthority(at=BEGINS - DAY, begins=BEGINS - 2 * DAY)
    document = sign_pdf(pdf(), Card(), moment=SIGNED, timestamper=early)
    known = replace(PINNED, stamp_anchors=(early.certificate,), crls=(crl(),))

    report = verify_pdf(document, policies={SIGN_POLICY}, evidence=known, at=NOW)
    assert _words(report) == (
        "TOTAL-FAILED",
        "NOT_YET_VALID",
        {"verify.proven-before-validity", "verify.one-status-source"},
    )


def test_the_anchors_of_signers_and_of_stamps_are_kept_apart() -> None:
    """A CA that is trusted for time-stamps cannot vouch for a person, nor the other way round."""
    twisted = Evidence(anchors=(TSA_CA.der,), stamp_anchors=(SIGN_CA.der,), crls=(crl(), TSA_CRL))

    for report in _both(twisted, NOW):
        assert _words(report)[1] == "NO_CERTIFICATE_CHAIN_FOUND"
        assert report.signatures[0].proven is None


def test_evidence_is_gathered_about_signer_and_authority() -> None:
    """Both certificates are asked about; one call of the card made the signature."""
    card = Card()
    document = sign_pdf(pdf(), card, moment=SIGNED, timestamper=AUTHORITY)

    assert signers_of(document) == (HOLDER.der, AUTHORITY.certificate)
    assert card.calls == 1
