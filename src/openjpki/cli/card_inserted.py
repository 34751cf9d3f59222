"""Which card a command is about, a card of this home by its name or the one in a reader of this machine, and the way to it."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from openjpki.card.conversation import Conversation
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.pcsc import PcscService
from openjpki.readers.store import CardStore
from openjpki.rules.policy import Policy
from openjpki.site.home import Home
from openjpki.site.place import HomeMissing, locked


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
    home = Home.open(arguments.home)
    with locked(home.path, exclusive=False), InProcessReader(CardStore(home.cards)).insert(arguments.name) as card:
        yield Inserted({"name": arguments.name}, Conversation(card), home.policy())


def _policy(arguments: argparse.Namespace) -> Policy:
    try:
        return Home.open(arguments.home).policy()
    except HomeMissing:
        return Policy()
