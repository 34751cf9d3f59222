import argparse
import io
import shlex
import sys
from datetime import date
from typing import Any

import pytest

from openjpki.cli.checklist.dialogue import DialogueEnded, answer_missing
from openjpki.cli.main import main, parser
from openjpki.errors import Language


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
        (
            "1|1|1|1|1990-06-10|1|2026-06-10|2032-06-10|1",
            {"procedure": "renewal", "card_expires": date(2032, 6, 10), "pins": "known"},
        ),
        ("renewal|self|1|3|H2.6.10|令和8年6月10日|2032-06-10|2|y", {"kind": ["authentication"], "no_document": False}),
        ("4|1|1|1990-06-10|no", {"procedure": "pin-reset", "no_document": True, "pins": None}),
        (
            "2|2|1|2|2015-01-01|1|yes|n",
            {"pins": "known", "power": "parent", "same_household": True, "kind": ["signature"]},
        ),
        (
            "2|2|3|1|1950/1/1|3|y",
            {"pins": "forgotten", "residence": "elsewhere", "power": "guardian", "same_household": None},
        ),
        ("1|3|1|1|1990-06-10|y|2026-06-10|2032-06-10|y|1", {"inquiry_form": "sealed", "pins": "known"}),
        ("1|3|1|1|1990-06-10|y|2026-06-10|2032-06-10|n", {"inquiry_form": "none", "pins": None}),
        ("3|4|1|1|1990-06-10|1|y", {"procedure": "reissue", "move_report": True, "reason": "attributes-changed"}),
        ("1|4|1|1|1990-06-10|y|2026-06-10|2032-06-10|n|n", {"inquiry_form": "none", "move_report": False}),
        ("5|1|1|1990-06-10|3|y", {"procedure": "pin-change", "pins": "locked", "kind": None}),
        ("6|1|1|1|1990-06-10|1", {"procedure": "revocation", "pins": "known", "no_document": None}),
        ("6|1|1|1|1990-06-10|2|n", {"procedure": "revocation", "pins": "forgotten", "no_document": True}),
        ("6|3|1|1|1990-06-10", {"procedure": "revocation", "pins": None}),
        ("2|1|1|1|1990-06-10|1", {"certificates_expire": None, "kind": ["signature", "authentication"]}),
        (
            "1|1|1|1|1990-06-10|n|2026-06-10|2026-05-20|2032-06-10|1",
            {
                "signature_expires": date(2026, 6, 10),
                "authentication_expires": date(2026, 5, 20),
                "certificates_expire": None,
            },
        ),
        ("3|1|1|2|1990-06-10|4|1", {"reason": "card-lost", "kind": ["signature"]}),
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
    asked = interviewed(monkeypatch, "1|2|2032-06-10|2|n", *given)
    face = interviewed(monkeypatch, "1|2026-06-10|2032-06-10", *given[:6], "--face-card", "--kind", "signature")
    assert (asked.pins, asked.no_document, asked.kind) == ("forgotten", True, ["signature"])
    assert face.pins is None

    monkeypatch.setattr(sys, "stdin", Terminal(""))
    whole = parser().parse_args(["checklist", "--on", "2026-05-01", *given, "--pins", "forgotten"])
    answer_missing(whole, "en")
    assert (whole.kind, whole.no_document) == (None, None)


@pytest.mark.parametrize(
    ("answers", "hint", "times"),
    [
        ("9|7", "Answer with a number or a word: 1 renewal, 2 new issue, 3 ", 1),
        ("|7", " 7 hold (the card is lost)", 1),
        ("1|1|1|1|tomorrow|1990-06-10|1|2026-06-10|2032-06-10|1", "Answer like 1990-06-10", 4),
        ("1|1|1|1|2026-05-02|1990-06-10|1|2026-06-10|2032-06-10|1", "That day is yet to come.", 1),
        ("4|1|1|1990-06-10|maybe|y", "Answer with a number or a word: 1 yes, 2 no", 1),
    ],
)
def test_a_bad_answer_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: str, hint: str, times: int
) -> None:
    """With what would be a good one (of a day it is said with the question); the question before is not lost."""
    interviewed(monkeypatch, answers)

    assert capsys.readouterr().err.count(hint) == times


@pytest.mark.parametrize(
    ("answers", "filled"),
    [
        ("1|<|7", {"procedure": "hold", "applicant": None}),
        ("1|2|back|1|1|1|1990-06-10|y|2026-06-10|2032-06-10|1", {"applicant": "self", "power": None}),
        (
            "1|1|1|1|1990-06-10|n|2026-06-10|戻る|＜|y|2026-06-11|2032-06-10|1",
            {"signature_expires": None, "same_expiry": True},
        ),
        ("5|1|1|1990-06-10|2|もどる|1", {"pins": "known", "no_document": None}),
        ("1|<|<|7", {"procedure": "hold"}),
    ],
)
def test_there_is_a_way_back(monkeypatch: pytest.MonkeyPatch, answers: str, filled: dict[str, Any]) -> None:
    """The answer before is forgotten and asked for again, however far back; what it led to is asked no more."""
    arguments = interviewed(monkeypatch, answers)

    assert {name: getattr(arguments, name) for name in filled} == filled


def test_before_the_first_question_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A step back from it says so, and it stands."""
    interviewed(monkeypatch, "<|7")

    assert "This is the first question." in capsys.readouterr().err


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "answers",
    [
        "7",
        "1|1|1|1|1990-06-10|y|2026-06-10|2032-06-10|2|y",
        "1|1|1|1|1990-06-10|n|2026-06-10|2026-06-09|2032-06-10|1",
        "1|1|1|3|1990-06-10|2026-06-10|2032-06-10|1",
        "1|3|1|1|1990-06-10|y|2026-06-10|2032-06-10|y|1",
        "2|2|1|1|2015-01-01|1|y|y",
        "3|4|1|1|1990-06-10|4|y",
        "4|1|1|1990-06-10|n",
        "6|3|3|1|1990-06-10",
    ],
)
def test_the_answers_are_one_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: str, language: Language
) -> None:
    """R-2.20 to R-2.25: before the result stands what was answered, and the command that is told asks the same."""
    given = ["checklist", "--on", "2026-05-01", "--lang", language]
    monkeypatch.setattr(sys, "stdin", Terminal(answers.replace("|", "\n") + "\n"))
    status = main(given)
    asked = capsys.readouterr()
    heading = "お答え:" if language == "ja" else "Your answers:"
    command = asked.err.rstrip("\n").splitlines()[-1].strip()
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    assert asked.err.count(heading) == 1
    assert command.startswith(f"openjpki {shlex.join(given)} --procedure ")
    assert main(shlex.split(command)[1:]) == status
    assert capsys.readouterr().out == asked.out


def test_an_answer_is_told_with_its_option(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """R-3.8: the words of the answer and of the command; a birth date without its weekday; what is no option stands alone."""
    interviewed(monkeypatch, "1|1|1|1|1990-06-10|y|2026-06-10|2032-06-10|1", "--lang", "ja")
    told = capsys.readouterr().err

    assert "  何の手続きですか。 → 更新  [--procedure renewal]\n" in told
    assert "いつですか。 → 平成2年（1990年）6月10日  [--born 1990-06-10]\n" in told
    assert "通知書にあります。 → はい\n" in told
    assert (
        " → 令和8年（2026年）6月10日（水）  [--signature-expires 2026-06-10 --authentication-expires 2026-06-10]\n"
        in told
    )


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
    last = capsys.readouterr().err.splitlines()[-1]
    assert "[usage.dialogue-ended]" in last
    assert "Nothing has been recorded" in last

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
