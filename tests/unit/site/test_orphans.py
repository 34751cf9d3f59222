import ctypes
import multiprocessing
import os
import subprocess
import sys
import time

import pytest

from openjpki.site.orphans import end_with_parent
from tests.support.programs import plain_environment

CHILD = """
import os, subprocess, sys
code = "from openjpki.site.orphans import end_with_parent as e; e(); print(1, flush=True); import time; time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.readline()
"""


def is_gone(pid: int) -> bool:
    """Say whether a process has ended within some seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_child_ends_with_its_parent() -> None:
    """The parent is killed, and so cannot say anything to it."""
    parent = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=plain_environment()
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()

    assert is_gone(child)


def test_a_process_that_nobody_started_stays() -> None:
    """Loaded by hand, as in a shell, the wish costs nothing."""
    done = subprocess.run(
        [sys.executable, "-c", "from openjpki.site.orphans import end_with_parent as e; e(); print('here')"],
        capture_output=True,
        text=True,
        check=True,
        env=plain_environment(),
    )

    assert done.stdout == "here\n"


def test_a_process_whose_parent_is_gone_already_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its start and the wish the parent may have died; nobody would tell it any more."""
    ended: list[int] = []
    monkeypatch.setattr(multiprocessing, "parent_process", type("Gone", (), {"pid": -1}))
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: None)  # this process itself wishes for nothing
    end_with_parent()

    assert ended == [1]
