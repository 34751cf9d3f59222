import argparse
import io
import sys
from datetime import date
from typing import Any

import pytest

from openjpki.cli.checklist.questions import QUESTIONS, DialogueEnded, answer_missing
from openjpki.cli.main import main, parser


class Terminal(io.StringIO):
    """A standard input at which a person sits."""

    def isatty(self) -> bool:
        """Say that it is a terminal."""
        return True


def interviewed(monkeypatch: pytest.MonkeyPatch, answers: str, *given: str) -> argparse.Namespace:
    """Return the arguments after an interview; answers are one a line."""
    arguments = parser().parse_args(["checklist", "--on", "2026-05-01", *given])
    terminal = Terminal("".join(f"{answer}\n" for answer in answers.split("|")))
    monkeypatch.setattr(sys, "stdin", terminal)
    answer_missing(arguments, "ja" if "ja" in given else "en")
    assert terminal.read() == ""
    return arguments


@pytest.mark.parametrize(
    ("answers", "filled"),
    [
        ("7", {"procedure": "hold"}),
        ("1|1|1|1|1990-06-10|2026-06-10|1", {"procedure": "renewal", "applicant": "self", "pins": "known"}),
        ("renewal|self|1|3|H2.6.10|令和8年6月10日|2|y", {"kind": ["authentication"], "no_document": False}),
        ("4|1|1|1990-06-10|no", {"procedure": "pin-reset", "no_document": True, "pins": None}),
        (
            "2|2|1|2|2015-01-01|1|yes|n",
            {"pins": "known", "power": "parent", "same_household": True, "kind": ["signature"]},
        ),
        (
            "2|2|3|1|1950/1/1|3|y",
            {"pins": "forgotten", "residence": "elsewhere", "power": "guardian", "same_household": None},
        ),
        ("1|3|1|1|1990-06-10|2026-06-10|y|1", {"inquiry_form": "sealed", "pins": "known"}),
        ("1|3|1|1|1990-06-10|2026-06-10|n", {"inquiry_form": "none", "pins": None}),
        ("3|4|1|1|1990-06-10|y", {"procedure": "reissue", "move_report": True}),
        ("1|4|1|1|1990-06-10|2026-06-10|n|n", {"inquiry_form": "none", "move_report": False}),
        ("5|1|1|1990-06-10|3|y", {"procedure": "pin-change", "pins": "locked", "kind": None}),
        ("6|1|1|1|1990-06-10|1", {"procedure": "revocation", "pins": "known", "no_document": None}),
        ("6|1|1|1|1990-06-10|2|n", {"procedure": "revocation", "pins": "forgotten", "no_document": True}),
        ("6|3|1|1|1990-06-10", {"procedure": "revocation", "pins": None}),
        ("2|1|1|1|1990-06-10|1", {"certificates_expire": None, "kind": ["signature", "authentication"]}),
    ],
)
def test_only_what_matters_is_asked(monkeypatch: pytest.MonkeyPatch, answers: str, filled: dict[str, Any]) -> None:
    """R-2.7, R-2.20 to R-2.25, R-3.8: five or so questions, each by number or by word, and none that decides nothing."""
    arguments = interviewed(monkeypatch, answers)

    assert {name: getattr(arguments, name) for name in filled} == filled


def test_what_is_given_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer on the command line stands; where none is missing that matters, nothing at all is asked."""
    given = (
        "--procedure",
        "renewal",
        "--applicant",
        "self",
        "--born",
        "1990-06-10",
        "--signature-expires",
        "2026-06-10",
    )
    asked = interviewed(monkeypatch, "1|2|2|n", *given)
    face = interviewed(monkeypatch, "1|2026-06-10", *given[:6], "--face-card", "--kind", "signature")
    assert (asked.pins, asked.no_document, asked.kind) == ("forgotten", True, ["signature"])
    assert face.pins is None

    monkeypatch.setattr(sys, "stdin", Terminal(""))
    whole = parser().parse_args(["checklist", "--on", "2026-05-01", *given, "--pins", "forgotten"])
    answer_missing(whole, "en")
    assert (whole.kind, whole.no_document) == (None, None)


@pytest.mark.parametrize(
    ("answers", "hint"),
    [
        ("9|7", "Answer with a number from 1 to 7."),
        ("|7", "Answer with a number from 1 to 7."),
        ("1|1|1|1|tomorrow|1990-06-10|2026-06-10|1", "Answer like 1990-06-10"),
        ("1|1|1|1|2026-05-02|1990-06-10|2026-06-10|1", "That day is yet to come."),
        ("4|1|1|1990-06-10|maybe|y", "Answer yes (y) or no (n)."),
    ],
)
def test_a_bad_answer_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: str, hint: str
) -> None:
    """With what would be a good one; the question before is not lost."""
    interviewed(monkeypatch, answers)

    assert capsys.readouterr().err.count(hint) == 1


def test_full_width_digits_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a Japanese keyboard gives them, in numbers and in dates by era."""
    arguments = interviewed(monkeypatch, "４|１|１|平成２年６月１０日|２", "--lang", "ja")

    assert (arguments.procedure, arguments.born, arguments.no_document) == ("pin-reset", date(1990, 6, 10), True)


def test_the_end_of_the_input_ends_the_interview(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-D: one line and status 2, no traceback."""
    monkeypatch.setattr(sys, "stdin", Terminal("1\n"))
    assert main(["checklist", "--lang", "en"]) == 2
    assert "[usage.dialogue-ended]" in capsys.readouterr().err.splitlines()[-1]

    monkeypatch.setattr(sys, "stdin", Terminal(""))
    with pytest.raises(DialogueEnded):
        answer_missing(parser().parse_args(["checklist"]), "ja")


def test_ctrl_c_ends_the_interview(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As every command: status 130, no traceback."""

    class Interrupting(Terminal):
        def readline(self, _: int | None = -1, /) -> str:  # type: ignore[override]  # of text, as its base is not typed
            """Be interrupted."""
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupting())

    assert main(["checklist"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_every_question_is_one_of_the_command_line() -> None:
    """Each stands for an option, in both languages, and its choices are the option's."""
    arguments = parser().parse_args(["checklist"])

    assert all(getattr(arguments, question.name) is None for question in QUESTIONS)
    for question in QUESTIONS:
        assert question.ja != question.en
        assert all(option.startswith("--") for option in question.option.split(", "))
