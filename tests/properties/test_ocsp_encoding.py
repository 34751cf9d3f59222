from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from openjpki.pki.keys import SoftwareSigner
from openjpki.pki.ocsp import build_request, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer
from openjpki.pki.ocsp_data import read_response_data
from openjpki.rules.kinds import CertificateKind, RevocationReason
from tests.support.hierarchy import ISSUED, hierarchy

MADE = hierarchy(CertificateKind.SIGNATURE)
HASHES = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}  # noqa: S303  -- of identifiers
REASONS = {reason: x509.ReasonFlags[reason.name.lower()] for reason in RevocationReason}
PRODUCED = st.integers(0, 19 * 86_400).map(lambda seconds: ISSUED + timedelta(seconds=seconds))
REVOKED = st.builds(
    StatusAnswer,
    status=st.just("revoked"),
    revoked_at=st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    reason=st.sampled_from(RevocationReason),
)
ANSWERS = st.sampled_from([StatusAnswer(status="good"), StatusAnswer(status="unknown")]) | REVOKED
WORDS = {
    "good": ocsp.OCSPCertStatus.GOOD,
    "unknown": ocsp.OCSPCertStatus.UNKNOWN,
    "revoked": ocsp.OCSPCertStatus.REVOKED,
}


def theirs(answer: StatusAnswer, produced_at: datetime, ends: datetime, hash_name: str, nonce: bytes | None) -> bytes:
    """Return the same answer by the library's own builder, to be signed at the same moment."""
    signer = MADE.responder_signer
    assert isinstance(signer, SoftwareSigner)
    assert isinstance(signer._private_key, rsa.RSAPrivateKey)
    reason = REASONS[answer.reason] if answer.reason else None
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=x509.load_der_x509_certificate(MADE.holder),
        issuer=x509.load_der_x509_certificate(MADE.ca),
        algorithm=HASHES[hash_name],
        cert_status=WORDS[answer.status],
        this_update=produced_at,
        next_update=ends,
        revocation_time=answer.revoked_at,
        revocation_reason=None if answer.reason is RevocationReason.UNSPECIFIED else reason,
    )
    responder = x509.load_der_x509_certificate(MADE.responder)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder).certificates([responder])
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(signer._private_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@given(
    answer=ANSWERS,
    produced_at=PRODUCED,
    lives=st.integers(1, 900),
    hash_name=st.sampled_from(sorted(HASHES)),
    nonce=st.none() | st.binary(min_size=1, max_size=32),
)
def test_an_answer_says_what_the_library_says(
    answer: StatusAnswer, produced_at: datetime, lives: int, hash_name: str, nonce: bytes | None
) -> None:
    """RFC 6960 §4.2.1: field for field what `cryptography` would encode, and our own reader finds all of it again."""
    ends = produced_at + timedelta(seconds=lives)
    request = parse_request(build_request([(MADE.holder, MADE.ca)], nonce, hash_name=hash_name))
    encoded = build_answer(
        request=request,
        statuses=[answer],
        responder_certificate=MADE.responder,
        issuer=MADE.ca,
        signer=MADE.responder_signer,
        produced_at=produced_at,
        this_update=produced_at,
        next_update=ends,
    )
    ours, other = (
        ocsp.load_der_ocsp_response(der) for der in (encoded, theirs(answer, produced_at, ends, hash_name, nonce))
    )

    for field in (
        "certificate_status",
        "revocation_time_utc",
        "revocation_reason",
        "this_update_utc",
        "next_update_utc",
        "serial_number",
        "issuer_name_hash",
        "issuer_key_hash",
        "responder_key_hash",
        "signature_algorithm_oid",
    ):
        assert getattr(ours, field) == getattr(other, field), field
    assert list(ours.extensions) == list(other.extensions)
    (said,) = read_response_data(ours.tbs_response_bytes).statuses
    assert (said.status, said.revoked_at, said.next_update) == (answer.status, answer.revoked_at, ends)
