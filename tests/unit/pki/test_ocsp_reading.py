from datetime import datetime, timedelta
from typing import Any

import pytest

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.delegation import WrongResponder
from openjpki.pki.issuer import load_certificate
from openjpki.pki.keys import SignatureInvalid, key_identifier
from openjpki.pki.ocsp import build_request, certificate_id, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer, error_answer
from openjpki.pki.ocsp_reading import (
    MOST_ANSWER_BYTES,
    SKEW,
    AnswerNotYetValid,
    MalformedAnswer,
    NoAnswer,
    OcspStatus,
    StaleAnswer,
    WrongCertificate,
    WrongNonce,
    read_answer,
    read_status,
    repeats,
)
from openjpki.rules.kinds import RevocationReason
from tests.support.hierarchy import DAY, HOUR, ISSUED, RESPONDER_EXPIRES, Hierarchy, hierarchy
from tests.support.keys import pooled_signer
from tests.unit.pki.test_delegation import NO_CHECK, responder

GOOD = StatusAnswer(status="good")
NOW = ISSUED + HOUR
SECOND = timedelta(seconds=1)


def read(made: Hierarchy, answer: bytes, *, moment: datetime = NOW, nonce: bytes | None = None) -> OcspStatus:
    """Read an answer about the hierarchy's holder."""
    return read_status(answer, certificate=made.holder, issuer=made.ca, moment=moment, nonce=nonce)


def by_key(position: int) -> bytes:
    """Return a ResponderID of a key of the pool."""
    return der.tlv(der.context(2), der.octet_string(key_identifier(pooled_signer(position).public_key)))


def by_name(certificate: bytes) -> bytes:
    """Return a ResponderID of a certificate's subject."""
    return der.tlv(der.context(1), load_certificate(certificate).subject.public_bytes())


def foreign(made: Hierarchy, **changes: Any) -> bytes:
    """Return an answer as another program might make it: position 0 of the pool is the CA, 1 the responder."""
    end = changes.get("next_update", NOW + HOUR)
    words = [der.tlv(der.context(tag, constructed=False)) for tag in changes.get("words", [0])]
    singles = [
        der.sequence(
            changes.get("identifier", certificate_id(made.holder, made.ca, "sha1")),
            word,
            der.generalized_time(NOW),
            der.tlv(der.context(0), der.generalized_time(end)) if end else b"",
            der.tlv(der.context(1), der.sequence(changes["single_extension"]))
            if "single_extension" in changes
            else b"",
        )
        for word in words
    ]
    data = der.sequence(
        changes.get("responder", by_key(1)),
        der.generalized_time(changes.get("produced_at", NOW)),
        der.sequence(*singles),
        der.tlv(der.context(1), der.sequence(changes["extension"])) if "extension" in changes else b"",
    )
    certificates = changes.get("certificates", [made.responder])
    basic = der.sequence(
        data,
        changes.get("algorithm", made.algorithm).identifier,
        der.bit_string(pooled_signer(changes.get("signed_by", 1)).sign(data)),
        der.tlv(der.context(0), der.sequence(*certificates)) if certificates else b"",
    )
    typed = der.sequence(der.object_identifier("1.3.6.1.5.5.7.48.1.1"), der.octet_string(basic))
    return der.sequence(der.integer(0, der.ENUMERATED), der.tlv(der.context(0), typed))


def test_a_good_status_is_read(each: Hierarchy) -> None:
    """RFC 6960 §3.2: signed by the delegated responder, about this certificate, for this moment."""
    assert read(each, each.answer(GOOD)) == OcspStatus(
        status="good", revoked_at=None, reason=None, this_update=NOW, next_update=NOW + HOUR, produced_at=NOW
    )


