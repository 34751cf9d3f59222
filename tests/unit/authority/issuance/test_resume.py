from datetime import date, timedelta

import pytest

from openjpki.authority.acts import authority_at
from openjpki.authority.issuance import resume as module
from openjpki.authority.issuance.resume import Resumed
from openjpki.authority.models import Issuer, Order
from openjpki.authority.signing.keys import KeyMissing
from openjpki.desk.carrier import decode_request
from openjpki.desk.messages import CertificateActivated, CertificateIssued, ReportAccepted
from openjpki.rules.kinds import CertificateState, Procedure
from tests.support.authority import AUTHENTICATION, SIGNATURE, Crash, Scene
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

NOTHING = Resumed(signed=(), activated=(), waiting=(), closed=())


def crash(scene: Scene, step: str) -> tuple[CertificateIssued, str]:
    """Replace Hanako's signature certificate and crash after a step; return the old one and the new order's id."""
    old = scene.with_card().issue(SIGNATURE)
    order = scene.order(SIGNATURE, Procedure.REISSUE)
    if step in ("numbered", "linted", "signed"):
        scene.fuse.blows_after = step
        with pytest.raises(Crash):
            scene.send(order)
    else:
        issued = scene.expect(CertificateIssued, order)
        scene.fuse.blows_after = step
        with pytest.raises(Crash):
            scene.send(scene.confirmation(issued))
    return old, order.order_id


def sent_again(scene: Scene, order_id: str) -> CertificateIssued:
    """Send an order again as it came and return the certificate."""
    request = decode_request(bytes(Order.objects.get(order_id=order_id).request))
    return scene.expect(CertificateIssued, request)


@pytest.mark.parametrize(
    ("step", "outcome", "state"),
    [
        ("numbered", "signed", "signed"),
        ("linted", "signed", "signed"),
        ("signed", "waiting", "signed"),
        ("confirmed", "activated", "activated"),
        ("activated", None, "activated"),
    ],
)
def test_after_a_crash_each_order_goes_on(scene: Scene, step: str, outcome: str | None, state: str) -> None:
    """From each crash point `resume` takes the order as far as the authority alone can; the holder keeps one that works."""
    old, order_id = crash(scene, step)
    invariants.check()

    resumed = scene.authority.resume()

    expected = {} if outcome is None else {outcome: (order_id,)}
    assert resumed == Resumed(**({"signed": (), "activated": (), "waiting": (), "closed": ()} | expected))
    assert Order.objects.get(order_id=order_id).state == state
    live = [one for one in scene.records() if one.state is CertificateState.VALID]
    assert len(live) == 1
    assert (live[0].serial == old.serial) is (state == "signed")
    invariants.check()


@pytest.mark.parametrize("step", ["numbered", "linted", "signed", "confirmed", "activated"])
def test_after_a_crash_and_recovery_the_window_finishes(scene: Scene, step: str) -> None:
    """Whatever `resume` did, the window that comes back gets its certificate and its activation."""
    _, order_id = crash(scene, step)
    scene.authority.resume()
    issued = sent_again(scene, order_id)

    scene.expect(CertificateActivated, scene.confirmation(issued))

    assert scene.word(issued) == "good"
    invariants.check()


@pytest.mark.parametrize("step", ["numbered", "linted", "signed"])
def test_what_is_never_confirmed_ends_as_revoked_unspecified(scene: Scene, step: str) -> None:
    """After the term a certificate never handed over is revoked, unspecified, and the old one stays valid (R-5.11)."""
    old, order_id = crash(scene, step)
    scene.clock.advance_to(scene.clock() + scene.authority.terms.delivery_patience + timedelta(seconds=1))

    assert scene.authority.resume() == Resumed(signed=(), activated=(), waiting=(), closed=(order_id,))

    assert scene.word(old) == "good"
    scene.authority.publish_crls()
    assert scene.listed(SIGNATURE) == ({} if step == "numbered" else {3: "unspecified"})
    assert scene.authority.resume() == NOTHING
    invariants.check()


def test_a_confirmed_order_is_finished_however_old(scene: Scene) -> None:
    """The card has the new key: what was confirmed is never undone."""
    _, order_id = crash(scene, "confirmed")
    scene.at(date(2026, 3, 1))

    assert scene.authority.resume().activated == (order_id,)
    invariants.check()


def test_within_its_term_an_order_waits(scene: Scene) -> None:
    """On the last second of the term the window may still confirm."""
    _, order_id = crash(scene, "signed")
    scene.clock.advance_to(scene.clock() + scene.authority.terms.delivery_patience)

    assert scene.authority.resume().waiting == (order_id,)


def test_resuming_twice_changes_nothing(scene: Scene) -> None:
    """`resume` may run at any time and by anybody."""
    _, order_id = crash(scene, "linted")
    first = scene.authority.resume()

    assert first.signed == (order_id,)
    assert scene.authority.resume() == Resumed(signed=(), activated=(), waiting=(order_id,), closed=())
    invariants.check()


def test_what_may_no_longer_be_issued_is_closed(scene: Scene) -> None:
    """An order that the register contradicts by now is closed by the rule, not signed."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=date(2026, 1, 6)))
    order = scene.order(AUTHENTICATION)
    scene.fuse.blows_after = "numbered"
    with pytest.raises(Crash):
        scene.send(order)
    scene.at(date(2026, 1, 7))

    assert scene.authority.resume().closed == (order.order_id,)
    assert scene.authority.resume() == NOTHING
    invariants.check()


def test_without_its_keys_nothing_is_given_up(scene: Scene) -> None:
    """A key store that cannot be opened is told to the operator; the orders stay as they are."""
    _, order_id = crash(scene, "linted")
    Issuer.objects.filter(kind="signature").update(key_name="lost")

    with pytest.raises(KeyMissing):
        scene.authority.resume()
    assert Order.objects.get(order_id=order_id).state == "linted"


def test_a_confirmation_wins_over_the_term(scene: Scene) -> None:
    """An order that is confirmed while `resume` goes through its list is not undone any more."""
    _, order_id = crash(scene, "confirmed")

    assert module._undo(scene.authority, order_id, authority_at(scene.clock())) == "activated"

    assert Order.objects.get(order_id=order_id).state == "activated"
    invariants.check()


def test_a_life_event_after_the_crash_closes_the_order(scene: Scene) -> None:
    """Between crash and recovery the holder moved: nothing is left for `resume` to sign (R-5.3)."""
    _, order_id = crash(scene, "linted")
    scene.expect(ReportAccepted, scene.arrival())

    assert scene.authority.resume() == NOTHING
    assert Order.objects.get(order_id=order_id).state == "closed"
    invariants.check()
