from datetime import date

import msgspec
import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import CardKey, Certificate, Order, Revocation
from openjpki.desk.messages import CardWork, CertificateActivated, CertificateIssued, DeliveryConfirmed, ReportAccepted
from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, Procedure, RevocationReason
from tests.support.authority import AUTHENTICATION, SIGNATURE, Crash, Scene
from tests.support.channel import Counter
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_a_confirmed_certificate_is_valid(scene: Scene, kind: CertificateKind) -> None:
    """Steps 4 and 5: read back from the card, the certificate becomes valid, and its status good."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(kind))
    activated = scene.expect(CertificateActivated, scene.confirmation(issued))

    assert activated == CertificateActivated(order_id=issued.order_id, serial=issued.serial, superseded=None)
    assert scene.fuse.passed[-5:] == ["numbered", "linted", "signed", "confirmed", "activated"]
    assert scene.word(issued) == "good"
    invariants.check()


def test_the_old_certificate_is_superseded_in_the_same_act(scene: Scene) -> None:
    """A new issue ends the old one at once, with reason superseded (R-1.10, R-5.7)."""
    scene.with_card()
    old = scene.issue()
    new = scene.expect(CertificateIssued, scene.order(procedure=Procedure.REISSUE))
    assert (scene.word(old), scene.word(new)) == ("good", "unknown")

    activated = scene.expect(CertificateActivated, scene.confirmation(new))

    assert activated.superseded == old.serial
    assert (scene.word(old), scene.word(new)) == ("revoked superseded", "good")
    row = Revocation.objects.get()
    assert (row.reason, row.event) == (RevocationReason.SUPERSEDED.value, LifeEvent.RENEWAL.value)
    assert row.visible_at == row.effective_at == scene.clock()
    invariants.check()


def test_a_confirmation_comes_twice(scene: Scene) -> None:
    """A window that lost the answer confirms again and learns the same, days later too."""
    scene.with_card()
    scene.issue()
    issued = scene.expect(CertificateIssued, scene.order(procedure=Procedure.REISSUE))
    confirmation = scene.confirmation(issued)
    first = scene.expect(CertificateActivated, confirmation)
    scene.at(date(2026, 1, 9))

    assert scene.expect(CertificateActivated, confirmation) == first
    assert Entry.objects.using("authority").filter(verb="certificate.activated").count() == 2
    invariants.check()


def test_an_expired_predecessor_is_filed_as_expired(scene: Scene) -> None:
    """Expiry is no revocation: the old one gets no entry, and its place is free (R-3.10, R-5.12)."""
    scene.with_card()
    old = scene.issue()
    scene.at(date(2030, 6, 11))
    new = scene.expect(CertificateIssued, scene.order())
    activated = scene.expect(CertificateActivated, scene.confirmation(new))

    assert activated.superseded is None
    assert not Revocation.objects.exists()
    assert Certificate.objects.get(serial=old.serial).state == CertificateState.EXPIRED.value
    assert scene.word(old) == "good"
    invariants.check()


def test_what_was_read_back_must_be_what_was_issued(scene: Scene) -> None:
    """A card that holds other bytes is not confirmed; it can be written and confirmed again."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order())
    wrong = msgspec.structs.replace(scene.confirmation(issued), read_back=bytes(32))

    assert scene.refusal(wrong) == "authority.read-back-differs"
    assert scene.word(issued) == "unknown"
    scene.expect(CertificateActivated, scene.confirmation(issued))
    assert scene.refusal(wrong) == "authority.read-back-differs"


def test_only_who_ordered_confirms(scene: Scene) -> None:
    """Another municipality learns nothing of an order, not even that it exists."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order())

    assert scene.refusal(scene.confirmation(issued, municipality="99202")) == "authority.order-unknown"


def test_an_order_without_certificate_cannot_be_confirmed(scene: Scene) -> None:
    """Nobody can have read back what was not signed; nor is there an order that never came."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = "linted"
    with pytest.raises(Crash):
        scene.send(order)
    early = DeliveryConfirmed(
        order_id=order.order_id, municipality="99201", read_back=bytes(32), confirmed_at=scene.clock()
    )

    assert scene.refusal(early) == "authority.not-issued-yet"
    assert scene.refusal(msgspec.structs.replace(early, order_id="none")) == "authority.order-unknown"