@pytest.mark.parametrize("reason", RevocationReason)
def test_a_revocation_is_read_with_moment_and_reason(made: Hierarchy, reason: RevocationReason) -> None:
    """What the authority said is what the verifier reads."""
    found = read(made, made.answer(StatusAnswer(status="revoked", revoked_at=ISSUED, reason=reason)))

    assert (found.status, found.revoked_at, found.reason) == ("revoked", ISSUED, reason)


def test_unknown_is_not_good(made: Hierarchy) -> None:
    """RFC 6960 §2.2: the responder does not know the certificate."""
    assert read(made, made.answer(StatusAnswer(status="unknown"))).status == "unknown"


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_either_hash_identifies(made: Hierarchy, hash_name: str) -> None:
    """RFC 6960 §4.1.1."""
    assert read(made, made.answer(GOOD, hash_name=hash_name)).status == "good"


def test_one_status_of_several_is_found(made: Hierarchy) -> None:
    """The answer about this certificate counts, wherever it stands."""
    other = made.holder_with(5)
    answer = build_answer(
        request=parse_request(build_request([(other, made.ca), (made.holder, made.ca)], None)),
        statuses=[GOOD, StatusAnswer(status="revoked", revoked_at=ISSUED, reason=RevocationReason.SUPERSEDED)],
        responder_certificate=made.responder,
        issuer=made.ca,
        signer=made.responder_signer,
        produced_at=NOW,
        this_update=NOW,
        next_update=NOW + HOUR,
    )

    assert read(made, answer).status == "revoked"


def test_the_nonce_is_the_requests(made: Hierarchy) -> None:
    """RFC 9654 §2.1: a wrong or missing nonce may be a replay; none asked for, none compared."""
    answer = made.answer(GOOD, nonce=b"right" * 5)

    assert read(made, answer, nonce=b"right" * 5).status == "good"
    assert read(made, answer).status == "good"
    for wrong in (answer, made.answer(GOOD)):
        with pytest.raises(WrongNonce):
            read(made, wrong, nonce=b"wrong" * 5)


def test_an_answer_holds_from_its_update_to_the_next(made: Hierarchy) -> None:
    """RFC 6960 §4.2.2.1: before and after it proves nothing; a clock may run ahead a little."""
    answer = made.answer(GOOD)

    assert read(made, answer, moment=NOW - SKEW).status == "good"
    assert read(made, answer, moment=NOW + HOUR).status == "good"
    with pytest.raises(AnswerNotYetValid):
        read(made, answer, moment=NOW - SKEW - SECOND)
    with pytest.raises(StaleAnswer):
        read(made, answer, moment=NOW + HOUR + SECOND)


def test_an_answer_without_end_is_stale(made: Hierarchy) -> None:
    """RFC 5019 §2.2.4: nextUpdate is required: an answer that never ends could be replayed for ever."""
    with pytest.raises(StaleAnswer):
        read(made, foreign(made, next_update=None))


def test_an_answer_about_another_certificate_is_refused(made: Hierarchy) -> None:
    """RFC 6960 §3.2 (1): the answer is about the certificate that was asked about."""
    with pytest.raises(WrongCertificate):
        read(made, foreign(made, identifier=certificate_id(made.holder_with(5), made.ca, "sha1")))


def test_an_answer_about_the_serial_of_another_issuer_is_refused(made: Hierarchy, authentication: Hierarchy) -> None:
    """Issuer name, issuer key and serial together identify: serials repeat between CAs."""
    for other in (authentication.ca, hierarchy(ca_position=3).ca):
        with pytest.raises(WrongCertificate):
            read(made, foreign(made, identifier=certificate_id(made.holder, other, "sha1")))


@pytest.mark.parametrize("oid", ["2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.5", "1.2.3.4"])
def test_a_hash_outside_the_profile_identifies_nothing(made: Hierarchy, oid: str) -> None:
    """SHA-1 and SHA-256 are read; another hash, known or not, is another question."""
    right = certificate_id(made.holder, made.ca, "sha1")
    wrong = der.sequence(der.sequence(der.object_identifier(oid), b"\x05\x00"), right[right.index(b"\x05\x00") + 2 :])

    assert read(made, foreign(made, identifier=right)).status == "good"
    with pytest.raises(WrongCertificate):
        read(made, foreign(made, identifier=wrong))


