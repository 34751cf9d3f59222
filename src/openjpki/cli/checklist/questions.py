"""The interview at a terminal: only the questions that matter for the case, one by one, asked again after a bad answer."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from openjpki.cli.checklist.lines import say, word
from openjpki.errors import Failure, Kind, Language
from openjpki.rules.agency import ISSUING
from openjpki.rules.dates import BadDay, read_day
from openjpki.rules.era import BadEraDate, read_era
from openjpki.rules.kinds import Applicant, CertificateKind, Power, Procedure, Residence

_MAX_LINE = 256
"""Characters read of an answer; the longest is a date by era."""
_YES = frozenset({"y", "yes", "はい", "1"})
_NO = frozenset({"n", "no", "いいえ", "2"})
_WITHOUT_PINS = frozenset({Procedure.REVOCATION.value, Procedure.HOLD.value, Procedure.PIN_RESET.value})


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
    ja = "質問の途中で入力が終わりました。"
    en = "The input ended before the last question."


class _Again(Exception):
    """The answer cannot be read: the question is put again with this hint, and nobody is refused."""


Read = Callable[[str, Language, argparse.Namespace], Any]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question: which answer it fills in, when it matters, and how it is read."""

    name: str
    """The attribute of the arguments, None while it is unanswered."""
    option: str
    ja: str
    en: str
    matters: Callable[[argparse.Namespace], bool]
    read: Read
    choices: Sequence[tuple[Any, str, str]] = ()
    """Value, Japanese, English; numbered from 1."""
    must: bool = True
    """Whether there is no checklist without an answer; else no answer means the usual one."""


def answer_missing(arguments: argparse.Namespace, language: Language) -> None:
    """Fill in what is missing: asked at a terminal, else refused. Raises `AnswerMissing` or `DialogueEnded`."""
    if not any(question.must and _open(question, arguments) for question in QUESTIONS):
        return
    asked_at = sys.stdin.isatty()
    for question in QUESTIONS:
        if not _open(question, arguments):
            continue
        if asked_at:
            setattr(arguments, question.name, _ask(question, arguments, language))
        elif question.must:
            raise AnswerMissing(option=question.option)


def _open(question: Question, arguments: argparse.Namespace) -> bool:
    return getattr(arguments, question.name) is None and question.matters(arguments)


def _ask(question: Question, arguments: argparse.Namespace, language: Language) -> Any:
    """Put a question until its answer can be read; on standard error, since standard output is the answer's."""
    _tell(say(language, question.ja, question.en))
    for number, (_, ja, en) in enumerate(question.choices, start=1):
        _tell(f"  {number}  {say(language, ja, en)}")
    while True:
        print("> ", end="", file=sys.stderr, flush=True)
        line = _line()
        if not line:
            _tell("")
            raise DialogueEnded
        try:
            return question.read(line.strip(), language, arguments)
        except _Again as again:
            _tell(str(again))


def _line() -> str:
    """Read one line, whole; of one that is too long only the beginning is kept, which answers nothing."""
    line = part = sys.stdin.readline(_MAX_LINE)
    while part and not part.endswith("\n"):
        part = sys.stdin.readline(_MAX_LINE)
    return line


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _one_of(*choices: tuple[Any, str, str]) -> Read:
    """Read a number, or the word itself."""

    def read(text: str, language: Language, _: argparse.Namespace) -> Any:
        given = text.translate(_HALF_WIDTH)
        for number, (value, *names) in enumerate(choices, start=1):
            if given == str(number) or text in {str(value), *names}:
                return value
        most = len(choices)
        raise _Again(
            say(language, f"1から{most}までの番号で答えてください。", f"Answer with a number from 1 to {most}.")
        )

    return read


_HALF_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
"""Digits as a Japanese keyboard gives them."""


def _yes_or_no(if_yes: Any, if_no: Any) -> Read:
    def read(text: str, language: Language, _: argparse.Namespace) -> Any:
        given = text.translate(_HALF_WIDTH).lower()
        if given in _YES:
            return if_yes
        if given in _NO:
            return if_no
        raise _Again(say(language, "はい(y)か、いいえ(n)で答えてください。", "Answer yes (y) or no (n)."))

    return read


def _a_day(text: str, language: Language) -> date:
    """Read a day of either calendar, with hyphens or slashes."""
    try:
        return read_day(_with_hyphens(text))
    except BadDay:
        pass
    try:
        return read_era(text, strict=False)
    except BadEraDate:
        hint = (
            "1990-06-10、1990/6/10、平成2年6月10日、H2.6.10 のような形で答えてください。",
            "Answer like 1990-06-10, 1990/6/10 or 平成2年6月10日.",
        )
        raise _Again(say(language, *hint)) from None


