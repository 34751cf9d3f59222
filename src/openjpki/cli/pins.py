"""The one way a PIN enters the command line: a prompt that shows nothing, or a line of standard input."""

import getpass
import sys
from collections.abc import Sequence

from openjpki.errors import Failure, Kind, Language

_MAX_LINE = 64
"""Characters read of one line; the longest PIN has sixteen."""


class NoPrompt(Failure):
    """A PIN is asked for where nobody can type it."""

    code = "card.pin.no-prompt"
    kind = Kind.USAGE
    ja = "暗証番号を入力できる端末がありません。--pin-stdin を付けて、標準入力に1行ずつ渡してください。"
    en = "There is no terminal to type a PIN at. Give it on standard input, one a line, with --pin-stdin."


class PinLinesMissing(Failure):
    """Standard input has not one line for each PIN."""

    code = "card.pin.lines-missing"
    kind = Kind.USAGE
    ja = "標準入力の暗証番号が足りません。1行に1つ、全部で{count}行必要です。"
    en = "Standard input lacks a PIN. One a line is asked for, {count} in all."


def typed(prompts: Sequence[str], *, from_stdin: bool) -> list[str]:
    """Return one PIN for each prompt, or one a line of standard input; raises `NoPrompt` or `PinLinesMissing`."""
    if from_stdin:
        lines = [sys.stdin.readline(_MAX_LINE).removesuffix("\n") for _ in prompts]
        if not all(lines):
            raise PinLinesMissing(count=len(prompts))
        return lines
    if not sys.stdin.isatty():
        raise NoPrompt
    return [getpass.getpass(prompt) for prompt in prompts]


def prompt_for(called: str, tries: int, language: Language) -> str:
    """Return the prompt for a PIN of a card, with the tries that it has left (R-6.2)."""
    return (
        f"{called}(残り{tries}回): "
        if language == "ja"
        else f"{called[:1].upper()}{called[1:]} (tries left: {tries}): "
    )


def one_typed(prompt: str, *, from_stdin: bool) -> str:
    """Return the one PIN that is asked for; raises as `typed` does."""
    (pin,) = typed([prompt], from_stdin=from_stdin)
    return pin
