from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from openjpki.documents.currency import StatusRules
from openjpki.documents.evidence import Evidence
from openjpki.documents.sign import sign_cms
from openjpki.documents.stamp import StampJudgement, is_sound_stamp, judge_stamp, stamp_certificate
from openjpki.documents.stamp_problems import StampProblem
from tests.unit.documents.stamps import AUTHORITY, STAMPED, TSA_CA, TSA_CRL, TestAuthority
from tests.unit.documents.world import HOLDER, NOW, SIGNED, Ca, Card, crl, pdf

VALUE = b"a signature's value"
SECOND = timedelta(seconds=1)
KNOWN = Evidence(anchors=(), stamp_anchors=(TSA_CA.der,), crls=(TSA_CRL,))
LOOK_ALIKE = Ca(unit=TSA_CA.unit, label="tsa-look-alike", claims_key_of=TSA_CA)


def _judge(token: bytes, *, known: Evidence = KNOWN, at: datetime = NOW) -> StampJudgement:
    return judge_stamp(token, stamped=VALUE, evidence=known, at=at, rules=StatusRules())


def test_a_trusted_authoritys_token_proves_its_time() -> None:
    """RFC 3161 §2.4.2: the bytes existed by the time in the token."""
    assert _judge(AUTHORITY.over(VALUE)) == StampJudgement(by=STAMPED)
    assert stamp_certificate(AUTHORITY.over(VALUE)) == AUTHORITY.certificate


def test_a_sound_token_is_rightly_made_whoever_made_it() -> None:
    """Its authority is nobody's here; a PDF's zeros may fill it up; a missing certificate may lie beside it."""
    stranger = TestAuthority(ca=LOOK_ALIKE)
    bare = cms.ContentInfo.load(AUTHORITY.over(VALUE))
    bare["content"]["certificates"] = []

    assert is_sound_stamp(stranger.over(VALUE) + bytes(40), stamped=VALUE)
    assert is_sound_stamp(bare.dump(), stamped=VALUE, spare=[AUTHORITY.certificate])
    assert not is_sound_stamp(bare.dump(), stamped=VALUE)


@pytest.mark.parametrize(
    "token",
    [
        AUTHORITY.over(b"other"),
        TestAuthority(digest_name="sha1").stamp("sha1", bytes(20)),
        TestAuthority(label="second", shows=AUTHORITY).over(VALUE),
        TestAuthority(purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,)).over(VALUE),
        sign_cms(VALUE, Card(), moment=SIGNED),
        bytes(20),
    ],
    ids=["other-bytes", "sha1", "other-key", "purpose", "signature", "zeros"],
)
def test_what_is_no_token_over_the_bytes_is_not_sound(token: bytes) -> None:
    """Nothing is raised."""
    assert not is_sound_stamp(token, stamped=VALUE)


def test_a_pinned_authority_needs_no_status() -> None:
    """Keeping the very certificate among the anchors is the statement; there is no issuer to ask."""
    pinned = Evidence(anchors=(), stamp_anchors=(AUTHORITY.certificate,))

    assert _judge(AUTHORITY.over(VALUE), known=pinned) == StampJudgement(by=STAMPED)


