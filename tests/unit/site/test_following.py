import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from openjpki.authority.publishing.following import Followed
from openjpki.site import following as module
from openjpki.site.following import beside, follow, following
from openjpki.site.home import Home, Settings
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from openjpki.site.watching import logs
from tests.support.authority import OPENED


class Follower:
    """Does what a test says in each round, then asks to stop."""

    def __init__(self, *rounds: Followed | Exception, stop: threading.Event) -> None:
        self._rounds = list(rounds)
        self._stop = stop

    def round(self, at: datetime) -> Followed:
        """Do the next round."""
        assert at == OPENED
        found = self._rounds.pop(0)
        if not self._rounds:
            self._stop.set()
        if isinstance(found, Exception):
            raise found
        return found


class Log:
    """Keeps what is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def info(self, event: str, **fields: object) -> None:
        """Keep it."""
        self.told.append((event, fields))

    error = info


@pytest.mark.django_db(databases=ROLES)
def test_a_round_that_fails_is_told_and_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it was, a full disk or a database that restarts; nothing is told of rounds without news."""
    log, stop, ready = Log(), threading.Event(), []
    monkeypatch.setattr(logs, "logger", lambda: log)
    monkeypatch.setattr(module, "PAUSE", module.PAUSE * 0)
    monkeypatch.setattr(module, "FAILED_PAUSE", module.FAILED_PAUSE * 0)
    news, none = Followed(position=3, entries=3, anew=False), Followed(position=3, entries=0, anew=False)
    anew = Followed(position=0, entries=0, anew=True)
    rounds = (ValueError("a person's name"), news, none, anew)
    follow(stop, Follower(*rounds, stop=stop), lambda: OPENED, lambda: ready.append(1))  # type: ignore[arg-type]  # a follower that does what it is told

    assert [event for event, _ in log.told] == ["follow-failed", "followed", "followed"]
    assert "a person's name" not in str(log.told)
    assert len(ready) == 3


@pytest.mark.django_db(databases=ROLES)
def test_a_home_is_followed_while_the_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its store is made and held; after the block another process may keep it."""
    with founded(tmp_path / "home", Settings(purpose="sandbox", algorithm="p-384-sha-384")) as house:
        home = house.home
    begun: list[str] = []
    monkeypatch.setattr(logs, "install", lambda: begun.append("logs"))
    monkeypatch.setattr(module, "follow", lambda stop, *_: begun.append("stopped" if stop.wait(10) else "never"))
    for _ in range(2):
        with following(home):
            assert (home.status / "data.mdb").exists()

    assert begun == ["logs", "stopped"] * 2


class Process:
    """A process that ends when a test says so."""

    started: "list[Process]"

    def __init__(self, *, target: object, args: tuple[Path, Any], daemon: bool) -> None:
        assert (target, daemon) == (module._process, True)
        self.ended = threading.Event()
        self._ready = args[1]

    def start(self) -> None:
        """Begin, and say that the store is complete."""
        Process.started.append(self)
        self._ready.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end."""
        self.ended.wait(timeout or 10)

    terminate = property(lambda self: self.ended.set)


class Context:
    """Makes such processes."""

    Process = Process
    Event = threading.Event


def test_a_follower_that_dies_is_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed, it comes back by itself; with the responder it ends."""
    Process.started = []
    monkeypatch.setattr(module, "get_context", lambda _: Context())
    monkeypatch.setattr(module, "FAILED_PAUSE", module.FAILED_PAUSE / 1000)
    with beside(Home(tmp_path, Settings(purpose="sandbox"))):
        (first,) = Process.started
        first.ended.set()
        for _ in range(500):
            if len(Process.started) > 1:
                break
            threading.Event().wait(0.01)
        assert len(Process.started) == 2
    assert Process.started[-1].ended.is_set()


def test_the_process_follows_until_it_is_told_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with the program that started it, and on SIGTERM."""
    home = Home.create(tmp_path / "home", Settings(purpose="sandbox"))
    done: list[str] = []

    class Stop:
        def within(self, _: float) -> None:
            """Be told at once."""
            done.append("told to stop")

    @contextmanager
    def signalled() -> Iterator[Stop]:
        yield Stop()

    @contextmanager
    def followed(found: Home, ready: object) -> Iterator[None]:
        done.append(f"follows {found.path.name}")
        assert callable(ready)
        yield

    monkeypatch.setattr(module, "end_with_parent", lambda: done.append("ends with its parent"))
    monkeypatch.setattr(module, "forbid", lambda: done.append("no dumps"))
    monkeypatch.setattr(module, "until_signalled", signalled)
    monkeypatch.setattr(module, "following", followed)
    module._process(home.path, threading.Event())  # type: ignore[arg-type]  # of one process

    assert done == ["ends with its parent", "no dumps", "follows home", "told to stop"]
