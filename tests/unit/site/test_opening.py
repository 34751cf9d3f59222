import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from django.db.migrations.exceptions import MigrationSchemaMissing

from openjpki.site.clock import SteppedClock, real_moment
from openjpki.site.home import Home, Settings
from openjpki.site.house import House
from openjpki.site.opening import (
    DatabaseSilent,
    assemble,
    founded,
    opened,
    opened_alone,
    start_django,
    told_of_databases,
)
from openjpki.site.place import MARKER, HomeInUse, HomeMissing, HomeNotEmpty, locked
from openjpki.site.settings import ROLES
from tests.support.authority import OPENED
from tests.support.programs import plain_environment
from tests.support.story import SETTINGS

SANDBOX = Settings(purpose="sandbox")

LOOK = """
import json, os, sys
from pathlib import Path
from openjpki.site.opening import DatabaseSilent, opened, told_of_databases

with opened(Path(sys.argv[1])) as house:
    from django.conf import settings
    names = {alias: str(settings.DATABASES[alias]["NAME"]) for alias in ("authority", "window", "staff")}
    print(json.dumps({"names": names, "secret": settings.SECRET_KEY, "home": str(house.home.path)}))
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from openjpki.site.home import Settings
from openjpki.site.opening import founded

path, moment = Path(sys.argv[1]), sys.argv[2]
with founded(path, Settings(purpose="sandbox")) as house:
    if moment == "killed":
        house.authority.ceremony()
        os.kill(os.getpid(), signal.SIGKILL)
"""


def names(path: Path) -> list[str]:
    """Return what stands in a folder."""
    return sorted(entry.name for entry in path.iterdir())


def fail_in(path: Path, settings: Settings, error: type[BaseException], work: Callable[[House], object] = id) -> None:
    """Found a home and let the block fail after some work."""
    with founded(path, settings, SteppedClock(OPENED)) as house:
        assert (path / "secret").exists()
        work(house)
        raise error


def test_a_home_is_opened_with_its_own_databases_and_secret(tmp_path: Path) -> None:
    """In a process of its own, Django works on the files of the home that is opened, whatever the environment says."""
    home = Home.create(tmp_path / "home", SANDBOX)
    looked = subprocess.run(
        [sys.executable, "-c", LOOK, home.path],
        env=os.environ | {"OPENJPKI_HOME": "/nowhere", "OPENJPKI_SECRET_KEY": "of another home"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    found = json.loads(looked.stdout)

    assert found["names"] == {alias: str(home.path / alias / "db.sqlite3") for alias in ROLES}
    assert found["secret"] == (home.path / "secret").read_text(encoding="ascii")
    assert found["home"] == str(home.path)


def test_the_first_home_of_a_process_stays_its_only_one(tmp_path: Path) -> None:
    """Django cannot be set up twice: what is set up stays."""
    start_django(tmp_path / "no such home")

    assert "no such home" not in os.environ.get("OPENJPKI_HOME", "")


def test_a_command_shares_a_home_with_others(tmp_path: Path) -> None:
    """Two commands may work in a home at once; nobody can replace it meanwhile."""
    home = Home.create(tmp_path, SETTINGS)
    with opened(home.path) as one, opened(home.path) as two:
        assert isinstance(one, House)
        assert one.home == two.home == home
        assert abs((one.clock() - real_moment()).total_seconds()) < 5
        with pytest.raises(HomeInUse), locked(home.path, exclusive=True):
            pass


def test_what_is_no_home_is_not_opened(tmp_path: Path) -> None:
    """A command in a folder without a home says so, and leaves nothing there."""
    with pytest.raises(HomeMissing), opened(tmp_path):
        pass
    assert names(tmp_path) == []


def test_a_house_may_be_given_a_clock(tmp_path: Path) -> None:
    """The story brings its own clock; everybody else has the home's."""
    clock = SteppedClock(OPENED)

    assert assemble(Home.create(tmp_path, SETTINGS), clock).clock is clock


@pytest.mark.django_db(databases=ROLES)
def test_a_sandbox_is_a_home_when_it_is_finished(tmp_path: Path) -> None:
    """Until the last act is done nobody can open it, and nobody else can found another there."""
    path = tmp_path / "home"
    with founded(path, SANDBOX, SteppedClock(OPENED)):
        with pytest.raises(HomeMissing):
            Home.open(path)
        with pytest.raises((HomeInUse, HomeNotEmpty)), founded(path, SANDBOX):
            pass
    assert Home.open(path).settings == SANDBOX


@pytest.mark.django_db(databases=ROLES)
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_unfinished_sandbox_leaves_an_empty_folder(tmp_path: Path, error: type[BaseException]) -> None:
    """Whatever stops `init`, Ctrl-C too: no half home, no keys, no secrets; and `init` may try again."""
    with pytest.raises(error):
        fail_in(tmp_path / "home", SANDBOX, error)
    assert names(tmp_path / "home") == ["lock"]
    with founded(tmp_path / "home", SANDBOX, SteppedClock(OPENED)):
        pass
    assert Home.open(tmp_path / "home").settings == SANDBOX


@pytest.mark.django_db(databases=ROLES, transaction=True)
def test_an_unfinished_sandbox_leaves_no_rows(tmp_path: Path) -> None:
    """A database server keeps its rows when the folder is gone; those of a sandbox that came to nothing go with it."""
    with pytest.raises(OSError, match=r"^$"):
        fail_in(tmp_path / "home", SANDBOX, OSError, lambda house: house.authority.ceremony())

    with founded(tmp_path / "home", SANDBOX, SteppedClock(OPENED)) as house:
        assert house.authority.key_names() == set()


def test_a_sandbox_killed_on_its_way_is_founded_anew(tmp_path: Path) -> None:
    """SIGKILL leaves half a home: no home, and no folder of somebody else's, so the next `init` takes its place."""
    path = tmp_path / "home"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, path, "killed"], check=False, timeout=60, env=plain_environment()
    )
    assert killed.returncode == -signal.SIGKILL
    assert {"openjpki.founding", "secret"} <= set(names(path))
    with pytest.raises(HomeMissing):
        Home.open(path)
    kept = (path / "secret").read_bytes()

    subprocess.run([sys.executable, "-c", KILLED, path, "never"], check=True, timeout=60)
    assert Home.open(path).settings == SANDBOX
    assert (path / "secret").read_bytes() != kept
    assert "openjpki.founding" not in names(path)


