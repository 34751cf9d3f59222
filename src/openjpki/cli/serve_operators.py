"""`openjpki serve operators`: the authority's pages for its operators, over HTTPS, until it is stopped."""

import argparse
import os
import sys

from openjpki.cli.answer import Answer, language_of
from openjpki.readers.stop import FOREVER, until_signalled
from openjpki.site.home import DEFAULT_OPERATOR_PORT, Home
from openjpki.site.opening import assemble, told_of_databases
from openjpki.site.place import locked
from openjpki.site.server import LOOPBACK, holding_port


def serve_operators(arguments: argparse.Namespace) -> Answer:
    """Answer operators' browsers; raises `PortTaken`. Lists, deliveries and seals are another process's."""
    home = Home.open(arguments.home)
    port = DEFAULT_OPERATOR_PORT if arguments.port is None else arguments.port
    address = f"https://{LOOPBACK}:{port}/"
    os.environ["OPENJPKI_SERVES"] = "authority"  # no page of residents is in this process, whatever is asked
    with locked(home.path, exclusive=False), told_of_databases(), holding_port(port):
        house = assemble(home)
        from openjpki.site.operators.room import OperatorRoom
        from openjpki.site.watching import logs

        logs.install()
        room = OperatorRoom(house)
        with until_signalled() as stop, room.server(port).answering():
            for line in _told(address, str(room.ca.certificate))[language_of(arguments)]:
                print(line, file=sys.stderr, flush=True)
            stop.within(FOREVER)
    return Answer(data={"address": address, "trust": str(room.ca.certificate), "ended": "stopped"})


def _told(address: str, trust: str) -> dict[str, list[str]]:
    return {
        "ja": [
            f"運用者の画面を {address} で公開しています。終わるには Ctrl-C を押してください。",
            f"ブラウザーには、この画面の認証局の証明書 {trust} と、`openjpki authority operator browser` で作った証明書を読み込んでください。",
        ],
        "en": [
            f"The operators' pages are at {address} — press Ctrl-C to stop.",
            f"Import their CA's certificate, {trust}, and what `openjpki authority operator browser` made into the browser.",
        ],
    }
