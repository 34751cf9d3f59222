from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from openjpki.authority.models import Certificate, Revocation
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.pki.ocsp import build_request, issuer_hashes
from openjpki.rules.kinds import LifeEvent, Procedure
from openjpki.rules.policy import Policy
from tests.support.authority import AUTHENTICATION, OPENED, SIGNATURE, Crash, Scene
from tests.support.hierarchy import hierarchy
from tests.support.walls import without_walls

pytestmark = pytest.mark.django_db(databases=["authority"])

MIDNIGHT = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
"""0:00 of 2026-01-06 in Japan."""
QUARTER = timedelta(minutes=15)


def status_word(answer: ocsp.OCSPResponse) -> str:
    """Return the response status of an error answer."""
    return answer.response_status.name


def test_a_delivered_certificate_is_good(scene: Scene) -> None:
    """The answer is signed by a responder that the very CA delegated, and covers a quarter of an hour."""
    issued = scene.with_card().issue()
    answer = scene.status(issued)
    (responder,) = answer.certificates
    ca = x509.load_der_x509_certificate(issued.issuer_certificate)

    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert (answer.this_update_utc, answer.next_update_utc) == (scene.clock(), scene.clock() + QUARTER)
    assert answer.produced_at_utc == scene.clock()
    responder.verify_directly_issued_by(ca)


def test_unknown_until_delivered(scene: Scene) -> None:
    """Nobody can rely on a certificate that is not on its card: prepared and undelivered ones are unknown."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = "linted"
    with pytest.raises(Crash):
        scene.send(order)
    assert Certificate.objects.get().state == "prepared"
    issued = scene.expect(CertificateIssued, order)

    assert scene.word(issued) == "unknown"
    with without_walls():
        Certificate.objects.update(state="prepared")
    assert scene.word(issued) == "unknown"


def test_a_move_shows_at_midnight(scene: Scene) -> None:
    """Good on the day of the report, revoked from 0:00 of the next Japanese day, at the moment of recording (R-2.28)."""
    issued = scene.with_card().issue()
    scene.at(date(2026, 1, 5), 14).expect(ReportAccepted, scene.arrival())
    reported = scene.clock()
    scene.clock.advance_to(MIDNIGHT - timedelta(seconds=1))
    assert scene.word(issued) == "good"
    scene.clock.advance_to(MIDNIGHT)

    answer = scene.status(issued)

    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_reason is x509.ReasonFlags.affiliation_changed
    assert answer.revocation_time_utc == reported


def test_an_answer_ends_where_its_news_begins(scene: Scene) -> None:
    """Just before midnight "good" is said until midnight only: no cache may carry it beyond."""
    issued = scene.with_card().issue()
    scene.expect(ReportAccepted, scene.arrival())
    scene.clock.advance_to(MIDNIGHT - timedelta(minutes=4))
    answered = scene.authority.answer_status(build_request([(issued.certificate, issued.issuer_certificate)], None))

    assert answered.next_update == MIDNIGHT
    assert ocsp.load_der_ocsp_response(answered.der).next_update_utc == MIDNIGHT


def test_an_expired_certificate_is_still_good_if_it_never_ended(scene: Scene) -> None:
    """Expiry is no revocation: the verifier reads the dates in the certificate itself (R-3.10)."""
    issued = scene.with_card().issue()
    scene.at(date(2030, 6, 11))

    assert scene.word(issued) == "good"


def test_a_revoked_certificate_stays_revoked_after_its_expiry(scene: Scene) -> None:
    """An archived signature is judged years later: the answer goes on saying when the certificate ended."""
    issued = scene.with_card().issue()
    scene.revoke(LifeEvent.KEY_COMPROMISE)
    scene.at(date(2033, 1, 10))

    assert scene.word(issued) == "revoked key_compromise"


def test_a_stranger_is_unknown(scene: Scene) -> None:
    """A serial that this CA never gave is unknown, also when the other CA gave it."""
    scene.with_card().issue(AUTHENTICATION)
    issued = scene.issue(SIGNATURE)
    scene.issue(SIGNATURE, Procedure.REISSUE)
    ca = issued.issuer_certificate
    question = ocsp.OCSPRequestBuilder().add_certificate_by_hash(*issuer_hashes(ca, "sha256"), 99, hashes.SHA256())
    answer = ocsp.load_der_ocsp_response(scene.authority.answer_ocsp(question.build().public_bytes(Encoding.DER)))

    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_the_ca_and_its_responder_are_no_holders_certificates(scene: Scene) -> None:
    """Serials are shared with CA and responder certificates, of which nothing is said here."""
    scene.with_card()
    issued = scene.issue()
    scene.status(issued)
    question = build_request([(issued.issuer_certificate, issued.issuer_certificate)], None)

    answer = ocsp.load_der_ocsp_response(scene.authority.answer_ocsp(question))
    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_a_look_alike_issuer_gets_no_answer(scene: Scene) -> None:
    """A CA of the same name and another key is not ours: the key's hash decides."""
    scene.with_card()
    foreign = hierarchy()
    question = build_request([(foreign.holder, foreign.ca)], None)

    assert status_word(ocsp.load_der_ocsp_response(scene.authority.answer_ocsp(question))) == "UNAUTHORIZED"


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_both_hashes_find_the_issuer(scene: Scene, hash_name: str) -> None:
    """RFC 5019 clients send SHA-1, newer ones SHA-256; the answer repeats the identifier asked."""
    issued = scene.with_card().issue()
    question = build_request([(issued.certificate, issued.issuer_certificate)], None, hash_name=hash_name)
    answer = ocsp.load_der_ocsp_response(scene.authority.answer_ocsp(question))

    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.hash_algorithm.name == hash_name