def test_a_certificate_of_another_issuer_is_refused(made: Hierarchy, authentication: Hierarchy) -> None:
    """The caller's issuer is the one the certificate names."""
    with pytest.raises(WrongCertificate):
        read_status(made.answer(GOOD), certificate=authentication.holder, issuer=made.ca, moment=NOW)


def test_the_issuer_itself_may_answer(made: Hierarchy) -> None:
    """RFC 6960 §4.2.2.2: signed by the CA's own key, by key or by name."""
    for named in (by_key(0), by_name(made.ca)):
        assert read(made, foreign(made, responder=named, certificates=[], signed_by=0)).status == "good"


def test_a_responder_may_be_named(made: Hierarchy) -> None:
    """RFC 6960 §4.2.1: byName as well as byKey."""
    assert read(made, foreign(made, responder=by_name(made.responder))).status == "good"


def test_other_certificates_beside_the_responders_do_no_harm(made: Hierarchy) -> None:
    """Some responders send their chain."""
    assert read(made, foreign(made, certificates=[made.ca, made.holder, made.responder])).status == "good"


def test_a_responder_that_is_not_in_the_answer_is_refused(made: Hierarchy) -> None:
    """Nobody knows who signed."""
    for certificates in ([], [made.ca], [made.ca] * 4 + [made.responder]):
        with pytest.raises(WrongResponder):
            read(made, foreign(made, certificates=certificates))


def test_a_responder_that_was_not_delegated_is_refused(made: Hierarchy) -> None:
    """RFC 6960 §4.2.2.2: a holder, a look-alike CA's responder, one without OCSPSigning."""
    look_alike = hierarchy(ca_position=3)
    no_usage = responder(made, [NO_CHECK])

    with pytest.raises(WrongResponder):
        read(made, foreign(made, responder=by_key(2), certificates=[made.holder], signed_by=2))
    with pytest.raises(WrongResponder):
        read(made, foreign(made, certificates=[look_alike.responder]))
    with pytest.raises(WrongResponder):
        read(made, foreign(made, certificates=[no_usage]))


def test_the_right_responder_is_found_among_its_namesakes(made: Hierarchy) -> None:
    """Responders of all generations share a name: the one that this issuer delegated counts."""
    look_alike = hierarchy(ca_position=3).responder
    answer = foreign(made, certificates=[look_alike, made.responder], responder=by_name(made.responder))

    assert read(made, answer).status == "good"


def test_a_wrong_signature_is_refused(made: Hierarchy) -> None:
    """Another key, another algorithm, a changed moment."""
    later = made.answer(GOOD).replace(b"20260105050405Z", b"20260105060405Z")

    assert later != made.answer(GOOD)
    for wrong in (foreign(made, signed_by=3), foreign(made, algorithm=KeyAlgorithm.P384_SHA_384), later):
        with pytest.raises(SignatureInvalid):
            read(made, wrong)


def test_a_responder_out_of_date_is_refused(made: Hierarchy) -> None:
    """A responder answers while its certificate is valid, and is believed no longer (RFC 6960 §4.2.2.2.1)."""
    long = {"next_update": NOW + 300 * DAY}

    assert read(made, foreign(made, **long), moment=RESPONDER_EXPIRES).status == "good"
    with pytest.raises(WrongResponder):
        read(made, foreign(made, **long), moment=RESPONDER_EXPIRES + SECOND)
    with pytest.raises(WrongResponder):
        read(made, foreign(made, produced_at=ISSUED - SECOND))


def test_an_answer_produced_later_is_not_yet_valid(made: Hierarchy) -> None:
    """An answer that was produced after the moment does not speak for it, whatever its thisUpdate says."""
    with pytest.raises(AnswerNotYetValid):
        read(made, foreign(made, produced_at=NOW + SKEW + SECOND))


