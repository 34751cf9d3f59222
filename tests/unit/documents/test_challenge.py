import base64
import json

import pytest

from openjpki.documents.challenge import (
    CHALLENGE_BYTES,
    MAX_PROOF,
    BadNonce,
    BadOrigin,
    answer_challenge,
    make_challenge,
    verify_login,
)
from openjpki.documents.indications import Indication, SubIndication
from openjpki.documents.report import Report
from openjpki.documents.sign import SignerMismatch
from openjpki.documents.status import OcspEvidence
from tests.unit.documents.world import (
    AUTH_POLICY,
    NOW,
    SIGN_CA,
    SIGNED,
    Ca,
    Card,
    Holder,
    authentication,
    crl,
    evidence,
    key,
    ocsp_answer,
)

ORIGIN = "https://portal.example.jp"
NONCE = make_challenge(lambda count: bytes(range(count)))
HOLDER = authentication()
P384 = authentication(ca=Ca(label="auth-p384", kind="ec"), kind="ec", label="auth-p384")


def _verify(
    proof: bytes, *, holder: Holder = HOLDER, origin: str = ORIGIN, nonce: str = NONCE, **known: object
) -> Report:
    return verify_login(
        proof,
        origin=origin,
        nonce=nonce,
        policies={AUTH_POLICY},
        evidence=evidence(holder, **known),  # type: ignore[arg-type]  # the tests' own keywords
        at=NOW,
    )


def _proof(holder: Holder = HOLDER, *, origin: str = ORIGIN, nonce: str = NONCE) -> bytes:
    return answer_challenge(Card(holder), origin=origin, nonce=nonce).to_json()


@pytest.mark.parametrize("holder", [HOLDER, P384], ids=["rs256", "es384"])
def test_a_proof_for_this_origin_and_nonce_passes(holder: Holder) -> None:
    """One call of the card; the report is of a login (R-0.4, R-8.4; S-05)."""
    card = Card(holder)
    proof = answer_challenge(card, origin=ORIGIN, nonce=NONCE)
    report = _verify(proof.to_json(), holder=holder, ocsp=[])

    assert card.calls == 1
    assert report.indication is Indication.TOTAL_PASSED
    assert report.as_data()["subject"] == "login"
    assert proof.algorithm == ("RS256" if holder is HOLDER else "ES384")


def test_a_nonce_has_256_bits() -> None:
    """Web eID: at least 44 base64 characters."""
    assert len(NONCE) == 44
    assert make_challenge(lambda count: b"\1" * count) != NONCE
    assert len(base64.b64decode(NONCE)) == CHALLENGE_BYTES


def test_a_proof_for_another_origin_is_refused() -> None:
    """The man in the middle gets a proof for his own origin; it opens no other door."""
    report = _verify(_proof(origin="https://portal.example.jp.evil.example"))

    assert report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_a_proof_for_another_nonce_is_refused() -> None:
    """A replayed proof."""
    report = _verify(_proof(), nonce=make_challenge(lambda count: b"\7" * count))

    assert report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_a_signature_certificate_is_refused_for_login() -> None:
    """Its policy and its key usage are those of documents."""
    holder = Holder()
    report = _verify(_proof(holder), holder=holder)

    assert report.sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE
    assert {finding.code for finding in report.signatures[0].findings} == {"verify.policy", "verify.key-usage"}


def test_the_status_of_a_login_is_asked_as_for_documents() -> None:
    """Without status indeterminate; revoked fails at once, since the fresh nonce proves the time."""
    revoked = OcspEvidence(answer=ocsp_answer(HOLDER, revoked_at=SIGNED))

    assert _verify(_proof(), crls=[], ocsp=[]).sub_indication is SubIndication.TRY_LATER
    assert _verify(_proof(), crls=[crl(HOLDER.ca)], ocsp=[revoked]).sub_indication is SubIndication.REVOKED


def test_an_expired_certificate_opens_no_door() -> None:
    """The same for the validity."""
    expired = authentication(ends=SIGNED)

    assert _verify(_proof(expired), holder=expired).sub_indication is SubIndication.EXPIRED


