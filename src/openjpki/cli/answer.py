"""What a command answers: data for `--json`, lines for a person, a kind for the exit status."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from openjpki.errors import Failure, Kind, Language
from openjpki.site.home import PORTS

Commands: TypeAlias = "argparse._SubParsersAction[Any]"  # noqa: SLF001  -- argparse has no public name for it
"""What a command group's `register` receives."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The outcome of a command that ran to its end.

    `data` is one JSON object (only strings, numbers, booleans, None, lists and objects); `lines` say the same to a
    person; `kind` is None for done/valid (exit 0), else its value is the exit status (1 invalid, 3 indeterminate …).
    """

    data: Mapping[str, Any]
    lines: Sequence[str] = field(default_factory=tuple)
    kind: Kind | None = None


Run = Callable[[argparse.Namespace], Answer]
"""A command's function: arguments in, answer out; a refusal is a raised `Failure`.

Every command module has `register(commands)`, which adds its parsers and sets `run` by `set_defaults(run=…)`.
Every namespace carries `lang` ("ja" or "en"), `json` (bool), `home` (pathlib.Path) and `words` (what was typed; empty
where nothing was).
"""


class BadValue(Failure):
    """An argument is not of its grammar."""

    code = "usage.bad-value"
    kind = Kind.USAGE
    ja = "{option} の値「{value}」が正しくありません。{expected_ja}"
    en = '{option}: "{value}" is not valid. {expected_en}'


class OptionNeeded(Failure):
    """What is to be done takes an option that was not given."""

    code = "usage.option-needed"
    kind = Kind.USAGE
    ja = "{what} には {options} が必要です。"
    en = "{what} takes {options}."


def language_of(arguments: argparse.Namespace) -> Language:
    """Return the language asked for."""
    return "ja" if arguments.lang == "ja" else "en"


def port(text: str) -> int:
    """Read a TCP port for `--port`; raises `BadValue`."""
    return _port(text, "--port")


def desk_port(text: str) -> int:
    """Read a TCP port for `--desk-port`; raises `BadValue`."""
    return _port(text, "--desk-port")


def verifier_port(text: str) -> int:
    """Read a TCP port for `--verifier-port`; raises `BadValue`."""
    return _port(text, "--verifier-port")


def _port(text: str, option: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:6]) in PORTS:
        return int(text)
    raise BadValue(
        option=option,
        value=text,
        expected_ja=f"{PORTS[0]} から {PORTS[-1]} までの番号です。",
        expected_en=f"It is a number from {PORTS[0]} to {PORTS[-1]}.",
    )
