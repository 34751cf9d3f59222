import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_TEST_FILE = {"__init__", "__main__", "apps", "settings", "wsgi", "urls"}
"""Modules without a test of their own: declarations that other tests execute."""


def committed() -> list[str]:
    """Return the paths git knows, or, outside a checkout, every file below the root."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return listed.stdout.splitlines()
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


def modules() -> list[Path]:
    """Return every module that must have a test file."""
    found = (Path(name) for name in committed() if name.startswith("src/openjpki/") and name.endswith(".py"))
    return [path for path in found if path.stem not in NO_TEST_FILE and "migrations" not in path.parts]


@pytest.mark.parametrize("module", modules(), ids=str)
def test_every_module_has_its_test_file(module: Path) -> None:
    """Each module is covered by a test file of its own name, in the folder that mirrors it.

    The parts of one table (the findings by subject) have one test of their folder's name beside that folder.
    """
    inside = module.relative_to("src/openjpki")
    place = ROOT / "tests" / "unit" / inside.parent
    own, common = place / f"test_{inside.stem.lstrip('_')}.py", place.with_name(f"test_{place.name}.py")

    assert own.exists() or (common.exists() and not place.exists())


def test_the_repository_names_no_download_address() -> None:
    """The hash-pinned requirement files record no download address."""
    for name in ("requirements/run.txt", "requirements/dev.txt", "requirements/lint.txt", "requirements/tools.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")

        assert not re.search(r"https?://|--index-url|--find-links", text)
        assert "--hash=sha256:" in text


@pytest.mark.parametrize("name", [name for name in committed() if name.endswith((".py", ".md", ".sh", ".toml"))])
def test_no_naked_to_do(name: str) -> None:
    """A to-do names its issue; there are no placeholders."""
    text = (ROOT / name).read_text(encoding="utf-8")
    words = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3))

    assert not re.search(rf"\b({words})\b(?!\(#\d+\))", text)
