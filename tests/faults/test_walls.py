from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, connections, transaction

from openjpki.authority import journal_walls
from openjpki.authority import walls as authority
from openjpki.rules.application import APPLICATION
from openjpki.rules.kinds import ApplicationState, LifeEvent
from openjpki.rules.lifecycle import CERTIFICATE
from openjpki.window import walls as window
from openjpki.window.models import Application, CardHolding, OutboxMessage, ReceiptCounter, Resident
from tests.support.authority import SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority", "window"])
NOW = datetime(2026, 4, 1, tzinfo=UTC)

AUTHORITY = (*authority.WALLS, *journal_walls.WALLS)
BREAKS = {
    "crl_number_rises": "INSERT INTO authority_crlpublication "
    "(issuer_id, municipality, number, this_update, next_update, entries, crl) "
    "SELECT issuer_id, municipality, number - 1, this_update, next_update, entries, crl "
    "FROM authority_crlpublication WHERE number = 2",
    "crl_stays": "UPDATE authority_crlpublication SET entries = entries + 1",
    "crl_is_kept": "DELETE FROM authority_crlpublication",
    "revocation_stays": "UPDATE authority_revocation SET reason = 'keyCompromise'",
    "revocation_is_kept": "DELETE FROM authority_revocation",
    "certificate_moves_along_edges": "UPDATE authority_certificate SET state = 'valid' WHERE state = 'revoked'",
    "certificate_says_the_same": "UPDATE authority_certificate SET serial = serial + 100",
    "serial_counter_grows": "UPDATE authority_serialcounter SET last = last - 1",
    "serial_stays": "UPDATE authority_serial SET drawn_at = '2020-01-01 00:00:00+00:00'",
    "serial_is_kept": "DELETE FROM authority_serial",
    "status_change_follows": "INSERT INTO authority_statuschange (position, issuer_id, serial, standing, changed_at) "
    "SELECT position + 2, issuer_id, serial, standing, changed_at FROM authority_statuschange WHERE position = 2",
    "status_change_stays": "UPDATE authority_statuschange SET serial = serial + 1",
    "status_change_is_kept": "DELETE FROM authority_statuschange",
    "status_head_grows": "UPDATE authority_statushead SET last = last - 1",
    "message_stays": "UPDATE window_outboxmessage SET message = '{}'",
    "message_answered_once": "UPDATE window_outboxmessage SET sent_at = NULL",
    "application_stays_at_its_end": "UPDATE window_application SET state = 'fee-settled', closed_at = NULL",
    "receipt_counter_grows": "UPDATE window_receiptcounter SET last = last - 1",
}
"""What each wall keeps out, in raw SQL."""


@pytest.fixture
def rows(tmp_path: Path) -> None:
    """Fill the tables that have walls."""
    scene = Scene(tmp_path).open().with_card()
    scene.issue(SIGNATURE)
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    scene.authority.publish_crls()
    scene.authority.publish_crls()
    OutboxMessage(
        municipality="99201",
        resident_code="12345678901",
        message_id="a",
        message="[]",
        queued_at=NOW,
        attempts=1,
        tried_at=NOW,
        sent_at=NOW,
    ).save()
    ReceiptCounter(municipality="99201", fiscal_year=2026, last=3).save()
    resident = Resident(
        municipality="99201",
        resident_code="12345678901",
        name="見本　花子",
        kana="ミホン　ハナコ",
        address="見本県若葉市一丁目2番3号",
        birth_date=NOW.date(),
        sex="female",
        resident_since_date=NOW.date(),
    )
    resident.save()
    card = CardHolding(
        municipality="99201",
        resident=resident,
        card_number="123456789012345",
        expires_date=NOW.date(),
        handed_over_date=NOW.date(),
    )
    card.save()
    Application(
        municipality="99201",
        receipt="2026-000001",
        resident=resident,
        card=card,
        procedure="new",
        applicant="self",
        kinds=["signature"],
        state="done",
        officer="sato",
        received_at=NOW,
        closed_at=NOW,
        policy="national",
    ).save()


def refused(alias: str, statement: str) -> str:
    """Return what the database says to a statement that it must not take."""
    with (
        pytest.raises(IntegrityError) as caught,
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_wall_stands(rows: None, name: str) -> None:  # noqa: ARG001  -- the fixture fills the tables
    """What must never happen to a row is refused by the database itself, on both engines."""
    alias = "authority" if name in {wall.name for wall in AUTHORITY} else "window"

    assert name in refused(alias, BREAKS[name])


def test_every_wall_is_tried() -> None:
    """A wall without a test that tries to break it fails here."""
    assert set(BREAKS) == {wall.name for wall in (*AUTHORITY, *window.WALLS)}


def test_a_revocation_may_come_nearer_and_a_hold_be_lifted_once(rows: None) -> None:  # noqa: ARG001
    """The two changes that a journal row may take are no breach; the other way they are."""
    with connections["authority"].cursor() as cursor:
        cursor.execute("UPDATE authority_revocation SET visible_at = visible_at")
    assert "revocation_stays" in refused(
        "authority", "UPDATE authority_revocation SET visible_at = '2099-01-01 00:00:00+00:00'"
    )


def test_every_wall_stands_after_all_migrations() -> None:
    """A later migration that makes a table anew on SQLite must build its walls again."""
    questions = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    found: set[str] = set()
    for alias in ("authority", "window"):
        with connections[alias].cursor() as cursor:
            cursor.execute(questions[connections[alias].vendor])
            found.update(name for (name,) in cursor.fetchall())
    assert {wall.name for wall in (*AUTHORITY, *window.WALLS)} <= found


@pytest.mark.parametrize(
    ("held", "ruled"),
    [
        (lambda: set(authority.EDGES), lambda: {(here.value, to.value) for (here, _), to in CERTIFICATE.edges.items()}),
        (
            lambda: set(window.ENDS),
            lambda: {state.value for state in ApplicationState if not APPLICATION.events(state)},
        ),
    ],
)
def test_the_walls_say_what_the_tables_of_the_rules_say(
    held: Callable[[], object], ruled: Callable[[], object]
) -> None:
    """The database's edges and ends are those of `rules.lifecycle`."""
    assert held() == ruled()
