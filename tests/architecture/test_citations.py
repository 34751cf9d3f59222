"""Every rule that the code cites can be looked up."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CITED = re.compile(r"\bR-\d+\.\d+\b")


def test_every_cited_rule_stands_in_the_rule_book() -> None:
    """`docs/rules.md` has a row for each R-number in the source: the story shows them to people."""
    rows = re.findall(r"^\| ((?:R-\d+\.\d+(?:, )?)+) \|", (ROOT / "docs" / "rules.md").read_text("utf-8"), re.MULTILINE)
    known = {rule for row in rows for rule in row.split(", ")}
    cited = {
        rule: str(path.relative_to(ROOT))
        for path in sorted((ROOT / "src").rglob("*.py"))
        for rule in CITED.findall(path.read_text("utf-8"))
    }

    assert len(cited) > 50
    assert {rule: place for rule, place in cited.items() if rule not in known} == {}
