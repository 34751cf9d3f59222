"""Stored certificates: one thing is other than it was, and the check names it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import models

from openjpki.authority.checking.check import check
from openjpki.authority.issuance.admission import key_digest
from openjpki.authority.models import (
    Certificate,
    Issuer,
    OcspResponder,
    Revocation,
    Serial,
)
from openjpki.authority.signing.keys import KeyStore
from openjpki.pki.issuer import load_certificate, subject_public_key
from openjpki.pki.keys import FreshKeys
from openjpki.rules.kinds import CertificateState, LifeEvent
from tests.support.authority import AUTHENTICATION, OPENED, Crash, Scene
from tests.support.walls import without_walls
from tests.unit.authority.checking.tampering import Tamper, codes, flip, list_file, named, put_list, set_first, undone

pytestmark = pytest.mark.django_db(databases=["authority"])


def _exchanged(_: Scene) -> None:
    """Put one certificate in the place of another."""
    first, second = Certificate.objects.filter(kind="signature", der__isnull=False).order_by("serial")[:2]
    with without_walls():
        Certificate.objects.filter(pk=first.pk).update(der=second.der)


def _gone(table: type[models.Model], **which: object) -> Tamper:
    def tamper(_: Scene) -> None:
        with without_walls():
            assert table._default_manager.filter(**which).delete()[0]

    return tamper


def _responder_with_a_holders_serial(_: Scene) -> None:
    taken = Certificate.objects.filter(kind=OcspResponder.objects.get().issuer.kind).order_by("serial").first()
    assert taken is not None
    with without_walls():
        OcspResponder.objects.update(serial=taken.serial)


def _responder_with_a_holders_key(scene: Scene) -> None:
    digest = key_digest(subject_public_key(load_certificate(bytes(OcspResponder.objects.get().certificate))))
    set_first(Certificate, public_key_digest=digest)(scene)


CERTIFICATE = "check.certificate."


def _flipped_list(at: int) -> Tamper:
    """Let one bit of the newest list fall over, and its row agree."""

    def tamper(scene: Scene) -> None:
        content = bytearray(list_file(scene).read_bytes())
        content[at] ^= 1
        put_list(scene, bytes(content))

    return tamper


TAMPERED: tuple[tuple[Tamper, set[str]], ...] = (
    (flip(Certificate, "der", kind="signature"), {CERTIFICATE + "lint"}),
    (flip(Certificate, "der", 0, kind="signature"), {CERTIFICATE + "lint"}),
    (flip(Certificate, "to_be_signed", kind="signature"), {CERTIFICATE + "differs"}),
    (_exchanged, {CERTIFICATE + "differs", CERTIFICATE + "row"}),
    (set_first(Certificate, expires=OPENED.date() + timedelta(days=9)), {CERTIFICATE + "row", "check.revocation.row"}),
    (set_first(Certificate, issued_on=OPENED.date() - timedelta(days=9)), {CERTIFICATE + "row"}),
    (set_first(Certificate, public_key_digest="0" * 64), {CERTIFICATE + "row"}),
    (set_first(Certificate, issuing_municipality="99202"), {CERTIFICATE + "row", "check.revocation.row"}),
    (set_first(Certificate, state="valid"), {CERTIFICATE + "state"}),
    (_gone(Revocation, reason="superseded"), {CERTIFICATE + "state", "check.list.entries"}),
    (_gone(Serial, key="signature/2"), {"check.serial.not-drawn"}),
    (_gone(Serial, key="signature/1"), {"check.serial.not-drawn"}),
    (_responder_with_a_holders_serial, {"check.serial.twice", CERTIFICATE + "row"}),
    (_responder_with_a_holders_key, {"check.key.twice", CERTIFICATE + "row"}),
    (flip(OcspResponder, "certificate"), {CERTIFICATE + "lint"}),
    (set_first(OcspResponder, not_after=OPENED + timedelta(days=400)), {CERTIFICATE + "row"}),
    (set_first(OcspResponder, key_name="elsewhere"), {"check.key.other"}),
    (set_first(Issuer, key_identifier="0" * 40), {CERTIFICATE + "row"}),
    (set_first(Issuer, key_name="elsewhere"), {"check.key.other"}),
    (set_first(Revocation, serial=77), {"check.revocation.row", "check.list.entries"}),
    (set_first(Revocation, certificate_key="signature/77"), {"check.revocation.row", CERTIFICATE + "state"}),
    (set_first(Revocation, reason="key_compromise", released_at=None), {"check.list.entries"}),
    (set_first(Revocation, effective_at=OPENED - timedelta(days=1)), {"check.list.entries"}),
    (_flipped_list(-1), {"check.list.lint", "check.folder.differs"}),
    (_flipped_list(0), {"check.list.lint", "check.folder.differs"}),
    (lambda scene: list_file(scene).write_bytes(b"another"), {"check.list.file"}),
    (lambda scene: list_file(scene).unlink(), {"check.list.file"}),
)  # fmt: skip
"""One thing each, and what the check finds then."""


def test_what_was_tampered_with_is_found(busy: Scene) -> None:
    """A row, a certificate or the journal is other than it was: what does not fit any more is named, and nothing else."""
    for number, (tamper, found) in enumerate(TAMPERED):
        with undone(busy):
            tamper(busy)

            assert codes(busy) == found, f"case {number}"
    assert codes(busy) == set()


def test_an_unreadable_ca_is_found_and_the_check_goes_on(busy: Scene) -> None:
    """Bytes that are no certificate stop nothing: everything under that CA is found with it."""
    with without_walls():
        Issuer.objects.filter(kind="signature").update(certificate=b"no certificate")
    found = named(busy)

    assert ("check.certificate.lint", "ca:signature-1") in found
    assert {code for code, _ in found} >= {"check.certificate.lint", "check.list.lint"}


def test_a_prepared_certificate_is_linted_too(scene: Scene) -> None:
    """What waits for its signature after a crash is held against its profile as well."""
    scene.with_card()
    scene.fuse.blows_after = "linted"
    with pytest.raises(Crash):
        scene.authority.handle(scene.order())
    scene.authority.publish_crls()
    assert codes(scene) == set()
    flip(Certificate, "to_be_signed", 0)(scene)

    assert Certificate.objects.get().state == CertificateState.PREPARED.value
    assert codes(scene) == {"check.certificate.lint"}


def test_a_lifted_hold_is_no_end(scene: Scene) -> None:
    """R-5.20: where a policy lets holds be lifted, the row of a lifted one is history and the certificate valid."""
    scene.with_card().issue(AUTHENTICATION)
    scene.revoke(LifeEvent.HOLD)
    with without_walls():
        Revocation.objects.update(released_at=scene.clock())
        Certificate.objects.update(state="valid")
    scene.authority.publish_crls()

    assert codes(scene) == set()


def test_a_responders_key_may_be_kept_apart(busy: Scene, tmp_path: Path) -> None:
    """Where responders have a keeper of their own, their keys are looked for there."""
    passphrase = tmp_path / "apart"
    passphrase.write_bytes(b"another passphrase")
    passphrase.chmod(0o600)
    apart = replace(busy.authority, responder_keys=KeyStore(tmp_path / "apart-keys", passphrase, FreshKeys()))
    assert {one.kind.value.code for one in check(apart).problems} == {"check.key.other"}
    apart.renew_responders()
    OcspResponder.objects.filter(pk__in=[row.pk for row in OcspResponder.objects.order_by("pk")[:2]]).delete()

    assert {one.kind.value.code for one in check(apart).problems} == set()


def test_a_destroyed_generation_has_no_key(scene: Scene) -> None:
    """A terminated CA's key is gone, as its row says: that is no problem."""
    scene.authority.publish_crls()
    issuer = Issuer.objects.get(kind="signature")
    with without_walls():
        Issuer.objects.filter(pk=issuer.pk).update(key_name="gone")
        assert "check.key.other" in codes(scene)
        Issuer.objects.filter(pk=issuer.pk).update(
            ended_at=scene.clock(), ended_because="termination", key_destroyed_at=scene.clock()
        )

    assert "check.key.other" not in codes(scene)
