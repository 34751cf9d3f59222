from datetime import timedelta

import pytest

from openjpki.desk.messages import Certificates, PersonReported, Reply, ReportAccepted, Request
from openjpki.rules.kinds import ApplicationState, CertificateState, LifeEvent
from openjpki.rules.policy import Policy
from openjpki.window.back_off import Patience
from openjpki.window.changes import Change
from openjpki.window.equipment import Equipment
from openjpki.window.models import OutboxMessage
from openjpki.window.outbox import Outbox
from tests.unit.window.counter import (
    BY_LICENCE,
    HANAKO,
    MINATO,
    REGISTER,
    TARO,
    WAKABA,
    Counter,
    at,
    audited,
    numbers,
)

pytestmark = pytest.mark.django_db(databases=["window"])


def move(counter: Counter, resident_code: str, number: int) -> int:
    """Report a move within the city; return how many messages wait."""
    change = Change(event=LifeEvent.MOVE, on=counter.clock.now.date(), address=f"見本県若葉市{number}丁目1番1号")
    return counter.window.events.record(WAKABA, resident_code=resident_code, change=change).waiting


def waiting() -> list[OutboxMessage]:
    """Return what waits, in order."""
    return list(OutboxMessage.objects.for_municipality("99201").filter(sent_at__isnull=True).order_by("pk"))


def test_nothing_is_dropped_while_the_authority_is_away(counter: Counter) -> None:
    """Each message is kept with its attempts and the last error until it is answered."""
    counter.desk.reachable = False
    counter.register()
    assert counter.window.outbox.deliver(forced=True).unreachable

    first, *others = waiting()
    assert (first.attempts, first.last_error, first.sent_at) == (2, "desk.authority-unreachable", None)
    assert [row.attempts for row in others] == [0, 0]
    counter.desk.reachable = True
    delivery = counter.window.outbox.deliver(forced=True)
    assert (delivery.sent, delivery.waiting, delivery.unreachable, delivery.errors) == (3, 0, False, ())
    assert not waiting()
    assert len(audited("message.delivered")) == 3


def test_a_refused_envelope_loses_no_message(counter: Counter) -> None:
    """What the desk refuses for who sealed it, and when, waits with the desk's own code: an order too is not closed by it."""
    counter.with_certificates()
    counter.desk.refuses_seal = "desk.signer-revoked"
    outcome = counter.window.revocations.request(
        WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_LICENCE
    )
    assert (outcome.waiting, outcome.ended) == (1, ())
    (row,) = waiting()
    assert (row.last_error, row.sent_at) == ("desk.signer-revoked", None)
    assert counter.window.outbox.deliver().errors == (), "left alone for a while"
    assert counter.window.outbox.deliver(forced=True).errors == ("desk.signer-revoked",)

    counter.desk.refuses_seal = ""
    assert counter.window.outbox.deliver(forced=True).sent == 1
    assert counter.window.application(WAKABA, outcome.application.receipt).state is ApplicationState.DONE


def test_messages_about_one_person_go_in_order(counter: Counter) -> None:
    """A person's facts reach the authority in the order in which they were entered."""
    counter.desk.reachable = False
    counter.register()
    move(counter, HANAKO, 2)
    move(counter, HANAKO, 3)

    counter.desk.reachable = True
    counter.window.outbox.deliver(resident_code=HANAKO)

    assert counter.desk.names() == ["PersonReported", "LifeEventReported", "LifeEventReported"]
    assert {row.resident_code for row in waiting()} == {TARO, "12345678903"}


def test_a_refused_fact_holds_up_that_person_only(counter: Counter) -> None:
    """The authority's register must not skip a fact: a refused one waits, with what follows it; other persons go on."""
    counter.register()
    del counter.authority.persons[HANAKO]

    assert move(counter, HANAKO, 2) == 1
    assert move(counter, HANAKO, 3) == 2
    assert move(counter, TARO, 2) == 0

    first, second = waiting()
    assert (first.last_error, first.attempts) == ("person.unknown", 2)
    assert (second.last_error, second.attempts) == ("", 0)
    delivery = counter.window.outbox.deliver(forced=True)
    assert (delivery.sent, delivery.waiting, delivery.errors) == (0, 2, ("person.unknown",))
    assert [row.data["code"] for row in audited("message.refused")] == ["person.unknown"]
    assert [entry.last_error for entry in counter.window.messages(WAKABA)] == ["person.unknown", ""]
    assert counter.window.messages(MINATO) == ()


def test_at_least_once(counter: Counter) -> None:
    """An answer that is lost has the message sent again under the same id; the authority takes it once."""
    counter.desk.cut_after.add(PersonReported)
    counter.window.residents.import_csv(WAKABA, REGISTER)
    counter.desk.cut_after.clear()

    counter.window.outbox.deliver(forced=True)

    reports = [message.report_id for message in counter.desk.sent if isinstance(message, PersonReported)]
    assert len(reports) == 4
    assert reports[0] == reports[1]
    assert len(set(reports)) == 3


