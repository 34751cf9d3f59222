"""Opening and founding a home: sets Django up for it, then puts the house together. The first thing a command does."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from openjpki.errors import Failure, Kind
from openjpki.pki.keys import KeySource
from openjpki.site.clock import Clock
from openjpki.site.home import Home, Settings
from openjpki.site.place import MARKER, clear, founding, half_made, locked, require_empty

if TYPE_CHECKING:
    from openjpki.site.house import House  # Django must be set up before its modules are loaded


class ServerNotInstalled(Failure):
    """The slim library has no roles: they come with the `server` extra."""

    code = "home.server-not-installed"
    kind = Kind.UNAVAILABLE
    ja = "機構と窓口を動かす部品が入っていません。`pip install 'openjpki[server]'` で入れてください。"
    en = "The parts that run authority and counter are not installed. Run `pip install 'openjpki[server]'`."


class DatabaseSilent(Failure):
    """A role's database cannot be reached, read or written."""

    code = "home.database-silent"
    kind = Kind.UNAVAILABLE
    ja = "データベースが応答しません({reason})。"
    en = "The database does not answer ({reason})."


@contextmanager
def told_of_databases() -> Iterator[None]:
    """Let what a database server or the disk under a database refuses be an answer; raises `DatabaseSilent`."""
    try:
        yield
    except Exception as error:
        database = sys.modules.get("django.db")
        if database is None or not isinstance(error, database.Error) or isinstance(error, _bugs()):
            raise
        raise DatabaseSilent(reason=(str(error).splitlines() or [""])[0]) from error


def _bugs() -> tuple[type[Exception], ...]:
    """Return the errors of a database that blame the question: a broken constraint, a wrong query."""
    from django.db import DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError

    return (DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError)


def start_django(path: Path) -> None:
    """Point Django at a home; the first home of a process stays its only one. Raises `ServerNotInstalled`."""
    try:
        import django
        from django.apps import apps
    except ModuleNotFoundError as error:
        raise ServerNotInstalled from error
    if apps.ready:
        return
    os.environ["OPENJPKI_HOME"] = str(path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openjpki.site.settings")
    django.setup()


@contextmanager
def opened(path: Path, clock: Clock | None = None) -> "Iterator[House]":
    """Open a home for a command that shares it; raises what `Home.open` raises, `HomeInUse`, `DatabaseSilent`."""
    home = Home.open(path)
    with locked(home.path, exclusive=False), told_of_databases():
        yield assemble(home, clock)


@contextmanager
def opened_alone(path: Path) -> "Iterator[House]":
    """Open a home for a command that nothing may run beside, with the keys in its own hands; raises what `opened` does.

    Where the home has a signing process, it does not run then: what is destroyed here is in no other memory.
    """
    home = Home.open(path)
    with locked(home.path, exclusive=True), told_of_databases():
        yield assemble(Home(home.path, home.settings.with_keys_in_hand()))


def assemble(home: Home, clock: Clock | None = None, key_source: KeySource | None = None) -> "House":
    """Put a house together in an opened home, under the lock that the caller holds."""
    start_django(home.path)
    from openjpki.site.house import House

    return House.of(home, clock or home.clock(), key_source=key_source)


@contextmanager
def founded(
    path: Path, settings: Settings, clock: Clock | None = None, key_source: KeySource | None = None
) -> "Iterator[House]":
    """Make a new home with its tables and municipalities, and hold it alone; an earlier story there is replaced.

    Raises `HomeNotEmpty` and `HomeInUse`, having touched nothing, `DatabasesTaken` and `DatabaseSilent`. A sandbox becomes a
    home when the block ends; until then a failure leaves an empty folder, and SIGKILL one that the next call clears. A story is one from its start, so that the
    next may replace a broken one.
    """
    _replaces_story(path, settings)  # asked before a lock is left in a folder that is not ours
    with locked(path, exclusive=True), told_of_databases():
        replaced = frozenset[str]()
        if _replaces_story(path, settings):
            replaced = Home.open(path).key_names()
            clear(path)
        elif half_made(path):
            replaced = Home(path, settings).key_names()
        with founding(path):
            home = Home.lay_out(path, settings)
            if settings.purpose == "story":
                home.save()
            # nobody listens yet at the desk, or at a signing process of the home's own: while it is founded, a home is one process
            alone = replace(settings, desk="").with_keys_in_hand()
            house = assemble(Home(home.path, alone), clock, key_source)
            house.furnish(replaced)
            with _emptied_on_failure(home):
                yield house
            home.save()


@contextmanager
def _emptied_on_failure(home: Home) -> Iterator[None]:
    """Take back the rows of a home that will not be one: a database server keeps them when the folder is gone."""
    try:
        yield
    except BaseException:
        if half_made(home.path):
            from django.db import Error

            from openjpki.site.migration import empty

            with suppress(Error):
                empty()
        raise


def _replaces_story(path: Path, settings: Settings) -> bool:
    """Say whether a story would replace an earlier one; raises `HomeNotEmpty` for whatever else must stay."""
    if settings.purpose == "story" and (path / MARKER).exists():
        Home.open(path).require_story()
        return True
    require_empty(path)
    return False
