"""Whether a home was named on the command line, and how the commands of a sentence name the same one."""

import argparse
import re
import shlex
from collections.abc import Sequence
from itertools import pairwise

_COMMAND = re.compile(r"`openjpki (?P<words>[^`]+)`")
"""A command that a sentence tells to run."""
_WITHOUT_HOME = frozenset({"rules", "checklist", "reader"})
"""Groups that ask no home."""


def home_named(arguments: argparse.Namespace) -> bool:
    """Tell whether `--home` was typed."""
    return _named(arguments.words) is not None


def in_this_home(line: str, words: Sequence[str]) -> str:
    """Return a line whose commands run where the one with these words ran: without `--home` they stay short."""
    home = _named(words)
    if home is None:
        return line
    return _COMMAND.sub(lambda found: _command(found["words"], home), line)


def _command(words: str, home: str) -> str:
    group = words.split(maxsplit=1)[0]
    if group in _WITHOUT_HOME or "--home" in words or "--help" in words:
        return f"`openjpki {words}`"
    return f"`openjpki {words} --home {shlex.quote(home)}`"


def _named(words: Sequence[str]) -> str | None:
    """Return the home that was named last, as argparse takes it."""
    found = None
    for before, after in pairwise([*words, None]):
        if before == "--home":
            found = after
        elif before is not None and before.startswith("--home="):
            found = before.removeprefix("--home=")
    return found
