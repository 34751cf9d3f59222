"""What a forked process does on a home: an act with or without a killing checkpoint, and the taking up afterwards."""

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openjpki.errors import Failure
from tests.faults import facts, invariants
from tests.faults.acts import DOINGS, Act
from tests.faults.stage import BEGUN, CARDS, HANAKO, TARO, WAKABA, Stage, make_home


class Recorder:
    """A seam that notes what it passes, and at one place kills the process."""

    def __init__(self, kill_at: str = "", time: int = 1) -> None:
        self.passed: list[str] = []
        self._kill_at = kill_at
        self._time = time

    def __call__(self, step: str) -> None:
        """Note a step; at the chosen one, die as by a power cut."""
        self.passed.append(str(step))
        if step == self._kill_at and self.passed.count(self._kill_at) == self._time:
            os.kill(os.getpid(), signal.SIGKILL)


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


def _aftermath(home: Path, task: dict[str, Any]) -> str:
    """Take up what a fault left, and return by which means the act came to its end; hold every invariant on the way."""
    doing = DOINGS[Act(task["act"])]
    stage = Stage.on(home, doing.at + timedelta(seconds=task.get("later", 60)), quiet)
    invariants.always(stage)
    for outcome, means in MEANS.items():
        means(stage, doing.do)
        invariants.always(stage)
        if doing.done(stage) and facts.settled(stage.house):
            break
    else:
        raise AssertionError(task)
    invariants.at_rest(stage)
    return outcome


def _resume(stage: Stage, _: Callable[[Stage], None]) -> None:
    stage.house.authority.resume()
    stage.house.window.recovery.resume(WAKABA)


def _resume_with_cards(stage: Stage, _: Callable[[Stage], None]) -> None:
    for resident in (HANAKO, TARO):
        with stage.house.card_at_counter(CARDS[resident]) as card:
            stage.house.window.recovery.resume(WAKABA, card=card)


def _again(stage: Stage, act: Callable[[Stage], None]) -> None:
    act(stage)


MEANS: dict[str, Callable[[Stage, Callable[[Stage], None]], None]] = {
    "done": lambda _stage, _act: None,
    "resumed": _resume,
    "with-card": _resume_with_cards,
    "again": _again,
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


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


TASKS: dict[str, Callable[[Path, dict[str, Any]], Any]] = {
    "make": _make,
    "before": _before,
    "act": _act,
    "aftermath": _aftermath,
    "attempt": _attempt,
}
