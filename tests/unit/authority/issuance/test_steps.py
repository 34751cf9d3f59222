from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from openjpki.audit.models import Entry
from openjpki.authority.issuance.admission import key_digest
from openjpki.authority.models import Certificate, Issuer, Order
from openjpki.authority.signing.keys import KeyMissing
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import CertificateState, LifeEvent
from tests.support.authority import AUTHENTICATION, MOVED, SIGNATURE, Crash, Scene
from tests.support.second_lint import SecondLint
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

STEPS = ["numbered", "linted", "signed"]


def state_of(order_id: str) -> str:
    """Return how far an order has come."""
    return Order.objects.get(order_id=order_id).state


def test_an_order_becomes_an_undelivered_certificate(scene: Scene) -> None:
    """Steps 1 to 3: the certificate is signed by the newest CA and nobody may rely on it yet: its status is unknown."""
    scene.with_card()
    order = scene.order()
    issued = scene.expect(CertificateIssued, order)
    certificate, ca = (x509.load_der_x509_certificate(der) for der in (issued.certificate, issued.issuer_certificate))

    assert scene.fuse.passed[-3:] == STEPS
    certificate.verify_directly_issued_by(ca)
    assert state_of(order.order_id) == "signed"
    assert Certificate.objects.get().state == CertificateState.UNDELIVERED.value
    assert scene.word(issued) == "unknown"
    invariants.check()


def test_each_step_leaves_its_audit_row(scene: Scene) -> None:
    """Order, lint and signature are three acts, each with its row, by the officer who ordered."""
    scene.with_card()
    order = scene.order()
    scene.expect(CertificateIssued, order)
    rows = Entry.objects.using("authority").filter(actor="window:99201/sato").order_by("pk")

    assert list(rows.values_list("verb", "subject")) == [
        ("order.numbered", f"order:{order.order_id}"),
        ("certificate.linted", "certificate:signature/2"),
        ("certificate.signed", "certificate:signature/2"),
    ]


def test_the_same_order_again_gets_the_same_reply(scene: Scene) -> None:
    """An order is idempotent by its id: one serial, one certificate, one reply, also on another day and after step 5."""
    scene.with_card()
    order = scene.order()
    first = scene.expect(CertificateIssued, order)
    scene.at(date(2026, 1, 8))
    assert scene.expect(CertificateIssued, order) == first
    scene.send(scene.confirmation(first))

    assert scene.expect(CertificateIssued, order) == first
    assert Certificate.objects.count() == 1
    invariants.check()


def test_an_order_id_does_not_change_its_content(scene: Scene) -> None:
    """The same id with another key, kind or moment is refused, and the first order stays as it was."""
    scene.with_card()
    order = scene.order()
    first = scene.expect(CertificateIssued, order)
    others = (
        msgspec.structs.replace(order, public_key=scene.order().public_key),
        msgspec.structs.replace(order, kind=AUTHENTICATION),
        msgspec.structs.replace(order, officer="suzuki"),
    )

    assert {scene.refusal(other) for other in others} == {"authority.id-reused"}
    assert scene.expect(CertificateIssued, order) == first


def test_an_order_id_of_another_persons_order_is_refused(scene: Scene) -> None:
    """Another resident's order cannot pass under a known id, nor learn what is behind it."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.person("10000000001"))
    order = scene.order()
    scene.expect(CertificateIssued, order)

    assert scene.refusal(msgspec.structs.replace(order, resident_code="10000000001")) == "authority.id-reused"


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_a_step_is_mended_by_the_same_order(scene: Scene, step: str) -> None:
    """After a crash between two steps the window sends the order again, and it goes on from where it stood."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = step
    with pytest.raises(Crash):
        scene.send(order)
    assert state_of(order.order_id) == step
    invariants.check()

    issued = scene.expect(CertificateIssued, order)

    assert state_of(order.order_id) == "signed"
    assert issued.serial == 2
    invariants.check()


def test_what_was_linted_is_what_is_signed(scene: Scene) -> None:
    """After a crash before step 3 the very bytes of step 2 are signed, on whatever later day (store before sign)."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = "linted"
    with pytest.raises(Crash):
        scene.send(order)
    stored = bytes(Certificate.objects.get().to_be_signed)
    scene.at(date(2026, 1, 7))

    issued = scene.expect(CertificateIssued, order)

    assert x509.load_der_x509_certificate(issued.certificate).tbs_certificate_bytes == stored


def test_spoilt_bytes_are_not_signed(scene: Scene) -> None:
    """Step 3 lints again what it found stored: bytes off the profile are refused, and their serial revoked."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = "linted"
    with pytest.raises(Crash):
        scene.send(order)
    certificate = Certificate.objects.get()
    certificate.to_be_signed = bytes(certificate.to_be_signed).replace(b"JPKI-TEST", b"JPKI-REAL")
    certificate.save()

    assert scene.refusal(order).startswith("pki.")
    certificate.refresh_from_db()
    assert (certificate.state, certificate.der) == (CertificateState.REVOKED.value, None)
    assert scene.refusal(order) == "authority.order-closed"
    invariants.check()


