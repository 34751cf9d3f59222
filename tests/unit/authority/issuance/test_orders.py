import pytest

from openjpki.authority.acts import act, authority_at
from openjpki.authority.issuance.orders import Held, OrderClosed, OrderUnknown, advance_to, give_up, hold
from openjpki.authority.models import Certificate, Order, OrderState
from openjpki.desk.carrier import encode
from openjpki.desk.messages import CertificateIssued
from openjpki.rules.lifecycle import CertificateEvent, IllegalTransition
from tests.support.authority import AUTHENTICATION, SIGNATURE, Crash, Scene
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_an_order_is_held_with_its_person(scene: Scene) -> None:
    """Inside the act the order, its person and its card are at hand, and the request is what came."""
    scene.with_card()
    order = scene.order(AUTHENTICATION)
    scene.expect(CertificateIssued, order)

    with act():
        held = hold(order.order_id)

        assert held.request == order
        assert held.kind is AUTHENTICATION
        assert held.state is OrderState.SIGNED
        assert held.certificate.person == held.person == held.card.person


def test_an_unknown_order_is_refused() -> None:
    """There is nothing to lock for an order that never came."""
    with act(), pytest.raises(OrderUnknown):
        hold("no-such-order")


def test_a_closed_order_is_told_with_its_reason() -> None:
    """The refusal names what closed the order."""
    closed = Held(Order(order_id="o", state="closed", closed_because="event.move"), None, None)  # type: ignore[arg-type]  # not asked for

    with pytest.raises(OrderClosed) as refusal:
        closed.hold_open()
    assert "event.move" in refusal.value.message("ja")


def test_an_order_whose_request_is_no_order_is_a_bug(scene: Scene) -> None:
    """A row that holds another message was not written by us."""
    other = Held(Order(order_id="o", request=encode(scene.person())), None, None)  # type: ignore[arg-type]  # not asked for

    with pytest.raises(TypeError):
        _ = other.request


def test_giving_up_before_the_signature_revokes_the_serial(scene: Scene) -> None:
    """From step 2 on a signature may exist, so the serial is revoked though no certificate is at hand (R-5.11)."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = "linted"
    with pytest.raises(Crash):
        scene.send(order)

    give_up(scene.authority, order.order_id, "test.reason", authority_at(scene.clock()))

    assert Order.objects.get().closed_because == "test.reason"
    assert Certificate.objects.get().state == "revoked"
    scene.authority.publish_crls()
    assert scene.listed(SIGNATURE) == {2: "unspecified"}
    invariants.check()


def test_a_signed_order_is_not_given_up(scene: Scene) -> None:
    """Whoever lost a race finds the order signed: it stays."""
    scene.with_card()
    order = scene.order()
    scene.expect(CertificateIssued, order)

    give_up(scene.authority, order.order_id, "test.reason", authority_at(scene.clock()))

    assert Order.objects.get().state == "signed"


def test_an_illegal_step_changes_nothing(scene: Scene) -> None:
    """The life cycle's table decides; what is not in it raises and leaves the row."""
    scene.with_card()
    scene.expect(CertificateIssued, scene.order())
    certificate = Certificate.objects.get()

    with pytest.raises(IllegalTransition):
        advance_to(certificate, CertificateEvent.SIGN)
    assert Certificate.objects.get().state == "undelivered"
