from datetime import timedelta

import pytest
from django.db import connections

from openjpki.authority.models import Card, CardSession, Order, Person, SessionState
from openjpki.site.clock import real_moment
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.site.watching import figures
from openjpki.window.models import AuthorityPause, OutboxMessage
from tests.support.walls import without_walls

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def test_the_figures_of_a_new_home(settled: House) -> None:
    """Six lists of number one, nothing that waits, no certificate yet, and a record that has begun."""
    now = settled.clock()

    assert {(one.issuer, one.municipality, one.number) for one in figures.lists(now)} == {
        (issuer, municipality, 1)
        for issuer in ("authentication-1", "signature-1")
        for municipality in ("99201", "99202", "ca")
    }
    assert all(one.age_seconds == 0 and one.left_seconds == 25 * 3600 for one in figures.lists(now))
    assert figures.outbox(now) == figures.OutboxFigures(waiting=0, oldest_seconds=0.0, refused=0, paused=0)
    assert figures.open_orders(now) == {"hour": 0, "day": 0, "week": 0, "older": 0}
    assert figures.certificates() == {}
    assert figures.card_sessions() == 0
    record = figures.records(real_moment())
    assert record["authority"].rows >= record["authority"].unsealed > 0
    assert (record["staff"].unsealed, record["staff"].oldest_seconds, record["staff"].sealed_at) == (0, 0.0, 0.0)


def test_a_partition_without_a_list_is_told(settled: House) -> None:
    """A CA that has not published yet counts as run out."""
    settled.authority.ceremony()
    new = [one for one in figures.lists(settled.clock()) if one.issuer.endswith("-2")]

    assert len(new) == 6
    assert all((one.number, one.left_seconds) == (0, 0.0) for one in new)


def test_what_waits_is_counted_from_its_oldest(settled: House) -> None:
    """Sent messages do not count."""
    rows = OutboxMessage.objects.across_municipalities()
    old = rows.order_by("pk").first()
    assert old is not None
    with without_walls("window"):
        rows.filter(pk=old.pk).update(sent_at=None, queued_at=settled.clock() - timedelta(minutes=5))

    found = figures.OutboxFigures(waiting=1, oldest_seconds=300.0, refused=0, paused=0)
    assert figures.outbox(settled.clock()) == found


def test_what_does_not_get_on_is_counted(settled: House) -> None:
    """A message that the authority did not take, and a municipality that it does not answer."""
    now = settled.clock()
    rows = OutboxMessage.objects.across_municipalities()
    old = rows.order_by("pk")[:1].get()
    with without_walls("window"):
        rows.filter(pk=old.pk).update(sent_at=None, queued_at=now, refusals=2, next_try_at=now)
    AuthorityPause.objects.for_municipality("99202").create(
        failures=1, since=now, tried_at=now, next_try_at=now, last_error="", municipality="99202"
    )

    found = figures.OutboxFigures(waiting=1, oldest_seconds=0.0, refused=1, paused=1)
    assert figures.outbox(now) == found


def test_rows_wait_for_their_seal_on_the_real_clock(settled: House) -> None:
    """Rows and seals are dated by it, whatever day the home lives in."""
    before = real_moment()
    later = figures.records(before + timedelta(hours=2))["window"]
    assert later.unsealed > 0
    assert 7190 < later.oldest_seconds < 7800
    for ledger in settled.ledgers:
        ledger.seal()
    sealed = figures.records(before)["window"]

    assert (sealed.unsealed, sealed.oldest_seconds) == (0, 0.0)
    assert sealed.rows == later.rows
    assert abs(sealed.sealed_at - before.timestamp()) < 60


def test_a_record_that_cannot_be_read_is_still_counted(settled: House) -> None:
    """Whatever stands in its columns: the page of figures answers, and says that something waits since long ago."""
    for ledger in settled.ledgers:
        ledger.seal()
    sqlite = connections["window"].vendor == "sqlite"
    for table, column, place in (
        ("audit_batch", "sealed_at", ""),
        ("audit_entry", "written_at", "sequence = NULL, leaf = '',"),
    ):
        value = "''" if sqlite else "'-infinity'"
        with connections["window"].cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {place} {column} = {value}")  # noqa: S608  -- our own words
    record = figures.records(real_moment())["window"]

    assert record.unsealed > 0
    assert record.sealed_at == 0.0
    assert record.oldest_seconds > timedelta(days=365 * 50).total_seconds()


def test_open_card_sessions_are_counted(settled: House) -> None:
    """One that came to its end, good or bad, is none."""
    now = settled.clock()
    person = Person.objects.order_by("pk")[0]
    for number, state in enumerate(SessionState):
        card = Card.objects.create(card_number=f"{number:015}", person=person, expires=now.date(), state="active")
        CardSession.objects.create(
            session_id=str(number), card=card, municipality="99201", work_id="", request=b"", script=[],
            host_challenge=b"", counter=1, state=state.value, opened_at=now,
            closed_because="x" if state is SessionState.CLOSED else "",
        )  # fmt: skip

    assert figures.card_sessions() == 2


def test_open_orders_are_sorted_by_age(settled: House) -> None:
    """Each counts once, under the first span it has not passed."""
    person = Person.objects.order_by("pk")[0]
    now = settled.clock()
    for number, hours in enumerate((0.5, 2, 3, 100, 200)):
        card = Card.objects.create(card_number=f"{number:015}", person=person, expires=now.date(), state="active")
        Order.objects.create(
            order_id=str(number), municipality="99201", officer="", person=person, card=card, kind="signature",
            request=b"", certificate_key=f"signature/{number}", numbered_at=now - timedelta(hours=hours),
        )  # fmt: skip

    assert figures.open_orders(now) == {"hour": 1, "day": 2, "week": 1, "older": 1}
