from datetime import datetime, timedelta

import pytest
from cryptography import x509

from openjpki.documents.currency import SKEW
from openjpki.documents.evidence import Evidence
from openjpki.documents.indications import SubIndication, gravest
from openjpki.documents.judgement import SignerJudgement, judge_signer
from openjpki.documents.status import OcspEvidence, StatusVerdict
from openjpki.pki import oids
from openjpki.pki.path import Requirements
from tests.unit.documents.world import (
    BEGINS,
    ENDS,
    HOLDER,
    NOW,
    SIGN_CA,
    SIGN_POLICY,
    SIGNED,
    Ca,
    Holder,
    crl,
    evidence,
    ocsp_answer,
)

ATTRIBUTES = (
    (oids.NAME, "試験　花子"),
    (oids.BIRTH_DATE, "319800217"),
    (oids.SEX, "2"),
    (oids.ADDRESS, "見本県若葉市中央一丁目1番"),
    (oids.NAME_SUBSTITUTIONS, "00100"),
    (oids.ADDRESS_SUBSTITUTIONS, "0000000000000"),
)
REVOKED_AT = NOW - timedelta(days=1)


def _judge(
    holder: Holder = HOLDER,
    *,
    claimed: datetime | None = SIGNED,
    at: datetime = NOW,
    known: Evidence | None = None,
) -> SignerJudgement:
    return judge_signer(
        holder.der,
        claimed=claimed,
        evidence=known or evidence(holder),
        requirements=Requirements.document({SIGN_POLICY}),
        at=at,
    )


def _reason(judged: SignerJudgement) -> SubIndication | None:
    return gravest(finding.sub_indication for finding in judged.findings)


def _codes(judged: SignerJudgement) -> list[str]:
    return [finding.code for finding in judged.findings]


def _evidence_at(at: datetime, holder: Holder = HOLDER) -> Evidence:
    made = min(at - timedelta(hours=1), ENDS)  # a list made after the end would say nothing (RFC 5280 §3.3)
    lists = [crl(holder.ca, this_update=made, next_update=at + timedelta(hours=23))]
    return evidence(holder, crls=lists, ocsp=[])


def test_a_right_signer_has_no_finding() -> None:
    """Path, validity and both kinds of status evidence hold."""
    judged = _judge()

    assert judged.findings == ()
    assert judged.certificate is not None
    assert judged.certificate.anchor == SIGN_CA.der
    assert judged.certificate.kind == "signature"


def test_the_four_attributes_come_with_their_substitute_flags() -> None:
    """R-1.9: '1' marks a character that stands for another one."""
    attributes = _judge(Holder(names=ATTRIBUTES)).attributes

    assert attributes is not None
    assert (attributes.name, attributes.name_substitutions) == ("試験　花子", "00100")
    assert attributes.birth_date.isoformat() == "1980-02-17"
    assert "花子" not in repr(_judge(Holder(names=ATTRIBUTES)))


def test_attributes_that_cannot_be_read_are_a_finding() -> None:
    """Flags of another length than the name fit no profile."""
    broken = tuple((oid, "00" if oid == oids.NAME_SUBSTITUTIONS else text) for oid, text in ATTRIBUTES)
    judged = _judge(Holder(names=broken))

    assert _codes(judged) == ["verify.attributes-unreadable"]
    assert judged.attributes is None


def test_attributes_of_a_look_alike_are_not_shown() -> None:
    """What no trusted CA certified is no attribute."""
    look_alike = Ca(label="look-alike", claims_key_of=SIGN_CA)
    judged = _judge(Holder(ca=look_alike, names=ATTRIBUTES), known=evidence(anchors=[SIGN_CA.der]))

    assert _codes(judged) == ["verify.no-chain"]
    assert _reason(judged) is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert judged.attributes is None
    assert judged.status is None


@pytest.mark.parametrize(
    ("claimed", "reason"),
    [
        (REVOKED_AT - timedelta(seconds=1), SubIndication.REVOKED_NO_POE),
        (REVOKED_AT, SubIndication.REVOKED),
        (SIGNED, SubIndication.REVOKED),
        (None, SubIndication.REVOKED_NO_POE),
    ],
    ids=["claims-before", "claims-that-second", "claims-after", "claims-nothing"],
)
def test_a_revoked_certificate_by_what_the_signature_claims(claimed: datetime | None, reason: SubIndication) -> None:
    """ETSI EN 319 102-1 §5.3: without proof of existence revoked is indeterminate, but a claim after it is false."""
    known = evidence(ocsp=[OcspEvidence(answer=ocsp_answer(revoked_at=REVOKED_AT))])
    judged = _judge(claimed=claimed, known=known)

    assert _reason(judged) is reason
    assert judged.status is not None
    assert judged.status.verdict is StatusVerdict.REVOKED


