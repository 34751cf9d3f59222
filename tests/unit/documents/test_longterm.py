from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from openjpki.documents import longterm
from openjpki.documents.currency import StatusRules
from openjpki.documents.evidence import NOTHING_EMBEDDED, Embedded, Evidence
from openjpki.documents.longterm import (
    SignerRevoked,
    SignerStatusUnknown,
    SignerUntrusted,
    StampUnfit,
    evidence_to_keep,
    hold_trial,
    try_stamp,
)
from openjpki.documents.status import OcspEvidence
from tests.unit.documents.stamps import AUTHORITY, TSA_CA, TSA_CRL
from tests.unit.documents.world import HOLDER, NOW, SIGN_CA, Ca, crl, evidence, ocsp_answer, partition

RULES = StatusRules()
TRUSTING = Evidence(anchors=(SIGN_CA.der,), stamp_anchors=(TSA_CA.der,), crls=(TSA_CRL, crl()))


def test_the_evidence_about_the_signer_is_kept_and_no_other() -> None:
    """Its issuer, its municipality's list, the answer about it; not the thousand other lists of the folder."""
    known = evidence(crls=[crl(point=partition("elsewhere")), crl(), crl(next_update=NOW - timedelta(hours=1))])

    assert evidence_to_keep(HOLDER.der, evidence=known, at=NOW, rules=RULES) == Embedded(
        certificates=(SIGN_CA.der,), crls=(crl(),), answers=(ocsp_answer(),)
    )


def test_a_large_list_is_left_out_where_an_answer_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of a million entries does not belong into every contract; without an answer it does."""
    monkeypatch.setattr(longterm, "LARGE_LIST", 10)

    assert evidence_to_keep(HOLDER.der, evidence=evidence(), at=NOW, rules=RULES).crls == ()
    assert evidence_to_keep(HOLDER.der, evidence=evidence(ocsp=[]), at=NOW, rules=RULES).crls == (crl(),)


@pytest.mark.parametrize(
    ("known", "refusal"),
    [
        (evidence(anchors=[Ca(label="other").der]), SignerUntrusted),
        (evidence(crls=[], ocsp=[]), SignerStatusUnknown),
        (evidence(ocsp=[OcspEvidence(answer=ocsp_answer(unknown=True))]), SignerStatusUnknown),
        (evidence(ocsp=[OcspEvidence(answer=ocsp_answer(revoked_at=NOW))]), SignerRevoked),
        (
            evidence(crls=[crl(revoked=[(HOLDER.serial, NOW, x509.ReasonFlags.superseded)])], ocsp=[]),
            SignerRevoked,
        ),
    ],
    ids=["untrusted", "absent", "unknown", "revoked-by-answer", "revoked-by-list"],
)
def test_without_good_evidence_nothing_is_signed(known: Evidence, refusal: type[Exception]) -> None:
    """Told before the card signs, each with its own code."""
    with pytest.raises(refusal):
        evidence_to_keep(HOLDER.der, evidence=known, at=NOW, rules=RULES)


def test_a_trusted_authoritys_evidence_is_kept() -> None:
    """Its issuer and the list that says good of it."""
    trial = try_stamp(AUTHORITY, b"over", "sha256")

    assert trial.authority == AUTHORITY.certificate
    assert hold_trial(trial, evidence=TRUSTING, at=NOW, rules=RULES) == Embedded(
        certificates=(TSA_CA.der,), crls=(TSA_CRL,)
    )


def test_of_a_pinned_authority_there_is_nothing_to_keep() -> None:
    """It has no issuer that is asked."""
    pinned = replace(TRUSTING, stamp_anchors=(AUTHORITY.certificate,))
    trial = try_stamp(AUTHORITY, b"over", "sha256")

    assert hold_trial(trial, evidence=pinned, at=NOW, rules=RULES) == NOTHING_EMBEDDED


def test_an_authority_that_proves_nothing_is_refused() -> None:
    """Better no signature than one whose time-stamp nobody believes."""
    with pytest.raises(StampUnfit):
        hold_trial(try_stamp(AUTHORITY, b"over", "sha256"), evidence=replace(TRUSTING, crls=()), at=NOW, rules=RULES)
