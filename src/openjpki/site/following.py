"""The follower of a home as a process: looks at the journal every second, and goes on whatever happened in one round."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING

from openjpki.authority.means import Terms
from openjpki.errors import trace
from openjpki.readers.stop import FOREVER, until_signalled
from openjpki.site.clock import Clock
from openjpki.site.cores import forbid
from openjpki.site.home import Home
from openjpki.site.opening import start_django, told_of_databases
from openjpki.site.orphans import end_with_parent
from openjpki.site.watching import logs
from openjpki.site.workers import kept_running

if TYPE_CHECKING:
    from openjpki.authority.publishing.following import Follower  # Django must be set up before its modules are loaded

PAUSE = timedelta(seconds=1)
"""Between two looks: what was recorded shows in the answers a second later, long before the store's bound."""
FAILED_PAUSE = timedelta(seconds=5)
"""After a look that failed, and before a follower that died is started anew: the answers cease when the store is too old."""
FIRST_SECONDS = 10.0
"""How long a responder waits for its store to be filled; then it answers, if only tryLater."""
STOP_SECONDS = 5.0


def _pass() -> None:
    """Nobody waits for the first round."""


@contextmanager
def following(home: Home, ready: Callable[[], None] = _pass) -> Iterator[None]:
    """Follow the journal in a thread while the block runs; raises `FollowerRuns`. `ready` is called when the store is complete."""
    with told_of_databases():
        start_django(home.path)
        from openjpki.authority.publishing.following import following as held

        logs.install()
        stop = threading.Event()
        with held(home.status, Terms().clock_tolerance) as follower:
            work = threading.Thread(target=follow, args=(stop, follower, home.clock(), ready), daemon=True)
            work.start()
            try:
                yield
            finally:
                stop.set()
                work.join()


def follow(stop: threading.Event, follower: "Follower", clock: Clock, ready: Callable[[], None] = _pass) -> None:
    """Follow until stopped."""
    from django.db import close_old_connections

    log = logs.logger()
    wait = timedelta()
    while not stop.wait(wait.total_seconds()):
        try:
            followed = follower.round(clock())
        except Exception as error:  # noqa: BLE001  -- whatever it is, the next round may come through
            wait = FAILED_PAUSE
            log.error("follow-failed", fault=trace(error), wait_seconds=wait.total_seconds())  # noqa: TRY400  -- `exception` would add what the fault says
        else:
            wait = PAUSE
            if followed.entries or followed.anew:
                log.info("followed", entries=followed.entries, position=followed.position)
            ready()
        finally:
            close_old_connections()


@contextmanager
def beside(home: Home) -> Iterator[None]:
    """Keep a follower in a process of its own while the block runs; one that dies is started anew.

    The responder's process has no database, and hands none down to its workers.
    """
    context = get_context("spawn")
    ready = context.Event()

    def process() -> BaseProcess:
        return context.Process(target=_process, args=(home.path, ready), daemon=True)

    with kept_running([process], FAILED_PAUSE.total_seconds(), STOP_SECONDS):
        ready.wait(FIRST_SECONDS)
        yield


def _process(path: Path, ready: Event) -> None:
    """Be the follower, until the program that started it ends."""
    end_with_parent()
    forbid()
    with until_signalled() as stop, following(Home.open(path), ready.set):
        stop.within(FOREVER)
