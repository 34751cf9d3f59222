"""`openjpki serve`: the sandbox on one loopback port, until it is stopped."""

import argparse
import sys
import threading
from functools import partial

from openjpki.cli.answer import Answer, Commands, language_of, port
from openjpki.site.home import Home, locked
from openjpki.site.opening import assemble, told_of_databases
from openjpki.site.server import LOOPBACK, require_port

STOP_SECONDS = 5
"""How long a worker may take to stop; one that is still starting when Ctrl-C comes does not hear it."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "serve",
        help="serve the sandbox on loopback",
        description="Serve the start page, CA certificates, CRLs and OCSP of a home on 127.0.0.1, until Ctrl-C.",
    )
    parser.add_argument(
        "--port", type=port, help="another port than the home's; its certificates name the home's port for OCSP"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Answer:
    """Publish lists, deliver what waits and seal the audit record, then answer until stopped, doing it again in time."""
    home = Home.open(arguments.home)
    number: int = home.settings.port if arguments.port is None else arguments.port
    with locked(home.path, exclusive=False), told_of_databases():
        require_port(number)
        house = assemble(home)
        from openjpki.site.upkeep import keep_up, one_delivery, one_round, seal_round
        from openjpki.site.watching import logs, upkeep_notes

        logs.install()

        rounds = (
            partial(one_round, house.authority),
            partial(one_delivery, house.window.outbox),
            partial(seal_round, house.ledgers),
        )
        waits = [work() for work in rounds]
        address = f"http://{LOOPBACK}:{number}/"
        told = {
            "ja": f"{address} で公開しています。終わるには Ctrl-C を押してください。",
            "en": f"Serving at {address} — press Ctrl-C to stop.",
        }
        print(told[language_of(arguments)], file=sys.stderr, flush=True)
        stop = threading.Event()
        keeps = (partial(upkeep_notes.keep, home.path), None, None)
        for wait, work, keep in zip(waits, rounds, keeps, strict=True):
            threading.Thread(target=keep_up, args=(stop, wait, work, keep), daemon=True).start()
        try:
            _serve(number)
        finally:
            stop.set()
    return Answer(data={"address": address, "ended": "stopped"})


def _serve(port: int) -> None:
    """Run the web server in processes of its own; they open the home by its path."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from openjpki.site.watching.logs import SERVER

    Server(
        "openjpki.site.wsgi:application",
        address=LOOPBACK,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_level=LogLevels.warning,
        log_dictconfig=dict(SERVER),
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()
