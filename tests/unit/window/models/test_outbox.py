import pytest
from django.db import IntegrityError, transaction

from openjpki.window.models import AuthorityPause, OutboxMessage
from tests.unit.window.counter import Counter, at

pytestmark = pytest.mark.django_db(databases=["window"])


def test_a_sent_message_was_tried(counter: Counter) -> None:
    """A message is answered after an attempt, and its number is given once."""
    counter.desk.reachable = False
    counter.register()
    row = OutboxMessage.objects.for_municipality("99201").order_by("-pk")[0]

    assert str(row) == f"99201/{row.message_id}"
    row.sent_at = at("2021-07-01")
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        row.save()
    row.pk, row.sent_at = None, None
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        row.save()


def test_only_a_refused_message_has_a_time_of_its_own(counter: Counter) -> None:
    """The absence of the authority is kept once for the municipality, not in each message."""
    counter.desk.reachable = False
    counter.register()
    row = OutboxMessage.objects.for_municipality("99201").order_by("-pk")[0]

    row.next_try_at = at("2021-07-02")
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        row.save()
    pause = AuthorityPause.objects.for_municipality("99201").get()
    assert str(pause) == "pause:99201"
    pause.pk = None
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        pause.save()
