import argparse
from datetime import date
from typing import Any

import pytest

from openjpki.cli.checklist.question import Again, Question

ON = argparse.Namespace(on=date(2026, 5, 1))


def question(**settings: Any) -> Question:
    """Return a question with choices, or about a day."""
    told = {"name": "asked", "option": "--asked", "ja": "何ですか。", "en": "What?", "matters": lambda _: True}
    return Question(**{**told, **settings})


CHOICE = question(choices=(("one", "はい", "yes"), ("two", "ﾆ番", "no")))
DAY = question()
BORN = question(past=True)
WHO = question(
    choices=(
        ("self", "ご本人", "the holder"),
        ("legal", "法定代理人(親権者など)", "the legal representative (a parent, …)"),
        ("agent", "代理人(頼まれたかた)", "an agent, whom the holder asked"),
        ("out", "いいえ(転出した)", "no, moved out"),
        ("elsewhere", "いいえ(ほかにある)", "no, on another"),
    )
)


@pytest.mark.parametrize("text", ["1", "１", " one ", "はい", "YES", "y"])
def test_a_choice_is_read_as_people_write_it(text: str) -> None:
    """By number, by word in either language, by what a command takes; width and case make no difference."""
    assert CHOICE.read(text, "ja", ON) == "one"
    assert CHOICE.read("ニ番", "en", ON) == CHOICE.read("n", "en", ON) == "two"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("本人", "self"),
        ("ご本人", "self"),
        ("holder", "self"),
        ("法定代理人", "legal"),
        ("Legal representative", "legal"),
        ("代理人", "agent"),
        ("agent", "agent"),
        ("いいえ(転出した)", "out"),
        ("no, moved out", "out"),
    ],
)
def test_a_choice_is_read_without_what_explains_it(text: str, value: str) -> None:
    """R-2.29: its first word alone, without the polite ご or an article."""
    assert WHO.read(text, "ja", ON) == value


@pytest.mark.parametrize("text", ["いいえ", "no", "", "the"])
def test_a_word_of_two_choices_is_none(text: str) -> None:
    """R-2.29: who could mean two choices is asked again."""
    with pytest.raises(Again):
        WHO.read(text, "ja", ON)


@pytest.mark.parametrize("text", ["", "0", "3", "y n", "ye"])
def test_what_is_no_choice_tells_the_choices(text: str) -> None:
    """All of them, with their numbers."""
    with pytest.raises(Again, match="1 yes, 2 no"):
        CHOICE.read(text, "en", ON)
    with pytest.raises(Again, match="1 はい、2 "):
        CHOICE.read(text, "ja", ON)


@pytest.mark.parametrize(
    "text",
    [
        "1990-06-10",
        "1990-6-10",
        "1990/6/10",
        "1990.6.10",
        "19900610",
        "１９９０／６／１０",
        "1990年6月10日",
        "1990年 6月 10日",
        "平成2年6月10日",
        "平2.6.10",
        "Ｈ2.6.10",
        "h2/6/10",
    ],
)
def test_a_day_is_read_in_either_calendar(text: str) -> None:
    """R-8.3: with hyphens, slashes, dots, 年月日 or nothing between, or with an era; in full width too."""
    assert DAY.read(text, "ja", ON) == BORN.read(text, "ja", ON) == date(1990, 6, 10)


def test_a_day_that_is_none_is_told() -> None:
    """An end may lie ahead, a birth date may not."""
    assert DAY.read("2026-05-02", "en", ON) == date(2026, 5, 2)
    with pytest.raises(Again, match="yet to come"):
        BORN.read("2026-05-02", "en", ON)
    with pytest.raises(Again, match="のような形"):
        DAY.read("明日", "ja", ON)


@pytest.mark.parametrize("text", ["6/10", "1990-13-01", "1990610", "1990-06-10-01", "平.6.10", "大安", "1990年6"])
def test_what_is_no_day_is_asked_again(text: str) -> None:
    """R-8.3: nothing is guessed of a day that is written by halves, or that no calendar has."""
    with pytest.raises(Again, match="のような形"):
        BORN.read(text, "ja", ON)


def test_an_end_that_no_card_has_is_asked_again() -> None:
    """R-3.1, R-3.7: a card runs to the tenth birthday, so nothing on it ends in eleven years; most likely a wrong year."""
    assert DAY.read("2037-05-01", "ja", ON) == date(2037, 5, 1)
    with pytest.raises(Again, match="先の日"):
        DAY.read("2037-05-02", "ja", ON)
    with pytest.raises(Again, match="11 years"):
        DAY.read("2037-05-02", "en", argparse.Namespace(on=date(2026, 5, 1)))
    assert BORN.read("1926-05-02", "ja", ON) == date(1926, 5, 2)
    with pytest.raises(Again, match="先の日"):
        DAY.read("2039-02-28", "ja", argparse.Namespace(on=date(2028, 2, 27)))
    assert DAY.read("2039-02-28", "ja", argparse.Namespace(on=date(2028, 2, 29))) == date(2039, 2, 28)


@pytest.mark.parametrize(
    ("asked", "answer", "told", "words"),
    [
        (CHOICE, "one", "はい", ["--asked", "one"]),
        (question(choices=((True, "はい", "yes"), (False, "いいえ", "no"))), True, "はい", ["--asked"]),
        (question(choices=((True, "はい", "yes"), (False, "いいえ", "no"))), False, "いいえ", []),
        (question(choices=((True, "はい", "yes"),), leads=True), True, "はい", []),
        (question(choices=((["a", "b"], "両方", "both"),)), ["a", "b"], "両方", ["--asked", "a", "--asked", "b"]),
        (BORN, date(1990, 6, 10), "平成2年（1990年）6月10日", ["--asked", "1990-06-10"]),
        (
            question(option="--signature-expires, --authentication-expires"),
            date(2026, 6, 10),
            "令和8年（2026年）6月10日（水）",
            ["--authentication-expires", "2026-06-10"],
        ),
    ],
)
def test_an_answer_is_told_in_words_and_as_a_command(asked: Question, answer: Any, told: str, words: list[str]) -> None:
    """R-3.8: a flag is given or left out; a last day is told of the certificates that are asked about alone."""
    assert asked.told(answer, "ja") == told
    assert list(asked.words(answer, ["authentication"])) == words