def test_a_look_alike_opens_no_door() -> None:
    """The certificate in the proof is unverified until its path holds."""
    holder = authentication(ca=Ca(unit="JPKI for user authentication", label="look-alike", claims_key_of=SIGN_CA))
    report = _verify(_proof(holder), holder=holder, anchors=[HOLDER.ca.der], ocsp=[])

    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_somebody_elses_certificate_proves_nothing() -> None:
    """The signature must be by the key in the certificate."""
    with pytest.raises(SignerMismatch):
        answer_challenge(Card(HOLDER, signs_with=key("thief")), origin=ORIGIN, nonce=NONCE)

    fields = json.loads(_proof(authentication(label="thief")))
    fields["unverifiedCertificate"] = base64.b64encode(HOLDER.der).decode()
    assert _verify(json.dumps(fields).encode()).sub_indication is SubIndication.SIG_CRYPTO_FAILURE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "web-eid:1.0"),
        ("algorithm", "none"),
        ("algorithm", "RS512"),
        ("algorithm", ["RS256"]),
        ("signature", "***"),
        ("signature", 7),
        ("unverifiedCertificate", "***"),
    ],
)
def test_a_malformed_proof_is_a_format_failure(field: str, value: object) -> None:
    """Nothing is guessed, and no other format is let in."""
    fields = json.loads(_proof()) | {field: value}
    report = _verify(json.dumps(fields).encode())

    assert report.sub_indication is SubIndication.FORMAT_FAILURE
    assert report.signatures == ()


@pytest.mark.parametrize("proof", [b"", b"[]", b"{}", b"nul\0", b"\xff", b"[" * 5000, b" " * (MAX_PROOF + 1)])
def test_junk_is_a_format_failure(proof: bytes) -> None:
    """Bounded, and never an exception."""
    assert _verify(proof).sub_indication is SubIndication.FORMAT_FAILURE


@pytest.mark.parametrize("certificate", [b"", b"junk", HOLDER.der[:-1]])
def test_a_proof_with_junk_for_a_certificate_fails(certificate: bytes) -> None:
    """No certificate, no key, no login."""
    fields = json.loads(_proof()) | {"unverifiedCertificate": base64.b64encode(certificate).decode()}

    assert _verify(json.dumps(fields).encode()).indication is Indication.TOTAL_FAILED


def test_an_es384_signature_of_another_length_fails() -> None:
    """RFC 7518 §3.4: r and s of 48 bytes each."""
    fields = json.loads(_proof(P384)) | {"signature": base64.b64encode(bytes(95)).decode()}
    report = _verify(json.dumps(fields).encode(), holder=P384, ocsp=[])

    assert report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


@pytest.mark.parametrize("origin", ["https://a.example", "https://a:8443", "http://localhost:8780", "http://127.0.0.1"])
def test_an_origin_is_scheme_host_and_port(origin: str) -> None:
    """RFC 6454 §6.2; plain http on loopback only."""
    assert _verify(_proof(origin=origin), origin=origin).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "https://a.example/",
        "https://a.example/path",
        "http://a.example",
        "HTTPS://a",
        "https://A",
        "https://a:0",
        "null",
    ],
)
def test_anything_else_is_no_origin(origin: str) -> None:
    """A slash at the end would be another text to hash."""
    with pytest.raises(BadOrigin):
        answer_challenge(Card(HOLDER), origin=origin, nonce=NONCE)
    with pytest.raises(BadOrigin):
        _verify(b"{}", origin=origin)


@pytest.mark.parametrize("nonce", ["", "short", base64.b64encode(bytes(31)).decode(), "*" * 44, "é" * 44])
def test_a_weak_nonce_is_refused_on_both_sides(nonce: str) -> None:
    """Nobody signs, and nobody checks, less than 256 bits."""
    with pytest.raises(BadNonce):
        answer_challenge(Card(HOLDER), origin=ORIGIN, nonce=nonce)
    with pytest.raises(BadNonce):
        _verify(b"{}", nonce=nonce)
