"""One thing is other than it was, and the check names it: rows, certificates, journal, lists, files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import models, transaction

from openjpki.authority.admission import key_digest
from openjpki.authority.checking import check as checking
from openjpki.authority.checking import stored
from openjpki.authority.checking.check import check
from openjpki.authority.checking.problems import ProblemKind
from openjpki.authority.models import (
    Certificate,
    CrlPublication,
    Issuer,
    OcspResponder,
    Revocation,
    Serial,
)
from openjpki.authority.publication import newest_list
from openjpki.desk.messages import ReportAccepted
from openjpki.pki.crl import RevokedEntry, build_crl
from openjpki.pki.issuer import load_certificate, subject_public_key
from openjpki.rules.kinds import CertificateState, LifeEvent, RevocationReason
from tests.support.authority import AUTHENTICATION, OPENED, SIGNATURE, Crash, Scene
from tests.support.hierarchy import WAKABA
from tests.support.walls import without_walls

pytestmark = pytest.mark.django_db(databases=["authority"])

Tamper = Callable[[Scene], object]


def codes(scene: Scene) -> set[str]:
    """Return the codes of everything that is found."""
    return {one.kind.value.code for one in check(scene.authority).problems}


def named(scene: Scene) -> set[tuple[str, str]]:
    """Return what is found with what it is found in."""
    return {(one.kind.value.code, one.subject) for one in check(scene.authority).problems}


def test_an_authority_in_good_order_is_sound(busy: Scene) -> None:
    """Every state there is, and nothing is found: certificates, CAs, the responder, lists, folder."""
    report = check(busy.authority)

    assert report.problems == ()
    assert report.sound
    assert report.looked_at == {"authorities": 3, "certificates": 4, "lists": 4}
    assert set(Certificate.objects.values_list("state", flat=True)) == {"revoked", "held", "superseded", "undelivered"}


def test_a_check_writes_nothing(busy: Scene) -> None:
    """It may be run by anybody who may read, at any time: no row and no file is other afterwards."""
    before = {path: path.read_bytes() for path in busy.folder.rglob("*") if path.is_file()}
    passed = len(busy.fuse.passed)
    check(busy.authority)

    assert {path: path.read_bytes() for path in busy.folder.rglob("*") if path.is_file()} == before
    assert len(busy.fuse.passed) == passed


def _set(table: type[models.Model], **values: object) -> Tamper:
    """Write other values into the first row of a table."""

    def tamper(_: Scene) -> None:
        row = table._default_manager.order_by("pk").first()
        assert row is not None
        with without_walls():
            table._default_manager.filter(pk=row.pk).update(**values)

    return tamper


def _flip(table: type[models.Model], field: str, at: int = -1, **which: object) -> Tamper:
    """Let one bit of a row's bytes fall over."""

    def tamper(_: Scene) -> None:
        row = table._default_manager.filter(**which).order_by("-pk").first()
        assert row is not None
        content = bytearray(getattr(row, field))
        content[at] ^= 1
        with without_walls():
            table._default_manager.filter(pk=row.pk).update(**{field: bytes(content)})

    return tamper


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
    _set(Certificate, public_key_digest=digest)(scene)


CERTIFICATE = "check.certificate."


TAMPERED: tuple[tuple[Tamper, set[str]], ...] = (
    (_flip(Certificate, "der", kind="signature"), {CERTIFICATE + "lint"}),
    (_flip(Certificate, "der", 0, kind="signature"), {CERTIFICATE + "lint"}),
    (_flip(Certificate, "to_be_signed", kind="signature"), {CERTIFICATE + "differs"}),
    (_exchanged, {CERTIFICATE + "differs", CERTIFICATE + "row"}),
    (_set(Certificate, expires=OPENED.date() + timedelta(days=9)), {CERTIFICATE + "row", "check.revocation.row"}),
    (_set(Certificate, issued_on=OPENED.date() - timedelta(days=9)), {CERTIFICATE + "row"}),
    (_set(Certificate, public_key_digest="0" * 64), {CERTIFICATE + "row"}),
    (_set(Certificate, issuing_municipality="99202"), {CERTIFICATE + "row", "check.revocation.row"}),
    (_set(Certificate, state="valid"), {CERTIFICATE + "state"}),
    (_gone(Revocation, reason="superseded"), {CERTIFICATE + "state", "check.list.entries"}),
    (_gone(Serial, key="signature/2"), {"check.serial.not-drawn"}),
    (_gone(Serial, key="signature/1"), {"check.serial.not-drawn"}),
    (_responder_with_a_holders_serial, {"check.serial.twice", CERTIFICATE + "row"}),
    (_responder_with_a_holders_key, {"check.key.twice", CERTIFICATE + "row"}),
    (_flip(OcspResponder, "certificate"), {CERTIFICATE + "lint"}),
    (_set(OcspResponder, not_after=OPENED + timedelta(days=400)), {CERTIFICATE + "row"}),
    (_set(OcspResponder, key_name="elsewhere"), {"check.key.other"}),
    (_set(Issuer, key_identifier="0" * 40), {CERTIFICATE + "row"}),
    (_set(Issuer, key_name="elsewhere"), {"check.key.other"}),
    (_set(Revocation, serial=77), {"check.revocation.row", "check.list.entries"}),
    (_set(Revocation, certificate_key="signature/77"), {"check.revocation.row", CERTIFICATE + "state"}),
    (_set(Revocation, reason="key_compromise", released_at=None), {"check.list.entries"}),
    (_set(Revocation, effective_at=OPENED - timedelta(days=1)), {"check.list.entries"}),
    (_flip(CrlPublication, "crl"), {"check.list.lint", "check.folder.differs"}),
    (_flip(CrlPublication, "crl", 0), {"check.list.lint", "check.folder.differs"}),
)  # fmt: skip
"""One thing each, and what the check finds then."""


