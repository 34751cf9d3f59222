"""Draws the command line's grammar as a page: every command with its help, arguments and options."""

import argparse
from collections.abc import Iterator

from openjpki.cli.main import parser
from openjpki.errors import Kind
from tools.draw_errors import STATUS, WRITTEN, cell

COMMON = "common options"


def leaves(found: argparse.ArgumentParser | None = None) -> Iterator[argparse.ArgumentParser]:
    """Yield the parser of every command that can be run, in the order of the help."""
    found = found or parser()
    nested = [action for action in found._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001  -- argparse offers no public walk over its sub-parsers
    for action in nested:
        for child in action.choices.values():
            yield from leaves(child)
    if not nested:
        yield found


def commands_page() -> str:
    """Return `docs/commands.md`."""
    statuses = ", ".join(f"{kind.value} {STATUS[kind]}" for kind in Kind)
    found, helps = list(leaves()), _helps(parser())
    lines = [
        "# Commands",
        "",
        f"{WRITTEN} from the command line's own grammar; `openjpki COMMAND --help` says the same.",
        "",
        f"Exit status: 0 done or valid, {statuses} ([errors](errors.md)).",
        "",
        "Every command takes these options too:",
        "",
        *_table(_options(found[0], common=True)),
    ]
    for leaf in found:
        lines += ["", f"## {leaf.prog}", "", _sentence(leaf.description or helps[leaf.prog]), ""]
        lines += ["```", _usage(leaf), "```"]
        if own := _options(leaf, common=False):
            lines += ["", *_table(own)]
    return "\n".join(lines) + "\n"


def _sentence(words: str) -> str:
    """Return what the command does, with a capital and a full stop."""
    return f"{words[0].upper()}{words[1:].rstrip('.')}."


def _helps(found: argparse.ArgumentParser) -> dict[str, str]:
    """Return the line of help that the group above shows for each command."""
    helps: dict[str, str] = {}
    for action in found._actions:  # noqa: SLF001  -- the same
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  -- the same
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001  -- the same
            for name, child in action.choices.items():
                helps |= {child.prog: told[name]} | _helps(child)
    return helps


def _options(leaf: argparse.ArgumentParser, *, common: bool) -> list[argparse.Action]:
    """Return the command's own arguments and options, or those that all commands share."""
    groups = [group for group in leaf._action_groups if (group.title == COMMON) is common]  # noqa: SLF001  -- the same
    actions = [action for group in groups for action in group._group_actions]  # noqa: SLF001  -- the same
    return [action for action in actions if not isinstance(action, argparse._HelpAction)]  # noqa: SLF001  -- the same


def _usage(leaf: argparse.ArgumentParser) -> str:
    """Return one line: the command with what it takes, what may be left out in brackets."""
    words = [_written(action) for action in _options(leaf, common=False)]
    return " ".join([leaf.prog, *words])


def _written(action: argparse.Action) -> str:
    word = " ".join(filter(None, (*action.option_strings[:1], _value(action))))
    repeated = "…" if isinstance(action, argparse._AppendAction) else ""  # noqa: SLF001  -- the same
    return f"{word}{repeated}" if action.required else f"[{word}]{repeated}"


def _value(action: argparse.Action) -> str:
    """Return what stands for the value of an argument or option; a flag has none."""
    if action.nargs == 0:
        return ""
    if action.choices is not None and action.metavar is None:
        return "{" + ",".join(str(choice) for choice in action.choices) + "}"
    return str(action.metavar or action.dest.upper())


def _table(actions: list[argparse.Action]) -> list[str]:
    """Return a table of arguments and options with their help."""
    rows = ["| option | |", "|---|---|"]
    for action in actions:
        words = " ".join(filter(None, ("/".join(action.option_strings), _value(action))))
        notes = [
            (action.help or "").replace("%%", "%"),
            "required" if action.required and action.option_strings else "",
        ]
        if isinstance(action, argparse._AppendAction):  # noqa: SLF001  -- the same
            notes.append("may be repeated")
        rows.append(f"| `{cell(words)}` | {cell('; '.join(filter(None, notes)))} |")
    return rows
