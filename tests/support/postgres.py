"""A pytest plugin (`-p tests.support.postgres`): starts a private PostgreSQL before Django reads its settings.

The server listens on a Unix socket in a private folder only, runs as an ordinary user (also when the suite runs as
root), and is stopped by its pid.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

START_SECONDS = 60.0


class ServerUnavailable(Exception):
    """PostgreSQL is not installed, or did not start."""


class Server:
    """One private PostgreSQL server. Making one starts nothing; importing it makes this module no plugin.

    `durable`: every commit is forced to disk, as where a machine may fail.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._folder = Path(tempfile.mkdtemp(prefix="openjpki-pg-"))
        self._log = (self._folder / "log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Initialise a cluster, start it, wait until it answers, and return its host for clients.

        Raises `ServerUnavailable`.
        """
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        if not programs:
            message = "PostgreSQL is not installed: run `make packages` as root"
            raise ServerUnavailable(message)
        binaries, data = programs[-1], self._folder / "data"
        demoted = self._demoted()
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "openjpki", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            user=demoted,
        )
        # The machine does not fail, so nothing is forced to disk; a server process may: each commit is in the log by then.
        settings = ("listen_addresses=", *(() if self._durable else ("fsync=off", "full_page_writes=off")))
        options = [word for setting in settings for word in ("-c", setting)]
        self._process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", self._folder, *options],
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            user=demoted,
        )
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run([binaries / "pg_isready", "-q", "-h", self._folder], check=False).returncode:
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise ServerUnavailable((self._folder / "log").read_text(encoding="utf-8"))
            time.sleep(0.1)
        return str(self._folder)

    def stop(self) -> None:
        """Stop this server, and no other, and remove its folder."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=START_SECONDS)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _demoted(self) -> int | None:
        """Return the user to run as: PostgreSQL refuses root."""
        if os.getuid() != 0:
            return None
        user = pwd.getpwnam("postgres")
        os.chown(self._folder, user.pw_uid, user.pw_gid)
        return user.pw_uid


_server: Server | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the server in the controlling process; parallel workers inherit its address."""
    global _server  # noqa: PLW0603  -- one server per test session, like the session itself
    if "OPENJPKI_POSTGRES_HOST" not in os.environ:
        _server = Server()
        try:
            os.environ["OPENJPKI_POSTGRES_HOST"] = _server.start()
        except ServerUnavailable as error:
            pytest.exit(str(error), returncode=4)


def pytest_report_header() -> str:
    """Say which database the tests run on."""
    return f"database: PostgreSQL at {os.environ['OPENJPKI_POSTGRES_HOST']}"


def pytest_unconfigure() -> None:
    """Stop the server where it was started."""
    if _server is not None:
        _server.stop()
