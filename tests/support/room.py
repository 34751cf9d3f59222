"""A PC/SC service of the test session's own: pcscd with vpcd in a network that nobody else is in, and cards in it."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.pcscd import DOOR, DRIVER
from tests.support.programs import PATIENCE, ROOT, Finished, openjpki_command, plain_environment, run

_BETWEEN_LOOKS = 0.05
"""Seconds between two looks at what is waited for."""
_LAST = 2000
"""Characters of pcscd's log that are shown where something does not happen."""
READERS = ("Virtual PCD 00 00", "Virtual PCD 00 01")


class RoomUnavailable(Exception):
    """The programs are not installed, or this machine gives no namespaces to ordinary users."""


class Room:
    """One pcscd, private by user, mount and network namespace. Stopped by its own process, never by a name."""

    def __init__(self) -> None:
        """Start it and wait until a client is answered; raises `RoomUnavailable`."""
        if not DRIVER.exists() or shutil.which("opensc-tool") is None or shutil.which("unshare") is None:
            message = "pcscd, vsmartcard-vpcd and opensc are not installed: run `make packages` as root"
            raise RoomUnavailable(message)
        self._folder = Path(tempfile.mkdtemp(prefix="openjpki-pcsc-"))
        self._log = (self._folder / "log").open("wb")
        command = ("unshare", "-Urnm", sys.executable, "-u", "-m", "tests.support.pcscd", str(self._folder))
        self._keeper = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=ROOT,
            env=plain_environment(),
            text=True,
        )
        self.environment: Mapping[str, str] = {"PCSCLITE_CSOCK_NAME": str(self._folder / DOOR)}
        """What a program needs to find this service and no other."""
        try:
            self._wait(lambda: self._door.exists() and READERS[1] in self.run("opensc-tool", "-l").out)
        except TimeoutError as error:
            self.close()
            raise RoomUnavailable(str(error)) from error

    def run(self, *command: str | Path, typed: str = "", environment: Mapping[str, str] | None = None) -> Finished:
        """Run a client of the service to its end; it is outside, and finds the service by its socket alone."""
        return run(*command, environment={**self.environment, **(environment or {})}, typed=typed)

    @contextmanager
    def plugged(self, home: Path, name: str, slot: int = 0) -> Iterator["subprocess.Popen[str]"]:
        """Keep a card of a home in a slot by `openjpki card plug`, until the block ends or somebody pulls it.

        The service looks for a pulled card every 0.4 seconds: until then it takes the one before for this one.
        """
        self.wait_for_card(slot, present=False)
        plug = self._inside("card", "plug", name, "--home", home, "--slot", str(slot))
        environment = plain_environment() | dict(self.environment)
        with subprocess.Popen(
            plug, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
        ) as process:
            try:
                self._wait(lambda: process.poll() is not None or READERS[slot] in self.filled())
                assert process.poll() is None, process.communicate()[1]
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=PATIENCE)

    def inside(self, *words: str | Path) -> Finished:
        """Run an `openjpki` command to its end where vpcd is reached."""
        return self.run(*self._inside(*words))

    def within(self, *command: str | Path) -> Finished:
        """Run any program to its end where vpcd is reached, as a client of the service too."""
        return self.run(*self.entering(*command))

    def _inside(self, *words: str | Path) -> tuple[str | Path, ...]:
        return self.entering(*openjpki_command(*words))

    def entering(self, *command: str | Path) -> tuple[str | Path, ...]:
        """Return the command that runs a program in this service's network: its loopback is nobody else's, every port free."""
        return ("nsenter", "--preserve-credentials", "-U", "-n", "-t", str(self._keeper.pid), *command)

    @contextmanager
    def running(
        self, *command: str | Path, log: Path, ready: str = "", environment: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        """Run a program in this network until the block ends; begin once it has said that it is `ready`."""
        with (
            log.open("wb") as said,
            subprocess.Popen(
                self.entering(*command),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=plain_environment() | dict(self.environment) | dict(environment or {}),
            ) as process,
        ):
            try:
                self._wait(lambda: process.poll() is not None or ready in log.read_text(encoding="utf-8"))
                assert process.poll() is None, log.read_text(encoding="utf-8")
                yield
            finally:
                process.terminate()
                process.wait(PATIENCE)

    def wait_for_card(self, slot: int = 0, *, present: bool = True) -> None:
        """Wait until clients see a card in the slot, or none."""
        self._wait(lambda: (READERS[slot] in self.filled()) is present)

    def filled(self) -> list[str]:
        """Return the readers in which OpenSC sees a card."""
        lines = self.run("opensc-tool", "-l").out.splitlines()
        return [name for name in READERS for line in lines if name in line and "Yes" in line.split(name)[0]]

    def end_service(self) -> None:
        """End pcscd, as systemd's does when nobody needs it; the next client's knock starts another."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write("\n")
        self._keeper.stdin.flush()
        assert self._keeper.stdout.readline() == "gone\n", self._said()

    def close(self) -> None:
        """Stop the service and remove its folder."""
        self._keeper.communicate(timeout=PATIENCE)
        self._log.close()
        shutil.rmtree(self._folder)

    @property
    def _door(self) -> Path:
        return self._folder / DOOR

    def _said(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")[-_LAST:]

    def _wait(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > end or self._keeper.poll() is not None:
                raise TimeoutError(self._said())
            time.sleep(_BETWEEN_LOOKS)