@pytest.mark.parametrize("question", [b"", b"\x30\x00", b"no request", b"\x30\x84\xff\xff\xff\xff", bytes(20_000)])
def test_what_is_no_question_is_malformed(scene: Scene, question: bytes) -> None:
    """Any bytes get an answer, unsigned and not to be kept: malformedRequest (RFC 6960 §2.3)."""
    answered = scene.authority.answer_status(question)

    assert status_word(ocsp.load_der_ocsp_response(answered.der)) == "MALFORMED_REQUEST"
    assert answered.next_update is None


def test_several_certificates_in_one_question(scene: Scene) -> None:
    """One answer holds a status for each; those of another issuer are unknown in it."""
    scene.with_card()
    old = scene.issue(SIGNATURE)
    new = scene.issue(SIGNATURE, Procedure.REISSUE)
    other = scene.issue(AUTHENTICATION)
    pairs = [(one.certificate, one.issuer_certificate) for one in (old, new, other)]
    answer = ocsp.load_der_ocsp_response(scene.authority.answer_ocsp(build_request(pairs, None)))

    assert [(one.serial_number, one.certificate_status.name) for one in answer.responses] == [
        (old.serial, "REVOKED"),
        (new.serial, "GOOD"),
        (other.serial, "UNKNOWN"),
    ]


def test_a_question_goes_to_its_own_address(scene: Scene) -> None:
    """The address of one CA does not answer for the other."""
    issued = scene.with_card().issue(SIGNATURE)
    question = build_request([(issued.certificate, issued.issuer_certificate)], None)

    asked = {kind: scene.authority.answer_status(question, kind) for kind in (SIGNATURE, AUTHENTICATION)}
    assert status_word(ocsp.load_der_ocsp_response(asked[SIGNATURE].der)) == "SUCCESSFUL"
    assert status_word(ocsp.load_der_ocsp_response(asked[AUTHENTICATION].der)) == "UNAUTHORIZED"


def test_a_nonce_is_repeated_and_the_answer_not_kept(scene: Scene) -> None:
    """An answer made for one question is of no use to another (RFC 9654)."""
    issued = scene.with_card().issue()
    question = build_request([(issued.certificate, issued.issuer_certificate)], b"n" * 32)
    answered = scene.authority.answer_status(question)
    answer = ocsp.load_der_ocsp_response(answered.der)

    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 32
    assert answered.next_update is None


def test_the_generation_that_issued_answers(scene: Scene) -> None:
    """After the next ceremony the old generation still answers for what it issued, found by its key."""
    old = scene.with_card().issue(SIGNATURE)
    scene.at(date(2028, 1, 10)).authority.ceremony()
    new = scene.issue(SIGNATURE, Procedure.REISSUE)

    assert (scene.word(old), scene.word(new)) == ("revoked superseded", "good")
    (responder,) = scene.status(old).certificates
    responder.verify_directly_issued_by(x509.load_der_x509_certificate(old.issuer_certificate))


def test_a_dead_ca_answers_no_more(scene: Scene) -> None:
    """After the CA's last second there is nobody whose signature would count."""
    issued = scene.with_card().issue()
    scene.at(date(2036, 1, 5))

    assert status_word(scene.status(issued)) == "UNAUTHORIZED"


def test_an_ending_without_its_row_is_not_good(scene: Scene) -> None:
    """If the journal lost a row, which its wall forbids, the answer fails closed: unknown."""
    issued = scene.with_card().issue()
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    with without_walls():
        Revocation.objects.all().delete()

    assert scene.word(issued) == "unknown"


class TestFromTheList:
    """Under `ocsp_mode = "from-crl"` answers say what the last list said (R-5.25)."""

    @pytest.fixture
    def scene(self, tmp_path: Path) -> Scene:
        """Return an authority that answers from its lists."""
        policy = Policy.preset("national").with_settings({"ocsp_mode": "from-crl"})
        return Scene(tmp_path, policy=policy).open()

    def test_without_a_list_there_is_no_answer_yet(self, scene: Scene) -> None:
        """Before the first list, and after the last one's end, the answer is tryLater."""
        issued = scene.with_card().issue()
        assert status_word(scene.status(issued)) == "TRY_LATER"
        scene.authority.publish_crls()
        assert scene.word(issued) == "good"
        scene.at(date(2026, 1, 7))

        assert status_word(scene.status(issued)) == "TRY_LATER"

    def test_an_answer_is_as_old_as_its_list(self, scene: Scene) -> None:
        """A revocation shows with the next list, and the answer names the list's span."""
        issued = scene.with_card().issue()
        scene.authority.publish_crls()
        scene.at(date(2026, 1, 5), 18).revoke(LifeEvent.REQUEST, SIGNATURE)
        answer = scene.status(issued)

        assert scene.word(issued) == "good"
        assert answer.this_update_utc == OPENED
        assert answer.next_update_utc == OPENED + scene.authority.terms.crl_daily
        scene.authority.publish_crls()
        assert scene.word(issued) == "revoked cessation_of_operation"
