from datetime import date
from pathlib import Path

import msgspec
import pytest

from openjpki.audit.models import Entry
from openjpki.authority.issuance.admission import ByRule, key_digest
from openjpki.authority.models import Card, CardKey, Order, SerialCounter
from openjpki.desk.messages import Attributes, CertificateIssued, Refused, ReportAccepted, order_proof_input
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.attributes import read_attributes
from openjpki.pki.keys import FreshKeys, SoftwareSigner
from openjpki.rules.catalogue import find
from openjpki.rules.kinds import CardState, CertificateKind, LifeEvent, Procedure, Sex
from openjpki.rules.policy import Policy
from tests.support.authority import AUTHENTICATION, CARD, HANAKO, RESIDENT, SIGNATURE, Scene
from tests.support.keys import pooled_signer

pytestmark = pytest.mark.django_db(databases=["authority"])

CHILD = Attributes(name="見本　一郎", address=HANAKO.address, birth_date=date(2011, 4, 1), sex=Sex.MALE)
WINDOW_OPENS = date(2030, 3, 11)
"""The first day on which less than three months remain to 2030-06-10 (R-3.8)."""
LATER, LONGER = date(2030, 3, 1), date(2039, 6, 10)
"""A day before that, from which on a card may be valid longer than the first one (R-3.7), and until when."""


def test_an_order_in_order_is_admitted(scene: Scene) -> None:
    """A resident with an active card gets both certificates."""
    scene.with_card()

    for kind in CertificateKind:
        scene.expect(CertificateIssued, scene.order(kind))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"resident": "99999999999"}, "authority.person-unknown"),
        ({"municipality": "99202"}, "authority.other-municipality"),
        ({"card": "999999999999999"}, "authority.card-unknown"),
        ({"card": "888888888888888"}, "authority.card-of-another"),
        ({"procedure": Procedure.HOLD}, "authority.not-an-issue"),
        ({"procedure": Procedure.RENEWAL}, "authority.nothing-to-renew"),
        ({"procedure": Procedure.REISSUE}, "authority.nothing-to-reissue"),
    ],
    ids=str,
)
def test_what_the_register_does_not_bear_out_is_refused(scene: Scene, changes: dict[str, object], code: str) -> None:
    """The authority believes nothing of an order that its own register does not say; no serial is spent."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.person("10000000001"))
    scene.expect(ReportAccepted, scene.card("888888888888888", resident="10000000001"))
    before = SerialCounter.objects.get(kind="signature").last

    assert scene.refusal(scene.order(**changes)) == code  # type: ignore[arg-type]  # a table of arguments
    assert not Order.objects.exists()
    assert SerialCounter.objects.get(kind="signature").last == before


@pytest.mark.parametrize(
    ("state", "code"),
    [(CardState.SUSPENDED, "eligibility.card-suspended"), (CardState.ABOLISHED, "eligibility.card-abolished")],
)
def test_a_card_out_of_use_gets_no_certificate(scene: Scene, state: CardState, code: str) -> None:
    """A suspended or abolished card is refused under the rule's own code (R-1.2)."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.card(state=state))

    assert scene.refusal(scene.order()) == code


def test_an_expired_card_gets_no_certificate(scene: Scene) -> None:
    """The last day of the card counts still; on the day after it is refused, reported as expired or not (R-1.2)."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=date(2026, 2, 1)))
    scene.at(date(2026, 2, 1)).expect(CertificateIssued, scene.order())
    scene.at(date(2026, 2, 2))

    assert scene.refusal(scene.order(AUTHENTICATION)) == "eligibility.card-expired"


def test_who_left_the_record_gets_no_certificate(scene: Scene) -> None:
    """A person without a resident record has no right to a certificate (R-1.1)."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.EMIGRATION, attributes=None))

    assert scene.refusal(scene.order()) == "authority.not-resident"


