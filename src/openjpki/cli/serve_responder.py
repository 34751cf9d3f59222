"""`openjpki serve responder` and `serve follower`: OCSP from a store of its own, until it is stopped."""

import argparse
import os
import sys
from contextlib import nullcontext

from openjpki.cli.answer import Answer, language_of
from openjpki.errors import Failure, Kind
from openjpki.readers.stop import FOREVER, until_signalled
from openjpki.site.cores import forbid
from openjpki.site.home import Home
from openjpki.site.opening import ServerNotInstalled
from openjpki.site.place import locked
from openjpki.site.server import LOOPBACK, holding_port

DEFAULT_RESPONDER_PORT = 8783
DEFAULT_WORKERS = 1
MOST_WORKERS = 64
"""More than a machine has cores for signatures."""
HEADER_SECONDS = 10
"""How long a client may take for the head of a request, and may be silent between two."""
STOP_SECONDS = 2


class FromLists(Failure):
    """A home whose answers say what its lists said has them from `serve`."""

    code = "serve.answers-from-lists"
    kind = Kind.USAGE
    ja = "このホームのOCSPは失効リストから答える設定です(`ocsp_mode`)。`openjpki serve` が答えます。"
    en = "This home answers OCSP from its revocation lists (`ocsp_mode`): `openjpki serve` does."


def serve_responder(arguments: argparse.Namespace) -> Answer:
    """Answer from the home's status store; raises `FromLists`, `SignerNeeded`, `PortTaken`, `FollowerRuns`."""
    home = Home.open(arguments.home)
    try:
        from openjpki.site.following import beside
        from openjpki.site.responding import application_of
    except ModuleNotFoundError as error:
        raise ServerNotInstalled from error

    forbid()
    if home.policy().ocsp_mode == "from-crl":
        raise FromLists
    application_of(home)  # what is not set right is told here, and not by each worker
    port = DEFAULT_RESPONDER_PORT if arguments.port is None else arguments.port
    follower = nullcontext() if arguments.no_follower else beside(home)
    with locked(home.path, exclusive=False), holding_port(port), follower:
        _tell(
            arguments,
            ja=f"OCSPレスポンダーが http://{LOOPBACK}:{port}/ocsp/ で応答しています。終わるには Ctrl-C を押してください。",
            en=f"The OCSP responder answers at http://{LOOPBACK}:{port}/ocsp/ — press Ctrl-C to stop.",
        )
        _serve(home, port, arguments.workers or DEFAULT_WORKERS)
    return Answer(data={"address": f"http://{LOOPBACK}:{port}/ocsp/", "ended": "stopped"})


def serve_follower(arguments: argparse.Namespace) -> Answer:
    """Keep the home's status store up to the journal, for responders in other processes; raises `FollowerRuns`."""
    home = Home.open(arguments.home)
    try:
        from openjpki.site.following import following
    except ModuleNotFoundError as error:
        raise ServerNotInstalled from error

    with locked(home.path, exclusive=False), until_signalled() as stop, following(home):
        _tell(
            arguments,
            ja="失効情報ストアを更新しています。終わるには Ctrl-C を押してください。",
            en="The status store follows the journal — press Ctrl-C to stop.",
        )
        stop.within(FOREVER)
    return Answer(data={"ended": "stopped"})


def _tell(arguments: argparse.Namespace, **told: str) -> None:
    print(told[language_of(arguments)], file=sys.stderr, flush=True)


def _serve(home: Home, port: int, workers: int) -> None:
    """Run the web server in processes of its own; they open the home by its path, and no database."""
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    from openjpki.site.watching.logs import SERVER

    os.environ["OPENJPKI_HOME"] = str(home.path)
    Server(
        "openjpki.site.responding:worker",
        factory=True,
        address=LOOPBACK,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        log_level=LogLevels.warning,
        log_dictconfig=dict(SERVER),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()
