"""Which card a command is about, a card of this home by its name or the one in a reader of this machine, and the way to it."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from openjpki.card.conversation import Conversation
from openjpki.card.terminal import JpkiTerminal, NoCardNumber
from openjpki.errors import Failure, Kind
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.pcsc import PcscService
from openjpki.readers.store import CardStore
from openjpki.rules.policy import Policy
from openjpki.site.entropy import entropy
from openjpki.site.home import Home
from openjpki.site.place import HomeMissing, locked

T = TypeVar("T")
S = TypeVar("S")
R = TypeVar("R")


@dataclass(frozen=True)
class Inserted:
    """A card that a command has for itself."""

    named: dict[str, str]
    """What it is called: its name, or its reader's, as data for `--json`."""
    talk: Conversation
    policy: Policy


def add_which_card(parser: argparse.ArgumentParser) -> None:
    """Add the two ways of naming a card."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", metavar="NAME", help="what the card is called")
    which.add_argument("--reader", metavar="R", help="the card in a reader of this machine (`openjpki reader list`)")


class CardChanged(Failure):
    """Another card is there than the one that was asked before the PIN was typed."""

    code = "card.changed"
    kind = Kind.REFUSED
    ja = "暗証番号の入力中に、カードが別のものに替わりました。カードには何も送っていません。もう一度行ってください。"
    en = "The card was changed for another while the PIN was typed. Nothing was sent to it. Try again."


@contextmanager
def inserted(arguments: argparse.Namespace) -> Iterator[Inserted]:
    """Hold the card while the block runs; raises what `PcscService` raises, or `Home.open` and `CardStore.open`.

    A card in a reader needs no home; the rulings of one that is there hold for it too.
    """
    if arguments.reader is not None:
        with PcscService() as service:
            reader = service.reader(arguments.reader)
            with service.connect(reader.name) as plastic:
                yield Inserted({"reader": reader.name}, Conversation(plastic), _policy(arguments))
        return
    with of_home(Home.open(arguments.home), arguments.name) as card:
        yield card


@contextmanager
def of_home(home: Home, name: str) -> Iterator[Inserted]:
    """Hold a card of a home while the block runs; raises what `CardStore.open` raises."""
    with (
        locked(home.path, exclusive=False),
        InProcessReader(CardStore(home.cards), entropy=entropy).insert(name) as card,
    ):
        yield Inserted({"name": name}, Conversation(card), home.policy())


def typed_between(
    insert: Callable[[], AbstractContextManager[Inserted]],
    *,
    ask: Callable[[Inserted], T],
    prompt: Callable[[T], S],
    do: Callable[[Inserted, S], R],
) -> R:
    """Ask the card, let go of it, have a person type, take it again and do what is to be done; raises `CardChanged`.

    As long as somebody thinks, no other program waits for the card. What is typed is for the card that was asked: its
    number is looked at again, before anything is sent.
    """
    with insert() as card:
        number = _number(card)
        asked = ask(card)
    answer = prompt(asked)
    with insert() as card:
        if _number(card) != number:
            raise CardChanged
        return do(card, answer)


def _number(card: Inserted) -> str:
    """Return the card's number; nothing where it tells none."""
    try:
        return JpkiTerminal(card.talk).card_number()
    except NoCardNumber:
        return ""


def _policy(arguments: argparse.Namespace) -> Policy:
    try:
        return Home.open(arguments.home).policy()
    except HomeMissing:
        return Policy()
