"""The READMEs, followed word for word in an empty folder."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
OURS = ("OPENJPKI_", "DJANGO_", "COV", "PYTHONPYCACHEPREFIX", "MAKE")
"""Variables of a running suite that a newcomer's shell does not have."""
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(readme: str) -> list[str]:
    """Return the lines of every shell block, in order."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return [line for block in BLOCK.findall(text) for line in block.splitlines() if line]


def copied(folder: Path) -> Path:
    """Return a fresh copy of what git knows, and nothing else."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def followed(readme: str, folder: Path) -> None:
    """Type what a README says, in a folder, and meet no error."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment = kept | {"LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    typed = commands(readme)

    assert typed[0] == "make run ONCE=1"
    for line in typed:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def test_every_command_of_the_readmes_works(tmp_path: Path) -> None:
    """A newcomer who types what a README says, in an empty folder, meets no error; the second one has the environment."""
    first, second = copied(tmp_path / "first"), copied(tmp_path / "second")
    followed("README.md", first)
    (second / ".venv").symlink_to(first / ".venv")
    followed("README.ja.md", second)
