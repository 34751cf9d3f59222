from collections.abc import Callable

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from openjpki.desk.messages import CertificateOrder, RevocationOrder
from openjpki.rules.kinds import ApplicationState, LifeEvent
from openjpki.window import selectors
from openjpki.window.back_off import Patience
from openjpki.window.changes import Change
from openjpki.window.loading import ApplicationNotFound
from openjpki.window.officer import Officer
from openjpki.window.states import MessageKind, MessageWait
from tests.unit.window.counter import BY_LICENCE, BY_PIN, HANAKO, MINATO, TARO, WAKABA, Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def test_the_latest_application_stands_first(counter: Counter) -> None:
    """Applications are listed newest first; the queue has those not at an end, oldest first."""
    counter.with_certificates()
    counter.clock.turn("2026-03-11")
    counter.desk.cut_before.add(CertificateOrder)
    counter.window.procedures.renew(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)

    listed = selectors.applications(WAKABA)
    assert [entry.state for entry in listed] == [ApplicationState.READY, ApplicationState.DONE]
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


def test_a_message_says_why_it_waits(counter: Counter) -> None:
    """Refused; behind an earlier one of the same person; the authority away; due; an order that was refused."""
    counter.with_certificates()
    del counter.authority.persons[TARO]
    for number in (2, 3):
        change = Change(event=LifeEvent.MOVE, on=counter.clock.now.date(), address=f"見本県若葉市{number}丁目1番1号")
        counter.window.events.record(WAKABA, resident_code=TARO, change=change)
    counter.desk.reachable = False
    counter.window.revocations.request(WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_LICENCE)

    refused, behind, away = selectors.messages(WAKABA)
    assert [entry.wait for entry in (refused, behind, away)] == [
        MessageWait.REFUSED,
        MessageWait.BEHIND,
        MessageWait.AUTHORITY_AWAY,
    ]
    assert (refused.kind, refused.event, refused.resident_code) == (MessageKind.LIFE_EVENT, LifeEvent.MOVE, TARO)
    assert refused.next_try_at == counter.clock.now + Patience().refused.after(2)
    assert behind.next_try_at is None
    assert (away.kind, away.event) == (MessageKind.REVOCATION, LifeEvent.REQUEST)
    assert away.next_try_at == counter.clock.now + Patience().unreachable.first
    assert TARO not in repr(refused)
    assert selectors.waiting_messages(WAKABA) == 3

    counter.desk.reachable = True
    counter.desk.refuse(RevocationOrder)
    counter.window.outbox.deliver(resident_code=HANAKO)
    answered = selectors.messages(WAKABA)[-1]
    assert (answered.wait, answered.answered, answered.last_error) == (MessageWait.ANSWERED, True, "test.no")