def _with_hyphens(text: str) -> str:
    """Return 1990/6/10 as 1990-06-10; anything else as it is."""
    parts = text.translate(_HALF_WIDTH).split("/")
    return f"{parts[0]}-{parts[1]:0>2}-{parts[2]:0>2}" if len(parts) == len(("year", "month", "day")) else text


def _any_day(text: str, language: Language, _: argparse.Namespace) -> date:
    return _a_day(text, language)


def _born(text: str, language: Language, arguments: argparse.Namespace) -> date:
    day = _a_day(text, language)
    if day > arguments.on:
        raise _Again(say(language, "まだ来ていない日です。", "That day is yet to come."))
    return day


def _words(*members: Enum) -> tuple[tuple[str, str, str], ...]:
    return tuple((member.value, word(member, "ja"), word(member, "en")) for member in members)


def _procedure_of(arguments: argparse.Namespace) -> Procedure | None:
    return Procedure(arguments.procedure) if arguments.procedure else None


def _is_for(*applicants: Applicant) -> Callable[[argparse.Namespace], bool]:
    values = {applicant.value for applicant in applicants}
    return lambda arguments: arguments.applicant in values and _visits(arguments)


def _visits(arguments: argparse.Namespace) -> bool:
    return _procedure_of(arguments) is not Procedure.HOLD


def _issues(arguments: argparse.Namespace) -> bool:
    return _procedure_of(arguments) in ISSUING


def _ends_unknown(arguments: argparse.Namespace) -> bool:
    given = (arguments.signature_expires, arguments.authentication_expires)
    return _procedure_of(arguments) is Procedure.RENEWAL and not any(given)


def _pins_matter(arguments: argparse.Namespace) -> bool:
    """PINs decide the route of the holder, and of an agent with the sealed form (R-2.20, R-2.23)."""
    if arguments.procedure in _WITHOUT_PINS or arguments.face_card:
        return False
    agent = arguments.applicant in {Applicant.VOLUNTARY_AGENT.value, Applicant.HOUSEHOLD.value}
    return arguments.applicant == Applicant.SELF.value or (agent and arguments.inquiry_form == "sealed")


def _document_matters(arguments: argparse.Namespace) -> bool:
    resets = _procedure_of(arguments) is Procedure.PIN_RESET or arguments.pins in {"forgotten", "locked"}
    return arguments.applicant == Applicant.SELF.value and resets and not arguments.document


