import re
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from openjpki.cli.main import BadArguments, Parser
from openjpki.cli.usage_ja import in_japanese

Grammar: TypeAlias = Callable[[Parser], Any]


def _two(parser: Parser, *, required: bool) -> None:
    one = parser.add_mutually_exclusive_group(required=required)
    one.add_argument("--text")
    one.add_argument("--date")


def _commands(parser: Parser, *, required: bool = True) -> None:
    commands = parser.add_subparsers(metavar="COMMAND", required=required)
    commands.add_parser("show")
    commands.add_parser("list")


KINDS: list[tuple[Grammar, list[str], str]] = [
    (str, ["--nonsense", "x"], "知らない引数です: --nonsense x"),
    (lambda parser: parser.add_argument("name", metavar="NAME"), [], "次の引数が必要です: NAME"),
    (lambda parser: parser.add_argument("--on", required=True), [], "次の引数が必要です: --on"),
    (lambda parser: _two(parser, required=True), [], "次の引数のうち1つが必要です: --text --date"),
    (
        lambda parser: _two(parser, required=False),
        ["--text", "a", "--date", "b"],
        "--date と --text は同時に指定できません。",
    ),
    (lambda parser: parser.add_argument("--on"), ["--on"], "--on の値を1つ指定してください。"),
    (lambda parser: parser.add_argument("--on", nargs="+"), ["--on"], "--on の値を1つ以上指定してください。"),
    (lambda parser: parser.add_argument("--on", nargs=2), ["--on", "a"], "--on の値を2個指定してください。"),
    (lambda parser: parser.add_argument("--on", nargs=1), ["--on"], "--on の値を1個指定してください。"),
    (
        lambda parser: parser.add_argument("--json", action="store_true"),
        ["--json=3"],
        "--json に値('3')は指定できません。",
    ),
    (
        lambda parser: parser.add_argument("--lang", choices=("ja", "en")),
        ["--lang", "fr"],
        "--lang に 'fr' は指定できません。次から選んでください: 'ja', 'en'",
    ),
    (
        lambda parser: parser.add_argument("role", nargs="?", choices=("authority",)),
        ["mayor"],
        "role に 'mayor' は指定できません。次から選んでください: 'authority'",
    ),
    (_commands, [], "次の引数が必要です: COMMAND"),
    (_commands, ["tell"], "COMMAND に 'tell' は指定できません。次から選んでください: 'show', 'list'"),
    (lambda parser: parser.add_argument("--skew", type=int), ["--skew", "x"], "--skew の値 'x' は整数ではありません。"),
    (lambda parser: parser.add_argument("--skew", type=float), ["--skew", "x"], "--skew の値 'x' は数ではありません。"),
    (
        lambda parser: parser.add_argument("--skew", type=complex),
        ["--skew", "x"],
        "--skew の値 'x' は正しい値ではありません。",
    ),
]


@pytest.mark.parametrize(("grammar", "words", "told"), KINDS)
def test_what_argparse_says_is_told_in_japanese(grammar: Grammar, words: list[str], told: str) -> None:
    """R-2.29: each sentence that a wrong command line can make, made by argparse itself, in one language from end to end."""
    parser = Parser(prog="openjpki try")
    grammar(parser)

    with pytest.raises(BadArguments) as refused:
        parser.parse_args(words)
    assert refused.value.message("ja") == (
        f"引数が正しくありません: {told}(`openjpki try --help` で使い方を表示します)"
    )
    assert refused.value.message("en").startswith("Wrong arguments: ")
    assert re.search(r"[ぁ-ん]", refused.value.message("en")) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("argument --on: expected at most one argument", "--on の値は1つまでです。"),
        ("argument X: unknown parser 'y' (choices: a, b)", "X に 'y' は指定できません。次から選んでください: a, b"),
        ("ambiguous option: --x could match --xa, --xb", "--x は、次のどれかわかりません: --xa, --xb"),
        (
            "argument --by: invalid choice: ' (choose from: ' (choose from a)",
            "--by に ' (choose from: ' は指定できません。次から選んでください: a",
        ),
        ("unrecognized arguments: a\nb", "知らない引数です: a\nb"),
    ],
)
def test_sentences_that_our_grammar_does_not_make_yet(said: str, told: str) -> None:
    """R-2.29: the rest of argparse's table; what was typed is told as it was, whatever it looks like."""
    assert in_japanese(said) == told


@pytest.mark.parametrize("said", ["argument --on: something new", "something new", "argument", ""])
def test_an_unknown_sentence_stays_as_it_is(said: str) -> None:
    """R-2.29: a later Python may say more: better in English than not at all."""
    assert in_japanese(said) == said
