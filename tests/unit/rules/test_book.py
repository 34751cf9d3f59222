from itertools import pairwise
from typing import get_args

import pytest

from openjpki.rules.book import RULES, Mark, Rule, _read
from openjpki.rules.policy import SETTINGS

CHAPTERS = {0: [(1, 4)], 1: [(1, 11)], 2: [(1, 15), (20, 30)], 3: [(1, 11)], 4: [(1, 9)], 5: [(1, 12), (20, 26)]} | {
    6: [(1, 7)],
    7: [(1, 6)],
    8: [(0, 10)],
}


def test_the_book_has_every_rule() -> None:
    """Every chapter, in order, with the two gaps that are meant."""
    numbers = [
        f"R-{chapter}.{number}"
        for chapter, runs in CHAPTERS.items()
        for first, last in runs
        for number in range(first, last + 1)
    ]

    assert list(RULES) == numbers
    assert len(numbers) == 104


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_has_a_title_in_both_languages(rule: Rule) -> None:
    """A title is short, and no two rules share one."""
    assert 0 < len(rule.ja) <= 30
    assert 0 < len(rule.en) <= 50
    assert rule.en.isascii()
    assert not rule.ja.isascii()
    assert [other for other in RULES.values() if other.ja == rule.ja or other.en == rule.en] == [rule]


def test_marks_are_the_rule_books() -> None:
    """Each mark is in use; a row with another one is a mistake that shows at once."""
    assert {rule.mark for rule in RULES.values()} == set(get_args(Mark))
    with pytest.raises(ValueError, match="R-9"):
        _read("R-9.1 | X | 題 | title")


def test_what_is_unknown_is_a_setting() -> None:
    """A rule marked U has a setting that holds its default."""
    held = ", ".join(setting.rule for setting in SETTINGS.values())
    unknown = [rule.number for rule in RULES.values() if rule.mark == "U"]

    assert unknown == ["R-3.4", "R-4.2", "R-5.23"]
    assert [number for number in unknown if number not in held] == []


def test_numbers_rise_inside_a_chapter() -> None:
    """The tenth rule comes after the ninth: numbers are pairs of numbers, not texts."""
    pairs = [tuple(map(int, number.removeprefix("R-").split("."))) for number in RULES]

    assert all(before < after for before, after in pairwise(pairs))