_PROCEDURES = _words(
    Procedure.RENEWAL,
    Procedure.NEW,
    Procedure.REISSUE,
    Procedure.PIN_RESET,
    Procedure.PIN_CHANGE,
    Procedure.REVOCATION,
    Procedure.HOLD,
)
_APPLICANTS = (
    (Applicant.SELF.value, "ご本人", "the holder"),
    (
        Applicant.LEGAL_REPRESENTATIVE.value,
        "法定代理人(親権者、成年後見人など)",
        "the legal representative (a parent, a guardian, …)",
    ),
    (Applicant.VOLUNTARY_AGENT.value, "代理人(ご本人から頼まれたかた)", "an agent, whom the holder asked"),
    (Applicant.HOUSEHOLD.value, "同じ世帯のかた", "a member of the household"),
)
_POWERS = _words(*Power)
_RESIDENCES = (
    (Residence.HERE.value, "はい", "yes"),
    (Residence.MOVED_OUT.value, "いいえ(通知が届いた後に転出した)", "no, moved out after the notice came"),
    (Residence.ELSEWHERE.value, "いいえ(ほかの市区町村にある)", "no, on another municipality's"),
    (Residence.ABROAD_HERE.value, "国外に住んでいる(戸籍の附票はこの市区町村にある)", "abroad; the 附票 is kept here"),
)
_KINDS = (
    ([kind.value for kind in CertificateKind], "両方", "both"),
    *(([kind.value], word(kind, "ja"), word(kind, "en")) for kind in CertificateKind),
)
_PINS = (
    ("known", "覚えている", "known"),
    ("forgotten", "忘れた(1つでも)", "forgotten, be it one"),
    ("locked", "ロックした(1つでも)", "locked, be it one"),
)

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="procedure",
        option="--procedure",
        ja="何の手続きですか。",
        en="What is it about?",
        matters=lambda _: True,
        read=_one_of(*_PROCEDURES),
        choices=_PROCEDURES,
    ),
    Question(
        name="applicant",
        option="--applicant",
        ja="だれが窓口に来ますか。",
        en="Who will come?",
        matters=_visits,
        read=_one_of(*_APPLICANTS),
        choices=_APPLICANTS,
    ),
    Question(
        name="residence",
        option="--residence",
        ja="ご本人は、いまこの市区町村に住民登録がありますか。",
        en="Is the holder on this municipality's resident record now?",
        matters=lambda arguments: _visits(arguments) and not arguments.not_resident,
        read=_one_of(*_RESIDENCES),
        choices=_RESIDENCES,
        must=False,
    ),
    Question(
        name="kind",
        option="--kind",
        ja="どの電子証明書ですか。",
        en="Which certificate?",
        matters=lambda arguments: _issues(arguments) or _procedure_of(arguments) is Procedure.REVOCATION,
        read=_one_of(*_KINDS),
        choices=_KINDS,
        must=False,
    ),
    Question(
        name="born",
        option="--born",
        ja="ご本人の生年月日はいつですか。(例: 1990-06-10、平成2年6月10日)",
        en="When was the holder born? (like 1990-06-10)",
        matters=_visits,
        read=_born,
    ),
    Question(
        name="power",
        option="--power",
        ja="どの資格で代理しますか。",
        en="By what right does the representative act?",
        matters=_is_for(Applicant.LEGAL_REPRESENTATIVE),
        read=_one_of(*_POWERS),
        choices=_POWERS,
    ),
    Question(
        name="same_household",
        option="--same-household",
        ja="親権者と本人は、住民票で同じ世帯ですか。(はい/いいえ)",
        en="Are parent and child in one household on the record? (yes/no)",
        matters=lambda arguments: arguments.power == Power.PARENT.value,
        read=_yes_or_no(if_yes=True, if_no=False),
        must=False,
    ),
    Question(
        name="certificates_expire",
        option="--signature-expires, --authentication-expires",
        ja="電子証明書の有効期限はいつですか。カードの表面か通知書にあります。(例: 2026-08-15、令和8年8月15日)",
        en="When do the certificates expire? The card or the notice says so. (like 2026-08-15)",
        matters=_ends_unknown,
        read=_any_day,
    ),
    Question(
        name="inquiry_form",
        option="--inquiry-form",
        ja="通知に同封の照会書兼回答書を、ご本人が書いて封をしたものがありますか。(はい/いいえ)",
        en="Is there the 照会書兼回答書 of the notice, filled in and sealed by the holder? (yes/no)",
        matters=lambda arguments: (
            _procedure_of(arguments) is Procedure.RENEWAL
            and _is_for(Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD)(arguments)
        ),
        read=_yes_or_no(if_yes="sealed", if_no="none"),
        must=False,
    ),
    Question(
        name="move_report",
        option="--move-report",
        ja="同じ日に、転入届か転居届を出しますか。(はい/いいえ)",
        en="Is the move reported on the same day? (yes/no)",
        matters=lambda arguments: _issues(arguments) and _is_for(Applicant.HOUSEHOLD)(arguments),
        read=_yes_or_no(if_yes=True, if_no=False),
        must=False,
    ),
    Question(
        name="pins",
        option="--pins",
        ja="ご本人は暗証番号を覚えていますか。(番号は聞かないでください)",
        en="Does the holder remember the PINs? (Do not ask for them.)",
        matters=_pins_matter,
        read=_one_of(*_PINS),
        choices=_PINS,
    ),
    Question(
        name="pins",
        option="--pins",
        ja="暗証番号を設定し直しますか。",
        en="Is a PIN to be set anew?",
        matters=lambda arguments: _issues(arguments) and _is_for(Applicant.LEGAL_REPRESENTATIVE)(arguments),
        read=_yes_or_no(if_yes="forgotten", if_no="known"),
        must=False,
    ),
    Question(
        name="no_document",
        option="--no-document",
        ja="マイナンバーカードのほかに、有効期限内の本人確認書類(運転免許証、資格確認書など)がありますか。(はい/いいえ)",
        en="Is there an identity document in force besides the My Number card? (yes/no)",
        matters=_document_matters,
        read=_yes_or_no(if_yes=False, if_no=True),
        must=False,
    ),
)
"""In the order in which they are put: what is asked later depends on what was answered before."""
