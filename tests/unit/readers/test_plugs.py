import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openjpki.readers import plugs
from openjpki.readers.plugs import AlreadyPlugged, NotPlugged, NotPulled, noted, pull
from tests.support.programs import plain_environment

HOLDS = """
import pathlib, signal, sys
from openjpki.readers.plugs import noted
def end(*_): sys.exit(7)
signal.signal(signal.SIGTERM, end if sys.argv[2] == "obeys" else signal.SIG_IGN)
with noted(pathlib.Path(sys.argv[1]), 1):
    print("noted", flush=True)
    while True: signal.pause()
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """Return the place of a card's note."""
    return tmp_path / ".taro.plug"


@contextmanager
def holder(note: Path, manner: str = "obeys") -> Iterator[subprocess.Popen[str]]:
    """Have another process hold the note; what is left of it at the end is killed."""
    run = [sys.executable, "-c", HOLDS, str(note), manner]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, env=plain_environment()) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "noted\n"
            yield process
        finally:
            process.kill()


def test_a_card_is_plugged_in_once(note: Path) -> None:
    """A second process, or the same one again, is refused; afterwards it is free."""
    with noted(note, 1):
        assert note.read_text(encoding="ascii").split()[0] == str(os.getpid())
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        with pytest.raises(AlreadyPlugged) as refused, noted(note, 1):
            pass
        assert refused.value.data == {"name": "taro"}
    assert note.read_text(encoding="ascii") == ""
    with noted(note, 1):
        pass


def test_the_process_that_holds_the_card_is_asked_to_pull_it(note: Path) -> None:
    """It gets SIGTERM, and is gone when the wait is over; then nothing is plugged in."""
    with holder(note) as process:
        pull(note)
        assert process.wait(timeout=60) == 7
    with pytest.raises(NotPlugged):
        pull(note)


def test_a_note_that_outlived_its_process_asks_nobody(note: Path) -> None:
    """A killed process leaves its number, without the lock: nothing is plugged in, and no other process is touched."""
    with holder(note) as process:
        process.kill()
        process.wait(timeout=60)
    assert note.read_text(encoding="ascii").split()[0] == str(process.pid)
    with pytest.raises(NotPlugged) as refused:
        pull(note)
    assert refused.value.data == {"name": "taro"}


@pytest.mark.parametrize("text", ["", "1", "-1 2", "1 2 3", "1 1", "99999999999999999999999"])
def test_a_note_without_a_number_asks_nobody(note: Path, text: str) -> None:
    """What somebody wrote into a held note is no process to end."""
    with noted(note, 1):
        note.write_text(text, encoding="ascii")
        with pytest.raises(NotPlugged):
            pull(note)


def test_a_number_that_passed_on_is_not_asked(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the number and taking the process, its holder ended: whoever has the number now is left alone."""
    asked: list[int] = []
    holders = iter([(os.getpid(), plugs._began(os.getpid()), 0), None])
    monkeypatch.setattr(plugs, "_holder", lambda _: next(holders))
    monkeypatch.setattr(signal, "pidfd_send_signal", lambda process, _: asked.append(process))

    with pytest.raises(NotPlugged):
        pull(note)
    assert asked == []


def test_a_card_that_could_not_be_plugged_leaves_no_number(note: Path) -> None:
    """Whatever ends the block, the note is empty: the next holder's note never tells of an earlier process."""
    with pytest.raises(LookupError), noted(note, 1):
        raise LookupError
    assert note.read_text(encoding="ascii") == ""


def test_who_only_looks_keeps_nobody_out(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While `unplug` looks at the note for a moment, a card can be plugged in."""
    with note.open("w+", encoding="ascii") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        monkeypatch.setattr(time, "sleep", lambda _: fcntl.flock(looking, fcntl.LOCK_UN))
        with noted(note, 1):
            assert note.read_text(encoding="ascii")


def test_a_process_that_does_not_end_is_told(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some patience; it is not killed."""
    monkeypatch.setattr(plugs, "_PATIENCE", 0.2)
    with holder(note, "stays") as process:
        with pytest.raises(NotPulled) as refused:
            pull(note)
        assert refused.value.data == {"name": "taro", "pid": process.pid}
        assert process.poll() is None


def test_a_note_is_no_link(note: Path, tmp_path: Path) -> None:
    """Whoever can write into the folder cannot have us write elsewhere."""
    (tmp_path / "victim").write_text("precious", encoding="ascii")
    note.symlink_to(tmp_path / "victim")

    with pytest.raises(OSError, match="symbolic links"), noted(note, 1):
        pass
    assert (tmp_path / "victim").read_text(encoding="ascii") == "precious"
