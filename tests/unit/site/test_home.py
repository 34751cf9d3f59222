import json
import os
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.errors import Failure
from openjpki.site import home as home_module
from openjpki.site.clock import real_moment
from openjpki.site.home import Home, HomeOfOtherVersion, Settings
from openjpki.site.place import FORMAT, MARKER, HomeDamaged, HomeMissing, HomeNotEmpty

SANDBOX = Settings(purpose="sandbox")


def mode(path: Path) -> int:
    """Return the permission bits of a path."""
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_created_can_be_opened(tmp_path: Path) -> None:
    """A home's settings come back as they were made."""
    settings = Settings(purpose="story", port=9001, algorithm="p-384-sha-384", policy={"preset": "page"})
    made = Home.create(tmp_path / "home", settings)

    assert Home.open(tmp_path / "home") == made
    assert made.settings == settings


def test_a_home_is_private(tmp_path: Path) -> None:
    """Folders of a home are 0700, its secrets 0600 and different in each home."""
    one, two = (Home.create(tmp_path / name, SANDBOX) for name in ("one", "two"))

    assert mode(one.path) == mode(one.path / "authority") == mode(one.cards) == 0o700
    for secret in ("secret", "authority/passphrase"):
        assert mode(one.path / secret) == 0o600
        assert (one.path / secret).read_bytes() != (two.path / secret).read_bytes()


@pytest.mark.parametrize("role", ["authority", "window", "staff"])
def test_nobody_else_reads_a_database(tmp_path: Path, role: str) -> None:
    """Databases hold personal data: they are 0600 whatever the umask, and so is the journal SQLite lays beside one."""
    usual = os.umask(0o000)
    try:
        database = Home.create(tmp_path / "home", SANDBOX).path / role / "db.sqlite3"
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE person (name TEXT)")

            assert mode(database) == mode(database.with_name("db.sqlite3-wal")) == 0o600
    finally:
        os.umask(usual)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"format": []}',
        f'{{"format": {FORMAT}}}',
        f'{{"format": {FORMAT}, "purpose": "story", "x": 1}}',
    ],
)
def test_a_damaged_marker_is_told(tmp_path: Path, text: str) -> None:
    """A marker file that is not ours is refused, and left as it is."""
    (tmp_path / MARKER).write_text(text, encoding="utf-8")

    with pytest.raises(HomeDamaged):
        Home.open(tmp_path)
    assert (tmp_path / MARKER).read_text(encoding="utf-8") == text


def test_a_home_of_another_version_is_left_alone(tmp_path: Path) -> None:
    """A format this version does not know is told with both numbers."""
    (tmp_path / MARKER).write_text(json.dumps({"format": 7, "purpose": "sandbox"}), encoding="utf-8")

    with pytest.raises(HomeOfOtherVersion, match="format 7"):
        Home.open(tmp_path)


def test_a_folder_with_something_else_is_not_filled(tmp_path: Path) -> None:
    """A home is made in an absent or empty folder only."""
    (tmp_path / "thesis.txt").write_text("x", encoding="utf-8")

    with pytest.raises(HomeNotEmpty):
        Home.create(tmp_path, SANDBOX)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_only_a_storys_home_may_be_replaced(tmp_path: Path) -> None:
    """A home made by hand is not a story's to replace."""
    Home.create(tmp_path / "told", Settings(purpose="story")).require_story()

    with pytest.raises(HomeNotEmpty):
        Home.create(tmp_path / "made", SANDBOX).require_story()


