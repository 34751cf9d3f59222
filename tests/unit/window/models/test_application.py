from copy import copy

import pytest
from django.db import IntegrityError, transaction

from openjpki.desk.messages import CertificateOrder
from openjpki.rules.kinds import ApplicationState
from openjpki.window.models import Application, Order, ReceiptCounter
from openjpki.window.models.scope import MunicipalRow
from tests.unit.window.counter import Counter, at

pytestmark = [pytest.mark.django_db(databases=["window"]), pytest.mark.usefixtures("waiting")]


def saved(row: MunicipalRow, **changes: object) -> bool:
    """Say whether the database takes the row so changed."""
    row = copy(row)
    for name, value in changes.items():
        setattr(row, name, value)
    try:
        with transaction.atomic(using="window"):
            row.save()
    except IntegrityError:
        return False
    return True


@pytest.fixture
def waiting(counter: Counter) -> None:
    """Leave one application that waits for its certificates."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    counter.issue()


def test_the_database_knows_what_an_application_is() -> None:
    """A state of the table, closed only at an end, issued only to a card, a receipt number of its own."""
    application = Application.objects.for_municipality("99201").get()

    assert str(application) == "99201/2021-000001"
    assert not saved(application, state="lost")
    assert not saved(application, closed_at=at("2021-07-02"))
    assert not saved(application, card=None)
    assert not saved(application, pk=None)
    assert saved(application, state=ApplicationState.WITHDRAWN.value, closed_at=at("2021-07-02"))


def test_one_issue_at_a_time() -> None:
    """A card has one shadow slot per key: a second application of the person's cannot wait beside the first."""
    second = Application.objects.for_municipality("99201").get()

    assert not saved(second, pk=None, receipt="2021-000002")


def test_the_database_knows_what_an_order_is() -> None:
    """A step of the six, with what it promises; one order per certificate; an order id given once."""
    first, second = Order.objects.for_municipality("99201").order_by("pk")

    assert str(first) == f"99201/{first.order_id}"
    assert (first.step, second.step) == ("keyed", "planned")
    assert not saved(second, step="dreamt")
    assert not saved(second, step="keyed")
    assert not saved(first, step="issued")
    assert not saved(second, kind="authentication")
    assert not saved(second, order_id=first.order_id)


def test_one_counter_per_year() -> None:
    """Receipt numbers of a year come from one row."""
    row = ReceiptCounter.objects.for_municipality("99201").get()

    assert str(row) == "99201/2021"
    assert not saved(row, pk=None)
