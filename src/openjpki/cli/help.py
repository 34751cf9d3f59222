"""How help is laid out, and how it is put into Japanese."""

import argparse
import re
import shutil
from collections.abc import Iterable
from functools import cache
from unicodedata import east_asian_width

from openjpki.cli.help_ja import HELP_JA

_PIECE = re.compile(r"[!-~]+|.")
"""What is not parted at the end of a line: a word in Latin letters; each Japanese character stands alone."""
_NO_BEGINNING = frozenset("、。)」・ー ")
"""What does not begin a line."""


@cache
def _columns() -> int:
    return shutil.get_terminal_size().columns - 2


class Help(argparse.HelpFormatter):
    """Help as wide as the terminal, which is measured once: argparse makes a formatter at every argument."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns())


class HelpInJapanese(Help):
    """The same in Japanese, whose characters are two columns wide and have no blanks between words."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Begin the usage in Japanese."""
        super().add_usage(usage, actions, groups, "使い方: " if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrapped(text, width))


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of so many columns; a line may be a mark longer, so that none begins with one."""
    lines, room = [""], width
    for piece in _PIECE.findall(" ".join(text.split())):
        wide = sum(2 if east_asian_width(character) in "WF" else 1 for character in piece)
        if wide > room and lines[-1] and piece not in _NO_BEGINNING:
            lines.append("")
            room = width
        lines[-1] += piece
        room -= wide
    return [line.rstrip() for line in lines]


def translate(found: argparse.ArgumentParser) -> None:
    """Put the Japanese help of a parser and of its sub-commands in place of the English; what has none stays."""
    found.formatter_class = HelpInJapanese
    found.description = _ja(found.description)
    for group in found._action_groups:  # noqa: SLF001  -- argparse offers no public walk over its groups and actions
        group.title = _ja(group.title)
    for action in found._actions:  # noqa: SLF001  -- the same
        action.help = _ja(action.help)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  -- the same
            for choice in action._choices_actions:  # noqa: SLF001  -- the same
                choice.help = _ja(choice.help)
            for child in {id(child): child for child in action.choices.values()}.values():
                translate(child)


def _ja(text: str | None) -> str | None:
    return HELP_JA.get(text, text) if text else text