def test_facts_that_changed_before_step_2_close_the_order(scene: Scene) -> None:
    """An order that stood numbered over the card's end is judged again before anything is signed."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=date(2026, 1, 6)))
    order = scene.order()
    scene.fuse.blows_after = "numbered"
    with pytest.raises(Crash):
        scene.send(order)
    scene.at(date(2026, 1, 7))

    assert scene.refusal(order) == "eligibility.card-expired"
    assert state_of(order.order_id) == "closed"
    assert not Certificate.objects.exists()
    invariants.check()


def test_two_orders_for_one_key_at_once(scene: Scene) -> None:
    """A key that another order got certified between steps 1 and 2 is not certified again."""
    scene.with_card()
    order = scene.order(AUTHENTICATION)
    scene.fuse.blows_after = "numbered"
    with pytest.raises(Crash):
        scene.send(order)
    first = scene.expect(CertificateIssued, scene.order(SIGNATURE))
    Certificate.objects.filter(serial=first.serial).update(public_key_digest=key_digest(order.public_key))

    assert scene.refusal(order) == "authority.key-certified-before"
    assert state_of(order.order_id) == "closed"


def test_a_new_order_replaces_one_on_its_way(scene: Scene) -> None:
    """The card has one shadow slot: a second order for it ends the first, whose serial is revoked (R-5.11)."""
    scene.with_card()
    first = scene.expect(CertificateIssued, scene.order())
    second = scene.issue()

    assert (scene.word(first), scene.word(second)) == ("revoked unspecified", "good")
    assert scene.refusal(scene.confirmation(first)) == "authority.order-closed"
    invariants.check()


def test_a_closed_order_stays_closed(scene: Scene) -> None:
    """After a life event the same order is not carried on: the card must make a new key (R-5.3)."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = "numbered"
    with pytest.raises(Crash):
        scene.send(order)
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.NAME, attributes=MOVED))

    assert scene.refusal(order) == "authority.order-closed"
    assert Order.objects.get(order_id=order.order_id).closed_because == "event.name"
    invariants.check()


def test_without_a_ca_orders_wait(scene: Scene) -> None:
    """Before the ceremony, and after the CA's end, the sender keeps its order: nothing was refused."""
    scene.with_card().at(date(2036, 1, 5))
    scene.expect(ReportAccepted, scene.card("9" * 15, expires=date(2045, 6, 10)))
    order = scene.order(card="9" * 15)
    with pytest.raises(AuthorityUnreachable):
        scene.send(order)
    assert not Order.objects.exists()
    scene.authority.ceremony()

    scene.expect(CertificateIssued, order)


def test_without_its_key_the_order_waits_where_it_stands(scene: Scene) -> None:
    """A key that cannot be opened closes nothing: the order stands linted and goes on when the key is back."""
    scene.with_card()
    issuer = Issuer.objects.get(kind="signature")
    name = issuer.key_name
    Issuer.objects.filter(pk=issuer.pk).update(key_name="lost")
    order = scene.order()
    with pytest.raises(KeyMissing):
        scene.authority.handle(order)
    assert state_of(order.order_id) == "linted"
    Issuer.objects.filter(pk=issuer.pk).update(key_name=name)

    scene.expect(CertificateIssued, order)


def test_what_another_program_finds_is_not_signed(scene: Scene) -> None:
    """Setting `external_lint`: the order comes to nothing, no key of a CA was used, and the ledger is told why."""
    scene.with_card()
    finds = SecondLint(finds=True)
    scene.authority = replace(scene.authority, external_lint=finds)
    order = scene.order()

    assert scene.refusal(order) == "pki.lint-refused"

    assert finds.seen == [Profile.SIGNATURE]
    assert state_of(order.order_id) == "closed"
    assert not Certificate.objects.filter(der__isnull=False).exists()
    invariants.check()


def test_every_certificate_is_shown_to_another_program_once(tmp_path: Path) -> None:
    """Setting `external_lint`: CAs, responders and holders, right before each signature."""
    scene, passes = Scene(tmp_path), SecondLint(finds=False)
    scene.authority = replace(scene.authority, external_lint=passes)
    scene.open().with_card()
    scene.word(scene.expect(CertificateIssued, scene.order()))

    assert passes.seen == [
        Profile.SIGNATURE_CA,
        Profile.AUTHENTICATION_CA,
        Profile.SIGNATURE,
        Profile.OCSP_RESPONDER,
    ]