def test_a_move_in_between_leaves_the_confirmation_with_who_ordered(scene: Scene) -> None:
    """The old municipality confirms what it delivered, though the person lives elsewhere by then."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(AUTHENTICATION))
    scene.expect(ReportAccepted, scene.arrival())

    scene.expect(CertificateActivated, scene.confirmation(issued))

    assert scene.word(issued) == "good"


@pytest.mark.parametrize("step", ["confirmed", "activated"])
def test_a_crash_after_a_step_is_mended_by_confirming_again(scene: Scene, step: str) -> None:
    """Between steps 4 and 5 the old certificate is still valid; confirmed again, the new one takes its place."""
    scene.with_card()
    old = scene.issue()
    new = scene.expect(CertificateIssued, scene.order(procedure=Procedure.REISSUE))
    scene.fuse.blows_after = step
    with pytest.raises(Crash):
        scene.send(scene.confirmation(new))
    assert Order.objects.get(order_id=new.order_id).state == step
    assert (scene.word(old), scene.word(new)) in {
        "confirmed": [("good", "unknown")],
        "activated": [("revoked superseded", "good")],
    }[step]
    invariants.check()

    scene.expect(CertificateActivated, scene.confirmation(new))

    assert (scene.word(old), scene.word(new)) == ("revoked superseded", "good")
    invariants.check()


def test_an_event_between_confirmation_and_activation_wins(scene: Scene) -> None:
    """A name that changed after step 4 closes the order: the certificate never becomes valid (R-5.3)."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(SIGNATURE))
    scene.fuse.blows_after = "confirmed"
    with pytest.raises(Crash):
        scene.send(scene.confirmation(issued))
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.NAME))

    assert scene.refusal(scene.confirmation(issued)) == "authority.order-closed"
    assert scene.word(issued) == "revoked unspecified"
    invariants.check()


@pytest.mark.parametrize("kept_back", [False, True], ids=["answered", "kept back"])
@pytest.mark.parametrize("work", [CardWork.DISCARD, CardWork.MAKE_KEY])
def test_what_may_have_left_the_card_is_read_back_again(scene: Scene, work: CardWork, *, kept_back: bool) -> None:
    """A read-back counts until the slot may have been emptied behind it: the card's only certificate is not superseded."""
    counter = Counter.open(scene)
    old = counter.in_force()
    counter.relayed.activate(SIGNATURE)
    new = counter.ordered(procedure=Procedure.REISSUE)
    counter.relayed.load(SIGNATURE, new.certificate)
    counter.relayed.read_back(SIGNATURE)
    answers = counter.carried(counter.commands(counter.carried(counter.commands(counter.asked(work)))))
    if not kept_back:
        scene.send(answers)

    assert scene.refusal(counter.confirmation(new)) == "authority.not-read-back"
    assert (scene.word(old), scene.word(new)) == ("good", "unknown")
    verbs = Entry.objects.using("authority").filter(verb="card-key.undelivered")
    assert verbs.count() == 1
    if work is CardWork.MAKE_KEY:  # the card refuses a key in the place of a certificate: it is still there
        counter.relayed.read_back(SIGNATURE)
        scene.expect(CertificateActivated, counter.confirmation(new))
        assert (scene.word(old), scene.word(new)) == ("revoked superseded", "good")
    invariants.check()


def test_a_key_in_use_stays_delivered(scene: Scene) -> None:
    """What a card uses does not lie in the slot that is emptied, nor does what waits for the other kind."""
    counter = Counter.open(scene)
    counter.in_force()
    counter.relayed.activate(SIGNATURE)
    waiting = counter.ordered(AUTHENTICATION)
    counter.relayed.load(AUTHENTICATION, waiting.certificate)
    counter.relayed.read_back(AUTHENTICATION)
    counter.relayed.discard(SIGNATURE)

    assert CardKey.objects.filter(delivered_at__isnull=False).count() == 2
    scene.expect(CertificateActivated, counter.confirmation(waiting))
