import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from openjpki.authority.control.kinds import DualControl
from openjpki.authority.models import CrlPublication, GenerationEnd, Revocation
from openjpki.authority.signing.keys import KeyStore
from openjpki.site.clock import SteppedClock
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.site.watching import figures, health, upkeep_notes
from openjpki.site.watching.health import CHECKS, look
from openjpki.site.watching.upkeep_notes import Notes
from tests.support.operators import Operators
from tests.support.programs import tree

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def advance(house: House, span: timedelta) -> None:
    """Let time pass."""
    assert isinstance(house.clock, SteppedClock)
    house.clock.advance_to(house.clock() + span)


def unsound(house: House) -> set[str]:
    """Return the checks that are not sound."""
    return {name for name, finding in look(house).findings.items() if not finding.sound}


def test_a_home_that_can_do_its_work_is_ready(settled: House) -> None:
    """Every check is asked; nothing is left in the home."""
    before = tree(settled.home.path)
    found = look(settled)

    assert found.ready
    assert set(found.findings) == set(CHECKS)
    data = found.as_data()
    assert data["ready"] is True
    assert tree(settled.home.path) == before


def test_a_kind_that_nobody_issues_is_named(settled: House) -> None:
    """After a compromise the lists and answers go on, so it is a warning; which kind is said (R-5.10)."""
    settled.authority.operation.drill("signature-1", GenerationEnd.COMPROMISE, lambda _: None)
    keys = look(settled).findings["keys"]

    assert (keys.sound, keys.warning) == (True, True)
    assert keys.figures == {"in_force": 2, "nobody_issues": "signature"}


def test_lists_that_ran_out_are_told(settled: House) -> None:
    """A verifier would refuse them."""
    advance(settled, timedelta(hours=26))

    assert unsound(settled) == {"lists"}
    assert look(settled).findings["lists"].figures["run_out"] == 6


def test_a_list_that_should_have_been_renewed_is_a_warning(settled: House) -> None:
    """Three minutes before its end, with the partition's name; a list that ends as an ending shows is not late (R-2.28)."""
    settled.authority.publish_crls()
    advance(settled, timedelta(hours=24, minutes=57))
    assert not look(settled).findings["lists"].warning
    advance(settled, timedelta(seconds=1))
    lists = look(settled).findings["lists"]

    assert (lists.sound, lists.warning) == (True, True)
    assert lists.figures == {
        "lists": 6,
        "run_out": 0,
        "late": 6,
        "next_update_seconds": 179,
        "first": "authentication-1-99201",
    }
    end_a_list_with_an_ending()
    assert look(settled).findings["lists"].figures["late"] == 5


def end_a_list_with_an_ending() -> None:
    """Let an ending show when the lists of Wakaba's signature certificates are over."""
    newest = CrlPublication.objects.filter(issuer__kind="signature", municipality="99201").order_by("-number")[0]
    Revocation.objects.create(
        certificate_key="signature/99",
        serial=99,
        issuer=newest.issuer,
        issuing_municipality="99201",
        expires_at=newest.issuer.not_after,
        reason="superseded",
        event="name",
        effective_at=newest.this_update,
        visible_at=newest.next_update,
    )


def test_a_home_without_a_ca_has_no_list_to_tell_of(settled: House) -> None:
    """There is none that could run out; that there is no CA is another check's matter."""
    advance(settled, timedelta(days=11 * 366))

    assert look(settled).findings["lists"].figures == {"lists": 0, "run_out": 0, "late": 0}


def test_a_key_that_does_not_open_is_told_by_a_code(settled: House) -> None:
    """And no CA at all is not sound either."""
    (settled.home.path / "authority" / "passphrase").unlink()
    assert isinstance(settled.authority.keys, KeyStore)
    settled.authority.keys._signers.clear()

    assert unsound(settled) == {"keys"}
    assert look(settled).findings["keys"].figures == {"code": "authority.passphrase-missing"}


def test_a_disk_that_is_full_is_told(settled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Little room, or none to write a byte: the next lists would fail."""
    monkeypatch.setattr(health, "disk_usage", lambda _: SimpleNamespace(free=1))
    assert unsound(settled) == {"disk"}
    shutil.rmtree(settled.home.path)
    assert look(settled).findings["disk"].figures == {"code": "storage.failed"}


def test_a_silent_database_is_told(settled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an answer, not a fault."""

    def silent(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(figures, "lists", silent)

    assert look(settled).findings["lists"].figures == {"code": "home.database-silent"}


def test_a_marker_that_leaves_dual_control_out_is_told(settled: House) -> None:
    """What was done under it decides: the home is not ready until its setting is back."""
    assert look(settled).findings["control"].figures == {"required": 0}
    Operators(settled.authority).enrolled()
    assert look(settled).findings["control"].figures == {"required": 2}
    object.__setattr__(settled.authority, "dual_control", DualControl())
    found = look(settled)

    assert not found.ready
    assert found.findings["control"].figures == {"code": "authority.control.left-out"}


def test_what_waits_too_long_is_a_warning(settled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home is ready all the same: its work is not what is late."""
    waiting = figures.OutboxFigures(waiting=2, oldest_seconds=4000.0, refused=0, paused=1)
    unsealed = figures.RecordFigures(rows=9, unsealed=4, oldest_seconds=3601.0, sealed_at=0.0)
    monkeypatch.setattr(figures, "outbox", lambda _: waiting)
    monkeypatch.setattr(figures, "records", lambda _: {"authority": unsealed, "window": unsealed})
    monkeypatch.setattr(figures, "open_orders", lambda _: {"hour": 1, "older": 3})
    upkeep_notes.keep(settled.home.path, Notes(rounds=3, failures=1, succeeded_at="2026-01-01T00:00:00+00:00"))
    found = look(settled)

    assert found.ready
    assert {name for name, finding in found.findings.items() if finding.warning} == {
        "outbox",
        "orders",
        "records",
        "upkeep",
    }
    assert found.findings["outbox"].figures == {"waiting": 2, "oldest_seconds": 4000, "refused": 0, "paused": 1}
    assert found.findings["records"].figures == {"unsealed": 8, "oldest_seconds": 3601}
    assert int(found.findings["upkeep"].figures["succeeded_seconds_ago"]) > 0


def test_what_the_authority_refused_is_a_warning(settled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while it is young: it is tried again, but somebody should read why."""
    refused = figures.OutboxFigures(waiting=1, oldest_seconds=5.0, refused=1, paused=0)
    monkeypatch.setattr(figures, "outbox", lambda _: refused)

    assert look(settled).findings["outbox"].warning
