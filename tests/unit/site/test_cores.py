"""A crash leaves no core dump: tried with a real crash, beside one that is allowed to leave its dump."""

import signal
import sys
from pathlib import Path

import pytest

from tests.support.programs import Finished, run

CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
UNLIMITED = (
    "import resource; resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2); "
)
CRASH = "import os; os.abort()"


def crashed(folder: Path, code: str) -> Finished:
    """Run a program that ends by SIGABRT, in a folder of its own."""
    folder.mkdir()
    return run(sys.executable, "-c", UNLIMITED + code + CRASH, folder=folder)


def dumps(folder: Path) -> list[str]:
    """Return the core dumps in a folder."""
    return [path.name for path in folder.iterdir() if path.name.startswith("core")]


def test_a_forbidden_core_is_not_written(tmp_path: Path) -> None:
    """After `forbid` the limit is zero, the process cannot be dumped, and a crash leaves nothing."""
    told = "import ctypes, resource; print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3), flush=True); "
    done = crashed(tmp_path / "forbidden", "from openjpki.site.cores import forbid; forbid(); " + told)

    assert done.status == -signal.SIGABRT
    assert done.out == "(0, 0) 0\n"
    assert dumps(tmp_path / "forbidden") == []


@pytest.mark.parametrize("pattern", [CORE_PATTERN.read_text(encoding="utf-8").strip()])
def test_the_same_crash_leaves_a_core_where_it_is_allowed(tmp_path: Path, pattern: str) -> None:
    """The control: where the system writes plain files and allows them, the crash does leave one."""
    done = crashed(tmp_path / "allowed", "")
    hard = run(sys.executable, "-c", "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[1])").out.strip()

    assert done.status == -signal.SIGABRT
    assert bool(dumps(tmp_path / "allowed")) == (hard != "0" and pattern == "core")
