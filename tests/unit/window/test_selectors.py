from collections.abc import Callable

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from openjpki.desk.messages import CertificateOrder
from openjpki.rules.kinds import ApplicationState
from openjpki.window import selectors
from openjpki.window.loading import ApplicationNotFound
from openjpki.window.officer import Officer
from tests.unit.window.counter import BY_PIN, HANAKO, MINATO, TARO, WAKABA, Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def test_the_latest_application_stands_first(counter: Counter) -> None:
    """Applications are listed newest first; the queue has those not at an end, oldest first."""
    counter.with_certificates()
    counter.clock.turn("2026-03-11")
    counter.desk.cut_before.add(CertificateOrder)
    counter.window.procedures.renew(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)

    listed = selectors.applications(WAKABA)
    assert [entry.state for entry in listed] == [ApplicationState.FEE_SETTLED, ApplicationState.DONE]
    assert selectors.queue(WAKABA) == listed[:1]
    assert selectors.applications(WAKABA, limit=1) == listed[:1]
    assert selectors.application(WAKABA, listed[0].receipt) == listed[0]


@pytest.mark.parametrize("select", [selectors.residents, selectors.applications, selectors.queue, selectors.messages])
def test_a_list_has_the_officers_municipality_only(
    counter: Counter, select: Callable[[Officer], tuple[object, ...]]
) -> None:
    """No list shows a row of another municipality."""
    counter.with_card().desk.reachable = False
    counter.issue()

    assert select(MINATO) == ()
    with pytest.raises(ApplicationNotFound):
        selectors.application(MINATO, "2021-000001")


def test_a_list_costs_the_same_however_long_it_is(
    counter: Counter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A list of residents takes three questions, one of applications four, whatever hangs on them."""
    counter.with_certificates()

    with django_assert_num_queries(3, using="window"):
        shown = selectors.residents(WAKABA)
    assert [len(entry.certificates) for entry in shown if entry.resident_code in {HANAKO, TARO}] == [2, 0]
    with django_assert_num_queries(4, using="window"):
        selectors.applications(WAKABA)
