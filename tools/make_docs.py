"""Writes the documents that are drawn from the code: errors, commands, dialogues, faults, limits, findings, interoperability, life cycles, procedures, the trace. `--check` only compares.

Run it as `python -m tools.make_docs`, or by `make docs`.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tools.draw_commands import commands_page
from tools.draw_dialogues import dialogues_page
from tools.draw_errors import errors_page
from tools.draw_faults import faults_page
from tools.draw_findings import rules_page
from tools.draw_integrators import integrators_page
from tools.draw_limits import limits_page
from tools.draw_machines import TABLES, machine_page
from tools.draw_procedures import PAGES, contents_page, procedure_page
from tools.draw_questions import questions_page
from tools.draw_traceability import traceability_page

ROOT = Path(__file__).resolve().parent.parent


DOCS = ROOT / "docs"
DRAWN: Mapping[Path, Callable[[], str]] = {
    DOCS / "errors.md": errors_page,
    DOCS / "commands.md": commands_page,
    DOCS / "dialogues.md": dialogues_page,
    DOCS / "faults.md": faults_page,
    DOCS / "limits.md": limits_page,
    DOCS / "rules.md": rules_page,
    DOCS / "integrators.md": integrators_page,
    DOCS / "traceability.md": traceability_page,
    **{DOCS / "machines" / f"{table.name}.md": partial(machine_page, table) for table in TABLES},
    **{DOCS / "procedures" / f"{page.procedure.value}.md": partial(procedure_page, page) for page in PAGES},
    DOCS / "procedures" / "README.md": contents_page,
    DOCS / "procedures" / "questions.md": questions_page,
}
"""Every generated page, and what draws it."""


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    return {path: draw() for path, draw in DRAWN.items()}


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
    sys.exit(main())
