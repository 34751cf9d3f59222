from datetime import date

import pytest
from django.db import IntegrityError, transaction

from openjpki.rules.kinds import LifeEvent
from openjpki.window.changes import Change
from openjpki.window.models import RegisterEvent
from tests.unit.window.counter import HANAKO, WAKABA, Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def test_an_event_is_reported_under_one_number(counter: Counter) -> None:
    """An event stands with who entered it, when, and the number of its report, which is given once."""
    change = Change(event=LifeEvent.DEATH, on=date(2021, 6, 30))
    recorded = counter.register().window.events.record(WAKABA, resident_code=HANAKO, change=change)

    row = RegisterEvent.objects.for_municipality("99201").get()
    assert (row.event, row.occurred_date, row.officer, row.other_municipality) == (
        "death",
        date(2021, 6, 30),
        "sato",
        "",
    )
    assert str(row) == f"99201/{recorded.report_id}"
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        row.save()