@contextmanager
def undone() -> Iterator[None]:
    """Take everything back that the block wrote: one scene serves many cases."""
    with transaction.atomic(using="authority"):
        yield
        transaction.set_rollback(True, using="authority")


def test_what_was_tampered_with_is_found(busy: Scene) -> None:
    """A row, a certificate or the journal is other than it was: what does not fit any more is named, and nothing else."""
    for number, (tamper, found) in enumerate(TAMPERED):
        with undone():
            tamper(busy)

            assert codes(busy) == found, f"case {number}"
    assert codes(busy) == set()


def test_a_list_that_its_row_does_not_know_is_found(busy: Scene) -> None:
    """Number, moments and count stand in the row too."""
    newest = newest_list(Issuer.objects.get(kind="signature"), "99201")
    assert newest is not None
    for field in ("number", "this_update", "next_update", "entries"):
        before = getattr(newest, field)
        value = before + 1 if isinstance(before, int) else before + timedelta(seconds=1)
        with undone(), without_walls():
            CrlPublication.objects.filter(pk=newest.pk).update(**{field: value})
            moved = newest_list(newest.issuer, "99201")

            assert ("check.list.row", str(moved)) in named(busy), field


Alter = Callable[[list[RevokedEntry]], list[RevokedEntry]]


def resigned(scene: Scene, alter: Alter) -> None:
    """Put another well-made list into the place of the newest, by the right key: only the journal knows better."""
    issuer = Issuer.objects.get(kind="signature")
    newest = newest_list(issuer, "99201")
    assert newest is not None
    journal = Revocation.objects.filter(issuer=issuer).order_by("serial")
    right = [
        RevokedEntry(serial=row.serial, revoked_at=row.effective_at, reason=RevocationReason(row.reason))
        for row in journal
    ]
    crl = build_crl(
        scene.authority.profiles,
        issuer=bytes(issuer.certificate),
        signer=scene.authority.keys.signer(issuer.key_name),
        municipality=WAKABA,
        number=newest.number,
        this_update=newest.this_update,
        next_update=newest.next_update,
        entries=alter(right),
    )
    with without_walls():
        CrlPublication.objects.filter(pk=newest.pk).update(crl=crl, entries=len(alter(right)))


def _added(serial: int) -> Alter:
    one = RevokedEntry(serial=serial, revoked_at=OPENED, reason=RevocationReason.SUPERSEDED)
    return lambda right: sorted([*right, one], key=lambda entry: entry.serial)


ALTERED: tuple[tuple[Alter, set[str]], ...] = (
    (lambda right: right[1:], {"2"}),
    (lambda right: right[:-1], {"3"}),
    (lambda _: [], {"2", "3"}),
    (_added(1), {"1"}),
    (_added(4), {"4"}),
    (lambda right: [replace(right[0], reason=RevocationReason.KEY_COMPROMISE), *right[1:]], {"2"}),
    (lambda right: [replace(right[0], reason=RevocationReason.UNSPECIFIED), *right[1:]], {"2"}),
    (lambda right: [replace(right[0], revoked_at=OPENED + timedelta(seconds=1)), *right[1:]], {"2"}),
)


def test_entries_are_held_against_the_journal(busy: Scene) -> None:
    """A list of the right key that leaves somebody out, adds somebody, or says another moment or reason."""
    for number, (alter, wrong) in enumerate(ALTERED):
        with undone():
            resigned(busy, alter)
            *entries, file = check(busy.authority).problems

            assert file.kind is ProblemKind.FOLDER_DIFFERS
            assert {one.kind for one in entries} <= {ProblemKind.LIST_ENTRIES}, f"case {number}"
            assert {one.detail for one in entries} == wrong, f"case {number}"


