import re
from pathlib import Path

import pytest

from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.page import SENTENCES, Sentence
from openjpki.rules.policy import Policy

DOCS = Path(__file__).resolve().parents[3] / "docs"
PRESETS = pytest.mark.parametrize(
    "policy", [Policy.preset("national"), Policy.preset("page")], ids=["national", "page"]
)


def test_the_page_has_seventy_sentences() -> None:
    """All of them, in the order of the page."""
    assert list(SENTENCES) == [f"S-{number:02}" for number in range(1, 71)]
    assert all(number == sentence.number for number, sentence in SENTENCES.items())


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=list(SENTENCES))
def test_a_sentence_has_a_gist_and_its_rules(sentence: Sentence) -> None:
    """Short, in both languages, and carried out by rules that stand in the book."""
    assert 0 < len(sentence.ja) <= 30
    assert 0 < len(sentence.en) <= 70
    assert sentence.en.isascii()
    assert not sentence.ja.isascii()
    assert sentence.rules
    assert set(sentence.rules) <= set(RULES)


def test_the_conflicts_are_those_of_the_rule_book() -> None:
    """CF-1 to CF-14 stand in `docs/rules.md`; those between sentences of the page name their sentences (CF-12 has none)."""
    table = re.findall(r"^\| (CF-\d+) \|", (DOCS / "rules.md").read_text(encoding="utf-8"), re.MULTILINE)
    named = {conflict for sentence in SENTENCES.values() for conflict in sentence.conflicts}

    assert table == [f"CF-{number}" for number in range(1, 15)]
    assert named == set(table) - {"CF-12"}


def test_a_finding_cites_a_sentence_of_its_rule() -> None:
    """Where a finding cites a sentence, that sentence is carried out by the finding's rule or by one it names besides."""
    strayed = {
        finding.code: finding.sentence
        for finding in CATALOGUE.values()
        if finding.sentence and not {finding.rule, *finding.also} & set(SENTENCES[finding.sentence].rules)
    }

    assert strayed == {}


@PRESETS
def test_the_place_is_the_pages(policy: Policy) -> None:
    """R-4.8; S-11, S-37: applications and renewals are taken at one place."""
    assert policy.office_place == "茨木市役所 南館9階"


@PRESETS
@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("S-64", "茨木市 市民文化部 市民課"),
        ("S-65", "〒567-8505"),
        ("S-66", "大阪府茨木市駅前三丁目8番13号"),
        ("S-67", "茨木市役所本館1階(1~5番-1・2窓口)"),
        ("S-68", "電話 072-620-1621"),
        ("S-69", "shimin@city.ibaraki.lg.jp"),
        ("S-70", "メールフォーム"),
    ],
)
def test_the_contact_is_the_pages(policy: Policy, sentence: str, part: str) -> None:
    """R-2.29, R-4.9; S-10, S-17, S-64 to S-70: whom to ask, and by which way."""
    assert sentence in SENTENCES
    assert part in policy.office_contact
