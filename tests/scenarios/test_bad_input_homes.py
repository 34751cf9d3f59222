"""Homes that are missing, damaged, another version's, read-only or in use: one clear line, and nothing half-written."""

import fcntl
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openjpki.site.place import FORMAT
from tests.support.places import LICENCE, SIGN_PDF, Place, assert_refused
from tests.support.programs import PATIENCE, openjpki, openjpki_command, plain_environment, tree
from tests.support.stories import AUTHENTICATION_PIN, COUNTER, SIGNATURE_PIN, Story

pytestmark = pytest.mark.slow

EVERYWHERE = {
    "serve": (("serve",), ""),
    "publish": (("authority", "publish"), ""),
    "resume": (("authority", "resume"), ""),
    "audit seal": (("audit", "seal"), ""),
    "audit verify": (("audit", "verify"), ""),
    "audit export": (("audit", "export", "--role", "window", "--out", "{files}/record.jsonl"), ""),
    "audit purge": (("audit", "purge", "--role", "window"), ""),
    "residents": (("window", "residents", "--municipality", "99201"), ""),
    "issue": (("window", "issue", *COUNTER, "--card", "taro", *LICENCE), ""),
    "card list": (("card", "list"), ""),
    "card new": (("card", "new", "hanako"), ""),
    "card pin": (
        ("card", "pin", "change", "taro", "--kind", "authentication", "--pin-stdin"),
        f"{AUTHENTICATION_PIN}\n8642\n",
    ),
    "sign": (SIGN_PDF, f"{SIGNATURE_PIN}\n"),
    "verify": (("verify", "{files}/good.pdf"), ""),
}
"""Commands that work in a home, with what is typed: each would do its work in a sound one."""
STORY = ("--json", "--algorithm", "p-384-sha-384")


def names(*without: str) -> list[str]:
    """Return the commands' names."""
    return [name for name in EVERYWHERE if name not in without]


@pytest.mark.parametrize("name", names())
def test_a_missing_home_is_not_made(place: Place, name: str) -> None:
    """Only `init` and `story` make a home."""
    shutil.rmtree(place.home)
    before = place.tree()
    done = place.run(*EVERYWHERE[name])

    assert_refused(done, "home.missing", 4)
    assert place.tree() == before


@pytest.mark.parametrize("name", names())
def test_a_home_of_another_version_is_left_alone(place: Place, name: str) -> None:
    """What another version wrote is neither read nor changed."""
    marker = place.home / "openjpki.json"
    marker.write_text(json.dumps(json.loads(marker.read_text(encoding="utf-8")) | {"format": 99}), encoding="utf-8")
    before = place.tree()
    done = place.run(*EVERYWHERE[name])

    assert_refused(done, "home.other-version", 4)
    assert place.tree() == before


@pytest.mark.parametrize(
    ("marker", "init", "story"),
    [
        ('{"format": 99, "purpose": "story"}', "home.not-empty", "home.other-version"),
        (f'{{"format": {FORMAT}, "purpose": "sandbox"}}', "home.not-empty", "home.not-empty"),
        ("{", "home.not-empty", "home.damaged"),
        ("", "home.not-empty", "home.damaged"),
    ],
    ids=["another version", "a sandbox", "damaged", "empty"],
)
def test_a_home_is_not_made_over_another(place: Place, marker: str, init: str, story: str) -> None:
    """The story replaces stories of its own version; nothing else is ever replaced."""
    (place.home / "openjpki.json").write_text(marker, encoding="utf-8")
    before = place.tree()

    for command, code in (("init", init), ("story", story)):
        assert_refused(place.run((command,)), code, 1 if code == "home.not-empty" else 4)
    assert place.tree() == before


