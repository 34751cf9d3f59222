"""`openjpki serve responder` and `serve follower`: OCSP from a store of its own, until it is stopped."""

import argparse
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
        _serve(home, port, arguments.workers or DEFAULT_WORKERS, arguments.metrics_port)
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


def _serve(home: Home, port: int, workers: int, metrics_port: int | None) -> None:
    """Answer in processes of their own until a signal says to stop, and tell on another port what they count."""
    from openjpki.site.responding import answering
    from openjpki.site.watching.responder_metrics import measured

    with until_signalled() as stop, answering(home, port, workers) as numbers, measured(home, metrics_port, numbers):
        stop.within(FOREVER)
