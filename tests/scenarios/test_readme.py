"""The READMEs, followed word for word in an empty folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
OURS = ("OPENJPKI_", "DJANGO_", "COV", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "MAKE")
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


def followed(typed: list[str], folder: Path) -> None:
    """Type commands in a folder, and meet no error."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment = kept | {"LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
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


def furnished(folder: Path) -> None:
    """Give a copy the suite's own environment, as `make run` would have made it: that was installed from the same files."""
    environment = Path(sys.prefix)
    assert (environment / ".installed-run").is_file(), "the suite runs in an environment that make made"
    (folder / ".venv").symlink_to(environment)
    for made_of in ("requirements/run.txt", "pyproject.toml"):
        os.utime(folder / made_of, (0, 0))  # older than what was made of it: nothing is installed a second time


@pytest.mark.parametrize("installed", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_every_command_of_the_readmes_works(tmp_path: Path, installed: bool) -> None:  # noqa: FBT001  -- a parameter
    """A newcomer who types what a README says, in an empty folder, meets no error.

    Both have the same commands; the Japanese one asks for Japanese, and what is asked twice may be asked in the same place.
    """
    english, japanese = commands("README.md"), commands("README.ja.md")
    assert english[0] == japanese[0] == "make run ONCE=1"
    assert {line.replace(" --lang ja", "") for line in japanese} <= {line.replace(" --json", "") for line in english}

    folder = copied(tmp_path)
    if installed:
        furnished(folder)
    followed(english, folder)
    followed([line for line in japanese if "--lang ja" in line and " window event " not in line], folder)
