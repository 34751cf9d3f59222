from datetime import datetime, timedelta

import pytest
from cryptography.x509 import load_der_x509_crl

from openjpki.lab.card import LabCard
from openjpki.lab.city import MINATO, WAKABA
from openjpki.lab.lab import Lab
from openjpki.lab.status import ANSWER_LIFE, LIST_LIFE
from openjpki.pki.crl_reading import RevocationList
from openjpki.pki.ocsp import build_request
from openjpki.pki.ocsp_answer import error_answer
from openjpki.pki.ocsp_reading import OcspStatus, read_answer
from openjpki.rules.kinds import CertificateKind, RevocationReason
from openjpki.rules.policy import Policy
from tests.support.hierarchy import hierarchy
from tests.unit.lab.conftest import DAY, NOW, BeginLab

AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE
NONCE = bytes(range(32))


def asked(lab: Lab, card: LabCard, kind: CertificateKind = SIGNATURE, at: datetime | None = None) -> OcspStatus:
    """Ask about a card's certificate, and read the answer as a verifier does."""
    pair = (card.certificate(kind), card.ca_certificate(kind))
    moment = at or lab.now
    return read_answer(
        lab.desk.answer(build_request([pair], NONCE), moment, kind), certificate=pair[0], issuer=pair[1], at=moment
    )


def test_good_until_it_is_revoked(lab: Lab) -> None:
    """The nonce comes back, and the answer holds a quarter of an hour; revoked has its moment and reason (RFC 6960 §2.2)."""
    card = lab.card("adult")
    before = asked(lab, card)
    card.revoke("signature", "key-compromise")
    after = asked(lab, card)

    assert (before.status, before.nonce, before.next_update) == ("good", NONCE, NOW + ANSWER_LIFE)
    assert (after.status, after.revoked_at, after.reason) == ("revoked", NOW, RevocationReason.KEY_COMPROMISE)
    assert asked(lab, card, AUTHENTICATION).status == "good"


def test_what_was_never_issued_is_unknown(lab: Lab, begin: BeginLab) -> None:
    """A certificate that really is of this CA, but of the test before, is unknown in this one; so is any other serial."""
    card = lab.card("adult")
    pair = (card.certificate(), card.ca_certificate())
    after = begin(Policy())
    answer = after.desk.answer(build_request([pair], NONCE), NOW)

    assert read_answer(answer, certificate=pair[0], issuer=pair[1], at=NOW).status == "unknown"


def test_an_answer_ends_before_the_next_change(begin: BeginLab) -> None:
    """Under the national rules a move shows at midnight: no answer and no list is good beyond it (R-2.28)."""
    lab = begin(Policy())
    card = lab.card("adult")
    card.move_house("見本県若葉市本町三丁目４番５号")
    midnight = datetime.fromisoformat("2026-11-28T00:00:00+09:00")
    before = midnight - timedelta(minutes=5)

    assert (asked(lab, card, at=before).status, asked(lab, card, at=before).next_update) == ("good", midnight)
    assert asked(lab, card, at=midnight).status == "revoked"
    issuer = lab.desk.authority.issuing(SIGNATURE, NOW)
    crl = RevocationList.read(lab.desk.revocation_list(issuer, WAKABA, before), issuer=issuer.certificate)
    assert crl.says_of(card.certificate()).next_update == midnight


@pytest.mark.parametrize(
    ("question", "kind", "error"),
    [
        (b"", None, "malformed_request"),
        (b"\x30\x03\x02\x01\x01", None, "malformed_request"),
        (build_request([(hierarchy().holder, hierarchy().ca)], None), None, "unauthorized"),
    ],
    ids=["nothing", "not a request", "another CA's"],
)
def test_what_cannot_be_answered_is_an_error(lab: Lab, question: bytes, kind: None, error: str) -> None:
    """Malformed bytes, and another CA's certificate: an unsigned word, never a status (RFC 6960 §2.3)."""
    assert lab.desk.answer(question, NOW, kind) == error_answer(error)  # type: ignore[arg-type]  # its own words


def test_each_address_answers_for_its_own_ca(lab: Lab) -> None:
    """The signature CA's address knows nothing of authentication certificates; one without a kind knows both."""
    card = lab.card("adult")
    question = build_request([(card.certificate(AUTHENTICATION), card.ca_certificate(AUTHENTICATION))], None)

    assert lab.desk.answer(question, NOW, SIGNATURE) == error_answer("unauthorized")
    assert len(lab.desk.answer(question, NOW)) > 1000


def test_one_answer_speaks_for_one_issuer(lab: Lab) -> None:
    """Certificates of another in the same question are unknown, whatever they are (RFC 6960 §2.2)."""
    card = lab.card("adult")
    pairs = [(card.certificate(kind), card.ca_certificate(kind)) for kind in (SIGNATURE, AUTHENTICATION)]
    answer = lab.desk.answer(build_request(pairs, None), NOW)
    signed = read_answer(answer, certificate=pairs[0][0], issuer=pairs[0][1], at=NOW)

    assert signed.status == "good"


def test_a_list_has_what_ended_of_its_municipality(lab: Lab) -> None:
    """Each partition its own; numbers rise within a second, and with the moment whichever way a test travels."""
    card = lab.card("adult")
    issuer = lab.desk.authority.issuing(SIGNATURE, NOW)
    card.revoke("signature")
    lists = [lab.desk.revocation_list(issuer, WAKABA, NOW) for _ in range(2)]
    earlier = lab.desk.revocation_list(issuer, WAKABA, NOW - DAY)
    other = RevocationList.read(lab.desk.revocation_list(issuer, MINATO, NOW), issuer=issuer.certificate)
    read = [RevocationList.read(crl, issuer=issuer.certificate) for crl in (earlier, *lists)]
    said = [one.says_of(card.certificate()) for one in read]

    assert [one.status for one in said] == ["good", "revoked", "revoked"]
    assert said[1].next_update == NOW + LIST_LIFE
    numbers = [one.number or 0 for one in said]
    assert numbers == sorted(set(numbers))
    assert other.scope != read[0].scope


def test_an_entry_leaves_after_its_certificate_expired(lab: Lab) -> None:
    """It stands once in a list past the expiry (RFC 5280 §3.3)."""
    card = lab.card("expiring-tomorrow")
    issuer = next(one for one in lab.desk.authority.generations(SIGNATURE) if one.certificate == card.ca_certificate())
    card.revoke("signature")

    def listed(days: int) -> bool:
        crl = load_der_x509_crl(lab.desk.revocation_list(issuer, WAKABA, NOW + days * DAY))
        return crl.get_revoked_certificate_by_serial_number(card.serial()) is not None

    assert [listed(days) for days in (0, 2, 4)] == [True, True, False]