@pytest.mark.parametrize("kind", ["malformed_request", "internal_error", "try_later", "sig_required", "unauthorized"])
def test_an_error_is_no_answer(made: Hierarchy, kind: Any) -> None:
    """RFC 6960 §2.3: the responder's word is passed on."""
    with pytest.raises(NoAnswer) as refusal:
        read(made, error_answer(kind))

    assert refusal.value.data == {"status": kind}


@pytest.mark.parametrize(
    "answer",
    [b"", b"no answer", b"\x30\x03\x0a\x01\x00", b"\x30\x03\x0a\x01\x63", bytes(MOST_ANSWER_BYTES + 1)],
    ids=["empty", "text", "successful-without-answer", "unknown-status", "size"],
)
def test_what_is_no_answer_is_refused(made: Hierarchy, answer: bytes) -> None:
    """Bounded before it is parsed; broken bytes are a refusal, not a crash."""
    with pytest.raises(MalformedAnswer):
        read(made, answer)


def test_a_critical_extension_that_is_not_understood_is_refused(made: Hierarchy) -> None:
    """RFC 6960 §4.4: critical means: do not believe without understanding."""
    unknown = der.object_identifier("1.2.3.4")

    assert read(made, foreign(made, extension=der.extension(unknown, b"\x05\x00"))).status == "good"
    with pytest.raises(MalformedAnswer):
        read(made, foreign(made, extension=der.extension(unknown, b"\x05\x00", critical=True)))


def test_broken_certificates_in_the_answer_are_refused(made: Hierarchy) -> None:
    """Whatever an attacker packs into the answer is a refusal."""
    answer = made.answer(GOOD)
    broken = answer.replace(der.object_identifier("2.5.29.14"), der.object_identifier("2.5.29.15"))

    with pytest.raises(WrongResponder):
        read(made, broken)


def test_a_critical_extension_of_one_answer_is_refused(made: Hierarchy) -> None:
    """RFC 6960 §4.4: what must be understood and is not may turn the meaning round."""
    unknown = [der.object_identifier("1.2.3.4"), b"\x01\x01\xff", der.octet_string(b"")]

    with pytest.raises(MalformedAnswer):
        read(made, foreign(made, single_extension=der.sequence(*unknown)))
    assert read(made, foreign(made, single_extension=der.sequence(unknown[0], unknown[2]))).status == "good"


@pytest.mark.parametrize("words", [[0, 2], [2, 0], [0, 2, 0]])
def test_the_worst_of_several_words_about_one_certificate_counts(made: Hierarchy, words: list[int]) -> None:
    """An answer that says good and unknown of the same certificate is not good, in whichever order."""
    assert read(made, foreign(made, words=words)).status == "unknown"


def test_an_answer_that_ends_before_it_begins_is_refused(made: Hierarchy) -> None:
    """No moment lies in such a time, and the tolerated skew must not make one."""
    with pytest.raises(MalformedAnswer):
        read(made, foreign(made, next_update=NOW - SECOND), moment=NOW - SECOND)


def test_what_an_answer_says_can_be_read_at_any_time(made: Hierarchy) -> None:
    """An authentic answer says what it says; whether it is current, and which nonce it repeats, the caller asks."""
    revoked = StatusAnswer(status="revoked", revoked_at=ISSUED, reason=RevocationReason.SUPERSEDED)
    answer = made.answer(revoked, nonce=b"n" * 32)
    found = read_answer(answer, certificate=made.holder, issuer=made.ca, at=NOW + DAY)

    assert (found.status, found.nonce) == ("revoked", b"n" * 32)
    assert repeats(found, b"n" * 32)
    assert not repeats(found, b"m" * 32)
    with pytest.raises(WrongResponder):
        read_answer(answer, certificate=made.holder, issuer=made.ca, at=RESPONDER_EXPIRES + SECOND)