@pytest.mark.parametrize("marker", ["{", "", "[1]", f'{{"format": {FORMAT}, "purpose": "sandbox", "port": "high"}}'])
def test_a_damaged_home_is_told(place: Place, marker: str) -> None:
    """The marker file may be edited by people, and broken."""
    (place.home / "openjpki.json").write_text(marker, encoding="utf-8")
    before = place.tree()
    done = place.run(("card", "list"))

    assert_refused(done, "home.damaged", 4)
    assert place.tree() == before


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Take the right to write from a folder and everything in it while the block runs."""
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(modes[path] & 0o7555)
    yield
    for path in paths:
        path.chmod(modes[path])


@pytest.mark.parametrize("name", names("verify"))
def test_a_home_that_cannot_be_written_is_told(place: Place, name: str) -> None:
    """A read-only home, for an ordinary user: the file is named, nothing is left beside it."""
    words, typed = EVERYWHERE[name]
    with read_only(place.home):
        before = place.tree()
        done = openjpki(*place.filled(words), typed=typed, obeying_modes=True)
        after = place.tree()

    assert_refused(done, "storage.failed", 4)
    assert str(place.home) in done.err
    assert after == before


def test_verifying_needs_no_right_to_write(place: Place) -> None:
    """`verify` reads public files only."""
    with read_only(place.home):
        done = openjpki(*place.filled(EVERYWHERE["verify"][0]), obeying_modes=True)

    assert (done.status, done.json["findings"][0]["code"]) == (1, "verify.no-signature")


@pytest.mark.parametrize("command", ["init", "story"])
def test_a_home_is_not_begun_where_nobody_may_write(tmp_path: Path, command: str) -> None:
    """In a read-only folder, and beneath a file."""
    locked, file = tmp_path / "locked", tmp_path / "file"
    locked.mkdir()
    file.touch()
    before = tree(tmp_path)
    for parent in (locked, file):
        with read_only(parent):
            done = openjpki(command, "--json", "--home", parent / "home", obeying_modes=True)

        assert_refused(done, "storage.failed", 4)
    assert tree(tmp_path) == before


# --- two processes ------------------------------------------------------------------------------------------------


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold a file's lock, as another process would."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.mark.parametrize("name", names("verify"))
def test_a_home_in_use_is_not_entered(place: Place, name: str) -> None:
    """While a story is told or a home is made, nobody else works in it; `verify` reads public files only."""
    before = place.tree()
    with lock(place.home / "lock"):
        done = place.run(*EVERYWHERE[name])

    assert_refused(done, "home.in-use", 4)
    assert place.tree() == before


def test_a_card_in_another_reader_is_busy(place: Place) -> None:
    """One card lies on one reader at a time."""
    before = place.tree()
    with lock(place.home / "cards" / ".taro.lock"):
        done = place.run(SIGN_PDF, f"{SIGNATURE_PIN}\n")

    assert_refused(done, "card.store.busy", 4)
    assert place.tree() == before


@contextmanager
def running(*arguments: str | Path) -> Iterator["subprocess.Popen[str]"]:
    """Run our command beside the test, and end it with the block."""
    process = subprocess.Popen(
        [str(word) for word in openjpki_command(*arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=plain_environment(),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def wait_for(path: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until a running command has made a file."""
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_two_stories_in_one_home_do_not_meet(tmp_path: Path) -> None:
    """The second is told that the home is in use; the first is told to its end."""
    home = tmp_path / "home"
    with running("story", "--home", home, *STORY) as first:
        wait_for(home / "openjpki.json", first)
        second = openjpki("story", "--home", home, *STORY)
        out, err = first.communicate(timeout=PATIENCE)

    assert_refused(second, "home.in-use", 4)
    assert first.returncode == 0, err
    assert json.loads(out)["ended"] == "well"


def test_a_story_is_not_told_under_a_server(story: Story, tmp_path: Path) -> None:
    """While `serve` shows a story it is not replaced, nor served twice at one port; other commands share the home."""
    home = story.copied(tmp_path / "home").home
    with running("serve", "--home", home) as serving:
        assert serving.stderr is not None
        assert "http://127.0.0.1" in serving.stderr.readline()
        before = tree(home / "story")
        told = openjpki("story", "--home", home, *STORY)
        again = openjpki("serve", "--home", home, "--json")
        beside = openjpki("card", "list", "--home", home, "--json")

        assert serving.poll() is None
    assert_refused(told, "home.in-use", 4)
    assert_refused(again, "serve.port-taken", 4)
    assert str(story.transcript["port"]) in again.err
    assert [card["name"] for card in beside.json["cards"]] == ["sakura"]
    assert tree(home / "story") == before


def test_a_story_that_was_killed_is_replaced_by_the_next(tmp_path: Path) -> None:
    """A story that was broken off in the middle is no hindrance: the next one is told."""
    home = tmp_path / "home"
    with running("story", "--home", home, *STORY) as broken:
        wait_for(home / "story" / "signed-1.pdf", broken)
        broken.kill()
        broken.communicate(timeout=PATIENCE)
    again = openjpki("story", "--home", home, *STORY)

    assert broken.returncode == -9
    assert again.status == 0, again.text
    assert again.json["ended"] == "well"
