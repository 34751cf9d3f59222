"""Every rule that the code cites can be looked up."""

import re
from pathlib import Path

from openjpki.rules.book import RULES

ROOT = Path(__file__).resolve().parents[2]
CITED = re.compile(r"\bR-\d+\.\d+\b")
REGISTERS = {"src/openjpki/rules/book.py", "src/openjpki/rules/page.py"}
"""They list numbers; to list one is not to decide by it."""


def rows() -> set[str]:
    """Return the numbers that have a row in `docs/rules.md`."""
    found = re.findall(
        r"^\| ((?:R-\d+\.\d+(?:, )?)+) \|", (ROOT / "docs" / "rules.md").read_text("utf-8"), re.MULTILINE
    )
    return {rule for row in found for rule in row.split(", ")}


def test_every_cited_rule_stands_in_the_rule_book() -> None:
    """`docs/rules.md` has a row for each R-number in the source: the story shows them to people."""
    places = ((path, str(path.relative_to(ROOT))) for path in sorted((ROOT / "src").rglob("*.py")))
    cited = {
        rule: place
        for path, place in places
        if place not in REGISTERS
        for rule in CITED.findall(path.read_text("utf-8"))
    }

    assert len(cited) > 50
    assert {rule: place for rule, place in cited.items() if rule not in rows()} == {}


def test_a_row_of_the_rule_book_has_its_title() -> None:
    """Every rule with a row stands in the register of all rules."""
    assert rows() - set(RULES) == set()
