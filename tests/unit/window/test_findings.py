import re
import string

import pytest

from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.finding import Finding
from openjpki.window.findings import FINDINGS, found
from tests.unit.window.counter import PAGE


@pytest.mark.parametrize("finding", FINDINGS.values(), ids=lambda finding: finding.code)
def test_a_finding_of_the_counter_cites_a_rule_in_two_languages(finding: Finding) -> None:
    """Every finding has a code of its own, a rule number, and says the same data in both languages."""
    fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (finding.ja, finding.en)]

    assert finding.code not in CATALOGUE
    assert finding.code.startswith("window.")
    assert finding.rule.startswith("R-")
    assert fields[0] == fields[1]
    assert finding.severity == "advice" or (finding.bring_ja and finding.bring_en)


def test_a_finding_is_filled_in() -> None:
    """A finding names what it is about."""
    assert "2026-000001" in found("window.issue-waiting", receipt="2026-000001").ja


def test_every_finding_is_documented() -> None:
    """The counter's findings stand in docs/window.md with their rules."""
    page = PAGE.read_text(encoding="utf-8")

    assert not [f for f in FINDINGS.values() if not re.search(rf"`{f.code}` .*\| {f.rule} \|", page)]
