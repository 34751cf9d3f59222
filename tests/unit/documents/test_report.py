import json

from openjpki.documents.currency import Moments, StatusRules
from openjpki.documents.findings import Check, found
from openjpki.documents.indications import Indication, SubIndication
from openjpki.documents.report import Report, SignatureReport, SignerCertificate, Subject, moment_text
from openjpki.documents.sign import sign_pdf
from openjpki.documents.status import judge_status
from openjpki.documents.verify import verify_pdf
from openjpki.errors import Kind
from openjpki.pki import oids
from tests.unit.documents.world import (
    BEGINS,
    ENDS,
    HOLDER,
    NOW,
    SIGN_CA,
    SIGN_POLICY,
    SIGNED,
    Card,
    Holder,
    crl,
    evidence,
    pdf,
)

CERTIFICATE = SignerCertificate(
    der=HOLDER.der,
    kind="signature",
    serial=HOLDER.serial,
    subject="A",
    not_before=BEGINS,
    not_after=ENDS,
    policies=(SIGN_POLICY,),
    anchor=SIGN_CA.der,
)
AT = Moments(at=NOW)
GOOD = judge_status(HOLDER.der, issuer=SIGN_CA.der, crls=[crl()], ocsp=(), moments=AT, rules=StatusRules())
UNKNOWN = judge_status(HOLDER.der, issuer=SIGN_CA.der, crls=(), ocsp=(), moments=AT, rules=StatusRules())


def test_nothing_passes_by_having_no_finding() -> None:
    """Fail closed: without a certificate, an anchor and a good status, an empty list of findings is no pass."""
    from dataclasses import replace

    complete = SignatureReport(findings=(), certificate=CERTIFICATE, status=GOOD)

    assert complete.indication is Indication.TOTAL_PASSED
    for incomplete in (
        replace(complete, certificate=None),
        replace(complete, certificate=replace(CERTIFICATE, anchor=None)),
        replace(complete, status=None),
        replace(complete, status=UNKNOWN),
    ):
        assert incomplete.sub_indication is SubIndication.GENERIC
        assert incomplete.indication is Indication.INDETERMINATE


def test_a_report_without_signatures_is_no_pass() -> None:
    """The same for the whole."""
    report = Report(subject=Subject.PDF, at=NOW)

    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, SubIndication.GENERIC)
    assert report.kind is Kind.INDETERMINATE


def test_a_remark_does_not_fail() -> None:
    """Only findings with a sub-indication count."""
    signature = SignatureReport(findings=(found(Check.SIGNED_AGAIN),), certificate=CERTIFICATE, status=GOOD)

    assert Report(subject=Subject.PDF, at=NOW, signatures=(signature,)).kind is None


def test_a_finding_about_the_whole_counts() -> None:
    """A document finding stands beside those of the signatures."""
    signature = SignatureReport(findings=(), certificate=CERTIFICATE, status=GOOD)
    report = Report(subject=Subject.PDF, at=NOW, signatures=(signature,), findings=(found(Check.ENCRYPTED),))

    assert report.indication is Indication.INDETERMINATE


def test_the_report_is_json_with_every_field_of_the_documentation() -> None:
    """docs/verification.md describes exactly these names."""
    names = (
        (oids.NAME, "試験　花子"),
        (oids.BIRTH_DATE, "319800217"),
        (oids.SEX, "2"),
        (oids.ADDRESS, "見本県若葉市"),
        (oids.NAME_SUBSTITUTIONS, "00100"),
        (oids.ADDRESS_SUBSTITUTIONS, "000000"),
    )
    holder = Holder(names=names)
    document = sign_pdf(pdf(), Card(holder), moment=SIGNED)
    report = verify_pdf(document, policies={SIGN_POLICY}, evidence=evidence(holder), at=NOW)
    data = json.loads(json.dumps(report.as_data()))

    assert data["indication"] == "TOTAL-PASSED"
    assert data["signatures"][0]["attributes"] == {
        "name": "試験　花子",
        "name_substitutions": "00100",
        "address": "見本県若葉市",
        "address_substitutions": "000000",
        "birth_date": "1980-02-17",
        "sex": "female",
    }
    assert data["signatures"][0]["status"]["ocsp"]["says"] == "good"
    assert "花子" not in repr(report)


def test_moments_are_rfc_3339_in_utc() -> None:
    """One form for all times."""
    assert moment_text(NOW) == "2026-11-23T03:00:00Z"
    assert moment_text(None) is None
