from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, connections, transaction

from openjpki.authority import walls as authority_walls
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.generations.ceremony import content_for
from openjpki.authority.generations.script import read_script
from openjpki.authority.models import (
    Card,
    Consent,
    GenerationEnd,
    MadeCard,
    Notice,
    NoticeBatch,
    NoticeDecision,
    Person,
    Verifier,
)
from openjpki.authority.verifiers import walls as verifier_walls
from openjpki.authority.verifiers.register import move
from openjpki.rules.application import APPLICATION
from openjpki.rules.kinds import ApplicationState, LifeEvent
from openjpki.rules.lifecycle import CERTIFICATE
from openjpki.rules.notices import NOTICE
from openjpki.rules.verifiers import VERIFIER, VerifierEvent
from openjpki.site.walls import WALLS
from openjpki.window import notice_walls as window_notice_walls
from openjpki.window import walls as window_walls
from openjpki.window.models import Application, CardHolding, ExpiryNotice, OutboxMessage, ReceiptCounter, Resident
from tests.support.authority import SIGNATURE, Scene
from tests.support.operators import SATO, Operators, script
from tests.support.verifiers import Verifiers

pytestmark = pytest.mark.django_db(databases=["authority", "window"])
AUTHORITY, WINDOW = WALLS["authority"], WALLS["window"]
NOW = datetime(2026, 4, 1, tzinfo=UTC)
BREAKS = {
    "crl_number_rises": "INSERT INTO authority_crlpublication "
    "(issuer_id, municipality, number, this_update, next_update, entries, length, digest) "
    "SELECT issuer_id, municipality, number - 1, this_update, next_update, entries, length, digest "
    "FROM authority_crlpublication WHERE number = 2",
    "crl_stays": "UPDATE authority_crlpublication SET entries = entries + 1",
    "crl_octets_stay": "UPDATE authority_crlpublication SET digest = 'another'",
    "crl_is_kept": "DELETE FROM authority_crlpublication",
    "revocation_stays": "UPDATE authority_revocation SET reason = 'keyCompromise'",
    "revocation_is_kept": "DELETE FROM authority_revocation",
    "certificate_moves_along_edges": "UPDATE authority_certificate SET state = 'valid' WHERE state = 'revoked'",
    "certificate_says_the_same": "UPDATE authority_certificate SET serial = serial + 100",
    "serial_counter_grows": "UPDATE authority_serialcounter SET last = last - 1",
    "serial_stays": "UPDATE authority_serial SET drawn_at = '2020-01-01 00:00:00+00:00'",
    "serial_is_kept": "DELETE FROM authority_serial",
    "made_card_is_nobody_elses": "INSERT INTO authority_madecard (card_number, person_id, made_at) "
    "SELECT card_number, person_id + 1, '2026-01-01 00:00:00+00:00' FROM authority_card",
    "made_card_stays": "UPDATE authority_madecard SET card_number = '0'",
    "made_card_is_kept": "DELETE FROM authority_madecard",
    "card_is_whose_it_was_made": "INSERT INTO authority_card (card_number, person_id, expires, state, municipality) "
    "SELECT '987654321098765', person_id + 1, expires, state, municipality FROM authority_card",
    "card_stays_its_persons": "UPDATE authority_card SET card_number = '0'",
    "notice_moves_on_once": "UPDATE authority_notice SET state = 'given', handed_over_at = NULL",
    "notice_is_kept": "DELETE FROM authority_notice",
    "notice_decision_stands": "UPDATE authority_noticedecision SET without = 'revoked'",
    "notice_decision_is_kept": "DELETE FROM authority_noticedecision",
    "expiry_notice_stays": "UPDATE window_expirynotice SET state = 'received'",
    "expiry_notice_is_kept": "DELETE FROM window_expirynotice",
    "verifier_moves_along_edges": "UPDATE authority_verifier SET state = 'active'",
    "verifier_stays": "UPDATE authority_verifier SET rights = '[]'",
    "verifier_is_kept": "DELETE FROM authority_verifier",
    "verifier_key_stays": "UPDATE authority_verifiercertificate SET revoked_at = NULL",
    "verifier_key_is_kept": "DELETE FROM authority_verifiercertificate",
    "consent_stays": "UPDATE authority_consent SET withdrawn_at = NULL",
    "consent_is_kept": "DELETE FROM authority_consent",
    "profile_record_stays": "UPDATE authority_profilerecord SET digest = 'another'",
    "profile_record_is_kept": "DELETE FROM authority_profilerecord",
    "act_stays": "UPDATE authority_controlledact SET done_at = NULL",
    "act_is_kept": "DELETE FROM authority_controlledact",
    "operator_stays": "UPDATE authority_operator SET enrolled_at = '2020-01-01 00:00:00+00:00'",
    "operator_is_kept": "DELETE FROM authority_operator",
    "issuer_stays": "UPDATE authority_issuer SET ended_at = NULL, ended_because = ''",
    "issuer_is_kept": "DELETE FROM authority_issuer",
    "ceremony_key_stays": "UPDATE authority_ceremonykey SET key_name = 'another'",
    "ceremony_key_is_kept": "DELETE FROM authority_ceremonykey",
    "transcript_stays": "UPDATE authority_transcript SET text = 'another'",
    "transcript_is_kept": "DELETE FROM authority_transcript",
    "transcript_signature_stays": "UPDATE authority_transcriptsignature SET operator_id = 'tanaka'",
    "transcript_signature_is_kept": "DELETE FROM authority_transcriptsignature",
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
    MadeCard.objects.create(card_number="987654321098765", person=Person.objects.get(), made_at=NOW)
    _letter(scene)
    bodies = Verifiers(scene)
    bodies.register("bank")
    bank = Verifier.objects.get()
    Consent.objects.create(
        consent_id="0" * 64,
        verifier=bank,
        person=Person.objects.get(),
        certificate_key="signature/2",
        items=["name"],
        purpose="x",
        scope="x",
        since=NOW.date(),
        until=NOW.date(),
        document=b"x",
        registered_at=NOW,
        withdrawn_at=NOW,
    )
    move(scene.authority, "bank", VerifierEvent.END, scene.clock(), now=bodies.now)
    _dual_control(scene)
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
    ExpiryNotice(
        municipality="99201",
        notice_id="a",
        resident_code="12345678901",
        card_expires_date=NOW.date(),
        opens_date=NOW.date(),
        selected_date=NOW.date(),
        post_by_date=NOW.date(),
        enclosed=[],
        told=[],
        state="printed",
        received_at=NOW,
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


def _letter(scene: Scene) -> None:
    """Hand an expiry notice over to the municipality."""
    card = Card.objects.select_related("person").get()
    batch = NoticeBatch.objects.create(
        municipality="99201", on_date=NOW.date(), selected_at=NOW, noticed=1, skipped=0, taken_out=0
    )
    letter = Notice.objects.create(
        notice_id="a",
        batch=batch,
        person=card.person,
        card=card,
        state="handed-over",
        municipality="99201",
        handed_over_at=scene.clock(),
    )
    key = f"card/{card.pk}/{card.expires.isoformat()}"
    NoticeDecision.objects.create(key=key, card=card, expires=card.expires, notice=letter, decided_on=NOW.date())


def _dual_control(scene: Scene) -> None:
    """End a generation, and hold a ceremony whose transcript one operator signed."""
    scene.authority.operation.drill("authentication-1", GenerationEnd.COMPROMISE, lambda _: None)
    operators = Operators(scene.authority).enrolled()
    text = script(scene.authority, ("authentication", 2, "at-once"))
    held = operators.carried_out(ActKind.KEY_CEREMONY, content_for(read_script(text)))
    operators.operation.sign_transcript(held.pk, operators.hand(SATO))


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
    assert set(BREAKS) == {wall.name for wall in (*AUTHORITY, *WINDOW)}


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
    assert {wall.name for wall in (*AUTHORITY, *WINDOW)} <= found


@pytest.mark.parametrize(
    ("held", "ruled"),
    [
        (
            lambda: set(authority_walls.EDGES),
            lambda: {(here.value, to.value) for (here, _), to in CERTIFICATE.edges.items()},
        ),
        (
            lambda: set(verifier_walls.EDGES),
            lambda: {(here.value, to.value) for (here, _), to in VERIFIER.edges.items()},
        ),
        (
            lambda: set(window_walls.ENDS),
            lambda: {state.value for state in ApplicationState if not APPLICATION.events(state)},
        ),
        (
            lambda: set(window_notice_walls.EDGES),
            lambda: {(here.value, to.value) for (here, _), to in NOTICE.edges.items()},
        ),
    ],
)
def test_the_walls_say_what_the_tables_of_the_rules_say(
    held: Callable[[], object], ruled: Callable[[], object]
) -> None:
    """The database's edges and ends are those of `rules.lifecycle`."""
    assert held() == ruled()