def test_a_reason_outside_the_vocabulary_is_told_as_none() -> None:
    """RFC 5280 §5.3.1 has reasons that JPKI does not use."""
    known = evidence(crls=[crl(revoked=[(HOLDER.serial, REVOKED_AT, x509.ReasonFlags.aa_compromise)])], ocsp=[])

    (finding,) = (finding for finding in _judge(known=known).findings if finding.sub_indication is not None)
    assert finding.data["reason"] == "-"


AFTER = ENDS + timedelta(days=1)
BEFORE = BEGINS - timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "claimed", "reason"),
    [
        (AFTER, SIGNED, SubIndication.OUT_OF_BOUNDS_NOT_REVOKED),
        (AFTER, None, SubIndication.OUT_OF_BOUNDS_NOT_REVOKED),
        (AFTER, AFTER, SubIndication.EXPIRED),
        (BEFORE, None, SubIndication.OUT_OF_BOUNDS_NO_POE),
        (BEFORE, BEFORE, SubIndication.NOT_YET_VALID),
        (NOW, BEFORE, SubIndication.NOT_YET_VALID),
        (NOW, NOW + SKEW, None),
        (NOW, NOW + SKEW + timedelta(seconds=1), SubIndication.SIG_CONSTRAINTS_FAILURE),
    ],
    ids=[
        "expired",
        "expired-no-claim",
        "claims-after-expiry",
        "not-begun-no-claim",
        "claims-before-begin",
        "valid-now-claims-before-begin",
        "claims-within-the-skew",
        "claims-the-future",
    ],
)
def test_validity_by_moment_and_claim(at: datetime, claimed: datetime | None, reason: SubIndication | None) -> None:
    """ETSI EN 319 102-1 §5.2.6, §5.3: out of bounds now, or false by its own claim."""
    assert _reason(_judge(at=at, claimed=claimed, known=_evidence_at(at))) is reason


def test_expired_without_status_is_out_of_bounds() -> None:
    """If it is not even known whether it was revoked before, the weaker form is given."""
    judged = _judge(at=AFTER, known=evidence(crls=[], ocsp=[]))

    assert _codes(judged) == ["verify.status-unknown", "verify.expired"]
    assert _reason(judged) is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_a_list_made_after_the_end_knows_no_status() -> None:
    """RFC 5280 §3.3: a revoked certificate's entry leaves the lists after its expiry, so silence is not "not revoked"."""
    lists = [crl(this_update=AFTER - timedelta(hours=1), next_update=AFTER + timedelta(hours=23))]
    judged = _judge(at=AFTER, known=evidence(crls=lists, ocsp=[]))

    assert judged.status is not None
    assert judged.status.verdict is StatusVerdict.UNKNOWN
    assert _reason(judged) is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_without_a_status_later_may_help() -> None:
    """ETSI EN 319 102-1 table 6: TRY_LATER; the finding names what each source said."""
    judged = _judge(known=evidence(crls=[], ocsp=[OcspEvidence(answer=None, certificate=HOLDER.der)]))

    (finding,) = judged.findings
    assert _reason(judged) is SubIndication.TRY_LATER
    assert finding.message("en") == (
        "Whether the certificate is revoked cannot be established (OCSP: unreachable, CRL: none)."
    )
    assert finding.message("ja") == "証明書が失効していないことを確認できません(OCSP: 応答なし、失効リスト: なし)。"


@pytest.mark.parametrize(
    ("known", "used"), [(evidence(crls=[]), "OCSP"), (evidence(ocsp=[]), "CRL")], ids=["no-crl", "no-ocsp"]
)
def test_a_status_by_one_source_is_remarked(known: Evidence, used: str) -> None:
    """It passes, and the report says on what it rests."""
    (finding,) = _judge(known=known).findings

    assert finding.code == "verify.one-status-source"
    assert finding.sub_indication is None
    assert finding.data["used"] == used


@pytest.mark.parametrize(
    ("holder", "code"),
    [
        (Holder(policy="1.2.3.4"), "verify.policy"),
        (Holder(has_usage=False), "verify.key-usage"),
        (Holder(unknown_critical=True), "verify.critical-extension"),
        (Holder(ca=Ca(is_ca=False)), "verify.anchor-unfit"),
        (Holder(ca=Ca(ends=NOW - timedelta(days=1))), "verify.anchor-out-of-bounds"),
    ],
)
def test_problems_of_the_path_are_findings(holder: Holder, code: str) -> None:
    """Each problem has its code."""
    assert code in _codes(_judge(holder, known=evidence(holder, ocsp=[])))


def test_a_key_of_another_kind_is_a_finding() -> None:
    """The facts of such a certificate are not even read."""
    judged = _judge(Holder(kind="weak", label="weak"), known=evidence(ocsp=[]))

    assert _codes(judged) == ["verify.certificate-algorithm", "verify.chain-unprocessable"]
    assert judged.certificate is None


def test_bytes_that_are_no_certificate_are_a_finding() -> None:
    """Nothing is raised."""
    judged = judge_signer(
        b"junk",
        claimed=None,
        evidence=evidence(),
        requirements=Requirements.document({SIGN_POLICY}),
        at=NOW,
    )

    assert _reason(judged) is SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