def test_below_fifteen_there_is_no_signature_certificate(scene: Scene) -> None:
    """From the 15th birthday on the signature certificate is issued, the authentication certificate before (R-1.3, R-1.4)."""
    scene.expect(ReportAccepted, scene.person(attributes=CHILD))
    scene.expect(ReportAccepted, scene.card(expires=date(2027, 4, 1)))
    scene.at(date(2026, 3, 31))
    assert scene.refusal(scene.order(SIGNATURE)) == "eligibility.ward_or_under15_principle"
    scene.expect(CertificateIssued, scene.order(AUTHENTICATION))
    scene.at(date(2026, 4, 1))

    scene.expect(CertificateIssued, scene.order(SIGNATURE))


def test_a_municipality_that_takes_both_together_is_believed(tmp_path: Path) -> None:
    """Whether the representative stood beside the child is seen at the counter only (R-1.7)."""
    policy = Policy.preset("national").with_settings({"under15_sign_if_accompanied": "true"})
    scene = Scene(tmp_path, policy=policy).open()
    scene.expect(ReportAccepted, scene.person(attributes=CHILD))
    scene.expect(ReportAccepted, scene.card(expires=date(2030, 4, 1)))

    scene.expect(CertificateIssued, scene.order(SIGNATURE))


def test_a_rules_refusal_crosses_under_its_own_code(scene: Scene) -> None:
    """The window shows the finding's sentence; code and words are the rule book's."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    finding = find("eligibility.card-suspended")

    assert scene.send(scene.order()) == Refused(code=finding.code, ja=finding.ja, en=finding.en)
    assert ByRule(finding).message("ja") == finding.ja


def test_a_live_certificate_is_not_newly_issued(scene: Scene) -> None:
    """While one is alive, another is refused (R-1.10); the other kind is not touched by that."""
    scene.with_card().issue(SIGNATURE)

    assert scene.refusal(scene.order(SIGNATURE)) == "authority.alive-already"
    scene.expect(CertificateIssued, scene.order(AUTHENTICATION))


def test_after_expiry_a_new_one_is_issued(scene: Scene) -> None:
    """An expired certificate is no obstacle: what follows is a new issue, not a renewal (R-2.2, S-36)."""
    scene.with_card().issue(SIGNATURE)
    scene.at(date(2030, 6, 11))
    assert scene.refusal(scene.order(SIGNATURE, Procedure.RENEWAL)) == "authority.nothing-to-renew"

    issued = scene.issue(SIGNATURE, Procedure.NEW)

    assert issued.expires == date(2035, 6, 10)


def test_renewal_waits_for_its_window(scene: Scene) -> None:
    """The window opens on the first day with less than three months left (R-3.8) and includes the last day (R-3.6)."""
    scene.with_both()
    scene.at(LATER).expect(ReportAccepted, scene.card(expires=LONGER))
    scene.at(date(2030, 3, 10))
    assert scene.refusal(scene.order(SIGNATURE, Procedure.RENEWAL)) == "renewal.not-yet"

    scene.at(WINDOW_OPENS).expect(CertificateIssued, scene.order(SIGNATURE, Procedure.RENEWAL))
    scene.at(date(2030, 6, 10)).expect(CertificateIssued, scene.order(SIGNATURE, Procedure.RENEWAL))


def test_a_held_certificate_is_not_renewed(scene: Scene) -> None:
    """A hold is lifted by re-issue, not by renewal, inside the window too (R-5.20)."""
    scene.with_both()
    scene.at(LATER).expect(ReportAccepted, scene.card(expires=LONGER))
    scene.at(WINDOW_OPENS).revoke(LifeEvent.HOLD)

    assert scene.refusal(scene.order(AUTHENTICATION, Procedure.RENEWAL)) == "authority.nothing-to-renew"
    scene.expect(CertificateIssued, scene.order(AUTHENTICATION, Procedure.REISSUE))


def test_the_card_is_renewed_first(scene: Scene) -> None:
    """Where card and certificate end together, renewing the certificate alone gains nothing (R-7.5)."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=date(2030, 6, 10)))
    scene.issue(SIGNATURE)
    scene.at(WINDOW_OPENS)

    assert scene.refusal(scene.order(SIGNATURE, Procedure.RENEWAL)) == "renewal.card-first"


