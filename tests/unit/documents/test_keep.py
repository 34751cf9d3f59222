import pytest
from asn1crypto import cms

from openjpki.documents.embedded import read_cms_evidence
from openjpki.documents.evidence import Embedded
from openjpki.documents.indications import Indication
from openjpki.documents.keep import keep_in_cms, keep_in_pdf
from openjpki.documents.pdf import read_pdf
from openjpki.documents.sign import sign_cms, sign_pdf
from openjpki.documents.verify import verify_cms, verify_pdf
from tests.unit.documents.world import NOW, SIGN_CA, SIGN_POLICY, SIGNED, Card, crl, evidence, ocsp_answer, pdf

CONTENT = b"content"
KEPT = Embedded(certificates=(SIGN_CA.der,), crls=(crl(),), answers=(ocsp_answer(),))
NOTHING = evidence(crls=[], ocsp=[])


def test_a_pdf_with_its_evidence_needs_no_other() -> None:
    """The security store is a revision of its own, read back piece by piece, and the signature stays whole."""
    signed = sign_pdf(pdf(), Card(), moment=SIGNED)
    kept = keep_in_pdf(signed, KEPT)
    report = verify_pdf(kept, policies={SIGN_POLICY}, evidence=NOTHING, at=NOW)

    assert kept.startswith(signed)
    embedded = read_pdf(kept).embedded
    assert (embedded.crls, embedded.answers) == (KEPT.crls, KEPT.answers)
    assert SIGN_CA.der in embedded.certificates
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].changes == "archival-data"
    assert verify_pdf(signed, policies={SIGN_POLICY}, evidence=NOTHING, at=NOW).indication is Indication.INDETERMINATE


def test_a_second_signatures_evidence_joins_the_first() -> None:
    """The store grows; every signature keeps what it had, and the earlier one is not failed by it."""
    first = keep_in_pdf(sign_pdf(pdf(), Card(), moment=SIGNED), Embedded(crls=KEPT.crls))
    second = keep_in_pdf(sign_pdf(first, Card(), moment=SIGNED), Embedded(answers=KEPT.answers))
    report = verify_pdf(second, policies={SIGN_POLICY}, evidence=NOTHING, at=NOW)

    embedded = read_pdf(second).embedded
    assert (embedded.crls, embedded.answers) == (KEPT.crls, KEPT.answers)
    assert [one.indication for one in report.signatures] == [Indication.TOTAL_PASSED] * 2
    assert second.count(b"/VRI") >= 2


@pytest.mark.parametrize("detached", [True, False])
def test_a_cms_with_its_evidence_needs_no_other(*, detached: bool) -> None:
    """RFC 5652 §5.1, RFC 5940: the lists and answers stand in SignedData.crls, version 5."""
    message = keep_in_cms(sign_cms(CONTENT, Card(), moment=SIGNED, detached=detached), KEPT)
    signed = cms.ContentInfo.load(message)["content"]
    report = verify_cms(message, content=CONTENT, policies={SIGN_POLICY}, evidence=NOTHING, at=NOW)

    assert signed["version"].native == "v5"
    assert read_cms_evidence(signed) == Embedded(crls=KEPT.crls, answers=KEPT.answers)
    assert SIGN_CA.der in [choice.chosen.dump() for choice in signed["certificates"]]
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].findings == ()


def test_lists_alone_leave_the_version_as_it_is() -> None:
    """Only other forms of revocation information make version 5; the issuer is not put in twice."""
    message = sign_cms(CONTENT, Card(chain=(SIGN_CA.der,)), moment=SIGNED)
    before = cms.ContentInfo.load(message)["content"]
    after = cms.ContentInfo.load(keep_in_cms(message, Embedded(certificates=(SIGN_CA.der,), crls=(crl(),))))["content"]

    assert after["version"].native == before["version"].native
    assert len(after["certificates"]) == len(before["certificates"]) == 2
