"""Programs run by tests: our own command line in a process of its own, and other people's tools."""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds a program may take: a story takes five, and the machine may be busy."""
_LARGE = 10_000_000
"""Larger files are compared by their size: the only ones in these tests are sparse."""
_OURS = ("OPENJPKI_", "DJANGO_", "LC_", "LANG")
"""Variables that a user's shell need not have; a program gets them only if its test says so."""


@dataclass(frozen=True)
class Finished:
    """What a program left: its exit status and both streams."""

    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Return everything it said."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """Return standard output as JSON; raises ValueError if it is anything else than one value."""
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        """Return the code of each refusal on standard error."""
        lines = (line for line in self.err.splitlines() if line.startswith("openjpki: ["))
        return [line.removeprefix("openjpki: [").partition("]")[0] for line in lines]


def run(
    *command: str | Path,
    environment: Mapping[str, str] | None = None,
    typed: str = "",
    umask: int = 0o022,
    folder: Path | None = None,
) -> Finished:
    """Run a program to its end, as a user without settings of ours; `typed` is its standard input."""
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=plain_environment() | dict(environment or {}),
        input=typed,
        timeout=PATIENCE,
        umask=umask,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def plain_environment() -> dict[str, str]:
    """Return this process's environment without settings of ours and without a language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return kept | {"LC_ALL": "C.UTF-8"}


def openjpki_command(*arguments: str | Path) -> tuple[str | Path, ...]:
    """Return the command line that runs our command with this interpreter."""
    return (sys.executable, "-m", "openjpki", *arguments)


def openjpki(
    *arguments: str | Path,
    environment: Mapping[str, str] | None = None,
    typed: str = "",
    umask: int = 0o022,
    obeying_modes: bool = False,
) -> Finished:
    """Run the `openjpki` command in English, unless `--lang` says otherwise.

    `obeying_modes` lets file modes bind it as they bind an ordinary user, also where the tests run as root.
    """
    modes = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if obeying_modes and not os.getuid() else ()
    # An environment of its own may say what an interpreter reads when it begins: that takes a whole process.
    if not modes and environment is None and _STARTER.is_free.acquire(blocking=False):
        try:
            return _STARTER.start(arguments, typed, umask)
        finally:
            _STARTER.is_free.release()
    return run(*modes, *openjpki_command(*arguments), environment=environment, typed=typed, umask=umask)


class _Starter:
    """The way to a process that starts `openjpki` quickly, one start at a time (see `starter`)."""

    def __init__(self) -> None:
        self.is_free = Lock()
        """Held during a start: whoever comes meanwhile starts a whole process."""
        self._process: subprocess.Popen[str] | None = None

    def start(self, arguments: Sequence[str | Path], typed: str, umask: int) -> Finished:
        """Start the command and wait for its end; the caller holds `is_free`."""
        with TemporaryDirectory(prefix="openjpki-start-") as folder:
            streams = [Path(folder) / name for name in ("in", "out", "err")]
            for stream in streams:
                stream.write_text(typed if stream.name == "in" else "", encoding="utf-8")
            order = {
                "arguments": [str(word) for word in arguments],
                "environment": plain_environment(),
                "folder": str(Path.cwd()),
                "umask": umask,
                "streams": [str(stream) for stream in streams],
            }
            status = int(self._asked(json.dumps(order)))
            out, err = (stream.read_text(encoding="utf-8") for stream in streams[1:])
        return Finished(status, out, err)

    def _asked(self, order: str) -> str:
        """Send one line and return the answer; raises TimeoutExpired, and ValueError where the starter itself ended."""
        if self._process is None:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "tests.support.starter"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env=plain_environment(),
                encoding="utf-8",
                start_new_session=True,
            )
            atexit.register(self._process.communicate)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(order + "\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], PATIENCE)[0]:
            self._process = None
            os.killpg(process.pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(order, PATIENCE)
        return process.stdout.readline()


_STARTER = _Starter()


def tree(folder: Path) -> dict[str, str]:
    """Return what a folder holds: each path with its mode and what is in it; nothing if there is no folder."""
    return {
        str(path.relative_to(folder)): f"{path.lstat().st_mode:o} {_content(path)}"
        for path in sorted(folder.rglob("*"))
    }


def _content(path: Path) -> str:
    if path.is_symlink():
        return str(path.readlink())
    if path.is_dir():
        return ""
    size = path.stat().st_size
    return f"{size} bytes" if size > _LARGE else sha256(path.read_bytes()).hexdigest()
