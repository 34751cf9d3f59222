from dataclasses import replace
from datetime import date

from openjpki.rules.finding import Finding, refusals_first

FINDING = Finding(
    code="test.later",
    rule="R-3.8",
    sentence="S-33",
    severity="refusal",
    ja="{opens}から{what}",
    en="{what} from {opens}. {more}",
    bring_ja="{opens}",
    bring_en="Come on {opens}.",
)


def test_a_finding_speaks_two_languages() -> None:
    """Sentences are chosen by language."""
    assert FINDING.message("ja") == FINDING.ja
    assert FINDING.message("en") == FINDING.en
    assert FINDING.bring("ja") == FINDING.bring_ja
    assert FINDING.bring("en") == FINDING.bring_en


def test_sentences_are_filled_in() -> None:
    """R-4.4: days are told as everywhere, with their weekdays; an empty tail leaves no blank."""
    filled = FINDING.filled(opens=date(2026, 5, 16), what="更新", more="")

    assert filled.ja == "令和8年（2026年）5月16日（土）から更新"
    assert filled.en == "更新 from 2026-05-16 (Sat)."
    assert filled.bring_ja == "令和8年（2026年）5月16日（土）"
    assert filled.bring_en == "Come on 2026-05-16 (Sat)."
    assert (filled.code, filled.rule, filled.sentence) == ("test.later", "R-3.8", "S-33")


def test_what_stands_in_the_way_is_told_first_and_once() -> None:
    """Refusals before advice, each once, otherwise in the order in which they were found."""
    advice, other = replace(FINDING, severity="advice"), replace(FINDING, code="test.other")

    assert refusals_first([advice, FINDING, other, FINDING, advice]) == (FINDING, other, advice)
