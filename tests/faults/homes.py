"""Homes for faults: one is made in a session on each engine, every test gets a copy, and a driver works on them."""

import itertools
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.programs import ROOT, plain_environment

ROLES = ("authority", "window", "staff")
_copies = itertools.count(1)


class Driver:
    """The driver's process, and the way to talk to it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.faults.driver"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=plain_environment() | environment,
            encoding="utf-8",
        )

    def round(self, home: Path, prefix: str, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Have tasks done at the same time and return what became of each."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError(self._process)
        self._process.stdin.write(json.dumps({"home": str(home), "prefix": prefix, "tasks": tasks}) + "\n")
        self._process.stdin.flush()
        answers: list[dict[str, Any]] = json.loads(self._process.stdout.readline())
        return answers

    def stop(self) -> None:
        """End the driver."""
        self._process.communicate()


@dataclass(frozen=True)
class Place:
    """A home on one engine, with the driver that works on it."""

    engine: "Engine"
    home: Path
    prefix: str = ""

    def done(self, task: str, **arguments: Any) -> Any:
        """Have a task done to its end; an error there is an error here."""
        (outcome,) = self.together({"task": task, **arguments})
        assert "error" not in outcome, outcome["error"]
        assert "killed" not in outcome, outcome
        return outcome["answer"]

    def killed(self, task: str, **arguments: Any) -> None:
        """Have a task done that must end by SIGKILL."""
        (outcome,) = self.together({"task": task, **arguments})
        assert outcome == {"killed": "SIGKILL"}, outcome.get("error", outcome)

    def together(self, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
        """Have tasks done at the same time."""
        return self.engine.driver.round(self.home, self.prefix, list(tasks))


@dataclass
class Engine:
    """SQLite, or a private PostgreSQL server by its host."""

    folder: Path
    host: str = ""
    driver: Driver = field(init=False)
    _originals: dict[str, Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start the driver."""
        self.driver = Driver({"OPENJPKI_POSTGRES_HOST": self.host} if self.host else {})

    def copy(self, before: str = "") -> Place:
        """Return a copy of the session's home, in which what comes before an act (if one is named) is done already.

        Each original is made at the first call that needs it.
        """
        if before not in self._originals:
            self._originals[before] = self._prepared(before) if before else self._made()
        return self._duplicate(self._originals[before])

    def _prepared(self, act: str) -> Place:
        place = self.copy()
        place.done("before", act=act)
        return place

    def _made(self) -> Place:
        home = Place(self, self.folder / "base", "faults_base" if self.host else "")
        if self.host:
            for role in ROLES:
                self.sql(f"CREATE DATABASE faults_base_{role}")
        home.done("make")
        return home

    def _duplicate(self, original: Place) -> Place:
        number = next(_copies)
        home = self.folder / f"home-{number}"
        shutil.copytree(original.home, home)
        prefix = f"faults_{number}" if self.host else ""
        if self.host:
            for role in ROLES:
                self.sql(f"CREATE DATABASE {prefix}_{role} TEMPLATE {original.prefix}_{role}")
            # A sequence of a copied database is in the log again only behind a checkpoint: a crash before it turns it back.
            self.sql("CHECKPOINT")
        return Place(self, home, prefix)

    def drop(self, place: Place) -> None:
        """Remove a copy."""
        shutil.rmtree(place.home)
        if self.host:
            for role in ROLES:
                self.sql(f"DROP DATABASE {place.prefix}_{role} WITH (FORCE)")

    def sql(self, statement: str) -> None:
        """Run a statement of the server's administration."""
        import psycopg

        with psycopg.connect(host=self.host, user="openjpki", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """End the driver."""
        self.driver.stop()


def private_folder(parent: Path, name: str) -> Path:
    """Make a folder that only its owner may enter."""
    folder = parent / name
    folder.mkdir(mode=0o700)
    return folder