class Overtaken:
    """A carrier during whose first question another process delivers the whole outbox."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._waits = True

    def send(self, request: Request) -> Reply:
        """Bring the answer after the other process has written the same one down."""
        reply = self._counter.desk.send(request)
        if self._waits:
            self._waits = False
            self._counter.window.outbox.deliver(forced=True)
        return reply


def test_two_processes_deliver_one_message(counter: Counter) -> None:
    """Whoever brings an answer second finds it written: the application is closed once, recorded once, refused never."""
    counter.with_certificates().desk.reachable = False
    counter.window.revocations.request(WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_LICENCE)
    counter.desk.reachable = True
    delivered, done = len(audited("message.delivered")), len(audited("application.done"))
    equipment = Equipment(carrier=Overtaken(counter), policy=Policy(), clock=counter.clock, entropy=numbers())

    delivery = Outbox(equipment).deliver(forced=True)

    assert (delivery.sent, delivery.waiting, delivery.errors) == (1, 0, ())
    assert (len(audited("message.delivered")), len(audited("application.done"))) == (delivered + 1, done + 1)
    assert not audited("message.refused")


def test_an_answer_to_another_question_is_no_answer(counter: Counter) -> None:
    """What is answered with something else is not taken for delivered."""
    counter.desk.answers[PersonReported] = Certificates(records=())
    counter.register()

    assert {row.last_error for row in waiting()} == {"window.unexpected-answer"}


def test_the_answers_endings_are_stored_with_it(counter: Counter) -> None:
    """What an answer says ended is stored in the transaction that marks the message answered."""
    counter.with_certificates()
    counter.desk.reachable = False
    move(counter, HANAKO, 2)
    counter.desk.reachable = True

    delivery = counter.window.outbox.deliver(forced=True)

    ((report, answer),) = delivery.answers.items()
    assert isinstance(answer, ReportAccepted)
    assert answer.report_id == report
    states = [c.state for c in counter.window.residents.show(WAKABA, HANAKO).certificates]
    assert sorted(state.value for state in states) == [CertificateState.REVOKED.value, CertificateState.VALID.value]


def test_a_round_shows_no_personal_data(counter: Counter) -> None:
    """The outcome of a round can be logged."""
    counter.register()
    counter.desk.reachable = False
    move(counter, HANAKO, 2)
    counter.desk.reachable = True

    assert "花子" not in repr(counter.window.outbox.deliver(forced=True))


def test_while_the_authority_is_away_it_is_left_alone_for_longer_and_longer(counter: Counter) -> None:
    """A round that nobody waits for asks only when the wait is over; the first answer ends the pause."""
    counter.desk.reachable = False
    counter.register()
    first = Patience().unreachable.first
    for failures in (1, 2):
        pause = counter.window.pause(WAKABA)
        assert pause is not None
        assert (pause.failures, pause.since, pause.last_error) == (
            failures,
            at("2021-07-01"),
            "desk.authority-unreachable",
        )
        assert pause.next_try_at == counter.clock.now + Patience().unreachable.after(failures)
        counter.clock.now = pause.next_try_at - timedelta(seconds=1)
        assert counter.window.outbox.deliver().unreachable
        assert waiting()[0].attempts == failures
        counter.clock.now += timedelta(seconds=1)
        assert counter.window.outbox.deliver().unreachable
    assert counter.window.pause(MINATO) is None

    counter.clock.now += 10 * first
    counter.desk.reachable = True
    assert counter.window.outbox.deliver().sent == 3
    assert counter.window.pause(WAKABA) is None


def test_a_refused_fact_is_asked_again_less_and_less_often(counter: Counter) -> None:
    """The wait of one message grows by its own refusals; what is not due is not sent, nor what stands behind it."""
    counter.register()
    del counter.authority.persons[HANAKO]
    move(counter, HANAKO, 2)
    counter.desk.sent.clear()

    for refusals in (1, 2, 3):
        (row,) = waiting()
        assert (row.refusals, row.next_try_at) == (
            refusals,
            counter.clock.now + Patience().refused.after(refusals),
        )
        assert counter.window.outbox.deliver().errors == ()
        assert len(counter.desk.sent) == refusals - 1
        assert row.next_try_at is not None
        counter.clock.now = row.next_try_at
        assert counter.window.outbox.deliver().errors == ("person.unknown",)


def test_a_person_at_the_counter_does_not_wait_for_a_schedule(counter: Counter) -> None:
    """An act about one person, and a round that is forced, try at once."""
    counter.desk.reachable = False
    counter.register()
    counter.desk.reachable = True

    assert counter.window.outbox.deliver().sent == 0
    assert counter.window.outbox.deliver(resident_code=HANAKO).sent == 1
    assert counter.window.outbox.deliver().sent == 2


def test_a_clock_that_was_set_back_holds_nothing_up(counter: Counter) -> None:
    """A next try that was reckoned on a clock running ahead is not waited for."""
    counter.clock.turn("2031-07-01")
    counter.desk.reachable = False
    counter.register()
    counter.desk.reachable = True
    counter.clock.turn("2021-07-01")

    assert counter.window.outbox.deliver().sent == 3
