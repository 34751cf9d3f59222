"""How `openjpki rules …` tells findings: as data, and as lines a person reads."""

from collections.abc import Sequence
from typing import Any

from openjpki.errors import Language
from openjpki.rules.finding import Finding


def coded(findings: Sequence[Finding], language: Language) -> list[dict[str, Any]]:
    """Return the findings for `--json`: code, rule, sentence, and what to bring."""
    return [
        {
            "code": finding.code,
            "rule": finding.rule,
            "sentence": finding.sentence,
            "bring": finding.bring(language),
        }
        for finding in findings
    ]


def told(findings: Sequence[Finding], language: Language) -> list[str]:
    """Return the findings as lines: the sentence with what it rests on, and below it what to bring."""
    lines = []
    for finding in findings:
        cited = ", ".join(filter(None, (finding.rule, finding.sentence)))
        lines.append(f"- {finding.message(language)} [{finding.code}; {cited}]")
        if finding.bring(language):
            lines.append(f"  → {finding.bring(language)}")
    return lines
