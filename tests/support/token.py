"""A PKCS#11 token of this process's own: Debian's SoftHSM2 over a private folder, as an HSM stands in a rack."""

import atexit
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
LABEL, PIN = "openjpki-test", "a PIN for tests"


class TokenMissing(Exception):
    """SoftHSM2 is not installed."""


@dataclass(frozen=True)
class Token:
    """Where the token's library, its configuration and its PIN are."""

    folder: Path
    pin_file: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return what a program needs to find this token and no other."""
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}


@cache
def the_token() -> Token:
    """Make this process's token; SoftHSM reads its configuration once in a process. Raises `TokenMissing`."""
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        message = "softhsm2 is not installed: run `make packages` as root"
        raise TokenMissing(message)
    folder = Path(tempfile.mkdtemp(prefix="openjpki-token-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir(mode=0o700)
    configuration = f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    (folder / "softhsm2.conf").write_text(configuration, encoding="utf-8")
    pin_file = folder / "pin"
    pin_file.write_text(PIN, encoding="utf-8")
    pin_file.chmod(0o600)
    token = Token(folder, pin_file)
    os.environ.update(token.environment)
    command = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        LABEL,
        "--pin",
        PIN,
        "--so-pin",
        "a PIN of its officer",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return token
