import re
from pathlib import Path

import pytest

from openjpki.rules.catalogue import CATALOGUE, find
from openjpki.rules.finding import Finding, UnknownCode
from openjpki.rules.page import SENTENCES
from openjpki.window.findings import FINDINGS as COUNTERS_FINDINGS
from tests.support.glossary import not_said

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "src" / "openjpki" / "rules"
RULE_BOOK = ROOT / "docs" / "rules.md"


@pytest.mark.parametrize("finding", CATALOGUE.values(), ids=list(CATALOGUE))
def test_a_finding_is_coded_cited_and_bilingual(finding: Finding) -> None:
    """A finding has a dotted code, one R-number, an S-number or none, Japanese and English, both or neither to bring."""
    assert re.fullmatch(r"[a-z]+\.[a-z0-9_-]+", finding.code)
    assert re.fullmatch(r"R-\d+\.\d+", finding.rule)
    assert re.fullmatch(r"(S-\d\d)?", finding.sentence)
    assert all(re.fullmatch(r"R-\d+\.\d+|S-\d\d", number) for number in finding.also)
    assert finding.ja.endswith(("。", "}"))
    assert finding.en
    assert bool(finding.bring_ja) == bool(finding.bring_en)


@pytest.mark.parametrize("finding", CATALOGUE.values(), ids=list(CATALOGUE))
def test_a_refusal_says_what_to_do(finding: Finding) -> None:
    """Nobody is turned away without a word on what would make it acceptable, or which way to take instead."""
    assert finding.severity == "advice" or (finding.bring_ja.endswith(("。", "}")) and finding.bring_en)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_finding_is_made_by_a_rule(code: str) -> None:
    """A code that nothing uses is no finding."""
    rooms = (path for path in SOURCES.rglob("*.py") if path.parent.name != "catalogue")
    used = [path for path in rooms if f'"{code}"' in path.read_text("utf-8")]

    assert used


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_rule_book_documents_every_finding(code: str) -> None:
    """docs/rules.md lists every finding with its severity, rule and sentence."""
    finding = CATALOGUE[code]
    row = f"| `{code}` | {finding.severity} | {finding.rule} | {finding.sentence or '–'} |"

    assert row in RULE_BOOK.read_text(encoding="utf-8")


IN_FULL = "地方公共団体情報システム機構"


@pytest.mark.parametrize("word", not_said())
def test_what_is_read_out_is_the_pages_language(word: str) -> None:
    """R-2.29; S-16: no finding and no gist of the page's sentences has a word that the glossary keeps for clerks."""
    findings = [*CATALOGUE.values(), *COUNTERS_FINDINGS.values()]
    read_out = [*(f"{one.ja}{one.bring_ja}" for one in findings), *(one.ja for one in SENTENCES.values())]

    assert [sentence for sentence in read_out if word in sentence.replace(IN_FULL, "")] == []


def test_an_unknown_code() -> None:
    """A code without a finding is refused."""
    with pytest.raises(UnknownCode):
        find("renewal.never")