def test_a_layout_without_its_marker_is_no_home(tmp_path: Path) -> None:
    """Folders and secrets alone cannot be opened: a home exists from the moment its marker stands."""
    home = Home.lay_out(tmp_path, SANDBOX)

    with pytest.raises(HomeMissing):
        Home.open(tmp_path)
    home.save()
    assert Home.open(tmp_path) == home


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("purpose", "production"),
        ("dual_control", "1-of-3"),
        ("dual_control", 2),
        ("port", "8780"),
        ("port", 0),
        ("port", 65536),
        ("port", True),
        ("algorithm", "md5"),
        ("clock_shift_seconds", -1),
        ("clock_shift_seconds", 36_526 * 86_400),
        ("clock_shift_seconds", 1.5),
        ("policy", ["preset"]),
        ("policy", {"preset": 1}),
    ],
)
def test_an_edited_setting_that_cannot_be_is_named(tmp_path: Path, name: str, value: object) -> None:
    """A marker file may be edited; what no home can have is refused by the setting's name, before anything runs on it."""
    Home.create(tmp_path, SANDBOX)
    marker = json.loads((tmp_path / MARKER).read_text(encoding="utf-8"))
    (tmp_path / MARKER).write_text(json.dumps(marker | {name: value}), encoding="utf-8")

    with pytest.raises(HomeDamaged, match=name):
        Home.open(tmp_path)


def test_a_sandbox_may_live_later(tmp_path: Path) -> None:
    """The home's legal clock is shifted by its setting."""
    home = Home.create(tmp_path, Settings(purpose="sandbox", clock_shift_seconds=86400))

    assert home.clock()() - real_moment() >= timedelta(days=1) - timedelta(seconds=5)


def test_a_home_has_its_rulings(tmp_path: Path) -> None:
    """The policy of a home is a preset and settings by name; an unknown name is refused."""
    page = Home.create(tmp_path / "page", Settings(purpose="sandbox", policy={"preset": "page"}))
    bad = Home.create(tmp_path / "bad", Settings(purpose="sandbox", policy={"no_such_ruling": "1"}))

    assert page.policy() != Home.create(tmp_path / "national", SANDBOX).policy()
    with pytest.raises(Failure):
        bad.policy()


def test_only_a_sandbox_shifts_its_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CA outside a sandbox never signs at a shifted moment: such a home does not open."""
    monkeypatch.setattr(home_module, "PURPOSES", home_module.PURPOSES | {"service"})
    straight, shifted = tmp_path / "straight", tmp_path / "shifted"
    Home.create(straight, Settings(purpose="service"))
    Home.create(shifted, Settings(purpose="service", clock_shift_seconds=1))

    assert Home.open(straight).settings.purpose == "service"
    with pytest.raises(HomeDamaged, match="clock_shift_seconds"):
        Home.open(shifted)


@pytest.mark.parametrize(
    ("desk", "port"),
    [("", 0), ("https://127.0.0.1:8781", 8781), ("https://127.0.0.1:1", 1), ("https://127.0.0.1:65535", 65535)],
)
def test_a_desk_is_within_the_process_or_on_loopback(tmp_path: Path, desk: str, port: int) -> None:
    """The marker says where windows reach the authority; the setting comes back with its port."""
    made = Home.create(tmp_path / "home", Settings(purpose="sandbox", desk=desk))

    assert Home.open(made.path).settings.desk_port == port


@pytest.mark.parametrize(
    "desk",
    [
        "http://127.0.0.1:8781",
        "https://127.0.0.1",
        "https://127.0.0.1:0",
        "https://127.0.0.1:65536",
        "https://192.0.2.1:8781",
        "https://127.0.0.1:8781/",
        "https://127.0.0.1:8781\n",
        8781,
    ],
)
def test_another_desk_is_damage(tmp_path: Path, desk: object) -> None:
    """A sandbox's desk speaks TLS on loopback, and the setting has one form."""
    made = Home.create(tmp_path / "home", SANDBOX)
    marker = json.loads((made.path / MARKER).read_text()) | {"desk": desk}
    (made.path / MARKER).write_text(json.dumps(marker))

    with pytest.raises(HomeDamaged, match="desk"):
        Home.open(made.path)


def test_a_marker_from_before_the_desk_is_read(tmp_path: Path) -> None:
    """A home of an earlier version meets within the process, as it did."""
    made = Home.create(tmp_path / "home", SANDBOX)
    marker = json.loads((made.path / MARKER).read_text())
    del marker["desk"]
    (made.path / MARKER).write_text(json.dumps(marker))

    assert Home.open(made.path).settings == SANDBOX
