import re
from pathlib import Path

import pytest

from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.conflicts import CONFLICTS, Conflict
from openjpki.rules.page import SENTENCES
from openjpki.rules.policy import SETTINGS, Policy
from openjpki.rules.references import gist, is_number, reference

RULE_BOOK = (Path(__file__).resolve().parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")
NUMBERS = [*SENTENCES, *RULES, *CONFLICTS]


def test_the_conflicts_are_those_of_the_rule_book() -> None:
    """CF-1 to CF-14, in order, as `docs/rules.md` lists them."""
    assert list(CONFLICTS) == [f"CF-{number}" for number in range(1, 15)]
    assert list(CONFLICTS) == re.findall(r"^\| (CF-\d+) \|", RULE_BOOK, re.MULTILINE)


@pytest.mark.parametrize("conflict", CONFLICTS.values(), ids=list(CONFLICTS))
def test_a_conflict_is_told_in_both_languages(conflict: Conflict) -> None:
    """CF-n: what it is between, the ruling, and the page's letter where that differs; its rules stand in the book."""
    for ja, en in (
        (conflict.gist("ja"), conflict.gist("en")),
        (conflict.ruling("ja"), conflict.ruling("en")),
        (conflict.letter("ja"), conflict.letter("en")),
    ):
        assert bool(ja) == bool(en)
        assert en.isascii()
    assert conflict.ja
    assert conflict.ruling_ja
    assert conflict.rules
    assert set(conflict.rules) <= set(RULES)


@pytest.mark.parametrize("conflict", CONFLICTS.values(), ids=list(CONFLICTS))
def test_a_conflict_and_its_sentences_name_each_other(conflict: Conflict) -> None:
    """CF-n: a sentence that takes part in a conflict is one of its sentences, but for those that only lie between."""
    named = {sentence.number for sentence in SENTENCES.values() if conflict.number in sentence.conflicts}

    assert named <= set(conflict.sentences)
    assert set(conflict.sentences) <= set(SENTENCES)


def test_the_page_has_a_letter_where_its_preset_differs() -> None:
    """CF-2 to CF-5 and CF-7 to CF-9: exactly these have settings in which `page` differs from `national`."""
    national, page = Policy.preset("national"), Policy.preset("page")
    differing = {
        number
        for name, setting in SETTINGS.items()
        for number in setting.rule.split(", ")
        if number in CONFLICTS and getattr(national, name) != getattr(page, name)
    }

    assert differing == {number for number, conflict in CONFLICTS.items() if conflict.letter_en}


@pytest.mark.parametrize("number", CONFLICTS)
def test_every_ruling_is_held_by_a_setting(number: str) -> None:
    """CF-n: a ruling is data: each has its setting."""
    assert reference(number).settings


def test_a_sentence_leads_to_what_carries_it_out() -> None:
    """R-3.8, R-7.1, CF-11; S-33: an early notice opens nothing."""
    found = reference("S-33")

    assert (found.sentences, found.rules, found.conflicts) == (("S-33",), ("R-3.8", "R-7.1"), ("CF-11",))
    assert set(found.settings) >= {"notice_opens_window", "renewal_window_start", "notice_months_before"}
    assert set(found.findings) == {"renewal.not-yet", "notice.comes-early"}


def test_a_rule_leads_back_to_the_page() -> None:
    """R-3.8: its sentences, the conflicts it takes part in, its settings, its findings."""
    found = reference("R-3.8")

    assert found.sentences == ("S-23", "S-24", "S-31", "S-32", "S-33")
    assert found.conflicts == ("CF-1", "CF-2", "CF-11", "CF-14")
    assert set(found.settings) == {"renewal_window_start", "renewal_last_day_offset", "missing_day_rule"}
    assert "renewal.not-yet" in found.findings


def test_a_conflict_leads_to_its_ruling() -> None:
    """CF-2: S-31 and S-32, the settings that hold it, what is found by these sentences."""
    found = reference("CF-2")

    assert (found.sentences, found.rules) == (("S-31", "S-32"), ("R-3.4", "R-3.6", "R-3.8"))
    assert found.settings == ("expiry_day_birthdays", "renewal_last_day_offset")
    assert "renewal.not-yet" in found.findings


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_is_found(number: str) -> None:
    """S-01 to S-70, R-0.1 to R-8.10, CF-1 to CF-14: each has a gist in both languages and leads to what there is."""
    found = reference(number)

    assert is_number(number)
    assert gist(number, "ja") != gist(number, "en")
    assert set(found.rules) <= set(RULES)
    assert found.rules
    assert set(found.findings) <= set(CATALOGUE)
    assert set(found.settings) <= set(SETTINGS)


@pytest.mark.parametrize("number", ["S-00", "S-71", "R-9.9", "CF-15", "renewal.over", ""])
def test_what_is_no_number(number: str) -> None:
    """A number past the last one, or another word, leads nowhere."""
    assert not is_number(number)
    with pytest.raises(KeyError):
        reference(number)


def _row(first_cell: str) -> str:
    return next(line for line in RULE_BOOK.splitlines() if line.startswith(f"| {first_cell} |"))


def test_the_rule_book_has_the_japanese_subjects() -> None:
    """R-2.29: who searches it for 期限, 代理人 or 照会書 finds the rows of rules, conflicts, settings and findings, and the headings."""
    rows = re.findall(r"^\| ((?:R-\d+\.\d+(?:, )?)+) \|", RULE_BOOK, re.MULTILINE)
    lacking = [row for row in rows if not all(RULES[number].ja in _row(row) for number in row.split(", "))]
    lacking += [number for number, conflict in CONFLICTS.items() if conflict.ja not in _row(number)]
    for name, setting in SETTINGS.items():
        titles = [RULES[number].ja for number in setting.rule.split(", ") if number in RULES]
        lacking += [name for title in titles if title not in _row(f"`{name}`")]
    headings = re.findall(r"^## .*$", RULE_BOOK, re.MULTILINE)

    assert lacking == []
    assert [heading for heading in headings if heading.isascii()] == []
    assert all(RULE_BOOK.count(word) > 10 for word in ("期限", "代理人", "照会書"))
