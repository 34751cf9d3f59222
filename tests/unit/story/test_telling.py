import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openjpki.errors import Kind
from openjpki.story.telling import Narrator, Said, StoryWentWrong, write_transcript

MOMENT = datetime(2026, 11, 22, 15, 1, tzinfo=UTC)
"""One minute past midnight of the 23rd in Japan."""


def told(narrator: Narrator) -> None:
    """Tell one step with everything that a step can have."""
    narrator.begin(MOMENT, Said("満了", "Expired"))
    narrator.tell("終わりです。", "It is over.")
    narrator.cite(["R-3.10", "R-3.6", "R-3.10"])
    narrator.cite(["R-3.6"])
    narrator.check(holds=True, ja="満了しました", en="it expired")
    narrator.left(Path("/home/story/a.cer"), Path("/home"))
    narrator.end()


def test_a_step_is_told_in_english() -> None:
    """Japanese wall-clock time in both calendars, sentences, each rule once, what was checked."""
    lines: list[str] = []
    told(Narrator("en", lines.append, 13))

    assert lines == [
        "",
        "[ 1/13] 2026-11-23 (Mon) 00:01  Expired",
        "      It is over.",
        "    ✓ it expired",
        "      rules applied: R-3.10, R-3.6",
    ]


def test_a_step_is_told_in_japanese() -> None:
    """The same in the other language."""
    lines: list[str] = []
    told(Narrator("ja", lines.append, 13))

    assert lines == [
        "",
        "[ 1/13] 令和8年（2026年）11月23日（月） 00:01  満了",
        "      終わりです。",
        "    ✓ 満了しました",
        "      適用した規則: R-3.10, R-3.6",
    ]


def test_the_rules_of_a_step_are_told_once() -> None:
    """At its end, however often some were cited; a step without rules has no such line."""
    lines: list[str] = []
    narrator = Narrator("en", lines.append, 2)
    narrator.begin(MOMENT, Said("満了", "Expired"))
    narrator.cite(["R-3.10"])
    narrator.cite(["R-3.6"])
    narrator.begin(MOMENT, Said("次", "Next"))
    narrator.end()

    assert [line for line in lines if "rules applied" in line] == ["      rules applied: R-3.10, R-3.6"]


def test_a_check_that_does_not_hold_ends_the_story() -> None:
    """The refusal names the step and the check in both languages; what failed is never told as checked."""
    lines: list[str] = []
    narrator = Narrator("en", lines.append, 13)
    narrator.begin(MOMENT, Said("満了", "Expired"))

    with pytest.raises(StoryWentWrong) as caught:
        narrator.check(holds=False, ja="満了しました", en="it expired")
    assert caught.value.kind is Kind.REFUSED
    assert caught.value.message("en") == "Step 1, “Expired”: a check did not hold: it expired"
    assert caught.value.message("ja") == "第1話「満了」の確認が成り立ちませんでした: 満了しました"
    assert narrator.step.checks == []
    assert not any("✓" in line for line in lines)


def test_the_transcript_holds_both_languages_and_japanese_time(tmp_path: Path) -> None:
    """One JSON object: the facts of the telling, and each step with its moment, rules, checks and files."""
    narrator = Narrator("en", lambda _: None, 13)
    told(narrator)
    write_transcript(tmp_path / "transcript.json", narrator.steps, {"format": 1})

    assert json.loads((tmp_path / "transcript.json").read_text(encoding="utf-8")) == {
        "format": 1,
        "steps": [
            {
                "step": 1,
                "at": "2026-11-23T00:01:00+09:00",
                "era": "令和8年11月23日",
                "title": {"ja": "満了", "en": "Expired"},
                "told": [{"ja": "終わりです。", "en": "It is over."}],
                "rules": ["R-3.10", "R-3.6"],
                "checked": [{"ja": "満了しました", "en": "it expired"}],
                "artefacts": ["story/a.cer"],
            }
        ],
    }
