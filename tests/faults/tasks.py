"""What a forked process does on a home: an act with or without a killing checkpoint, and the taking up afterwards."""

import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from openjpki.card.connection import CardRemoved
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import LifeEvent
from openjpki.rules.lifecycle import CardEvent
from openjpki.site.house import CounterCard
from openjpki.site.opening import told_of_databases
from openjpki.site.upkeep import keep_up, one_round
from tests.faults import facts, invariants
from tests.faults.acts import DOINGS
from tests.faults.stage import BEGUN, CARDS, HANAKO, NUMBERS, TARO, WAKABA, Stage, make_home
from tests.faults.table import Act, Fault, Outcome

PATIENCE = 60.0
"""Seconds that a database server may take to recover; it takes one."""


class Recorder:
    """A seam that notes what it passes, and at one place kills the process."""

    def __init__(self, kill_at: str = "", at_pass: int = 1) -> None:
        self.passed: list[str] = []
        self._kill_at = kill_at
        self._at_pass = at_pass

    def __call__(self, step: str) -> None:
        """Note a step; at the chosen one, die as by a power cut."""
        self.passed.append(str(step))
        if step == self._kill_at and self.passed.count(self._kill_at) == self._at_pass:
            os.kill(os.getpid(), signal.SIGKILL)


class Striking:
    """A seam at which, at the first pass of one step, something other than death strikes."""

    def __init__(self, step: str, strike: Callable[[], None]) -> None:
        self._step = step
        self._strike = strike
        self._struck = False

    def __call__(self, step: str) -> None:
        """Strike once."""
        if step == self._step and not self._struck:
            self._struck = True
            self._strike()


def quiet(_: str) -> None:
    """Be no checkpoint."""


def run(home: Path, task: dict[str, Any]) -> Any:
    """Do the task that a round names."""
    return TASKS[task["task"]](home, task)


def _make(home: Path, _: dict[str, Any]) -> None:
    make_home(home)


def _before(home: Path, task: dict[str, Any]) -> None:
    doing = DOINGS[Act(task["act"])]
    doing.before(Stage.on(home, BEGUN + timedelta(hours=1), quiet))


def _act(home: Path, task: dict[str, Any]) -> list[str]:
    """Do an act and return the steps it passed, if it lives to tell."""
    doing = DOINGS[Act(task["act"])]
    recorder = Recorder(task.get("kill_at", ""), task.get("time", 1))
    doing.do(Stage.on(home, doing.at + timedelta(seconds=task.get("shift", 0)), recorder))
    return recorder.passed


def _struck(home: Path, task: dict[str, Any]) -> str:
    """Do an act while a fault strikes after a step; return "done", or the code of what the fault made of it.

    What is neither done nor told as unavailable is a bug of the house and an error here; but an order that was written
    before the clock went back is one of the future, and refused.
    """
    doing = DOINGS[Act(task["act"])]
    seam = Striking(task["step"], lambda: STRIKES[Fault(task["fault"])](stage))
    stage = Stage.on(home, doing.at, seam)
    try:
        with told_of_databases():
            doing.do(stage)
    except Failure as failure:
        if failure.kind is not Kind.UNAVAILABLE and failure.data.get("reason") != "authority.order-from-the-future":
            raise
        return failure.code
    except OSError as error:
        return f"errno {error.errno}"
    return "done"


def _fill_disk(_: Stage) -> None:
    """Let no file grow any more; what a device without room does, for this process."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def _set_back(stage: Stage) -> None:
    """Set the clock back by an hour, which a stepped clock refuses to do by itself."""
    stage.clock._moment -= timedelta(hours=1)


def _crash_database(_: Stage) -> None:
    """Kill a process of the database server: it drops every connection, and recovers from its log."""
    victim, witness = _connected(), _connected()
    os.kill(victim.info.backend_pid, signal.SIGKILL)
    _wait_until(lambda: _is_dropped(lambda: witness))
    _wait_until(lambda: not _is_dropped(_connected))


def _connected() -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=os.environ["OPENJPKI_POSTGRES_HOST"], user="openjpki", dbname="postgres", autocommit=True
    )


def _is_dropped(connection: Callable[[], psycopg.Connection[Any]]) -> bool:
    """Say whether the server answers nothing there; one that recovers takes no new connection either."""
    try:
        connection().execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False


def _wait_until(said: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not said():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _pull_card(_: Stage) -> None:
    raise CardRemoved


STRIKES: dict[Fault, Callable[[Stage], None]] = {
    Fault.DATABASE: _crash_database,
    Fault.DISK_FULL: _fill_disk,
    Fault.CLOCK_BACK: _set_back,
    Fault.CARD_PULLED: _pull_card,
    Fault.AWAY: lambda stage: stage.line.cut(),
}


def _aftermath(home: Path, task: dict[str, Any]) -> str:
    """Take up what a fault left, and return by which means the act came to its end; hold every invariant on the way."""
    doing = DOINGS[Act(task["act"])]
    stage = Stage.on(home, doing.at + timedelta(seconds=task.get("later", 60)), quiet)
    invariants.always(stage)
    for outcome, means in MEANS.items():
        means(stage, doing.do)
        invariants.always(stage)
        if doing.done(stage) and facts.settled(stage.house):
            invariants.at_rest(stage)
            return outcome.value
    raise AssertionError(task)


def _resume(stage: Stage, _: Callable[[Stage], None]) -> None:
    stage.house.authority.resume()
    stage.house.window.recovery.resume(WAKABA)


def _resume_with_cards(stage: Stage, _: Callable[[Stage], None]) -> None:
    for resident in (HANAKO, TARO):
        with stage.house.card_on_reader(CARDS[resident]) as card:
            stage.house.window.recovery.resume(WAKABA, waiting=card)


def _again(stage: Stage, act: Callable[[Stage], None]) -> None:
    act(stage)
    stage.house.authority.resume()


MEANS: dict[Outcome, Callable[[Stage, Callable[[Stage], None]], None]] = {
    Outcome.STANDS: lambda _stage, _act: None,
    Outcome.RESUMED: _resume,
    Outcome.WITH_CARD: _resume_with_cards,
    Outcome.BEGUN_ANEW: _again,
}
"""The means of taking up, in the order in which they are tried: the last that was needed names the outcome."""


def _attempt(home: Path, task: dict[str, Any]) -> str:
    """Do an act in company; return "done", or the code of the refusal."""
    doing = DOINGS[Act(task["act"])]
    try:
        doing.do(Stage.on(home, doing.at, quiet))
    except Failure as failure:
        return failure.code
    return "done"


class _Rounds(threading.Event):
    """A stop signal that never waits, and stops after so many rounds."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self._left = rounds

    def wait(self, timeout: float | None = None) -> bool:
        """Say stop after the last round."""
        del timeout
        self._left -= 1
        return self._left < 0


