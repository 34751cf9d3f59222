"""How `openjpki rules …` tells findings: as data, and as lines a person reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from openjpki.cli.answer import Answer
from openjpki.errors import Kind, Language
from openjpki.rules.finding import Finding
from openjpki.rules.references import gist

WAYS = {
    "same_day": ("即日で手続きできます。", "Done on the same day."),
    "inquiry": ("照会書兼回答書による手続き(2回の来庁)になります。", "By inquiry letter and a second visit."),
    "refused": ("お受けできません。", "Refused."),
}
"""`rules.visit.Way` → what it says, in Japanese and English."""


def coded(findings: Sequence[Finding], language: Language) -> list[dict[str, Any]]:
    """Return the findings for `--json`: code, rule, sentence of the page with its gist, and what to bring."""
    return [
        {
            "code": finding.code,
            "rule": finding.rule,
            "sentence": finding.sentence,
            "page": gist(finding.sentence, language) if finding.sentence else "",
            "bring": finding.bring(language),
        }
        for finding in findings
    ]


def told(findings: Sequence[Finding], language: Language) -> list[str]:
    """Return the findings as lines: the sentence with what it rests on; below it the page's, and what to bring."""
    lines = []
    for finding in findings:
        cited = ", ".join(filter(None, (finding.rule, finding.sentence)))
        lines.append(f"- {finding.message(language)} [{finding.code}; {cited}]")
        if finding.sentence:
            lines.append(f"  {finding.sentence}: {gist(finding.sentence, language)}")
        if finding.bring(language):
            lines.append(f"  → {finding.bring(language)}")
    return lines


def answered(
    findings: Sequence[Finding],
    rules: Sequence[str],
    language: Language,
    *,
    line: str,
    data: Mapping[str, Any],
    kind: Kind | None = None,
) -> Answer:
    """Return an answer in the common shape: its own data and line, the findings, and the rules that decided."""
    return Answer(
        data={**data, "findings": coded(findings, language), "rules": list(rules)},
        lines=(line, *told(findings, language), f"[{', '.join(rules)}]"),
        kind=kind,
    )


def refused(findings: Sequence[Finding]) -> Kind | None:
    """Return the exit status of an answer with these findings: refused if one of them stands in the way."""
    return Kind.REFUSED if any(finding.severity == "refusal" for finding in findings) else None
