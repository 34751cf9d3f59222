"""Writes the documents that are drawn from the code: errors, commands and life cycles. `--check` only compares."""

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
WRITTEN = "This page is written by `tools/make_docs.py`"
STARTED_BY_A_SERVER = "openjpki.site.wsgi"
"""It opens a home when it is imported."""


def import_everything() -> None:
    """Import every module of the package, so that every declaration is known."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openjpki.site.settings")
    django.setup()
    for module in pkgutil.walk_packages(openjpki.__path__, "openjpki."):
        started = module.name == STARTED_BY_A_SERVER or module.name.endswith("__main__")
        if not started and ".migrations." not in module.name:
            importlib.import_module(module.name)


def failures() -> tuple[type[Failure], ...]:
    """Return every declared refusal of the package."""
    import_everything()
    return tuple(failure for failure in declared() if failure.__module__.startswith("openjpki."))


def cell(text: str) -> str:
    """Return a text as it may stand in a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def errors_page() -> str:
    """Return `docs/errors.md`: every refusal with its code, exit status and both sentences."""
    lines = [
        "# Errors",
        "",
        f"Every refusal of OpenJPKI, by its stable code. {WRITTEN}; words in braces are filled in.",
        "",
        "| code | exit | 日本語 | English |",
        "|---|---|---|---|",
    ]
    for failure in failures():
        status = f"{failure.kind.value} {STATUS[failure.kind]}"
        lines.append(f"| `{failure.code}` | {status} | {cell(failure.ja)} | {cell(failure.en)} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    from tools.draw_commands import commands_page
    from tools.draw_machines import machine_pages

    docs = ROOT / "docs"
    machines = {docs / "machines" / f"{name}.md": text for name, text in machine_pages().items()}
    return {docs / "errors.md": errors_page(), docs / "commands.md": commands_page()} | machines


def main() -> int:
    """Write the pages, or with `--check` name those that differ and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    drawn = pages()
    stale = [path for path, text in drawn.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(drawn[path], encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
