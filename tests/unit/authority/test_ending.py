from datetime import UTC, date, datetime

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import Certificate, Order, Revocation
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.rules.kinds import CardState, CertificateKind, LifeEvent, Procedure
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"])

MIDNIGHT = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
"""0:00 of 2026-01-06 in Japan."""


def test_an_ending_is_written_with_its_partition(scene: Scene) -> None:
    """The journal row says all that lists and answers need: serial, issuer, partition, notAfter, reason, moments."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())
    row = Revocation.objects.get()

    assert (row.certificate_key, row.serial, str(row.issuer)) == ("signature/2", 2, "signature-1")
    assert row.issuing_municipality == "99201"
    assert row.expires_at == datetime(2030, 6, 10, 14, 59, 59, tzinfo=UTC)
    assert (row.reason, row.event) == ("affiliation_changed", "move")
    assert (row.effective_at, row.visible_at) == (scene.clock(), MIDNIGHT)
    invariants.check()


def test_expired_certificates_do_not_end_again(scene: Scene) -> None:
    """Expiry is over and done: an event after it writes no revocation (R-3.10, R-5.12)."""
    scene.with_both().at(date(2030, 6, 11))

    assert scene.expect(ReportAccepted, scene.life_event(LifeEvent.DEATH, attributes=None)).ended == ()
    assert not Revocation.objects.exists()
    invariants.check()


def test_on_the_last_day_a_certificate_still_ends(scene: Scene) -> None:
    """The expiry day is a day of validity (R-3.6)."""
    scene.with_both().at(date(2030, 6, 10), 23)

    assert len(scene.expect(ReportAccepted, scene.life_event(LifeEvent.DEATH, attributes=None)).ended) == 2


def test_a_second_cause_ends_nothing_twice(scene: Scene) -> None:
    """An ended certificate has its reason for good: a later event adds no row."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.NAME))

    assert scene.expect(ReportAccepted, scene.life_event(LifeEvent.SEX)).ended == ()
    assert Revocation.objects.get().event == "name"
    invariants.check()


def test_a_leak_reported_on_the_day_of_a_move_shows_at_once(scene: Scene) -> None:
    """What would show tomorrow shows now if the key may be in other hands: a leaked key is not good until midnight."""
    scene.with_card()
    issued = scene.issue(SIGNATURE)
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.NAME))
    assert scene.word(issued) == "good"
    scene.at(date(2026, 1, 5), 15)

    scene.revoke(LifeEvent.KEY_COMPROMISE)

    assert scene.word(issued) == "revoked affiliation_changed"
    row = Revocation.objects.get()
    assert row.visible_at == scene.clock()
    assert Entry.objects.using("authority").filter(verb="revocation.hastened").count() == 1
    invariants.check()


def test_a_second_register_event_hastens_nothing(scene: Scene) -> None:
    """Another event of the record on the same day would show tomorrow as well."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.NAME))
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.SEX))

    assert Revocation.objects.get().visible_at == MIDNIGHT


def test_a_held_certificate_may_end(scene: Scene) -> None:
    """After the hold the card is reported lost: a second row, and the first stays (R-5.8, R-5.2)."""
    scene.with_card()
    issued = scene.issue(AUTHENTICATION)
    scene.revoke(LifeEvent.HOLD)
    held_at = scene.clock()
    scene.at(date(2026, 1, 7)).expect(ReportAccepted, scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST))
    answer = scene.status(issued)

    assert list(Revocation.objects.order_by("pk").values_list("reason", flat=True)) == [
        "certificate_hold",
        "key_compromise",
    ]
    assert scene.word(issued) == "revoked key_compromise"
    assert answer.revocation_time_utc == held_at
    invariants.check()


def test_a_hold_upon_a_hold_is_one(scene: Scene) -> None:
    """A second call of the holder changes nothing."""
    scene.with_card().issue(AUTHENTICATION)
    scene.revoke(LifeEvent.HOLD)

    assert scene.revoke(LifeEvent.HOLD).ended == ()
    assert Revocation.objects.count() == 1
    invariants.check()


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_an_order_on_its_way_ends_with_the_cause(scene: Scene, kind: CertificateKind) -> None:
    """A lost card closes the orders for it: signed or not, no certificate for it becomes valid (R-5.11)."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(kind))
    ended = scene.expect(ReportAccepted, scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST)).ended

    assert ended == ()
    assert scene.word(issued) == "revoked unspecified"
    assert Order.objects.get().closed_because == "event.card-lost"
    assert Revocation.objects.get().event == "not-handed-over"
    invariants.check()


def test_another_persons_certificates_are_left_alone(scene: Scene) -> None:
    """A cause ends the certificates of its person, of nobody else."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.person("10000000001"))
    scene.expect(ReportAccepted, scene.card("888888888888888", resident="10000000001"))
    other = scene.expect(CertificateIssued, scene.order(card="888888888888888", resident="10000000001"))
    scene.send(scene.confirmation(other))

    scene.expect(ReportAccepted, scene.life_event(LifeEvent.DEATH, attributes=None))

    assert scene.word(other) == "good"
    invariants.check()


def test_every_ending_is_recorded(scene: Scene) -> None:
    """Each certificate that ends has its audit row, by the municipality whose message ended it, with reason and cause."""
    scene.with_both()
    scene.issue(SIGNATURE, Procedure.REISSUE)
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    rows = Entry.objects.using("authority").filter(data__has_key="cause").order_by("pk")

    assert [(row.verb, row.subject, row.data["reason"]) for row in rows] == [
        ("certificate.superseded", "certificate:signature/2", "superseded"),
        ("certificate.revoked", "certificate:signature/3", "certificate_hold"),
        ("certificate.held", "certificate:authentication/2", "certificate_hold"),
    ]
    assert Certificate.objects.count() == 3
    assert {row.actor for row in rows} == {"window:99201"}
