from datetime import datetime, timedelta
from typing import Any

import pytest
from asn1crypto import core, ocsp, x509

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.lint.answers import ANSWER_RULES, examine_answer
from openjpki.pki.ocsp_answer import StatusAnswer, error_answer
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import HOUR, ISSUED, RESPONDER_EXPIRES, hierarchy
from tests.unit.pki.lint.answers import MADE, NONCE, REVOKED, RIGHT, Change, changed, codes, resigned

PRODUCED = ISSUED + HOUR
SECOND = timedelta(seconds=1)


def _set(field: str, value: Any) -> Change:
    def change(data: Any) -> None:
        data[field] = value

    return change


def _single(field: str, value: Any) -> Change:
    def change(data: Any) -> None:
        data["responses"][0][field] = value

    return change


def _revoked(**fields: Any) -> Change:
    said = {"revocation_time": ISSUED, "revocation_reason": "superseded"} | fields
    return _single("cert_status", ocsp.CertStatus(name="revoked", value=ocsp.RevokedInfo(said)))


def _extension(oid: str, value: bytes, *, critical: bool = False) -> Any:
    extension = {"extn_id": oid, "critical": critical, "extn_value": core.ParsableOctetString(value)}
    return ocsp.ResponseDataExtension(extension)


def _more(data: Any) -> None:
    data["response_extensions"].append(_extension("1.3.6.1.5.5.7.48.1.4", b"\x30\x00"))


def _of_one(data: Any) -> None:
    archive = {"extn_id": "1.3.6.1.5.5.7.48.1.6", "extn_value": core.ParsableOctetString(der.generalized_time(ISSUED))}
    data["responses"][0]["single_extensions"] = ocsp.SingleResponseExtensions([ocsp.SingleResponseExtension(archive)])


def _of_another(data: Any) -> None:
    data["responses"][0]["cert_id"]["issuer_key_hash"] = bytes(20)


def _by_md5(data: Any) -> None:
    data["responses"][0]["cert_id"]["hash_algorithm"] = {"algorithm": "md5", "parameters": core.Null()}


def _unended(data: Any) -> None:
    answered = data["responses"][0]
    fields = ("cert_id", "cert_status", "this_update")
    data["responses"] = ocsp.Responses([ocsp.SingleResponse({name: answered[name] for name in fields})])


NONCE_OID = "1.3.6.1.5.5.7.48.1.2"
OTHER_NONCE = ocsp.ResponseDataExtensions([_extension(NONCE_OID, der.octet_string(b"m" * 32))])
CRITICAL_NONCE = ocsp.ResponseDataExtensions([_extension(NONCE_OID, der.octet_string(NONCE), critical=True)])
BY_NAME = ocsp.ResponderId(
    name="by_name", value=x509.Certificate.load(MADE.responder)["tbs_certificate"]["subject"].untag()
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_set("responder_id", ocsp.ResponderId(name="by_key", value=bytes(20))), "responder-id"),
        (_set("responder_id", BY_NAME), "responder-id"),
        (_set("produced_at", RESPONDER_EXPIRES + SECOND), "produced-at times"),
        (_set("produced_at", PRODUCED - SECOND), "times"),
        (_single("this_update", PRODUCED + SECOND), "times"),
        (_single("next_update", PRODUCED), "times"),
        (_unended, "times"),
        (_single("next_update", RESPONDER_EXPIRES + SECOND), "times"),
        (_of_another, "identifiers"),
        (_by_md5, "identifiers"),
        (_set("responses", ocsp.Responses([])), "identifiers"),
        (_revoked(revocation_reason="unspecified"), "reasons"),
        (_revoked(revocation_reason="remove_from_crl"), "reasons"),
        (_revoked(revocation_reason="aa_compromise"), "reasons"),
        (_revoked(revocation_time=PRODUCED + SECOND), "reasons"),
        (_set("response_extensions", OTHER_NONCE), "nonce"),
        (_set("response_extensions", None), "nonce"),
        (_set("response_extensions", CRITICAL_NONCE), "extensions"),
        (_more, "extensions"),
        (_of_one, "extensions"),
    ],
)
def test_each_clause_is_found_by_its_own_rule(change: Change, code: str) -> None:
    """docs/certificates.md §8: one field is other than the profile has it, and the rule of that clause says so, alone."""
    assert codes(changed(change)) == {f"lint.answer.{one}" for one in code.split()}