def test_on_the_last_day_the_pages_letter_says_new_issue(tmp_path: Path) -> None:
    """Under the page's letter renewal ends a day early; on the expiry day the holder is served as a new issue (CF-2)."""
    scene = Scene(tmp_path, policy=Policy.preset("page")).open().with_both()
    scene.at(LATER).expect(ReportAccepted, scene.card(expires=LONGER))
    scene.at(date(2030, 6, 9))
    assert scene.refusal(scene.order(AUTHENTICATION, Procedure.NEW)) == "authority.alive-already"
    scene.at(date(2030, 6, 10))
    assert scene.refusal(scene.order(AUTHENTICATION, Procedure.RENEWAL)) == "renewal.over"

    scene.expect(CertificateIssued, scene.order(AUTHENTICATION, Procedure.NEW))


def test_a_live_certificate_is_reissued_before_its_window(scene: Scene) -> None:
    """An early re-issue replaces a live certificate (R-2.4)."""
    scene.with_both()

    scene.expect(CertificateIssued, scene.order(SIGNATURE, Procedure.REISSUE))


def test_a_lapsed_certificate_is_reissued(scene: Scene) -> None:
    """After a move the signature certificate is issued again where the holder lives now (R-5.22, S-26)."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())
    assert scene.refusal(scene.order(SIGNATURE, Procedure.REISSUE)) == "authority.other-municipality"

    scene.expect(CertificateIssued, scene.order(SIGNATURE, Procedure.REISSUE, municipality="99202"))


def test_what_was_never_handed_over_is_not_reissued(scene: Scene) -> None:
    """A certificate that never reached the card was never the holder's: what follows is a new issue."""
    scene.with_card()
    scene.expect(CertificateIssued, scene.order(SIGNATURE))

    assert scene.refusal(scene.order(SIGNATURE, Procedure.REISSUE)) == "authority.nothing-to-reissue"


def test_a_character_without_substitute_is_refused_before_anything_is_stored(scene: Scene) -> None:
    """A name that no certificate can carry is refused by position, not by showing it (R-1.9)."""
    unwritable = msgspec.structs.replace(HANAKO, name="見本　\U0001f338")
    scene.expect(ReportAccepted, scene.person(attributes=unwritable))
    scene.expect(ReportAccepted, scene.card())

    assert scene.refusal(scene.order(SIGNATURE)) == "characters.no-substitute"
    assert not Order.objects.exists()
    scene.expect(CertificateIssued, scene.order(AUTHENTICATION))


def test_a_word_without_substitute_is_written_in_its_reading(scene: Scene) -> None:
    """R-1.9: the order brings the reading to which the holder agreed; a reading that is none of the name's is refused."""
    unwritable = msgspec.structs.replace(HANAKO, name="㐬山　花子")
    scene.expect(ReportAccepted, scene.person(attributes=unwritable))
    scene.expect(ReportAccepted, scene.card())

    wrong = msgspec.structs.replace(scene.order(SIGNATURE), name_reading="ナガヤマ")
    assert scene.refusal(wrong) == "characters.bad-reading"
    order = msgspec.structs.replace(scene.order(SIGNATURE), name_reading="ナガヤマ　ハナコ")
    issued = scene.expect(CertificateIssued, order)
    read = read_attributes(issued.certificate)
    assert read is not None
    assert (read.name, read.name_substitutions) == ("ナガヤマ　花子", "1111000")
    assert scene.expect(CertificateIssued, order) == issued


