"""The interview at a terminal: only the questions that matter for the case, one by one, with a way back.

It goes over standard error: standard output is the answer's.
"""

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import normalize

from openjpki.cli.checklist.question import EXAMPLES, Again, Question
from openjpki.cli.checklist.questions import QUESTIONS
from openjpki.cli.checklist.words import say
from openjpki.errors import Failure, Kind, Language
from openjpki.rules.kinds import CertificateKind

_MAX_LINE = 256
"""Characters read of an answer; the longest is a date by era."""
_BACK = frozenset({"<", "back", "戻る", "もどる"})


class AnswerMissing(Failure):
    """An answer is missing, and there is no terminal to ask at."""

    code = "usage.missing-answer"
    kind = Kind.USAGE
    ja = "{option} を指定してください。端末で実行すると、順にたずねます。"
    en = "Give {option}. At a terminal it is asked for."


class DialogueEnded(Failure):
    """The input ended before the interview did."""

    code = "usage.dialogue-ended"
    kind = Kind.USAGE
    ja = "質問の途中で終わりました。何も登録されていません。もう一度始めると、最初からたずねます。"
    en = (
        "The interview was left before its last question. Nothing has been recorded; it can be begun again at any time."
    )


def answer_missing(arguments: argparse.Namespace, language: Language) -> None:
    """Fill in what is missing: asked at a terminal, else refused. Raises `AnswerMissing` or `DialogueEnded`."""
    if not any(question.must and _open(question, arguments) for question in QUESTIONS):
        return
    if not sys.stdin.isatty():
        raise AnswerMissing(option=next(one.option for one in QUESTIONS if one.must and _open(one, arguments)))
    _tell(
        say(
            language,
            "番号か言葉で答えてください。「戻る」(または <)で前の質問に戻ります。Ctrl-D で終わります。",
            "Answer with a number or a word. `back` (or <) puts the question before again; Ctrl-D ends.",
        )
    )
    asked: list[Question] = []
    while question := next((one for one in QUESTIONS if _open(one, arguments)), None):
        answer = _ask(question, arguments, language)
        if answer is not None:
            setattr(arguments, question.name, answer)
            asked.append(question)
        elif asked:
            setattr(arguments, asked.pop().name, None)
        else:
            _tell(say(language, "これが最初の質問です。", "This is the first question."))
    for line in _answered(asked, arguments, language):
        _tell(line)


def _open(question: Question, arguments: argparse.Namespace) -> bool:
    return getattr(arguments, question.name) is None and question.matters(arguments)


def _ask(question: Question, arguments: argparse.Namespace, language: Language) -> Any:
    """Put a question until its answer can be read; None for a step back."""
    _tell(say(language, question.ja, question.en))
    if not question.choices:
        _tell(f"  {say(language, *EXAMPLES)}")
    for number, (_, ja, en) in enumerate(question.choices, start=1):
        _tell(f"  {number}  {say(language, ja, en)}")
    while True:
        print("> ", end="", file=sys.stderr, flush=True)
        line = _line()
        if not line:
            _tell("")
            raise DialogueEnded
        if normalize("NFKC", line).strip().lower() in _BACK:
            return None
        try:
            return question.read(line, language, arguments)
        except Again as again:
            _tell(str(again))


def _line() -> str:
    """Read one line, whole; of one that is too long only the beginning is kept, which answers nothing."""
    line = part = sys.stdin.readline(_MAX_LINE)
    while part and not part.endswith("\n"):
        part = sys.stdin.readline(_MAX_LINE)
    return line


def _answered(asked: Sequence[Question], arguments: argparse.Namespace, language: Language) -> Iterator[str]:
    """Tell what was answered, each with its option, and the one command that asks the same."""
    kinds = arguments.kind or [kind.value for kind in CertificateKind]
    command = ["openjpki", *(arguments.words or ["checklist"])]
    yield from ("", say(language, "お答え:", "Your answers:"))
    for question in asked:
        answer = getattr(arguments, question.name)
        words = shlex.join(question.words(answer, kinds))
        told = f"  {say(language, question.ja, question.en)} → {question.told(answer, language)}"
        yield f"{told}  [{words}]" if words else told
        command += question.words(answer, kinds)
    yield from (
        say(language, "同じことを1行でたずねるには:", "The same in one command:"),
        f"  {shlex.join(command)}",
        "",
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
