"""`openjpki card pin change`: a PIN of a card, by whoever knows the present one. PINs come from a prompt or standard input."""

import argparse
from typing import Any

from openjpki.card.pin_terminal import PinTerminal
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.card_facts import PINS, words
from openjpki.cli.card_inserted import Inserted, add_which_card, inserted, typed_between
from openjpki.cli.pins import prompt_for, typed
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import check_pin


class PinsDiffer(Failure):
    """The new PIN was typed in two ways."""

    code = "card.pin.differ"
    kind = Kind.USAGE
    ja = "新しい暗証番号の2回の入力が一致しません。暗証番号は変更していません。"
    en = "The new PIN was typed in two different ways. The PIN was not changed."


def add_pin(group: Commands) -> None:
    """Add the `pin` commands to the `card` group."""
    pins = group.add_parser("pin", help="the PINs of a card").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    change = pins.add_parser(
        "change",
        help="change a PIN: the present one, then the new one",
        description="Change a PIN of a card: the present one is typed, then the new one. "
        "A locked or forgotten PIN is set anew at the municipal counter (`openjpki window pin-reset`).",
    )
    add_which_card(change)
    change.add_argument("--kind", required=True, choices=[kind.value for kind in PinKind], help="which PIN")
    change.add_argument(
        "--pin-stdin", action="store_true", help="the present PIN, then the new one, one a line of standard input"
    )
    change.set_defaults(run=_change)


def _change(arguments: argparse.Namespace) -> Answer:
    """Change a PIN. The new one's form is asked before the present one is sent, so that a slip costs no try.

    The card is left with no PIN shown: in a reader it stays powered.
    """
    language, kind = language_of(arguments), PinKind(arguments.kind)

    def change(card: Inserted, both: tuple[str, str]) -> dict[str, Any]:
        present, new = both
        check_pin(kind, new, card.policy)
        terminal = PinTerminal(card.talk, card.policy)
        try:
            terminal.change(kind, bytearray(present.encode()), bytearray(new.encode()))
            tries = terminal.tries_left(kind)
        finally:
            terminal.leave()
        return {**card.named, "kind": kind.value, "changed": True, "tries": tries}

    data = typed_between(
        lambda: inserted(arguments),
        ask=lambda card: PinTerminal(card.talk, card.policy).hold_usable(kind),
        prompt=lambda tries: _both(arguments, kind, tries),
        do=change,
    )
    called = PINS[kind][language]
    return Answer(data=data, lines=(words(language, f"{called}を変更しました。", f"The {called} was changed."),))


def _both(arguments: argparse.Namespace, kind: PinKind, tries: int) -> tuple[str, str]:
    """Return the present and the new PIN, from standard input or from a prompt that shows nothing but the tries left."""
    language = language_of(arguments)
    called = PINS[kind][language]
    prompts = (
        prompt_for(words(language, f"今の{called}", f"Present {called}"), tries, language),
        words(language, f"新しい{called}: ", f"New {called}: "),
    )
    if arguments.pin_stdin:
        present, new = typed(prompts, from_stdin=True)
        return present, new
    present, new, again = typed((*prompts, words(language, "もう一度: ", "Again: ")), from_stdin=False)
    if new != again:
        raise PinsDiffer
    return present, new
