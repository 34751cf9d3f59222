from datetime import datetime, timedelta

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.x509 import ocsp

from openjpki.pki.delegation import WrongResponder
from openjpki.pki.keys import WrongSigner, key_identifier, verify_signature
from openjpki.pki.ocsp import build_request, parse_request
from openjpki.pki.ocsp_answer import AnswerUnsound, Error, Status, StatusAnswer, build_answer, error_answer
from openjpki.rules.kinds import RevocationReason
from tests.support.hierarchy import HOLDER_SERIAL, HOUR, ISSUED, RESPONDER_EXPIRES, Hierarchy, hierarchy

GOOD, UNKNOWN = StatusAnswer(status="good"), StatusAnswer(status="unknown")
NOW = ISSUED + HOUR


def revoked(reason: RevocationReason = RevocationReason.SUPERSEDED) -> StatusAnswer:
    """Return a revocation an hour ago."""
    return StatusAnswer(status="revoked", revoked_at=ISSUED, reason=reason)


def test_an_answer_is_signed_by_the_delegated_responder(each: Hierarchy) -> None:
    """RFC 6960 §4.2.1: by key, with the responder's certificate, in the algorithm of its key."""
    loaded = ocsp.load_der_ocsp_response(each.answer(GOOD))

    assert loaded.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    assert loaded.responder_key_hash == key_identifier(each.responder_signer.public_key)
    assert [certificate.serial_number for certificate in loaded.certificates] == [2]
    assert loaded.signature_algorithm_oid.dotted_string == each.algorithm.oid
    verify_signature(each.responder_signer.public_key, each.algorithm, loaded.tbs_response_bytes, loaded.signature)
    assert loaded.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert loaded.serial_number == HOLDER_SERIAL
    assert (loaded.produced_at_utc, loaded.this_update_utc, loaded.next_update_utc) == (NOW, NOW, NOW + HOUR)
    assert list(loaded.extensions) == []


def test_an_answer_is_der(made: Hierarchy) -> None:
    """Another library parses it strictly and encodes it to the same bytes."""
    answer = made.answer(revoked(), nonce=b"n" * 32)
    read = asn1_ocsp.OCSPResponse.load(answer, strict=True)
    basic = read["response_bytes"]["response"].parsed

    assert basic["tbs_response_data"]["version"].native == "v1"
    assert basic.copy().dump(force=True) == read["response_bytes"]["response"].parsed.dump()


@pytest.mark.parametrize("reason", RevocationReason)
def test_a_revocation_says_when_and_why(made: Hierarchy, reason: RevocationReason) -> None:
    """RFC 6960 §4.2.1: `unspecified` is said by absence, as in lists."""
    loaded = ocsp.load_der_ocsp_response(made.answer(revoked(reason)))
    said = None if reason is RevocationReason.UNSPECIFIED else x509.ReasonFlags[reason.value]

    assert loaded.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert (loaded.revocation_time_utc, loaded.revocation_reason) == (ISSUED, said)


def test_unknown_is_said(made: Hierarchy) -> None:
    """RFC 6960 §2.2: about a serial that was never issued the responder knows nothing."""
    loaded = ocsp.load_der_ocsp_response(made.answer(UNKNOWN))

    assert loaded.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


@pytest.mark.parametrize("nonce", [b"n", b"n" * 128])
def test_the_nonce_is_repeated(made: Hierarchy, nonce: bytes) -> None:
    """RFC 9654 §2.1: the answer carries the request's nonce, so it is no replay."""
    loaded = ocsp.load_der_ocsp_response(made.answer(GOOD, nonce=nonce))

    assert [each.value for each in loaded.extensions] == [x509.OCSPNonce(nonce)]


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_the_identifier_is_repeated(made: Hierarchy, hash_name: str) -> None:
    """RFC 6960 §4.2.2.3: clients match the CertID they sent."""
    asked = parse_request(build_request([(made.holder, made.ca)], None, hash_name=hash_name))

    assert asked.items[0].identifier in made.answer(GOOD, hash_name=hash_name)


def _answer(made: Hierarchy, pairs: list[tuple[bytes, bytes]], *statuses: StatusAnswer) -> bytes:
    return build_answer(
        request=parse_request(build_request(pairs, None)),
        statuses=statuses,
        responder_certificate=made.responder,
        issuer=made.ca,
        signer=made.responder_signer,
        produced_at=NOW,
        this_update=NOW,
        next_update=NOW + HOUR,
    )


