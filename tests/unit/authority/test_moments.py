from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from django.apps import apps
from django.db import connections

from openjpki.audit.models import Entry
from openjpki.authority.authority import Authority
from openjpki.authority.means import Terms
from openjpki.authority.models import CrlPublication, LegalClock, Serial
from openjpki.authority.moments import ClockWentBack, moment
from openjpki.authority.publishing.lists import ListFolder
from openjpki.authority.publishing.publication import publish
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import CertificateIssued
from openjpki.errors import Kind
from openjpki.pki.ocsp import build_request
from openjpki.rules.kinds import LifeEvent
from tests.support.authority import SIGNATURE, Scene
from tests.support.walls import without_walls

pytestmark = pytest.mark.django_db(databases=["authority"])

HOUR = timedelta(hours=1)


class Turned:
    """A clock that a test sets forward and back."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return what the clock shows."""
        return self.now


def turned(scene: Scene) -> tuple[Authority, Turned]:
    """Put the scene's authority over a clock that can be set back, and return both."""
    clock = Turned(scene.clock())
    scene.authority = replace(scene.authority, clock=clock)
    return scene.authority, clock


def test_the_moment_is_the_clocks_while_it_goes_on(scene: Scene) -> None:
    """Forward jumps are believed, and remembered: nobody can tell a jump from a machine that was off."""
    authority, clock = turned(scene)
    for step in (timedelta(seconds=1), HOUR, timedelta(days=400), timedelta(0)):
        clock.now += step

        assert moment(authority) == clock.now
        assert LegalClock.objects.get().reached_at == clock.now
    assert str(LegalClock.objects.get()) == "legal-clock"


def test_within_the_tolerance_time_stands_still(scene: Scene) -> None:
    """What a time server corrects stops nothing, and nothing goes back by it."""
    authority, clock = turned(scene)
    furthest = moment(authority)
    clock.now -= Terms().clock_tolerance

    assert moment(authority) == furthest
    clock.now -= timedelta(seconds=1)
    with pytest.raises(ClockWentBack) as caught:
        moment(authority)
    assert caught.value.kind is Kind.UNAVAILABLE
    assert LegalClock.objects.get().reached_at == furthest


@pytest.mark.parametrize("jump", [timedelta(0), timedelta(days=29)])
def test_a_status_never_goes_back_with_the_clock(scene: Scene, jump: timedelta) -> None:
    """An hour's step back, also after a jump ahead: "try later", never good again, until the clock has caught up."""
    issued = scene.with_card().issue()
    authority, clock = turned(scene)
    clock.now += jump + HOUR
    assert scene.word(issued) == "good"
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    clock.now += timedelta(minutes=2)
    assert scene.word(issued).startswith("revoked")

    clock.now -= HOUR
    question = build_request([(issued.certificate, issued.issuer_certificate)], None)
    answered = authority.answer_status(question)
    response = ocsp.load_der_ocsp_response(answered.der)
    assert (response.response_status, answered.next_update) == (ocsp.OCSPResponseStatus.TRY_LATER, None)
    clock.now += HOUR
    assert scene.word(issued).startswith("revoked")


def test_lists_and_certificates_wait_for_the_clock(scene: Scene) -> None:
    """Nothing is signed at a moment before the last one: no list, no CA, no order; the sender keeps its message."""
    scene.with_card()
    order = scene.order()
    authority, clock = turned(scene)
    authority.publish_crls()
    before = (CrlPublication.objects.count(), Serial.objects.count(), Entry.objects.using("authority").count())
    clock.now -= HOUR

    for act in (authority.publish_crls, authority.ceremony, authority.resume):
        with pytest.raises(ClockWentBack):
            act()
    with pytest.raises(AuthorityUnreachable):
        scene.send(order)
    assert before == (
        CrlPublication.objects.count(),
        Serial.objects.count(),
        Entry.objects.using("authority").count(),
    )
    clock.now += HOUR
    assert scene.expect(CertificateIssued, order).order_id == order.order_id


def test_a_later_number_never_has_an_earlier_this_update(scene: Scene) -> None:
    """RFC 5280 §5.2.3, also where two publishers hold moments a second apart."""
    authority, clock = turned(scene)
    clock.now += HOUR
    authority.publish_crls()
    publish(authority, clock.now - timedelta(seconds=1))

    numbers = list(CrlPublication.objects.order_by("issuer", "municipality", "number"))
    assert len(numbers) == 12
    for one, after in zip(numbers[::2], numbers[1::2], strict=True):
        assert (one.number, after.number) == (1, 2)
        assert one.this_update <= after.this_update
        with ListFolder.of(authority.lists, after.issuer, after.municipality).open(after) as file:
            assert x509.load_der_x509_crl(file.read()).last_update_utc == after.this_update


def test_a_home_of_an_earlier_version_starts_from_what_it_signed(scene: Scene) -> None:
    """The migration takes the latest moment on record; a home without any begins with its first act."""
    migration = import_module("openjpki.authority.migrations.0002_legal_clock")
    scene.clock.advance_to(scene.clock() + timedelta(days=3))
    scene.authority.publish_crls()
    editor = SimpleNamespace(connection=connections["authority"])
    LegalClock.objects.all().delete()

    migration.reach(apps, editor)
    assert LegalClock.objects.get().reached_at == scene.clock()
    with without_walls():
        for model in (LegalClock, CrlPublication, Serial):
            model.objects.all().delete()
    migration.reach(apps, editor)
    assert not LegalClock.objects.exists()