@pytest.mark.django_db(databases=ROLES)
def test_a_broken_story_can_be_looked_at_and_replaced(tmp_path: Path) -> None:
    """A story that stopped half-way keeps what it made; the next one takes its place."""
    path = tmp_path / "home"
    with pytest.raises(OSError, match=r"^$"):
        fail_in(path, SETTINGS, OSError)
    (path / "story").mkdir()

    assert Home.open(path).settings == SETTINGS
    with founded(path, SETTINGS, SteppedClock(OPENED)) as house:
        assert not house.home.story.exists()
    assert Home.open(path).settings == SETTINGS


@pytest.mark.parametrize("settings", [SANDBOX, SETTINGS], ids=["init", "story"])
def test_a_folder_of_somebody_elses_is_left_as_it_is(tmp_path: Path, settings: Settings) -> None:
    """What is refused is not touched: not even a lock is left there."""
    (tmp_path / "thesis.txt").write_text("x", encoding="utf-8")

    with pytest.raises(HomeNotEmpty), founded(tmp_path, settings):
        pass
    assert names(tmp_path) == ["thesis.txt"]


@pytest.mark.parametrize("settings", [SANDBOX, SETTINGS], ids=["init", "story"])
def test_a_sandbox_is_never_replaced(tmp_path: Path, settings: Settings) -> None:
    """Neither `init` nor the story replaces a home that was made by hand."""
    home = Home.create(tmp_path, SANDBOX)
    before = names(tmp_path)

    with pytest.raises(HomeNotEmpty), founded(tmp_path, settings):
        pass
    assert names(tmp_path) == before
    assert Home.open(tmp_path) == home


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, DatabaseError, MigrationSchemaMissing])
def test_a_database_that_does_not_answer_is_told(error: type[Exception]) -> None:
    """A server that is down, a full disk or a damaged file is no bug: its first line is the reason."""
    said = "disk I/O error\nDETAIL: more"

    with pytest.raises(DatabaseSilent) as told, told_of_databases():
        raise error(said)

    assert told.value.data == {"reason": "disk I/O error"}


def test_other_database_errors_stay_what_they_are() -> None:
    """A broken constraint is a bug, and so is anything that is not the database's."""
    for error in (IntegrityError, ProgrammingError, ValueError):
        with pytest.raises(error), told_of_databases():
            raise error


def test_a_story_does_not_become_a_sandbox(tmp_path: Path) -> None:
    """`init` replaces nothing, a story neither."""
    Home.create(tmp_path, SETTINGS)

    with pytest.raises(HomeNotEmpty), founded(tmp_path, SANDBOX):
        pass
    assert (tmp_path / MARKER).exists()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [(["rules", "documents"], 0, ""), (["authority", "publish"], 4, "[home.server-not-installed]")],
)
def test_without_the_server_extra_the_slim_commands_work(
    tmp_path: Path, words: list[str], status: int, said: str
) -> None:
    """The slim library asks the rule book; what needs the roles says which extra brings them."""
    Home.create(tmp_path, SANDBOX)
    code = "import sys; sys.modules.update(django=None, granian=None, lmdb=None, msgspec=None, yaml=None); from openjpki.cli.main import main"
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}; sys.exit(main({[*words, '--home', str(tmp_path)]!r}))"],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert ended.returncode == status
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.django_db(databases=ROLES)
def test_a_home_that_is_opened_alone_has_its_keys_in_hand(tmp_path: Path) -> None:
    """Nothing runs beside, the signing process neither: what is destroyed then is in no other memory."""
    path = tmp_path / "home"
    with founded(path, Settings(purpose="sandbox", algorithm="p-384-sha-384", signer=True)) as made:
        (issuer, _) = made.authority.ceremony()

    with opened_alone(path) as house:
        assert house.authority.keys.signer(issuer.key_name).sign(b"message")
        with pytest.raises(HomeInUse), opened(path):
            pass
    with locked(path, exclusive=False), pytest.raises(HomeInUse), opened_alone(path):
        pass
