"""`openjpki serve`: the sandbox on one loopback port, until it is stopped."""

import argparse
import sys
import threading
import traceback
from collections.abc import Callable

from openjpki.cli.answer import Answer, Commands, language_of, port
from openjpki.site.home import Home, locked
from openjpki.site.opening import assemble
from openjpki.site.server import LOOPBACK, require_port

PUBLISH_SECONDS = 3600.0
"""How often the lists are published anew while the sandbox serves; they are valid for a day."""


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
    """Publish fresh lists, then answer until stopped."""
    home = Home.open(arguments.home)
    number: int = home.settings.port if arguments.port is None else arguments.port
    with locked(home.path, exclusive=False):
        require_port(number)
        house = assemble(home)
        house.authority.publish_crls()
        address = f"http://{LOOPBACK}:{number}/"
        told = {
            "ja": f"{address} で公開しています。終わるには Ctrl-C を押してください。",
            "en": f"Serving at {address} — press Ctrl-C to stop.",
        }
        print(told[language_of(arguments)], file=sys.stderr, flush=True)
        stop = threading.Event()
        publisher = threading.Thread(target=_publish_until, args=(stop, house.authority.publish_crls), daemon=True)
        publisher.start()
        try:
            _serve(number)
        finally:
            stop.set()
    return Answer(data={"address": address, "ended": "stopped"})


def _publish_until(stop: threading.Event, publish: Callable[[], object]) -> None:
    """Publish again and again; what fails once, as under a full disk, is told and tried again the next time."""
    while not stop.wait(PUBLISH_SECONDS):
        try:
            publish()
        except Exception:  # noqa: BLE001  -- whatever it is, the next lists must not wait for a restart
            traceback.print_exc()


def _serve(port: int) -> None:
    """Run the web server in processes of its own; they open the home by its path."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "openjpki.site.wsgi:application",
        address=LOOPBACK,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()
