"""`openjpki reader …`: the card readers of the operating system, real ones and virtual ones."""

import argparse

from openjpki.card.terminal import JpkiTerminal
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.card_facts import words
from openjpki.errors import Language
from openjpki.readers.pcsc import PcscService, Reader
from openjpki.rules.kinds import CertificateKind


def register(commands: Commands) -> None:
    """Add the `reader` group."""
    group = commands.add_parser("reader", help="the card readers of this machine (PC/SC)").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    group.add_parser("list", help="which readers there are, and which have a card").set_defaults(run=_list)
    test = group.add_parser(
        "test",
        help="whether a My Number card in a reader answers",
        description="Ask a card in a reader what any terminal may ask without a PIN; no try is spent. "
        "Without --reader, the first reader with a card.",
    )
    test.add_argument("--reader", metavar="R", help="its name, or a part of it that no other reader has")
    test.set_defaults(run=_test)


def _list(arguments: argparse.Namespace) -> Answer:
    language = language_of(arguments)
    with PcscService() as service:
        readers = service.readers()
    return Answer(
        data={"readers": [_reader_data(reader) for reader in readers]},
        lines=[_reader_line(reader, language) for reader in readers],
    )


def _test(arguments: argparse.Namespace) -> Answer:
    """Reader, card, JPKI application, and an answer to each retry query: what can be wrong is told by its refusal."""
    language = language_of(arguments)
    with PcscService() as service:
        reader = service.reader(arguments.reader)
        with service.connect(reader.name) as card:
            terminal = JpkiTerminal(card)
            presence = terminal.presence()
            tries = {kind.value: terminal.tries_left(kind) for kind in CertificateKind}
    line = words(
        language,
        f"「{reader.name}」のマイナンバーカードを使えます。",
        f'The My Number card in "{reader.name}" can be used.',
    )
    data = _reader_data(reader) | {"certificates": presence._asdict(), "tries": tries}
    return Answer(data=data, lines=(line,))


def _reader_data(reader: Reader) -> dict[str, object]:
    return {"reader": reader.name, "atr": None if reader.atr is None else reader.atr.hex().upper()}


def _reader_line(reader: Reader, language: Language) -> str:
    if reader.atr is None:
        return f"{reader.name}: {words(language, 'カードなし', 'no card')}"
    return f"{reader.name}: {words(language, 'カードあり', 'card')} (ATR {reader.atr.hex().upper()})"
