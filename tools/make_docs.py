"""Writes the documents that are drawn from the code: `docs/errors.md` and `docs/machines/`. `--check` only compares."""

import argparse
import importlib
import os
import pkgutil
import sys
from pathlib import Path

import django

import openjpki
from openjpki.errors import Failure, Kind, declared

ROOT = Path(__file__).resolve().parent.parent
STATUS = {
    Kind.REFUSED: "refused",
    Kind.USAGE: "usage",
    Kind.INDETERMINATE: "indeterminate",
    Kind.UNAVAILABLE: "unavailable",
}


def import_everything() -> None:
    """Import every module of the package, so that every declaration is known."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openjpki.site.settings")
    django.setup()
    for module in pkgutil.walk_packages(openjpki.__path__, "openjpki."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)


def failures() -> tuple[type[Failure], ...]:
    """Return every declared refusal of the package."""
    import_everything()
    return tuple(failure for failure in declared() if failure.__module__.startswith("openjpki."))


def errors_page() -> str:
    """Return `docs/errors.md`: every refusal with its code, exit status and both sentences."""
    lines = [
        "# Errors",
        "",
        "Every refusal of OpenJPKI, by its stable code. This page is written by `tools/make_docs.py`; words in braces are filled in.",
        "",
        "| code | exit | 日本語 | English |",
        "|---|---|---|---|",
    ]
    for failure in failures():
        cells = (failure.ja, failure.en)
        ja, en = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
        lines.append(f"| `{failure.code}` | {failure.kind.value} {STATUS[failure.kind]} | {ja} | {en} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    return {ROOT / "docs" / "errors.md": errors_page()}


def main() -> int:
    """Write the pages, or with `--check` name those that differ and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages()[path], encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
