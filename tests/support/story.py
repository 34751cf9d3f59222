"""The story told inside the test process: on the test databases, with verifiers that ask the views without a socket."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connections
from django.test import Client

from openjpki.documents.gather import ResponderUnreachable, Transport
from openjpki.errors import Language
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.policy import Policy
from openjpki.site.clock import SteppedClock
from openjpki.site.home import Settings
from openjpki.site.house import House
from openjpki.site.migration import empty
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from openjpki.site.web import application_over
from openjpki.story.cast import Pins
from openjpki.story.life import Told, own_document, tell
from openjpki.story.plan import Plan, at, plan
from openjpki.story.stage import Stage
from openjpki.story.telling import Narrator
from tests.support.rows import KeptRows

TODAY = date(2026, 11, 24)
"""The day after the story ends: its last day is 22 November 2026."""
PORT = 8781
PINS = Pins(signature="NOBODY5KNOWS", authentication="7309")
SETTINGS = Settings(purpose="story", port=PORT, algorithm=KeyAlgorithm.P384_SHA_384.value)


@dataclass
class Telling:
    """A story that was told, with what was said and the house in which it happened."""

    told: Told
    house: House
    lines: list[str]


@dataclass
class Stand:
    """Lets verifiers reach the views of the house by the address in the certificate, and keeps the house."""

    houses: list[House] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def __call__(self, house: House) -> Iterator[Transport]:
        """Put the views over the house."""
        application_over(house)
        self.houses.append(house)
        yield self._ask

    def _ask(self, url: str, request: bytes) -> bytes:
        self.asked.append(url)
        parts = urlsplit(url)
        assert parts.netloc == f"127.0.0.1:{PORT}"
        answer = Client(SERVER_NAME="127.0.0.1").post(parts.path, request, content_type="application/ocsp-request")
        if answer.status_code != HTTPStatus.OK:
            raise ResponderUnreachable(url=url, reason=str(answer.status_code))
        return bytes(answer.content)


def telling(path: Path, *, language: Language = "en", today: date = TODAY, settings: Settings = SETTINGS) -> Telling:
    """Tell the story into a folder; the caller has opened the databases."""
    stand = Stand()
    lines: list[str] = []
    told = tell(
        path,
        today=today,
        document=own_document(),
        language=language,
        say=lines.append,
        settings=settings,
        web=stand,
        pins=PINS,
    )
    return Telling(told=told, house=stand.houses[0], lines=lines)


class KeptStory:
    """One telling that many modules look at: its home and its rows are put back for each of them.

    Only SQLite's databases are kept like that; on a server each module has the story told anew.
    """

    def __init__(self) -> None:
        self._telling: Telling | None = None
        self._rows: KeptRows | None = None

    @contextmanager
    def shown(self, folder: Path) -> Iterator[Telling]:
        """Put the story on the stage, told into `folder` unless it was kept; in the end every row goes."""
        with emptied_afterwards():
            if self._telling is None or self._rows is None:
                self._telling = telling(folder / "home")
                shutil.copytree(folder / "home", folder / "kept")
                self._rows = KeptRows.taken()
            else:
                self._put_back(self._telling, self._rows)
            yield self._telling

    def _put_back(self, kept: Telling, rows: KeptRows) -> None:
        home = kept.told.home
        shutil.rmtree(home)
        shutil.copytree(home.with_name("kept"), home)
        rows.put_back()
        application_over(kept.house)


def settle_databases() -> None:
    """Check what would be checked at the end of a transaction: before that, PostgreSQL truncates no table."""
    for alias in ROLES:
        connections[alias].check_constraints()


def empty_databases() -> None:
    """Remove every row; inside a test's transaction this is taken back with the rest when the test ends."""
    settle_databases()
    empty()


@contextmanager
def emptied_afterwards() -> Iterator[None]:
    """Remove every row in the end: what is told outside a test's transaction does not go back by itself."""
    try:
        yield
    finally:
        empty_databases()


@contextmanager
def fresh_stage(
    path: Path,
    *,
    document: bytes | None = None,
    transport: Transport | None = None,
    pins: Pins | None = None,
    life: Plan | None = None,
) -> Iterator[Stage]:
    """Set the stage in a fresh home, on the morning before the first chapter.

    The databases are emptied; inside a test's transaction this is taken back with the rest when the test ends.
    """
    empty_databases()
    life = life or plan(Policy.preset("national"), ends_on=TODAY - timedelta(days=1))
    clock = SteppedClock(at(life.ceremony, 8))
    with founded(path, SETTINGS, clock) as house, Stand()(house) as directly:
        yield Stage(
            house=house,
            clock=clock,
            plan=life,
            narrator=Narrator("en", lambda _: None, 13),
            pins=pins or PINS,
            document=document or own_document(),
            transport=transport or directly,
        )
