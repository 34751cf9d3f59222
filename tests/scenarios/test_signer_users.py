"""A signing process with a user of its own: another user's authority has signatures, and neither keys nor passphrase.

The users are numbers that no account of the machine has: only root can become them.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.programs import PATIENCE, Finished, openjpki_command, plain_environment, run

KEEPER, AUTHORITY, MEMBER, STRANGER, GROUP = 61_101, 61_102, 61_103, 61_104, 61_110
"""Of the group are all but the stranger: a member who is not named reaches the socket, and is not heard."""
P384 = ("--algorithm", "p-384-sha-384")
ASK = """
import socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.settimeout(30)
    try:
        line.connect(sys.argv[1])
        print("heard" if line.recv(1) else "hung up")
    except PermissionError:
        print("not reached")
"""
PLACE = """
import os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.bind(sys.argv[1])
    os.chmod(sys.argv[1], 0o666)
    line.listen()
    print("placed", flush=True)
    sys.stdin.read()
"""
MAKE = """
import pathlib, sys
from openjpki.authority.signing.client import RemoteKeys, SignerStrange
from openjpki.pki.algorithms import KeyAlgorithm
try:
    RemoteKeys(pathlib.Path(sys.argv[1]), sys.argv[2]).make("signature-ca", KeyAlgorithm.P384_SHA_384)
except SignerStrange as strange:
    print(strange.code)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user (tests/conftest.py, EXPECTED_SKIPS)"),
]


@dataclass(frozen=True)
class Stage:
    """A folder that all users may pass through, with one of its own for keeper and authority."""

    folder: Path

    @property
    def place(self) -> Path:
        """Return the signing process's place."""
        return self.folder / "keeper" / "place"

    @property
    def home(self) -> Path:
        """Return the authority's home."""
        return self.folder / "authority" / "home"

    @property
    def socket(self) -> Path:
        """Return where questions are asked."""
        return self.place / "signer.sock"

    @contextmanager
    def signing(self) -> Iterator[None]:
        """Run the signing process while the block runs; what it said stands in `journal` then."""
        command = openjpki_command(
            *("serve", "signer", "--home", self.place, "--group", str(GROUP), "--allow-user", str(AUTHORITY))
        )
        with (self.folder / "journal").open("w") as journal:
            process = subprocess.Popen(becoming(KEEPER, *command), stderr=journal, env=plain_environment())
        try:
            self._wait_for(process)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0, self.journal()

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> None:
        while "signing process runs" not in self.journal():
            assert process.poll() is None, self.journal()
            time.sleep(0.05)

    def journal(self) -> str:
        """Return what the signing process has said."""
        return (self.folder / "journal").read_text()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Return an empty stage: pytest's own folders are root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="signer-users-"))
    folder.chmod(0o711)
    for name, user in (("keeper", KEEPER), ("authority", AUTHORITY)):
        (folder / name).mkdir(0o755)
        os.chown(folder / name, user, user)
    yield Stage(folder)
    shutil.rmtree(folder)


def becoming(user: int, *command: str | Path) -> tuple[str | Path, ...]:
    """Return the command line that runs a program as one of the users, with the groups that they have."""
    groups = ("--clear-groups",) if user == STRANGER else ("--groups", str(GROUP))
    return ("setpriv", "--reuid", str(user), "--regid", str(user), *groups, "--no-new-privs", "--", *command)


def as_user(user: int, *command: str | Path) -> Finished:
    """Run a program as one of the users."""
    return run(*becoming(user, *command))


def ours(user: int, *words: str | Path) -> Finished:
    """Run our command as one of the users."""
    return as_user(user, *openjpki_command(*words))


def script(user: int, text: str, *words: str | Path) -> str:
    """Run a few lines of Python as one of the users and return what they print."""
    done = as_user(user, *openjpki_command()[:1], "-c", text, *words)
    assert done.status == 0, done.text
    return done.text.strip()


def test_two_users_share_a_signing_process_and_no_key(stage: Stage) -> None:
    """T-107: the authority is founded and publishes; it cannot read what signs, nor can anybody else; strangers are not heard."""
    made = ours(KEEPER, "init", "--only-signer", "--home", stage.place, *P384)
    assert made.status == 0, made.text
    at = ("--signer-at", stage.place, "--signer-user", str(KEEPER))
    with stage.signing():
        founded = ours(AUTHORITY, "init", "--home", stage.home, *at, *P384)
        assert founded.status == 0, founded.text
        assert ours(AUTHORITY, "authority", "publish", "--home", stage.home).status == 0
        assert ours(AUTHORITY, "status", "--home", stage.home).status == 0

        asked = {user: script(user, ASK, stage.socket) for user in (MEMBER, STRANGER)}
        assert asked == {MEMBER: "hung up", STRANGER: "not reached"}
        assert script(0, ASK, stage.socket) == "hung up", "root is no user that is named"

    (key, *_) = sorted((stage.place / "keys").glob("signature-ca-*.pem"))
    for user in (AUTHORITY, MEMBER, STRANGER):
        for secret in (key, stage.place / "passphrase", stage.place / "ca", stage.place):
            reading = "import os, sys; os.listdir(sys.argv[1]) if os.path.isdir(sys.argv[1]) else open(sys.argv[1])"
            refused = as_user(user, *openjpki_command()[:1], "-c", reading, secret)
            assert (refused.status, "PermissionError" in refused.text) == (1, True), (user, secret, refused.text)
    assert not list((stage.home / "authority" / "keys").glob("*-ca-*"))
    told = [line for line in stage.journal().splitlines() if "caller-refused" in line]
    assert [(f'"user": {user}' in line) for line, user in zip(told, (MEMBER, 0), strict=True)] == [True, True]
    assert ours(AUTHORITY, "authority", "publish", "--home", stage.home).codes == ["authority.signing.silent"]
    with stage.signing():
        assert ours(AUTHORITY, "authority", "publish", "--home", stage.home).status == 0, "as after a restart"


def test_a_socket_that_somebody_else_placed_is_not_believed(stage: Stage) -> None:
    """T-107: whoever gets hold of the place hears no question: the authority looks who listens."""
    place = stage.folder / "placed"
    place.mkdir()
    place.chmod(0o777)
    command = becoming(MEMBER, *openjpki_command()[:1], "-c", PLACE, place / "signer.sock")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "placed\n"
        assert script(AUTHORITY, MAKE, place, str(KEEPER)) == "authority.signing.strange"
        other.communicate("", PATIENCE)
