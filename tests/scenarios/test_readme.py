"""The READMEs, followed word for word in an empty folder."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(readme: str) -> list[str]:
    """Return the lines of every shell block, in order."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return [line for block in BLOCK.findall(text) for line in block.splitlines() if line]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a fresh copy of what git knows, and nothing else."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_every_command_of_the_readme_works(readme: str, copy: Path) -> None:
    """A newcomer who types what the README says, in an empty folder, meets no error."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENJPKI_", "DJANGO_", "COV"))}
    environment = kept | {"LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    typed = commands(readme)

    assert typed[0] == "make run ONCE=1"
    for line in typed:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
