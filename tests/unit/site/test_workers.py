import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from openjpki.site.workers import kept_running


class Process:
    """A process that ends when it is told to, or only when it is killed."""

    def __init__(self, *, stubborn: bool = False) -> None:
        self.told: list[str] = []
        self.ended = threading.Event()
        self._stubborn = stubborn

    def start(self) -> None:
        """Begin."""
        self.told.append("start")

    def join(self) -> None:
        """Wait for the end."""
        self.ended.wait(10)

    def terminate(self) -> None:
        """Be told to end."""
        self.told.append("terminate")
        if not self._stubborn:
            self.ended.set()

    def kill(self) -> None:
        """End."""
        self.told.append("kill")
        self.ended.set()


def until(count: int, processes: list[Process]) -> None:
    """Wait until so many were started."""
    deadline = time.monotonic() + 10
    while len(processes) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_that_dies_is_started_anew() -> None:
    """As often as it dies, while the block runs; after it none is."""
    made: list[Process] = []

    def process() -> Process:
        made.append(Process())
        return made[-1]

    with kept_running([process], 0.01):  # type: ignore[list-item]  # processes of this test
        for count in (1, 2, 3):
            until(count, made)
            if count < 3:
                made[-1].ended.set()
    time.sleep(0.1)

    assert [one.told for one in made] == [["start"], ["start"], ["start", "terminate"]]


def test_one_that_does_not_end_is_killed_and_all_are_told_first() -> None:
    """Nobody's patience adds up: all are told to end before one is waited for."""
    made = [Process(stubborn=True), Process()]
    with kept_running([lambda: made[0], lambda: made[1]], 0.01, stop_seconds=0.1):  # type: ignore[list-item, return-value]  # of this test
        deadline = time.monotonic() + 10
        while not all(one.told for one in made):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    assert made[0].told == ["start", "terminate", "kill"]
    assert made[1].told == ["start", "terminate"]


def _live(path: Path) -> None:
    path.with_name(f"{os.getpid()}.live").touch()
    time.sleep(60)


@pytest.mark.slow
def test_real_processes_end_with_the_block(tmp_path: Path) -> None:
    """A killed one comes back, and none is left."""
    context = multiprocessing.get_context("spawn")
    with kept_running([lambda: context.Process(target=_live, args=(tmp_path / "a",), daemon=True)], 0.01):
        seen: set[Path] = set()
        for count in (1, 2):
            deadline = time.monotonic() + 60
            while len(seen) < count:
                assert time.monotonic() < deadline
                time.sleep(0.05)
                seen = set(tmp_path.glob("*.live"))
            if count == 1:
                os.kill(int(next(iter(seen)).stem), signal.SIGKILL)
    assert multiprocessing.active_children() == []