def test_several_statuses_keep_their_order(made: Hierarchy) -> None:
    """RFC 6960 §4.2.1: one answer for each item."""
    pairs = [(made.holder, made.ca), (made.holder_with(5), made.ca), (made.holder_with(6), made.ca)]
    loaded = ocsp.load_der_ocsp_response(_answer(made, pairs, GOOD, revoked(), UNKNOWN))

    assert [(each.serial_number, each.certificate_status.name) for each in loaded.responses] == [
        (HOLDER_SERIAL, "GOOD"),
        (5, "REVOKED"),
        (6, "UNKNOWN"),
    ]


def test_each_item_has_its_status(made: Hierarchy) -> None:
    """An answer that leaves one out is a bug of the caller."""
    with pytest.raises(ValueError, match="argument"):
        _answer(made, [(made.holder, made.ca)], GOOD, GOOD)


@pytest.mark.parametrize("status", [GOOD, revoked()])
def test_nothing_is_known_about_other_issuers(made: Hierarchy, status: StatusAnswer) -> None:
    """A responder speaks for its issuer: about certificates of another generation it can say only `unknown`."""
    other = hierarchy(ca_position=3)

    with pytest.raises(AnswerUnsound):
        _answer(made, [(other.holder, other.ca)], status)
    assert _answer(made, [(other.holder, other.ca)], UNKNOWN)


def test_only_the_responders_key_signs(made: Hierarchy) -> None:
    """The answer is signed by the key that its certificate names."""
    with pytest.raises(WrongSigner):
        build_answer(
            request=parse_request(build_request([(made.holder, made.ca)], None)),
            statuses=[GOOD],
            responder_certificate=made.responder,
            issuer=made.ca,
            signer=made.holder_signer,
            produced_at=NOW,
            this_update=NOW,
            next_update=NOW + HOUR,
        )


def test_only_a_delegated_responder_answers(made: Hierarchy) -> None:
    """RFC 6960 §4.2.2.2: an answer that no verifier would believe is not made."""
    with pytest.raises(WrongResponder):
        build_answer(
            request=parse_request(build_request([(made.holder, made.ca)], None)),
            statuses=[GOOD],
            responder_certificate=made.holder,
            issuer=made.ca,
            signer=made.holder_signer,
            produced_at=NOW,
            this_update=NOW,
            next_update=NOW + HOUR,
        )


@pytest.mark.parametrize("produced_at", [ISSUED - timedelta(seconds=1), RESPONDER_EXPIRES + timedelta(seconds=1)])
def test_a_responder_out_of_date_does_not_answer(made: Hierarchy, produced_at: datetime) -> None:
    """Its answers would be refused: better to say so here, to the operator."""
    with pytest.raises(AnswerUnsound) as refusal:
        made.answer(GOOD, produced_at=produced_at)

    assert refusal.value.data == {"problem": "responder certificate is out of date"}


@pytest.mark.parametrize("lives", [timedelta(), -HOUR])
def test_an_answer_holds_for_some_time(made: Hierarchy, lives: timedelta) -> None:
    """RFC 6960 §4.2.2.1: thisUpdate, producedAt and nextUpdate follow one another."""
    with pytest.raises(AnswerUnsound):
        made.answer(GOOD, lives=lives)


@pytest.mark.parametrize(
    ("status", "revoked_at", "reason"),
    [
        ("revoked", None, None),
        ("revoked", ISSUED, None),
        ("revoked", None, RevocationReason.SUPERSEDED),
        ("good", ISSUED, None),
        ("unknown", None, RevocationReason.SUPERSEDED),
        ("good", ISSUED, RevocationReason.SUPERSEDED),
    ],
)
def test_a_status_does_not_contradict_itself(
    status: Status, revoked_at: datetime | None, reason: RevocationReason | None
) -> None:
    """Moment and reason belong to a revocation, both, and to nothing else."""
    with pytest.raises(ValueError, match="revoked"):
        StatusAnswer(status=status, revoked_at=revoked_at, reason=reason)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("malformed_request", "30030a0101"),
        ("internal_error", "30030a0102"),
        ("try_later", "30030a0103"),
        ("sig_required", "30030a0105"),
        ("unauthorized", "30030a0106"),
    ],
)
def test_errors_are_unsigned_and_short(kind: Error, answer: str) -> None:
    """RFC 6960 §4.2.1: OCSPResponseStatus alone."""
    encoded = error_answer(kind)

    assert encoded.hex() == answer
    assert ocsp.load_der_ocsp_response(encoded).response_status.name.lower() == kind
