"""One role's database as one file: SQLite by its backup interface, PostgreSQL by `pg_dump` and `pg_restore`.

Both read one consistent state while others go on writing.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from django.db import connections

from openjpki.errors import Failure, Kind
from openjpki.site.private import PRIVATE

SUFFIX = {"sqlite": ".sqlite3", "postgresql": ".dump"}


class ClientMissing(Failure):
    """PostgreSQL's own program is not installed here."""

    code = "backup.client-missing"
    kind = Kind.UNAVAILABLE
    ja = "PostgreSQL の {program} がありません。PostgreSQL のクライアントを入れてください。"
    en = "PostgreSQL's {program} is not here. Install the PostgreSQL client programs."


class SnapshotFailed(Failure):
    """A database could not be copied out or in."""

    code = "backup.database-failed"
    kind = Kind.UNAVAILABLE
    ja = "データベース「{role}」の写しを取れないか、戻せません({reason})。"
    en = 'The database "{role}" could not be copied out or in ({reason}).'


def engine() -> str:
    """Return what the databases of this process run on: a word of `manifest.ENGINES`."""
    return connections["authority"].vendor


def take(role: str, target: Path) -> None:
    """Copy a role's database as it is at one moment into a new private file.

    Raises `SnapshotFailed`, `ClientMissing`, and OSError where the target cannot be made.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    connection = connections[role]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        _take_sqlite(role, connection.connection, target)
    else:
        _client(role, "pg_dump", ("--format=custom", "--no-owner", "--no-privileges", f"--file={target}"))


def put(role: str, source: Path) -> None:
    """Fill a role's empty PostgreSQL database from a dump, whole or not at all; raises as `take` does."""
    words = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    _client(role, "pg_restore", (*words, f"--dbname={connections[role].settings_dict['NAME']}", str(source)))


def is_empty(role: str) -> bool:
    """Say whether a role's database has no table."""
    return not connections[role].introspection.table_names()


def _take_sqlite(role: str, source: sqlite3.Connection, target: Path) -> None:
    """Copy in one step: the source's state at its begin, whoever writes meanwhile; then one file without a journal."""
    try:
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise SnapshotFailed(role=role, reason=str(error)) from error


def _client(role: str, program: str, words: Sequence[str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise ClientMissing(program=program)
    settings = connections[role].settings_dict
    place = {
        "PGHOST": settings["HOST"],
        "PGPORT": str(settings["PORT"]),
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": str(settings["NAME"]),
    }
    named = {name: str(value) for name, value in place.items() if value}
    done = subprocess.run(  # noqa: S603  -- a fixed program and our own words
        [found, *words, "--no-password"],
        env=dict(os.environ) | named,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise SnapshotFailed(role=role, reason=_first_error(done.stderr))


def _first_error(said: str) -> str:
    """Return the first line of what the program said: later ones quote statements and rows."""
    return next((line.strip() for line in said.splitlines() if "error" in line), "?")[:200]
