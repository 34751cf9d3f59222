"""What argparse says of a wrong command line, in Japanese: a table of its sentences.

A sentence that is not in the table stays as it is: a later Python may make others.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

_Table: TypeAlias = Sequence[tuple[re.Pattern[str], str]]
_FIELD = re.compile(r"\\\{(\w+)\\\}")
_TYPES = {"int": "整数", "float": "数"}
"""The types that our options have, as `invalid int value` names them."""


def _table(*rows: tuple[str, str]) -> _Table:
    return tuple((re.compile(_FIELD.sub(r"(?P<\1>.+)", re.escape(en)), re.DOTALL), ja) for en, ja in rows)


_OF_THE_LINE = _table(
    ("unrecognized arguments: {words}", "知らない引数です: {words}"),
    ("the following arguments are required: {names}", "次の引数が必要です: {names}"),
    ("one of the arguments {names} is required", "次の引数のうち1つが必要です: {names}"),
    ("ambiguous option: {option} could match {names}", "{option} は、次のどれかわかりません: {names}"),
)
_OF_AN_ARGUMENT = _table(
    ("expected one argument", "{name} の値を1つ指定してください。"),
    ("expected at most one argument", "{name} の値は1つまでです。"),
    ("expected at least one argument", "{name} の値を1つ以上指定してください。"),
    ("expected {count} argument", "{name} の値を{count}個指定してください。"),
    ("expected {count} arguments", "{name} の値を{count}個指定してください。"),
    ("ignored explicit argument {value}", "{name} に値({value})は指定できません。"),
    ("not allowed with argument {other}", "{name} と {other} は同時に指定できません。"),
    (
        "invalid choice: {value} (choose from {choices}); the nearest is {nearest}",
        "{name} に {value} は指定できません。近いのは {nearest} です。次から選んでください: {choices}",
    ),
    (
        "invalid choice: {value} (choose from {choices})",
        "{name} に {value} は指定できません。次から選んでください: {choices}",
    ),
    (
        "unknown parser {value} (choices: {choices})",
        "{name} に {value} は指定できません。次から選んでください: {choices}",
    ),
    ("invalid {type} value: {value}", "{name} の値 {value} は{type}ではありません。"),
)
_ARGUMENT = re.compile(r"argument (?P<name>.+?): (?P<said>.+)", re.DOTALL)


def in_japanese(sentence: str) -> str:
    """Return a sentence of argparse in Japanese; one that is not known as it is."""
    if found := _ARGUMENT.fullmatch(sentence):
        return _told(_OF_AN_ARGUMENT, found["said"], [("name", found["name"])]) or sentence
    return _told(_OF_THE_LINE, sentence) or sentence


def _told(table: _Table, said: str, also: Iterable[tuple[str, str]] = ()) -> str | None:
    for pattern, ja in table:
        if found := pattern.fullmatch(said):
            fields = {**found.groupdict(), **dict(also)}
            fields["type"] = _TYPES.get(fields.get("type", ""), "正しい値")
            return ja.format(**fields)
    return None
