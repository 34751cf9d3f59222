import argparse
from collections.abc import Iterator

from openjpki.cli.help_ja import HELP_JA
from openjpki.cli.main import parser

IN_JAPANESE = frozenset({"checklist", "rules", "window", "card", "authority", "serve"})
"""The commands whose help is in Japanese down to the last option."""


def texts(found: argparse.ArgumentParser, *, top: bool = True) -> Iterator[str]:
    """Yield every text of help that a clerk can meet from a parser on."""
    yield from filter(None, (found.description, *(group.title for group in found._action_groups)))
    for action in found._actions:
        yield from filter(None, (action.help,))
        if isinstance(action, argparse._SubParsersAction):
            yield from (choice.help or "" for choice in action._choices_actions)
            for name, child in action.choices.items():
                if not top or name in IN_JAPANESE:
                    yield from texts(child, top=False)


def test_the_japanese_help_is_complete() -> None:
    """Of the top, of `checklist`, `rules`, `window`, `card`, `authority` and `serve`: no text is without its Japanese, and none of these without its text."""
    written = set(texts(parser()))

    assert sorted(written - set(HELP_JA)) == []
    assert sorted(set(HELP_JA) - written) == []
    assert [text for text in HELP_JA.values() if text.isascii()] == []
