from datetime import timedelta

import pytest
from cryptography import x509

from openjpki.documents.currency import Moments, StatusRules
from openjpki.documents.status import OcspEvidence, StatusJudgement, StatusVerdict, judge_status
from openjpki.rules.kinds import RevocationReason
from tests.unit.documents.world import (
    HOLDER,
    NOW,
    SIGN_CA,
    Ca,
    Holder,
    crl,
    der,
    foreign_ocsp_answer,
    key,
    ocsp_answer,
    partition,
    responder,
)

REVOKED_AT = NOW - timedelta(days=1)
LOOK_ALIKE = Ca(label="look-alike", claims_key_of=SIGN_CA)


def _judge(
    *, crls: list[bytes] | None = None, ocsp: list[OcspEvidence | bytes] | None = None, holder: Holder = HOLDER
) -> StatusJudgement:
    evidence = [one if isinstance(one, OcspEvidence) else OcspEvidence(answer=one) for one in ocsp or ()]
    return judge_status(
        holder.der, issuer=holder.ca.der, crls=crls or (), ocsp=evidence, moments=Moments(at=NOW), rules=StatusRules()
    )


def _revoking_crl() -> bytes:
    return crl(revoked=[(HOLDER.serial, REVOKED_AT, x509.ReasonFlags.affiliation_changed)])


def test_good_in_both_is_good() -> None:
    """OCSP and CRL agree."""
    judged = _judge(crls=[crl()], ocsp=[ocsp_answer()])

    assert (judged.verdict, judged.ocsp.word, judged.crl.word) == (StatusVerdict.GOOD, "good", "good")
    assert judged.revoked_at is None
    assert judged.reason is None


@pytest.mark.parametrize(("crls", "ocsp"), [([crl()], []), ([], [ocsp_answer()])], ids=["crl-only", "ocsp-only"])
def test_one_good_source_is_enough(crls: list[bytes], ocsp: list[OcspEvidence | bytes]) -> None:
    """Both ways of the service stand alone: the daily list, and the responder."""
    assert _judge(crls=crls, ocsp=ocsp).verdict is StatusVerdict.GOOD


def test_no_evidence_is_never_good() -> None:
    """A missing list and a missing answer say nothing; nothing is assumed."""
    judged = _judge()

    assert (judged.verdict, judged.ocsp.word, judged.crl.word) == (StatusVerdict.UNKNOWN, "absent", "absent")


@pytest.mark.parametrize(
    ("crls", "ocsp"),
    [
        ([_revoking_crl()], [ocsp_answer()]),
        ([crl()], [ocsp_answer(revoked_at=REVOKED_AT)]),
        ([_revoking_crl()], [ocsp_answer(unknown=True)]),
        ([crl(), _revoking_crl()], []),
    ],
    ids=["crl", "ocsp", "crl-against-unknown", "one-of-two-lists"],
)
def test_revoked_in_either_is_revoked(crls: list[bytes], ocsp: list[OcspEvidence | bytes]) -> None:
    """No good word outweighs a revocation."""
    judged = _judge(crls=crls, ocsp=ocsp)

    assert judged.verdict is StatusVerdict.REVOKED
    assert judged.revoked_at == REVOKED_AT
    assert judged.reason is RevocationReason.AFFILIATION_CHANGED


def test_the_earlier_revocation_counts() -> None:
    """Two sources may tell two moments."""
    earlier = REVOKED_AT - timedelta(hours=5)

    assert _judge(crls=[_revoking_crl()], ocsp=[ocsp_answer(revoked_at=earlier)]).revoked_at == earlier


def test_a_responder_that_disowns_the_certificate_stands_against_a_good_list() -> None:
    """RFC 6960 §2.2: unknown is no status; a forged serial would be in no list."""
    judged = _judge(crls=[crl()], ocsp=[ocsp_answer(unknown=True)])

    assert (judged.verdict, judged.ocsp.word) == (StatusVerdict.UNKNOWN, "unknown")


def test_an_answer_counts_although_the_certificate_names_no_responder() -> None:
    """The status is asked of the evidence, never of the certificate's authorityInfoAccess."""
    holder = Holder(ocsp_url=None)
    judged = _judge(holder=holder, ocsp=[ocsp_answer(holder, revoked_at=REVOKED_AT)], crls=[crl()])

    assert judged.verdict is StatusVerdict.REVOKED


