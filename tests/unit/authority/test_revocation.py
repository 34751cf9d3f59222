from datetime import date

import msgspec
import pytest

from openjpki.desk.messages import CertificateIssued, ReportAccepted, RevocationAccepted
from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, RevocationReason
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_a_request_ends_what_it_names(scene: Scene, kind: CertificateKind) -> None:
    """On request the certificates named end, cessation_of_operation, and the other stays (R-5.1)."""
    scene.with_both()
    (record,) = scene.revoke(LifeEvent.REQUEST, kind).ended

    assert (record.kind, record.state, record.reason) == (
        kind,
        CertificateState.REVOKED,
        RevocationReason.CESSATION_OF_OPERATION,
    )
    assert record.visible_at == record.effective_at == scene.clock()
    invariants.check()


def test_a_leak_ends_both(scene: Scene) -> None:
    """A reported leak ends both certificates, whichever were named (R-5.2)."""
    scene.with_both()
    ended = scene.revoke(LifeEvent.KEY_COMPROMISE, SIGNATURE).ended

    assert {record.kind for record in ended} == set(CertificateKind)
    assert {record.reason for record in ended} == {RevocationReason.KEY_COMPROMISE}


def test_a_hold_holds_one_and_ends_the_other(scene: Scene) -> None:
    """The authentication certificate is held; the signature certificate has no way back (R-5.8, R-5.20)."""
    scene.with_both()

    assert {record.kind: record.state for record in scene.revoke(LifeEvent.HOLD).ended} == {
        AUTHENTICATION: CertificateState.HELD,
        SIGNATURE: CertificateState.REVOKED,
    }
    invariants.check()


def test_nothing_alive_is_an_answer(scene: Scene) -> None:
    """A request about a person without certificates is carried out and ends nothing."""
    scene.with_card()

    assert scene.revoke(LifeEvent.REQUEST, SIGNATURE).ended == ()


def test_a_request_reaches_what_is_on_its_way(scene: Scene) -> None:
    """A certificate that waits for its delivery is ended as well, though nobody has it yet."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order())
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)

    assert scene.refusal(scene.confirmation(issued)) == "authority.order-closed"
    invariants.check()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"event": LifeEvent.REQUEST, "kinds": ()}, "authority.nothing-named"),
        ({"event": LifeEvent.MOVE}, "authority.event-not-of-this-message"),
        ({"event": LifeEvent.RENEWAL}, "authority.event-not-of-this-message"),
        ({"municipality": "99202"}, "authority.other-municipality"),
        ({"resident_code": "99999999999"}, "authority.person-unknown"),
        ({"occurred_on": date(2026, 1, 6)}, "authority.day-impossible"),
        ({"occurred_on": date(1800, 1, 1)}, "authority.day-impossible"),
    ],
    ids=str,
)
def test_an_order_that_cannot_be_is_refused(scene: Scene, changes: dict[str, object], code: str) -> None:
    """A refused order ends nothing."""
    scene.with_both()
    order = msgspec.structs.replace(scene.revocation(LifeEvent.REQUEST, SIGNATURE), **changes)

    assert scene.refusal(order) == code
    assert {record.state for record in scene.records()} == {CertificateState.VALID}


def test_who_left_the_record_may_still_be_asked_about(scene: Scene) -> None:
    """After a death the family's report of the leaked key is accepted: the certificates have ended already."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.DEATH, attributes=None))

    assert scene.expect(RevocationAccepted, scene.revocation(LifeEvent.KEY_COMPROMISE)).ended == ()
