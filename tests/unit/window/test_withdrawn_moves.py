from datetime import date

import pytest

from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import DepartureReported, LifeEventReported
from openjpki.rules.kinds import CardState, LifeEvent
from openjpki.window.answers import AuthorityRefused
from openjpki.window.changes import Change
from openjpki.window.loading import ResidentNotFound
from openjpki.window.states import MessageWait, ResidentState
from openjpki.window.withdrawn_moves import MoveFollowed, MoveStands
from tests.unit.window.counter import HANAKO, MINATO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])

NEW_ADDRESS = "見本県みなと市港町9番地"


def moved(counter: Counter) -> Counter:
    """Enter Hanako's move from Wakaba to Minato, of which the authority takes the departure only."""
    counter.desk.refuse(LifeEventReported, "authority.departure-missing")
    counter.window.events.move_in(
        MINATO, resident_code=HANAKO, from_municipality="99201", address=NEW_ADDRESS, on=date(2021, 7, 1)
    )
    return counter


def withdraw(counter: Counter) -> None:
    """Take the move back at Wakaba's counter."""
    counter.window.withdrawn_moves.withdraw(WAKABA, resident_code=HANAKO)


def test_a_refused_move_is_taken_back(counter: Counter) -> None:
    """転出取消: the authority hears that the person stays, both registers are as before, and the arrival waits no more."""
    moved(counter.with_card())
    before = counter.window.waiting_messages(MINATO)
    withdraw(counter)

    assert before == 1
    *_, withdrawal = (m for m in counter.desk.sent if isinstance(m, DepartureReported))
    assert (withdrawal.municipality, withdrawal.to_municipality) == ("99201", "99201")
    here = counter.window.residents.show(WAKABA, HANAKO)
    there = counter.window.residents.show(MINATO, HANAKO)
    assert (here.state, here.ended_on) == (ResidentState.RESIDENT, None)
    assert (there.state, there.ended_on) == (ResidentState.MOVED_OUT, date(2021, 7, 1))
    assert [card.state for card in here.cards] == [CardState.ACTIVE]
    (message,) = counter.window.messages(MINATO)
    assert (message.wait, message.last_error) == (MessageWait.ANSWERED, "authority.departure-missing")
    assert len(audited("move.withdrawn")) == 1
    assert [row.data["to_municipality"] for row in audited("resident.left")] == ["99202", "99201"]


def test_after_it_both_counters_go_on(counter: Counter) -> None:
    """What is entered later is not held up by the arrival that was taken back, a new move included."""
    withdraw(moved(counter.with_card()))
    counter.desk.answers.clear()
    name = Change(event=LifeEvent.NAME, on=date(2021, 7, 1), name="実例　花子")

    assert counter.window.events.record(WAKABA, resident_code=HANAKO, change=name).waiting == 0
    again = counter.window.events.move_in(
        MINATO, resident_code=HANAKO, from_municipality="99201", address=NEW_ADDRESS, on=date(2021, 7, 1)
    )
    assert again.waiting == 0
    assert counter.window.residents.show(MINATO, HANAKO).state is ResidentState.RESIDENT


def test_a_move_that_was_taken_stands(counter: Counter) -> None:
    """Whoever has arrived comes back by a move; who never left has nothing to take back; a stranger is not found."""
    counter.register()
    with pytest.raises(MoveStands):
        withdraw(counter)
    moved(counter).desk.answers.clear()
    with pytest.raises(MoveStands):
        withdraw(counter)
    with pytest.raises(ResidentNotFound):
        counter.window.withdrawn_moves.withdraw(WAKABA, resident_code="0" * 11)

    assert counter.window.residents.show(MINATO, HANAKO).state is ResidentState.RESIDENT
    assert counter.window.waiting_messages(MINATO) == 0


def test_another_refused_fact_is_no_move(counter: Counter) -> None:
    """A name that the authority did not take is not taken back with a move."""
    counter.register()
    counter.desk.refuse(LifeEventReported)
    name = Change(event=LifeEvent.NAME, on=date(2021, 7, 1), name="実例　花子")
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=name)

    with pytest.raises(MoveStands):
        withdraw(counter)


def test_what_was_entered_since_is_not_lost(counter: Counter) -> None:
    """A fact that the other municipality entered behind the arrival stands against it: it would be dropped."""
    moved(counter.register())
    name = Change(event=LifeEvent.NAME, on=date(2021, 7, 1), name="実例　花子")
    counter.window.events.record(MINATO, resident_code=HANAKO, change=name)

    with pytest.raises(MoveFollowed):
        withdraw(counter)
    assert counter.window.waiting_messages(MINATO) == 2


def test_nothing_is_put_back_before_the_authority_has_heard(counter: Counter) -> None:
    """Away, or with a no of its own, or its answer lost: the registers stay, and the act is done again."""
    moved(counter.register())
    counter.desk.reachable = False
    with pytest.raises(AuthorityUnreachable):
        withdraw(counter)
    counter.desk.reachable = True
    counter.desk.refuse(DepartureReported, "authority.other-municipality")
    with pytest.raises(AuthorityRefused):
        withdraw(counter)
    del counter.desk.answers[DepartureReported]
    counter.desk.cut_after.add(DepartureReported)
    with pytest.raises(AuthorityUnreachable):
        withdraw(counter)
    assert counter.window.residents.show(WAKABA, HANAKO).state is ResidentState.MOVED_OUT

    counter.desk.cut_after.clear()
    withdraw(counter)
    assert counter.window.residents.show(WAKABA, HANAKO).state is ResidentState.RESIDENT
