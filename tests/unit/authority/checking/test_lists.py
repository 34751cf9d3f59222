"""Lists, their rows, their entries and their files: whatever differs is named."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from openjpki.authority.checking.check import check
from openjpki.authority.checking.problems import ProblemKind
from openjpki.authority.models import (
    Certificate,
    CrlPublication,
    GenerationEnd,
    Issuer,
    Revocation,
)
from openjpki.authority.publishing.publication import newest_list
from openjpki.desk.messages import ReportAccepted
from openjpki.pki.crl import RevokedEntry, build_crl
from openjpki.rules.kinds import LifeEvent, RevocationReason
from tests.support.authority import OPENED, SIGNATURE, Scene
from tests.support.hierarchy import WAKABA
from tests.support.walls import without_walls
from tests.unit.authority.checking.tampering import codes, named, public_file, put_list, undone

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_a_list_that_its_row_does_not_know_is_found(busy: Scene) -> None:
    """Moments and count stand in the row too, and by its number a list is found."""
    newest = newest_list(Issuer.objects.get(kind="signature"), "99201")
    assert newest is not None
    for field in ("number", "this_update", "next_update", "entries"):
        before = getattr(newest, field)
        value = before + 1 if isinstance(before, int) else before + timedelta(seconds=1)
        with undone(busy), without_walls():
            CrlPublication.objects.filter(pk=newest.pk).update(**{field: value})
            moved = newest_list(newest.issuer, "99201")

            code = "check.list.file" if field == "number" else "check.list.row"
            assert (code, str(moved)) in named(busy), field


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
    put_list(scene, crl, entries=len(alter(right)))


def _added(serial: int) -> Alter:
    one = RevokedEntry(serial=serial, revoked_at=OPENED, reason=RevocationReason.SUPERSEDED)
    return lambda right: sorted([*right, one], key=lambda entry: entry.serial)


ALTERED: tuple[tuple[Alter, set[str]], ...] = (
    (lambda right: right[1:], {"2"}),
    (lambda right: right[:-1], {"3"}),
    (lambda _: [], {"2", "3"}),
    (_added(1), {"1"}),
    (_added(4), {"4"}),
    (lambda right: [right[0]._replace(reason=RevocationReason.KEY_COMPROMISE), *right[1:]], {"2"}),
    (lambda right: [right[0]._replace(reason=RevocationReason.UNSPECIFIED), *right[1:]], {"2"}),
    (lambda right: [right[0]._replace(revoked_at=OPENED + timedelta(seconds=1)), *right[1:]], {"2"}),
)


def test_entries_are_held_against_the_journal(busy: Scene) -> None:
    """A list of the right key that leaves somebody out, adds somebody, or says another moment or reason."""
    for number, (alter, wrong) in enumerate(ALTERED):
        with undone(busy):
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


def test_the_list_of_a_cas_own_certificate_is_held_against_its_row(scene: Scene) -> None:
    """R-5.10: a generation that has ended stands in the next list; until then the check says that it is missing."""
    at = OPENED + timedelta(hours=1)
    scene.clock.advance_to(at)
    scene.authority.publish_crls()
    scene.authority.operation.drill("signature-1", GenerationEnd.COMPROMISE, lambda _: None)
    assert codes(scene) == set(), "in the second of the list either is right"
    with without_walls():
        Issuer.objects.filter(kind="signature").update(ended_at=at - timedelta(seconds=1))
    (found,) = check(scene.authority).problems
    serial = Issuer.objects.get(kind="signature").serial
    assert (found.kind, found.subject, found.detail) == (ProblemKind.LIST_ENTRIES, "crl:signature-1-ca/1", str(serial))

    scene.authority.publish_crls()
    assert codes(scene) == set()


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


def test_the_public_folder_is_held_against_the_rows(busy: Scene) -> None:
    """Missing, an older one, a changed one, and a stranger: each by its name."""
    public_file(busy, "ca", "signature-1.cer").unlink()
    public_file(busy, "crl", "signature-1-99201.crl").write_bytes(
        public_file(busy, "crl", "signature-1-99202.crl").read_bytes()
    )
    content = bytearray(public_file(busy, "crl", "signature-1-99202.crl").read_bytes())
    content[-1] ^= 1
    public_file(busy, "crl", "signature-1-99202.crl").write_bytes(content)
    public_file(busy, "crl", "extra.crl").write_bytes(b"")
    public_file(busy, "crl", ".half.new").write_bytes(b"")

    assert named(busy) == {
        ("check.folder.differs", "ca/signature-1.cer"),
        ("check.folder.differs", "crl/signature-1-99201.crl"),
        ("check.folder.differs", "crl/signature-1-99202.crl"),
        ("check.folder.stranger", "crl/extra.crl"),
    }


def test_a_move_between_two_lists_is_sound(scene: Scene) -> None:
    """R-5.25: an ending stands in the list of the town that issued, at midnight; before and after it the check is content."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())
    for hour in (10, 24):
        scene.at(OPENED.date(), hour).authority.publish_crls()
        assert codes(scene) == set()
    assert scene.listed(SIGNATURE) == {2: "affiliation_changed"}