@pytest.mark.parametrize(
    ("authority", "known", "problem"),
    [
        (AUTHORITY, Evidence(anchors=(TSA_CA.der,), crls=(TSA_CRL,)), StampProblem.UNTRUSTED),
        (AUTHORITY, Evidence(anchors=(), certificates=(TSA_CA.der,), crls=(TSA_CRL,)), StampProblem.UNTRUSTED),
        (TestAuthority(ca=LOOK_ALIKE), KNOWN, StampProblem.UNTRUSTED),
        (AUTHORITY, replace(KNOWN, crls=()), StampProblem.STATUS),
        (AUTHORITY, replace(KNOWN, crls=(crl(TSA_CA, next_update=NOW - SECOND),)), StampProblem.STATUS),
        (
            AUTHORITY,
            replace(KNOWN, crls=(crl(TSA_CA, revoked=[(77, NOW, x509.ReasonFlags.key_compromise)]),)),
            StampProblem.STATUS,
        ),
        (TestAuthority(purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,)), KNOWN, StampProblem.USE),
        (
            TestAuthority(purposes=(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CLIENT_AUTH)),
            KNOWN,
            StampProblem.USE,
        ),
        (TestAuthority(critical=False), KNOWN, StampProblem.USE),
        (TestAuthority(signs=False), KNOWN, StampProblem.USE),
        (TestAuthority(ends=NOW - SECOND), KNOWN, StampProblem.OUT_OF_DATE),
        (TestAuthority(begins=STAMPED + SECOND), KNOWN, StampProblem.OUT_OF_DATE),
        (TestAuthority(at=NOW + timedelta(minutes=5, seconds=1)), KNOWN, StampProblem.AHEAD),
        (TestAuthority(label="thief", shows=AUTHORITY), KNOWN, StampProblem.SIGNATURE),
    ],
    ids=[
        "anchor-of-signers",
        "spare-certificate",
        "look-alike",
        "no-status",
        "stale-status",
        "revoked",
        "no-use",
        "second-use",
        "use-not-critical",
        "key-usage",
        "expired",
        "not-begun",
        "ahead",
        "wrong-key",
    ],
)
def test_a_token_that_does_not_hold_proves_nothing(
    authority: TestAuthority, known: Evidence, problem: StampProblem
) -> None:
    """Every way to be wrong has its word, and none is a proof."""
    assert _judge(authority.over(VALUE), known=known) == StampJudgement(problem=problem)


def test_the_anchor_must_be_one() -> None:
    """Being pinned does not excuse a CA that is over, or may not sign."""
    over = Ca(unit=TSA_CA.unit, label="tsa-over", ends=NOW - SECOND)
    unfit = Ca(unit=TSA_CA.unit, label="tsa-unfit", usage_ca=False)

    for ca, problem in ((over, StampProblem.OUT_OF_DATE), (unfit, StampProblem.USE)):
        known = Evidence(anchors=(), stamp_anchors=(ca.der,), crls=(crl(ca),))
        assert _judge(TestAuthority(ca=ca).over(VALUE), known=known).problem is problem


def test_a_token_over_something_else_proves_nothing() -> None:
    """The imprint is of this signature's value, by an accepted digest."""
    assert _judge(AUTHORITY.over(b"another value")).problem is StampProblem.IMPRINT
    assert _judge(TestAuthority(digest_name="sha1").over(VALUE)).problem is StampProblem.ALGORITHM


@pytest.mark.parametrize("token", [b"", b"junk", b"\x30\x00", pdf(), HOLDER.der])
def test_what_is_no_token_proves_nothing(token: bytes) -> None:
    """Hostile bytes are a word, never an exception."""
    assert _judge(token) == StampJudgement(problem=StampProblem.UNREADABLE)
    assert stamp_certificate(token) is None


def test_the_accuracy_makes_the_moment_later() -> None:
    """RFC 3161 §2.4.2: the time may be off by the accuracy, and only its end is proven."""
    from asn1crypto import tsp

    from openjpki.documents.stamp import _latest

    info = tsp.TSTInfo({"version": "v1", "gen_time": STAMPED, "accuracy": {"seconds": 2, "millis": 500}})

    assert _latest(info) == STAMPED + timedelta(seconds=2.5)


def test_a_signature_is_no_time_stamp() -> None:
    """A holder's signature over data is rightly signed, and tells no time."""
    assert _judge(sign_cms(VALUE, Card(), moment=SIGNED, detached=False)).problem is StampProblem.UNREADABLE


def test_a_token_without_its_certificate_needs_the_verifiers() -> None:
    """A requester may ask for none (RFC 3161 §2.4.1, certReq): then a pinned one is found, and no other."""
    token = cms.ContentInfo.load(AUTHORITY.over(VALUE))
    token["content"]["certificates"] = []
    bare = token.dump(force=True)

    assert _judge(bare).problem is StampProblem.CERTIFICATE
    assert _judge(bare, known=Evidence(anchors=(), stamp_anchors=(AUTHORITY.certificate,))).by == STAMPED


def test_a_token_whose_signer_names_no_certificate_proves_nothing() -> None:
    """RFC 5816 §2.2.1: without the reference another certificate could take its place."""
    token = cms.ContentInfo.load(AUTHORITY.over(VALUE))
    signer = token["content"]["signer_infos"][0]
    kept = [one for one in signer["signed_attrs"] if one["type"].native != "signing_certificate"]
    signer["signed_attrs"] = kept

    assert _judge(token.dump(force=True)).problem is StampProblem.CERTIFICATE
