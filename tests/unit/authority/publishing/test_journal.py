from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from openjpki.authority.acts import act
from openjpki.authority.models import Certificate, Revocation, StatusChange, StatusHead
from openjpki.authority.publishing import journal
from openjpki.authority.responding.standings import StandingRow, pack, unpack
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.rules.kinds import CardState, CertificateState, LifeEvent, Procedure
from openjpki.rules.policy import Policy
from tests.support.authority import AUTHENTICATION, SIGNATURE, Crash, Scene
from tests.support.walls import without_walls
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"])


def entries() -> list[tuple[int, Sequence[str]]]:
    """Return serial and reasons of every entry, in order."""
    changes = StatusChange.objects.order_by("position")
    return [(one.serial, [row.reason for row in unpack(bytes(one.standing))]) for one in changes]


def test_what_is_handed_over_and_what_ends_is_an_entry(scene: Scene) -> None:
    """R-5.7: an act that ends one certificate and activates another tells both; a signed one on its way tells nothing."""
    scene.with_card()
    scene.expect(CertificateIssued, scene.order(AUTHENTICATION))
    assert entries() == []
    first = scene.issue(SIGNATURE)
    second = scene.issue(SIGNATURE, Procedure.REISSUE)

    assert entries() == [(first.serial, []), (first.serial, ["superseded"]), (second.serial, [])]
    assert StatusHead.objects.get().last == 3
    invariants.check()


def test_an_ending_that_shows_sooner_is_an_entry(scene: Scene) -> None:
    """R-2.28: a leak reported on the day of a move shows at once, and responders hear of it."""
    scene.with_card()
    scene.issue(AUTHENTICATION)
    moved = scene.issue(SIGNATURE)
    scene.expect(ReportAccepted, scene.arrival())
    later = StatusChange.objects.filter(serial=moved.serial, issuer__kind="signature").latest("position")
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED, event=LifeEvent.CARD_LOST, municipality="99202"))
    sooner = StatusChange.objects.filter(serial=moved.serial, issuer__kind="signature").latest("position")

    (waiting,), (shown,) = unpack(bytes(later.standing)), unpack(bytes(sooner.standing))
    assert shown.visible_at < waiting.visible_at
    assert sooner.changed_at == scene.clock()
    invariants.check()


def test_an_act_that_fails_leaves_no_entry(scene: Scene) -> None:
    """An entry stands if and only if the act does: it is written in its transaction."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = "confirmed"
    issued = scene.expect(CertificateIssued, order)
    with pytest.raises(Crash):
        scene.send(scene.confirmation(issued))
    key = Certificate.objects.get().key
    with suppress(Crash), transaction.atomic(using="authority"), journal.kept():
        journal.note(key, scene.clock())
        raise Crash

    assert entries() == []


def test_nothing_is_noted_outside_an_act(scene: Scene) -> None:
    """A change without its transaction is a bug."""
    with pytest.raises(LookupError):
        journal.note("signature/1", scene.clock())


def test_what_nobody_has_seen_is_no_entry(scene: Scene) -> None:
    """RFC 6960 §2.2: of a certificate that is not on its card, nothing is told, whatever was noted."""
    scene.with_card()
    scene.expect(CertificateIssued, scene.order())
    with act():
        journal.note(Certificate.objects.get().key, scene.clock())

    assert entries() == []


def test_an_ending_without_its_row_stops_the_act(scene: Scene) -> None:
    """If the table lost a row, which its wall forbids, nobody who follows may go on with what was said before: "good"."""
    scene.with_card().issue()
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    with without_walls():
        Revocation.objects.all().delete()
    before = entries()
    with pytest.raises(journal.EndingUnsaid), act():
        journal.note(Certificate.objects.get().key, scene.clock())

    assert entries() == before


def test_a_released_hold_is_an_entry(tmp_path_factory: pytest.TempPathFactory) -> None:
    """R-5.20, under `auth_hold_release = "release"`: the standing says until when it was held."""
    policy = Policy.preset("national").with_settings({"auth_hold_release": "release"})
    scene = Scene(tmp_path_factory.mktemp("released"), policy=policy).open().with_both()
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    scene.at(date(2026, 1, 6)).expect(ReportAccepted, scene.card(state=CardState.ACTIVE))
    last = StatusChange.objects.filter(issuer__kind="authentication").latest("position")

    (row,) = unpack(bytes(last.standing))
    assert (row.reason, row.released_at) == ("certificate_hold", scene.clock())
    invariants.check()


def test_an_older_home_comes_up_with_all_that_was_said(scene: Scene) -> None:
    """Migration 0007 writes one entry for each certificate that was handed over or ended, as its rows have it."""
    import importlib

    from django.apps import apps
    from django.db import connections

    scene.with_both()
    scene.expect(CertificateIssued, scene.order(SIGNATURE, Procedure.REISSUE))
    scene.revoke(LifeEvent.REQUEST, AUTHENTICATION)
    rows = {row.certificate_key: row for row in Revocation.objects.all()}
    expected = [
        (one.issuer_id, one.serial, pack([rows[one.key]] if one.key in rows else []))
        for one in Certificate.objects.exclude(state=CertificateState.UNDELIVERED.value).order_by("kind", "serial")
    ]
    migration = importlib.import_module("openjpki.authority.migrations.0012_status_journal")
    with without_walls():
        StatusChange.objects.all().delete()
        StatusHead.objects.all().delete()
        migration.fill(apps, connections["authority"].schema_editor())

    told = [(one.issuer_id, one.serial, bytes(one.standing)) for one in StatusChange.objects.order_by("position")]
    assert told == expected
    assert len(rows) == 1
    assert StatusHead.objects.get().last == len(expected) == 2


def test_standings_are_of_whole_seconds() -> None:
    """Moments of the journal are those of certificates and lists: whole seconds, UTC."""
    moment = datetime(2026, 1, 5, 0, 0, 1, tzinfo=UTC)
    row = StandingRow(effective_at=moment, visible_at=moment, released_at=moment, reason="unspecified")

    assert unpack(pack([row])) == (row,)
