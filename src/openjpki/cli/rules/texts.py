"""`openjpki rules substitute`, `era`, `pin`: characters, dates by era, the form of a PIN."""

import argparse
from collections.abc import Callable, Mapping
from datetime import date

from openjpki.cli.answer import Answer, BadValue, Run, language_of
from openjpki.cli.pins import typed
from openjpki.cli.rules.arguments import add_choice, day, policy_of
from openjpki.cli.rules.findings import coded, told
from openjpki.errors import Language
from openjpki.rules.birth_date import birth_date_text
from openjpki.rules.era import in_era, read_era
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import BadDigitsPin, BadSignaturePin, ToldPin, check_pin, tries
from openjpki.rules.substitution import Change, substitution


def _choice(text: str) -> tuple[str, str]:
    """Read CHAR=TEXT; raises `BadValue`."""
    character, equals, written = text.partition("=")
    if not (equals and written and len(character) == 1):
        raise BadValue(
            option="--choose",
            value=text,
            expected_ja="CHAR=TEXT の形で、1文字とその代替文字を指定してください。",
            expected_en="The form is CHAR=TEXT: one character and its substitute.",
        )
    return character, written


def _add_substitute(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", required=True, help="a name or an address")
    parser.add_argument("--kana", metavar="TEXT", help="the name's reading, family and given name apart as in the name")
    parser.add_argument(
        "--choose",
        action="append",
        default=[],
        type=_choice,
        metavar="CHAR=TEXT",
        help="another substitute that the holder asks for",
    )


def _substitute(arguments: argparse.Namespace) -> Answer:
    policy_of(arguments)  # refuses a bad setting; no character depends on one
    language = language_of(arguments)
    found = substitution(arguments.text, reading=arguments.kana, chosen=dict(arguments.choose))
    changes = [
        {"position": change.position, "original": change.original, "written": change.written, "by": change.by}
        for change in found.changes
    ]
    data = {
        "text": found.text,
        "flags": found.flags,
        "original": found.original,
        "changes": changes,
        "findings": coded(found.findings, language),
        "rules": ["R-1.9"],
    }
    lines = [found.text, found.flags]
    lines += [_change_line(change, language) for change in found.changes]
    return Answer(data=data, lines=(*lines, *told(found.findings, language), "[R-1.9]"))


_BY: Mapping[str, str] = {
    "chosen": "本人が希望した文字",
    "variant": "異体字",
    "width": "全角の文字",
    "compatibility": "互換漢字",
    "selector": "異体字セレクタなし",
    "kana": "かな",
}
"""`rules.substitution.Change.by` → how a character is written, as a clerk says it."""


def _change_line(change: Change, language: Language) -> str:
    by = f"({_BY[change.by]})" if language == "ja" else f" ({change.by})"
    return f"  {change.position}: {change.original} → {change.written}{by}"


def _add_era(parser: argparse.ArgumentParser) -> None:
    one = parser.add_mutually_exclusive_group(required=True)
    one.add_argument("--text", help="a date by era: 令和8年11月23日, H1.1.8")
    one.add_argument("--date", type=day("--date"), metavar="DATE", help="a date of the Gregorian calendar")
    parser.add_argument(
        "--lenient", action="store_true", help="count on past the end of an era, as forms printed before it do"
    )


def _era(arguments: argparse.Namespace) -> Answer:
    policy_of(arguments)  # refuses a bad setting; no date depends on one
    found: date = arguments.date or read_era(arguments.text, strict=not arguments.lenient)
    era, written = in_era(found), birth_date_text(found)
    return Answer(
        data={"date": found.isoformat(), "era": era, "birth_date": written, "rules": ["R-8.3"]},
        lines=(f"{found.isoformat()} = {era} ({written}) [R-8.3]",),
    )


def _add_pin(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--kind", [pin.value for pin in PinKind], "which PIN")
    parser.add_argument("--pin-stdin", action="store_true", help="hold a PIN on standard input against the form")


def _pin(arguments: argparse.Namespace) -> Answer:
    policy, language, kind = policy_of(arguments), language_of(arguments), PinKind(arguments.kind)
    form = BadSignaturePin() if kind is PinKind.SIGNATURE else BadDigitsPin(pin=ToldPin(kind))
    good = None
    if arguments.pin_stdin:
        (pin,) = typed([""], from_stdin=True)
        check_pin(kind, pin, policy)
        good = True
    count = tries(kind)
    lock = f"{count}回続けて間違えるとロックされます。" if language == "ja" else f"{count} consecutive misses lock it."
    return Answer(
        data={
            "kind": kind.value,
            "form": form.message(language),
            "tries": count,
            "good": good,
            "rules": ["R-6.1", "R-6.2"],
        },
        lines=(form.message(language), lock, "[R-6.1, R-6.2]"),
    )


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "substitute": ("a text in the certificate's characters", _add_substitute, _substitute),
    "era": ("a date by era, and as a certificate writes it", _add_era, _era),
    "pin": ("the form of a PIN, and its tries", _add_pin, _pin),
}
"""The questions of `openjpki rules`: what it says, its arguments, its answer."""
