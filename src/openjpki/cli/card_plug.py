"""`openjpki card plug` and `unplug`: a virtual card in the operating system's PC/SC service, for other programs."""

import argparse
import sys

from openjpki.cli.answer import Answer, BadValue, Commands, language_of, port
from openjpki.errors import Language
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.plugs import NotPlugged, noted, pull
from openjpki.readers.stop import until_signalled
from openjpki.readers.store import CardMissing, CardStore
from openjpki.readers.vpcd import FIRST_PORT, SLOTS, Event, keep_plugged
from openjpki.site.entropy import entropy
from openjpki.site.home import PORTS, Home
from openjpki.site.place import locked


def add_plug(group: Commands) -> None:
    """Add both commands to the `card` group."""
    words = "keep a card in a virtual PC/SC reader, for other programs, until Ctrl-C"
    plug = group.add_parser(
        "plug",
        help=words,
        description=f"{words[0].upper()}{words[1:]}. It needs pcscd with vsmartcard-vpcd, and plugs the card in again "
        "whenever pcscd comes back. While it is plugged in, no other command uses the card.",
    )
    plug.add_argument("name", metavar="NAME", help="what the card is called")
    plug.add_argument(
        "--slot", type=_slot, default=SLOTS[0], metavar="N", help="which reader of vpcd: 0 (the default) or 1"
    )
    plug.add_argument(
        "--port", type=port, default=FIRST_PORT, metavar="P", help=f"where vpcd's first slot listens ({FIRST_PORT})"
    )
    plug.set_defaults(run=_plug)
    unplug = group.add_parser("unplug", help="pull a card out of its virtual reader, wherever it was plugged in from")
    unplug.add_argument("name", metavar="NAME", help="what the card is called")
    unplug.set_defaults(run=_unplug)


def _slot(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:2]) in SLOTS:
        return int(text)
    raise BadValue(option="--slot", value=text, expected_ja="0 か 1 です。", expected_en="It is 0 or 1.")


def _plug(arguments: argparse.Namespace) -> Answer:
    """Keep the card plugged in; one line on standard error each time the service sees it, or lets it go."""
    language, name = language_of(arguments), arguments.name
    number = arguments.port + arguments.slot
    if number not in PORTS:
        raise BadValue(
            option="--port",
            value=str(arguments.port),
            expected_ja="番号が大きすぎます。",
            expected_en="It is too large.",
        )
    home = Home.open(arguments.home)
    store = CardStore(home.cards)

    def tell(event: Event) -> None:
        print(_told(event, name, arguments.slot, language), file=sys.stderr, flush=True)

    with locked(home.path, exclusive=False):
        store.look(name)
        with (
            noted(store.note(name, "plug"), arguments.slot),
            InProcessReader(store, entropy=entropy).insert(name) as card,
            until_signalled() as stop,
        ):
            keep_plugged(card, number, stop, tell)
    line = {"ja": f"カード「{name}」を抜きました。", "en": f'Pulled the card "{name}".'}
    return Answer(
        data={"name": name, "slot": arguments.slot, "port": number, "ended": "pulled"}, lines=(line[language],)
    )


def _unplug(arguments: argparse.Namespace) -> Answer:
    """Have the process that plugged the card in pull it."""
    language, name = language_of(arguments), arguments.name
    home = Home.open(arguments.home)
    store = CardStore(home.cards)
    note = store.note(name, "plug")
    if name not in store.list():
        raise CardMissing(name=name)
    if not note.exists():
        raise NotPlugged(name=name)
    with locked(home.path, exclusive=False):
        pull(note)
    line = {"ja": f"カード「{name}」を抜きました。", "en": f'Pulled the card "{name}".'}
    return Answer(data={"name": name, "unplugged": True}, lines=(line[language],))


def _told(event: Event, name: str, slot: int, language: Language) -> str:
    told = {
        Event.SEEN: {
            "ja": f"カード「{name}」がカードリーダー(スロット {slot})に入りました。抜くには Ctrl-C を押してください。",
            "en": f'The card "{name}" is in the reader (slot {slot}) — press Ctrl-C to pull it.',
        },
        Event.LOST: {
            "ja": f"カードリーダーとの接続が切れました。カード「{name}」を入れ直します。",
            "en": f'The reader went away. The card "{name}" is plugged in again when it comes back.',
        },
    }
    return told[event][language]