@pytest.mark.parametrize("moment", [PRODUCED, ISSUED, PRODUCED + HOUR])
def test_a_moment_in_another_form_is_found(moment: datetime) -> None:
    """RFC 5280 §4.1.2.5.2: moments are whole seconds with Z, each of them."""
    right = der.generalized_time(moment)[2:]

    assert codes(resigned(right, right[:-3] + b".5Z")) >= {"lint.answer.times.encoding"}


def test_a_nonce_that_nobody_sent_is_found() -> None:
    """RFC 9654 §2.1: an answer to a question without a nonce has none."""
    assert codes(RIGHT, nonce=None) == {"lint.answer.nonce"}
    assert codes(MADE.answer(REVOKED), nonce=None) == frozenset()


@pytest.mark.parametrize(
    ("around", "found"),
    [
        (_set("certs", None), {"responder-id"}),
        (_set("certs", ocsp.Certificates([x509.Certificate.load(MADE.responder)] * 2)), {"responder-id"}),
        (_set("signature_algorithm", {"algorithm": "sha384_rsa", "parameters": core.Null()}), {"signature-algorithm"}),
        (_set("signature", core.OctetBitString(bytes(256))), {"signature"}),
    ],
)
def test_what_is_around_an_answer_has_its_rules_too(around: Change, found: set[str]) -> None:
    """RFC 6960 §4.2.1: one certificate, the key's algorithm, the key's signature."""
    assert codes(changed(around=around)) == {f"lint.answer.{one}" for one in found}


def test_an_answer_under_a_certificate_that_delegates_nothing_is_found() -> None:
    """RFC 6960 §4.2.2.2: a holder's certificate answers for nobody, and another CA's responder not for this one."""
    other = hierarchy(ca_position=3)
    for certificate in (MADE.holder, other.responder):
        within = _set("certs", ocsp.Certificates([x509.Certificate.load(certificate)]))

        assert "lint.answer.responder-certificate" in codes(changed(around=within))


@pytest.mark.parametrize(
    "answer", [b"", b"\x30\x00", error_answer("try_later"), RIGHT[:-1], RIGHT + b"\x00", bytes(600)]
)
def test_what_says_nothing_is_found(answer: bytes) -> None:
    """RFC 6960 §4.2.1: an unsigned word, or bytes that are no answer."""
    assert codes(answer) == {"lint.answer.malformed"}


def test_another_kind_of_answer_is_found() -> None:
    """RFC 6960 §4.2.1: id-pkix-ocsp-basic is the only kind there is here."""
    basic = bytes.fromhex("2b06010505073001")
    other = RIGHT.replace(basic + b"\x01", basic + b"\x63")

    assert other != RIGHT
    assert codes(other) == {"lint.answer.malformed"}


def test_another_encoding_is_found() -> None:
    """X.690 §8.2: a byte in another form is the same value in BER, and no answer of ours."""
    superseded = der.tlv(der.context(0), der.integer(4, der.ENUMERATED))

    assert codes(resigned(superseded, b"\x80" + superseded[1:])) <= {"lint.answer.der", "lint.answer.malformed"}


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
@pytest.mark.parametrize("kind", CertificateKind)
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("status", [StatusAnswer(status="good"), StatusAnswer(status="unknown"), REVOKED])
def test_a_right_answer_has_no_finding(
    kind: CertificateKind, algorithm: KeyAlgorithm, hash_name: str, status: StatusAnswer
) -> None:
    """Of both kinds and algorithms, each status, each hash, with a nonce."""
    made = hierarchy(kind, algorithm)
    answer = made.answer(status, nonce=NONCE, hash_name=hash_name)

    assert examine_answer(made.profiles, answer, issuer=made.ca, nonce=NONCE) == ()


def test_every_rule_has_a_code_a_clause_and_a_mark_of_its_own() -> None:
    """A finding can be looked up in docs/lint.md."""
    found = [rule.code for rule in ANSWER_RULES]

    assert len(found) == len(set(found))
    assert all(": " in rule.clause and rule.mark and set(rule.mark) <= set("CIUD") for rule in ANSWER_RULES)