OTHER = Holder(serial=4712)


def _with_broken_signature(answer: bytes) -> bytes:
    """Return the answer with one bit of its signature turned; the signature stands before the certificate."""
    broken = bytearray(answer)
    broken[answer.index(der(responder(SIGN_CA))) - 20] ^= 1
    return bytes(broken)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (OcspEvidence(answer=None, certificate=HOLDER.der), "ocsp.unreachable"),
        (ocsp_answer(next_update=NOW - timedelta(seconds=1)), "ocsp.stale"),
        (ocsp_answer(this_update=NOW + timedelta(hours=1), next_update=NOW + timedelta(hours=2)), "ocsp.not-yet-valid"),
        (OcspEvidence(answer=ocsp_answer(nonce=b"1" * 32), nonce=b"2" * 32), "ocsp.wrong-nonce"),
        (OcspEvidence(answer=ocsp_answer(), nonce=b"2" * 32), "ocsp.wrong-nonce"),
        (ocsp_answer(OTHER), "ocsp.wrong-certificate"),
        (
            foreign_ocsp_answer(by=responder(SIGN_CA, usable=False), by_key=key("ocsp-sign")),
            "ocsp.wrong-responder",
        ),
        (foreign_ocsp_answer(by=responder(LOOK_ALIKE), by_key=key("ocsp-look-alike")), "ocsp.wrong-responder"),
        (_with_broken_signature(ocsp_answer()), "pki.signature-invalid"),
        (b"\x30\x03\x0a\x01\x03", "ocsp.no-answer"),
        (b"junk", "ocsp.malformed-answer"),
    ],
    ids=[
        "unreachable",
        "stale",
        "not-yet",
        "other-nonce",
        "no-nonce",
        "other-certificate",
        "no-ocsp-signing",
        "other-ca",
        "wrong-key",
        "try-later",
        "junk",
    ],
)
def test_an_answer_that_does_not_hold_is_no_evidence(answer: OcspEvidence | bytes, word: str) -> None:
    """RFC 6960 §3.2: each acceptance requirement that fails makes the answer worth nothing."""
    judged = _judge(ocsp=[answer])

    assert (judged.verdict, judged.ocsp.word) == (StatusVerdict.UNKNOWN, word)


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (crl(next_update=NOW - timedelta(seconds=1)), "crl.stale"),
        (crl(this_update=NOW + timedelta(hours=1)), "crl.not-yet-valid"),
        (crl(signed_by=key("thief")), "pki.signature-invalid"),
        (crl(Ca(label="second-generation")), "crl.wrong-issuer"),
        (crl(point=partition("elsewhere")), "crl.wrong-partition"),
        (b"junk", "crl.malformed"),
    ],
    ids=["stale", "not-yet", "wrong-key", "other-generation", "other-municipality", "junk"],
)
def test_a_list_that_does_not_hold_is_no_evidence(bad: bytes, word: str) -> None:
    """RFC 5280 §6.3.3: scope, issuer, signature and time of a list are all asked."""
    judged = _judge(crls=[bad])

    assert (judged.verdict, judged.crl.word) == (StatusVerdict.UNKNOWN, word)


def test_lists_of_other_municipalities_hide_no_problem() -> None:
    """Among many lists the one that matters is the one whose problem is told."""
    judged = _judge(crls=[crl(point=partition("elsewhere")), crl(next_update=NOW - timedelta(seconds=1))])

    assert judged.crl.word == "crl.stale"


def test_an_answer_asked_about_another_certificate_is_left_out() -> None:
    """Evidence for several signers stands in one collection."""
    other = OcspEvidence(answer=None, certificate=OTHER.der)

    assert _judge(ocsp=[other]).ocsp.word == "absent"


def test_what_breaks_the_parser_is_unreadable() -> None:
    """A fault of a library is no evidence and no exception."""
    fault: bytes = None  # type: ignore[assignment]  # stands for a fault inside a parser
    judged = judge_status(
        HOLDER.der, issuer=HOLDER.ca.der, crls=[fault], ocsp=(), moments=Moments(at=NOW), rules=StatusRules()
    )

    assert judged.crl.word == "unreadable"
