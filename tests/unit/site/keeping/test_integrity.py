import pytest
from django.db import DatabaseError, connections

from openjpki.audit.models import Batch, Entry
from openjpki.authority.signing.keys import KeyStore
from openjpki.site.house import House
from openjpki.site.keeping import integrity
from openjpki.site.keeping.integrity import (
    CHECKS,
    cards_administered,
    cards_readable,
    databases_sound,
    findings,
    keys_open,
    outlook,
    records_whole,
    tables_current,
)
from openjpki.site.opening import DatabaseSilent
from openjpki.site.settings import ROLES
from tests.support.cards import blank_card

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def test_a_sound_home_has_no_findings(settled: House) -> None:
    """Every check is asked, and none finds anything."""
    assert findings(settled) == ()
    assert [name for name, _ in CHECKS] == ["databases", "tables", "keys", "cards", "card-keys", "records"]


def test_a_key_that_does_not_open_is_named(settled: House) -> None:
    """A home without a CA's key cannot issue: the key is named, and why."""
    (settled.home.path / "authority" / "passphrase").write_text("another", encoding="utf-8")
    assert isinstance(settled.authority.keys, KeyStore)
    settled.authority.keys._signers.clear()
    found = keys_open(settled)

    assert len(found) == 3
    assert found[0] == "card-face: authority.wrong-passphrase"
    assert all(one.endswith(": authority.wrong-passphrase") for one in found)
    settled.factory.keys._master = b""
    assert findings(settled) == (*(f"keys: {one}" for one in found), "card-keys: taro: authority.wrong-passphrase")


def test_a_card_that_is_none_is_named(settled: House) -> None:
    """An image that cannot be read is told by its name and a code."""
    (settled.home.cards / "taro.card").write_bytes(b"{}")

    assert cards_readable(settled)[0].startswith("taro: card.")
    assert cards_administered(settled) == ()


def test_a_card_with_another_authoritys_keys_is_named(settled: House) -> None:
    """Nobody here could write a certificate to it."""
    settled.cards.create("jiro", blank_card())

    assert findings(settled) == ("card-keys: jiro: has another authority's keys",)


def test_a_record_that_is_not_whole_is_named(settled: House) -> None:
    """Changed after it was sealed; cut off behind the head that was kept; without a key that could tell."""
    for ledger in settled.ledgers:
        ledger.seal()
    assert records_whole(settled) == ()
    first = Entry.objects.using("window").order_by("pk")[:1].get()
    Entry.objects.using("window").filter(pk=first.pk).update(actor="another")
    Entry.objects.using("authority").all().delete()
    Batch.objects.using("authority").all().delete()
    (settled.home.path / "audit" / "staff.pem").unlink()

    assert records_whole(settled) == (
        "authority: audit.truncated",
        "window: audit.record.changed",
        "staff: audit.public-key-unusable",
    )


def test_tables_of_another_version_are_named(settled: House) -> None:
    """A migration that was not run, and one that this version does not know."""
    with connections["staff"].cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = '0099_later' WHERE app = 'sessions'")
    try:
        found = tables_current(settled)
    finally:
        with connections["staff"].cursor() as cursor:
            cursor.execute("UPDATE django_migrations SET name = '0001_initial' WHERE app = 'sessions'")

    assert found == ("staff: sessions.0001_initial is missing", "staff: sessions.0099_later is unknown")


def test_a_row_that_refers_to_none_is_found(settled: House) -> None:
    """SQLite is asked for what it does not hold by itself; PostgreSQL holds it always."""
    if connections["window"].vendor != "sqlite":
        assert databases_sound(settled) == ()
        return
    with connections["window"].cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("UPDATE window_cardholding SET resident_id = 999999")
        cursor.execute(
            "INSERT INTO window_cardholding (municipality, card_number, expires_date, state, handed_over_date, resident_id)"
            " VALUES ('99201', '1', '2030-01-01', 'active', '2026-01-01', 999999)"
        )
    try:
        assert databases_sound(settled)[0].startswith("window: window_cardholding/")
    finally:
        with connections["window"].cursor() as cursor:
            cursor.execute("DELETE FROM window_cardholding")
            cursor.execute("PRAGMA foreign_keys=ON")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DatabaseSilent(reason="busy"), "home: home.database-silent"),
        (DatabaseError("busy"), "databases: home.database-silent"),
        (OSError("no card"), "home: storage.failed"),
    ],
)
def test_what_cannot_be_asked_is_no_good_outlook(
    settled: House, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """A backup was made by then: it is told, and never refused, that nobody knows whether it can be restored."""
    assert outlook(settled) == ()

    def fail(_: House) -> tuple[str, ...]:
        raise error

    monkeypatch.setattr(integrity, "findings", fail)
    assert outlook(settled) == (said,)
