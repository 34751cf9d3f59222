"""`openjpki serve`: the sandbox on one loopback port, until it is stopped."""

import argparse
import os
import sys
import threading
from contextlib import ExitStack
from functools import partial

from openjpki.cli.answer import Answer, BadValue, Commands, desk_port, language_of, port, verifier_port
from openjpki.cli.serve_operators import serve_operators
from openjpki.cli.serve_responder import DEFAULT_RESPONDER_PORT, MOST_WORKERS, serve_follower, serve_responder
from openjpki.cli.serve_signer import serve_signer
from openjpki.errors import Language
from openjpki.site.home import DEFAULT_DESK_PORT, DEFAULT_VERIFIER_PORT, Home
from openjpki.site.opening import assemble, told_of_databases
from openjpki.site.place import locked
from openjpki.site.server import LOOPBACK, holding_port

STOP_SECONDS = 2
"""How long a worker may take to stop; one that is still starting when Ctrl-C comes does not hear it."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "serve",
        help="serve the sandbox on loopback",
        description="Serve the start page, CA certificates, CRLs and OCSP of a home on 127.0.0.1, until Ctrl-C; "
        "and the desk over HTTPS, if the home's windows reach the authority there.",
    )
    parser.add_argument(
        "role",
        nargs="?",
        choices=("authority", "operators", "signer", "responder", "follower"),
        help="serve the authority alone: its desk and its public addresses; or its operators' pages (port 8784), the signing process, "
        "the OCSP responder with the follower of its store, or such a follower alone",
    )
    parser.add_argument(
        "--port", type=port, help="another port than the home's; its certificates name the home's port for OCSP"
    )
    parser.add_argument(
        "--desk-port",
        type=desk_port,
        metavar="PORT",
        help=f"take the windows' messages over HTTPS here (default: the home's; {DEFAULT_DESK_PORT} for the authority alone)",
    )
    parser.add_argument(
        "--verifier-port",
        type=verifier_port,
        metavar="PORT",
        help="answer registered verifiers over HTTPS here "
        f"(default: nowhere, or {DEFAULT_VERIFIER_PORT} if only they may have lists and OCSP answers)",
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help=f"processes that answer, for the responder, which takes port {DEFAULT_RESPONDER_PORT} if none is named (default: 1)",
    )
    parser.add_argument(
        "--no-follower", action="store_true", help="the responder answers from a store that another process keeps"
    )
    parser.add_argument(
        "--group",
        metavar="NAME",
        help="let this group reach the socket of the signing process, which has a user of its own (`init --only-signer`)",
    )
    parser.add_argument(
        "--allow-user",
        action="append",
        default=[],
        metavar="NAME",
        help="hear this user's processes at that socket; may be repeated (default: the signing process's own user)",
    )
    parser.add_argument(
        "--metrics-port",
        type=int,
        metavar="PORT",
        help="the responder tells on this port of 127.0.0.1 what it counts (default: nowhere)",
    )
    parser.set_defaults(run=run)


def _workers(text: str) -> int:
    """Read how many processes answer; raises `BadValue`."""
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MOST_WORKERS:
        return int(text)
    raise BadValue(
        option="--workers",
        value=text,
        expected_ja=f"1 から {MOST_WORKERS} までの数です。",
        expected_en=f"It is a number from 1 to {MOST_WORKERS}.",
    )


_ALONE = {
    "operators": serve_operators,
    "signer": serve_signer,
    "responder": serve_responder,
    "follower": serve_follower,
}


def run(arguments: argparse.Namespace) -> Answer:
    """Publish lists, deliver what waits and seal the audit record, then answer until stopped, doing it again in time."""
    if arguments.role in _ALONE:
        return _ALONE[arguments.role](arguments)
    home = Home.open(arguments.home)
    number: int = home.settings.port if arguments.port is None else arguments.port
    desk_number = _desk_number(home, arguments)
    verifier_number = _verifier_number(home, arguments)
    if arguments.role:
        os.environ["OPENJPKI_SERVES"] = (
            arguments.role
        )  # read when Django is set up, here and in the web server's process
    with locked(home.path, exclusive=False), told_of_databases(), holding_port(number):
        house = assemble(home)
        from openjpki.site.upkeep import keep_up, one_delivery, one_round, seal_round
        from openjpki.site.watching import logs, upkeep_notes

        logs.install()

        rounds = [
            (partial(one_round, house.authority), partial(upkeep_notes.keep, home.path)),
            (partial(seal_round, house.ledgers), None),
        ]
        if not arguments.role:  # the authority alone delivers nobody's messages
            rounds.append((partial(one_delivery, house.window.outbox), None))
        with ExitStack() as doors:
            if desk_number:
                doors.enter_context(house.desk.server(desk_number).answering())
            if verifier_number:
                doors.enter_context(house.verifiers().server(verifier_number).answering())
            waits = [work() for work, _ in rounds]
            address = f"http://{LOOPBACK}:{number}/"
            desk = f"https://{LOOPBACK}:{desk_number}" if desk_number else ""
            door = f"https://{LOOPBACK}:{verifier_number}" if verifier_number else ""
            for line in _told(address, desk, door, language_of(arguments)):
                print(line, file=sys.stderr, flush=True)
            stop = threading.Event()
            for wait, (work, keep) in zip(waits, rounds, strict=True):
                threading.Thread(target=keep_up, args=(stop, wait, work, keep), daemon=True).start()
            try:
                _serve(number)
            finally:
                stop.set()
    places = {name: place for name, place in (("desk", desk), ("verifiers", door)) if place}
    return Answer(data={"address": address, "ended": "stopped"} | places)


def _desk_number(home: Home, arguments: argparse.Namespace) -> int:
    """Return the port of the desk, 0 for none: as asked for, as the home says, or as the authority alone needs one."""
    if arguments.desk_port is not None:
        return int(arguments.desk_port)
    return home.settings.desk_port or (DEFAULT_DESK_PORT if arguments.role else 0)


def _verifier_number(home: Home, arguments: argparse.Namespace) -> int:
    """Return the port of the verifiers' door, 0 for none: as asked for, or as the policy needs one (R-5.24)."""
    if arguments.verifier_port is not None:
        return int(arguments.verifier_port)
    return DEFAULT_VERIFIER_PORT if home.policy().status_access == "registered" else 0


def _told(address: str, desk: str, door: str, language: Language) -> list[str]:
    told = {
        "ja": [f"{address} で公開しています。終わるには Ctrl-C を押してください。"],
        "en": [f"Serving at {address} — press Ctrl-C to stop."],
    }
    if desk:
        told["ja"].append(f"窓口からの電文は {desk} で受け付けています。")
        told["en"].append(f"Taking the windows' messages at {desk}.")
    if door:
        told["ja"].append(f"登録した検証者には {door} で答えます。")
        told["en"].append(f"Answering registered verifiers at {door}.")
    return told[language]


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
