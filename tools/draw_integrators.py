"""Draws the table of what programs of others were seen to do with a card into the page for integrators.

The rows are `docs/interop.json`, which the tests of `tests/interop` write and are held to.
"""

import json
from pathlib import Path
from typing import Any

from tools.draw_errors import cell

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "integrators.md"
RECORD = DOCS / "interop.json"
BEGIN = "<!-- begin: drawn from interop.json by tools/make_docs.py -->"
END = "<!-- end -->"


def integrators_page() -> str:
    """Return `docs/integrators.md` as it stands, with the table drawn anew between its two marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join((before + BEGIN, "", *table(json.loads(RECORD.read_text(encoding="utf-8"))), "", END + after))


def table(record: Any) -> list[str]:
    """Return one line for each thing that was run: the program with its package and version, what, and what it said."""
    lines = ["| program | what was run | what it said |", "|---|---|---|"]
    for row in sorted(record["rows"], key=lambda one: (one["program"], one["what"])):
        version = record["versions"][row["program"]]
        program = f"{row['program']} ({version['package']} {version['version']})"
        said = "<br>".join(f"`{cell(words)}`" for words in row["said"])
        lines.append(f"| {program} | {cell(row['what'])} | {said} |")
    return lines