def test_a_key_is_certified_once(scene: Scene) -> None:
    """A second certificate for the same key is refused, of the other kind and for another card too."""
    scene.with_card()
    signer = SoftwareSigner(FreshKeys().generate(scene.algorithm))
    scene.expect(CertificateIssued, scene.order(SIGNATURE, signer=signer))

    assert scene.refusal(scene.order(AUTHENTICATION, signer=signer)) == "authority.key-certified-before"
    assert len(key_digest(signer.public_key)) == 64


def test_a_key_of_another_algorithm_is_refused(scene: Scene) -> None:
    """Only the algorithm in force is certified; a key of none that we know is refused as such."""
    scene.with_card()
    assert scene.algorithm is KeyAlgorithm.P384_SHA_384
    assert scene.refusal(scene.order(signer=pooled_signer(1))) == "authority.other-algorithm"

    nonsense = msgspec.structs.replace(scene.order(), public_key=b"no key")
    assert scene.refusal(nonsense).startswith("pki.unsupported")


CARDS = {"card_number": "999999999999999", "kind": CARD}


def test_a_key_that_no_session_made_is_refused(scene: Scene) -> None:
    """The window alone says that the key is in the card: it may be in anybody's drawer."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.card("999999999999999"))
    orders = [scene.order() for _ in range(3)]
    CardKey.objects.filter(digest=key_digest(orders[0].public_key)).delete()
    CardKey.objects.filter(digest=key_digest(orders[1].public_key)).update(kind=AUTHENTICATION.value)
    other = Card.objects.get(card_number="999999999999999")
    CardKey.objects.filter(digest=key_digest(orders[2].public_key)).update(card=other)

    assert {scene.refusal(order) for order in orders} == {"authority.key-not-from-card"}


@pytest.mark.parametrize("field", ["order_id", "card_number", "kind", "public_key", "proof_of_possession"])
def test_the_proof_is_for_this_order_alone(scene: Scene, field: str) -> None:
    """A proof made for another order, card, kind or key proves nothing here: a relayed one is refused."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.card("999999999999999"))
    other = SoftwareSigner(FreshKeys().generate(scene.algorithm))
    forged: dict[str, object] = {
        "order_id": "another-order",
        "card_number": "999999999999999",
        "kind": AUTHENTICATION,
        "public_key": other.public_key,
        "proof_of_possession": b"no signature",
    }
    made = scene.order()
    if field in {"card_number", "kind"}:  # as if that card had made the key too, for that kind
        CardKey.objects.all().delete()
        scene.attest(made.public_key, AUTHENTICATION if field == "kind" else SIGNATURE, CARDS[field])
    scene.attest(other.public_key, SIGNATURE)
    order = msgspec.structs.replace(made, **{field: forged[field]})

    assert scene.refusal(order) == "authority.no-possession"


def test_a_proof_by_another_key_is_refused(scene: Scene) -> None:
    """Whoever signs with a key cannot have another one certified."""
    scene.with_card()
    order = scene.order()
    thief = SoftwareSigner(FreshKeys().generate(scene.algorithm))
    proven = order_proof_input(order.order_id, "99201", CARD, SIGNATURE, order.public_key)
    stolen = msgspec.structs.replace(order, proof_of_possession=thief.sign(proven))

    assert scene.refusal(stolen) == "authority.no-possession"


def test_refusals_are_recorded_without_personal_data(scene: Scene) -> None:
    """A refusal is an act: who asked, under which id, and the code; no resident code, no card number."""
    scene.with_card()
    refused = scene.order(procedure=Procedure.RENEWAL)
    scene.refusal(refused)

    row = Entry.objects.using("authority").get(verb="request.refused")
    assert (row.actor, row.subject) == ("window:99201/sato", f"order:{refused.order_id}")
    assert row.data == {"code": "authority.nothing-to-renew", "left_out": 0}
    record = " ".join(f"{one} {one.data}" for one in Entry.objects.using("authority").all())
    assert RESIDENT not in record
    assert CARD not in record
