from datetime import timedelta

import pytest

from openjpki.authority.models import Order
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.site.watching import figures
from openjpki.window.models import OutboxMessage

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def test_the_figures_of_a_new_home(settled: House) -> None:
    """Four lists of number one, nothing that waits, no certificate yet, and a record that has begun."""
    now = settled.clock()

    assert {(one.issuer, one.municipality, one.number) for one in figures.lists(now)} == {
        (issuer, municipality, 1)
        for issuer in ("authentication-1", "signature-1")
        for municipality in ("99201", "99202")
    }
    assert all(one.age_seconds == 0 and one.left_seconds == 25 * 3600 for one in figures.lists(now))
    assert figures.outbox(now) == figures.OutboxFigures(waiting=0, oldest_seconds=0.0)
    assert figures.open_orders(now) == {"hour": 0, "day": 0, "week": 0, "older": 0}
    assert figures.certificates() == {}
    assert figures.audit_rows()["authority"] > 0
    assert figures.audit_rows()["staff"] == 0


def test_a_partition_without_a_list_is_told(settled: House) -> None:
    """A CA that has not published yet counts as run out."""
    settled.authority.ceremony()
    new = [one for one in figures.lists(settled.clock()) if one.issuer.endswith("-2")]

    assert len(new) == 4
    assert all((one.number, one.left_seconds) == (0, 0.0) for one in new)


def test_what_waits_is_counted_from_its_oldest(settled: House) -> None:
    """Sent messages do not count."""
    rows = OutboxMessage.objects.across_municipalities()
    old = rows.order_by("pk").first()
    assert old is not None
    rows.filter(pk=old.pk).update(sent_at=None, queued_at=settled.clock() - timedelta(minutes=5))

    assert figures.outbox(settled.clock()) == figures.OutboxFigures(waiting=1, oldest_seconds=300.0)


def test_open_orders_are_sorted_by_age(settled: House) -> None:
    """Each counts once, under the first span it has not passed."""
    from openjpki.authority.models import Card, Person

    person = Person.objects.order_by("pk")[0]
    now = settled.clock()
    for number, hours in enumerate((0.5, 2, 3, 100, 200)):
        card = Card.objects.create(card_number=f"{number:015}", person=person, expires=now.date(), state="active")
        Order.objects.create(
            order_id=str(number), municipality="99201", officer="", person=person, card=card, kind="signature",
            request=b"", certificate_key=f"signature/{number}", numbered_at=now - timedelta(hours=hours),
        )  # fmt: skip

    assert figures.open_orders(now) == {"hour": 1, "day": 2, "week": 1, "older": 1}