def test_what_ends_in_the_second_of_a_list_is_no_problem(busy: Scene) -> None:
    """An ending may be written right after a list of the same second: the next list shows it."""
    busy.authority.publish_crls()
    busy.revoke(LifeEvent.KEY_COMPROMISE)

    assert codes(busy) == set()


def test_an_entry_may_leave_after_it_stood_once_past_its_expiry(busy: Scene) -> None:
    """RFC 5280 §3.3: the check lets go what the publisher lets go, and no more."""
    last = max(Certificate.objects.values_list("expires", flat=True))
    for days in (1, 2, 3):
        busy.at(last + timedelta(days=days)).authority.publish_crls()
        assert "check.list.entries" not in codes(busy)
    assert busy.listed(SIGNATURE) == {}


def test_lists_in_the_wrong_order_are_found(busy: Scene) -> None:
    """A list of a smaller number is never dated later."""
    newest = newest_list(Issuer.objects.get(kind="signature"), "99201")
    assert newest is not None
    with without_walls():
        CrlPublication.objects.filter(issuer=newest.issuer, municipality="99201", number=1).update(
            this_update=newest.this_update + timedelta(seconds=1), next_update=newest.next_update + timedelta(days=1)
        )

    assert ("check.list.order", str(newest)) in named(busy)


def test_stale_and_missing_lists_are_found(scene: Scene) -> None:
    """Before the first publication, and when none came in time; a dead CA signs no more and is past blame."""
    assert codes(scene) == {"check.list.missing", "check.folder.differs"}
    scene.authority.publish_crls()
    assert codes(scene) == set()
    scene.clock.advance_to(OPENED + timedelta(hours=25))
    assert codes(scene) == {"check.list.stale"}
    scene.clock.advance_to(OPENED + timedelta(days=366 * 11))
    assert codes(scene) == set()


def _file(scene: Scene, *parts: str) -> Path:
    return scene.folder.joinpath("public", *parts)


def test_the_public_folder_is_held_against_the_rows(busy: Scene) -> None:
    """Missing, an older one, a changed one, and a stranger: each by its name."""
    _file(busy, "ca", "signature-1.cer").unlink()
    _file(busy, "crl", "signature-1-99201.crl").write_bytes(
        bytes(CrlPublication.objects.filter(issuer__kind="signature", municipality="99201").order_by("number")[0].crl)
    )
    content = bytearray(_file(busy, "crl", "signature-1-99202.crl").read_bytes())
    content[-1] ^= 1
    _file(busy, "crl", "signature-1-99202.crl").write_bytes(content)
    _file(busy, "crl", "extra.crl").write_bytes(b"")
    _file(busy, "crl", ".half.new").write_bytes(b"")

    assert named(busy) == {
        ("check.folder.differs", "ca/signature-1.cer"),
        ("check.folder.differs", "crl/signature-1-99201.crl"),
        ("check.folder.differs", "crl/signature-1-99202.crl"),
        ("check.folder.stranger", "crl/extra.crl"),
    }


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
    _flip(Certificate, "to_be_signed", 0)(scene)

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


def test_more_than_can_be_told_is_counted(busy: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones are told, all are counted: memory is bounded whatever was broken."""
    monkeypatch.setattr(checking, "MOST_TOLD", 2)
    for path in _file(busy, "crl").iterdir():
        path.unlink()
    report = check(busy.authority)

    assert len(report.problems) == 2
    assert report.found == 4


def test_progress_is_told_batch_by_batch(busy: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates come in batches, lists one by one."""
    monkeypatch.setattr(stored, "BATCH", 3)
    told: list[tuple[str, int]] = []
    check(busy.authority, progress=lambda part, count: told.append((part, count)))

    assert [one for one in told if one[0] == "certificates"] == [("certificates", 3), ("certificates", 4)]
    assert ("lists", 4) in told


def test_a_move_between_two_lists_is_sound(scene: Scene) -> None:
    """R-5.25: an ending stands in the list of the town that issued, at midnight; before and after it the check is content."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())
    for hour in (10, 24):
        scene.at(OPENED.date(), hour).authority.publish_crls()
        assert codes(scene) == set()
    assert scene.listed(SIGNATURE) == {2: "affiliation_changed"}


def test_every_sentence_is_in_its_language() -> None:
    """Each kind has a code of its own and two sentences that name the subject."""
    found = [kind.value for kind in ProblemKind]

    assert len({one.code for one in found}) == len(found)
    for one in found:
        assert "{subject}" in one.ja
        assert "{subject}" in one.en
        assert one.en.isascii()
        assert not one.ja.isascii()