def _kept_up(home: Path, _: dict[str, Any]) -> list[bool]:
    """Do four rounds of what `serve` does by itself; the database crashes before the second and in the third."""
    did: list[bool] = []

    def strike() -> None:
        if len(did) == 3:
            _crash_database(stage)

    stage = Stage.on(home, BEGUN + timedelta(hours=1), lambda _: strike())

    def work() -> timedelta:
        did.append(False)
        if len(did) == 2:
            _crash_database(stage)
        wait = one_round(stage.house.authority)
        did[-1] = True
        return wait

    keep_up(_Rounds(4), timedelta(), work)
    return did


def _deliver(home: Path, task: dict[str, Any]) -> int:
    """Deliver by hand, whatever the pause that an absent authority has left says."""
    stage = Stage.on(home, DOINGS[Act(task["act"])].at, quiet)
    return stage.house.window.outbox.deliver(forced=True).waiting


def _take_up(home: Path, task: dict[str, Any]) -> str:
    """Resume both roles, with Taro's card on the reader if the task says so."""
    stage = Stage.on(home, DOINGS[Act(task["act"])].at, quiet)
    try:
        if task.get("card"):
            with stage.house.card_on_reader(CARDS[TARO]) as card:
                stage.house.window.recovery.resume(WAKABA, waiting=card)
        else:
            _resume(stage, _again_nothing)
    except Failure as failure:
        return failure.code
    return "done"


def _again_nothing(_: Stage) -> None:
    """Do nothing again."""


def _lose(home: Path, task: dict[str, Any]) -> str:
    """Report Taro's card lost."""
    stage = Stage.on(home, DOINGS[Act(task["act"])].at, quiet)
    stage.house.window.cards.change(
        WAKABA, resident_code=TARO, card_number=NUMBERS[TARO], event=CardEvent.ABOLISH, cause=LifeEvent.CARD_LOST
    )
    return "done"


def _hand_number(home: Path, task: dict[str, Any]) -> str:
    """Hand a card of a number over to a person, without a reader that only one process may have."""
    stage = Stage.on(home, DOINGS[Act(task["act"])].at, quiet)
    with stage.card(task["lent"]) as card:
        try:
            stage.house.window.cards.hand_over(
                WAKABA, resident_code=task["resident"], card=_Numbered(**vars(card), says=task["number"])
            )
        except Failure as failure:
            return failure.code
    return "done"


@dataclass(frozen=True, kw_only=True)
class _Numbered(CounterCard):
    """A card that says it has another number."""

    says: str

    def card_number(self) -> str:
        """Return the other number."""
        return self.says


def _rest(home: Path, task: dict[str, Any]) -> str:
    """Take everything up, hold every invariant at rest, and return the state of Taro's last application."""
    stage = Stage.on(home, DOINGS[Act(task["act"])].at + timedelta(minutes=1), quiet)
    invariants.always(stage)
    _resume(stage, _again_nothing)
    _resume_with_cards(stage, _again_nothing)
    invariants.at_rest(stage)
    return facts.last_application(TARO)


TASKS: dict[str, Callable[[Path, dict[str, Any]], Any]] = {
    "make": _make,
    "before": _before,
    "act": _act,
    "aftermath": _aftermath,
    "attempt": _attempt,
    "struck": _struck,
    "deliver": _deliver,
    "kept-up": _kept_up,
    "take-up": _take_up,
    "lose": _lose,
    "hand-number": _hand_number,
    "rest": _rest,
}
