import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from openjpki.audit.chain import Head
from openjpki.audit.sealing import HeadDiffers
from openjpki.site import upkeep
from openjpki.site.settings import ROLES
from openjpki.site.upkeep import (
    DELIVERY,
    LONGEST,
    RETRY,
    SEALING,
    SHORTEST,
    keep_up,
    one_delivery,
    seal_round,
    until_next,
)
from openjpki.site.watching.upkeep_notes import Notes
from openjpki.window.back_off import Patience
from tests.support.audit_rows import Desk
from tests.unit.window.counter import Counter

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Rounds(threading.Event):
    """A stop signal that counts the waits asked of it, and stops after so many; it never really waits."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._rounds = rounds

    def wait(self, timeout: float | None = None) -> bool:
        """Note the time asked for; say stop after the last round."""
        self.waits.append(timeout or 0.0)
        return len(self.waits) > self._rounds


def test_the_next_round_comes_before_the_first_list_runs_out() -> None:
    """R-2.28: a list that ends at midnight, when an ending will show, is replaced at midnight."""
    midnight = NOW + timedelta(minutes=20)

    assert until_next([NOW + timedelta(hours=25), midnight], NOW) == timedelta(minutes=20)


def test_waits_are_bounded() -> None:
    """Lists of a day are renewed hourly; a list that has run out is renewed at once, without spinning."""
    assert until_next([NOW + timedelta(hours=25)], NOW) == LONGEST
    assert until_next([], NOW) == LONGEST
    assert until_next([NOW - timedelta(days=1)], NOW) == SHORTEST


@pytest.mark.django_db(databases=ROLES)
def test_rounds_follow_each_other_until_stopped() -> None:
    """Each round says how long its lists may stand."""
    stop = Rounds(2)
    keep_up(stop, timedelta(seconds=5), lambda: timedelta(seconds=7))

    assert stop.waits == [5.0, 7.0, 7.0]


@pytest.mark.django_db(databases=ROLES)
def test_a_failed_round_is_told_and_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk for an hour must not end the lists for good."""

    def fail() -> timedelta:
        message = "no space left"
        raise OSError(message)

    stop = Rounds(1)
    keep_up(stop, timedelta(seconds=5), fail)

    assert stop.waits == [5.0, RETRY.total_seconds()]
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["round"], line["wait_seconds"]) == ("upkeep-failed", 2, RETRY.total_seconds())
    assert "no space left" in line["fault"]


@pytest.mark.django_db(databases=ROLES)
def test_every_round_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    """The round before the first wait counts; a failed one keeps the moment of the last that did its work."""
    kept: list[Notes] = []
    outcomes = iter([timedelta(seconds=7)])

    def work() -> timedelta:
        try:
            return next(outcomes)
        except StopIteration as error:
            message = "1234"
            raise ValueError(message) from error

    keep_up(Rounds(2), timedelta(seconds=5), work, kept.append)

    assert [(notes.rounds, notes.failures) for notes in kept] == [(1, 0), (2, 0), (3, 1)]
    assert kept[2].succeeded_at == kept[1].succeeded_at
    assert "1234" not in capsys.readouterr().err


def test_the_bounds_are_in_order() -> None:
    """Failing or not, a round comes within the hour."""
    assert upkeep.SHORTEST < upkeep.RETRY < upkeep.SEALING < upkeep.LONGEST


@pytest.mark.django_db(databases=["window"])
def test_what_is_due_is_delivered_by_itself() -> None:
    """A message that found no authority goes when its time has come, without anybody's asking."""
    counter = Counter.open()
    counter.desk.reachable = False
    counter.register()
    counter.desk.reachable = True

    assert one_delivery(counter.window.outbox) == DELIVERY <= Patience().unreachable.first
    assert counter.desk.sent == []
    counter.clock.now += Patience().unreachable.first
    one_delivery(counter.window.outbox)
    assert len(counter.desk.sent) == 3


@pytest.mark.django_db(databases=["authority", "window"])
def test_every_record_is_sealed_in_a_round() -> None:
    """Each role's, and the next round comes before much can be recorded unprotected."""
    desks = [Desk(role=role) for role in ("authority", "window")]
    for desk in desks:
        desk.write(2)

    assert seal_round([desk.ledger for desk in desks]) == SEALING
    assert [desk.ledger.verify().records for desk in desks] == [2, 2]


@pytest.mark.django_db(databases=["authority", "window"])
def test_a_record_that_cannot_be_sealed_keeps_no_other_waiting() -> None:
    """Whoever spoils one role's record has not stopped the seals of all; the round has failed all the same."""
    desks = [Desk(role=role) for role in ("authority", "window")]
    for desk in desks:
        desk.write(2)
    desks[0].safe.kept = Head("authority", 7, "0" * 64)

    with pytest.raises(HeadDiffers):
        seal_round([desk.ledger for desk in desks])
    assert [desk.ledger.unsealed() for desk in desks] == [2, 0]
