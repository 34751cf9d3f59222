"""Draws the table of all findings at the end of the rule book, each with its Japanese sentence; the rest is written by hand."""

import re
from pathlib import Path

from openjpki.rules.catalogue import CATALOGUE
from tools.draw_errors import cell

RULE_BOOK = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
MARK = "<!-- drawn by tools/make_docs.py from here to the end -->"
_FIELD = re.compile(r"\{\w+(?::[^}]*)?\}")


def rules_page() -> str:
    """Return `docs/rules.md` with its table of findings drawn anew."""
    by_hand, mark, _ = RULE_BOOK.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise ValueError(MARK)
    return f"{by_hand}{mark}\n\n{findings_table()}"


def findings_table() -> str:
    """Return the table: code, severity, what each cites, and what is said; what a case fills in is dots."""
    rows = ["| code | severity | rule | sentence | also | says |", "|---|---|---|---|---|---|"]
    for code, finding in CATALOGUE.items():
        cited = f"{finding.rule} | {finding.sentence or '–'} | {', '.join(finding.also) or '–'}"
        rows.append(f"| `{code}` | {finding.severity} | {cited} | {cell(_FIELD.sub('…', finding.ja))} |")
    return "\n".join(rows) + "\n"
