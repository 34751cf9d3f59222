"""`openjpki serve signer`: the signing process of a home, until it is stopped."""

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from openjpki.cli.answer import Answer, language_of
from openjpki.errors import Failure, Kind
from openjpki.pki.keys import FreshKeys
from openjpki.readers.stop import FOREVER, until_signalled
from openjpki.site.cores import forbid
from openjpki.site.home import Home
from openjpki.site.place import locked

if TYPE_CHECKING:
    from openjpki.authority.signing.server import SigningServer  # loads what other roles of `serve` do not need


class NoSigner(Failure):
    """The home's processes use the keys themselves."""

    code = "serve.no-signer"
    kind = Kind.USAGE
    ja = (
        "このホームは自分の署名プロセスを使わない設定です(`openjpki.json` の `signer`)。署名鍵は各プロセスが直接使うか、"
        "`signer_at` の場所の署名プロセスが使います。"
    )
    en = (
        "This home is set to have no signing process of its own (`signer` in `openjpki.json`): each process uses the keys itself, "
        "or the signing process at `signer_at` does."
    )


class GroupNeedsPlace(Failure):
    """A home is its owner's alone: no group passes through it."""

    code = "serve.group-needs-place"
    kind = Kind.USAGE
    ja = "--group は、専用の利用者の署名プロセス(`openjpki init --only-signer` で作った場所)だけで使えます。"
    en = "--group is for a signing process with a user of its own, at a place made by `openjpki init --only-signer`."


@contextmanager
def _listening(arguments: argparse.Namespace) -> "Iterator[SigningServer]":
    """Hold the socket that the place or the home has."""
    from openjpki.authority.signing.callers import Callers
    from openjpki.authority.signing.server import listening
    from openjpki.site.signer_place import SignerPlace, is_place
    from openjpki.site.signing import guard_of, kept_keys, signer_folder
    from openjpki.site.watching import logs

    def tell(user: int, left_out: int) -> None:
        logs.logger().warning("caller-refused", user=user, left_out=left_out)

    callers = Callers.named(arguments.allow_user, arguments.group)
    path: Path = arguments.home
    if is_place(path):
        place = SignerPlace.open(path)
        forbid()
        with listening(place.path, place.keys(FreshKeys()), place.guard(), callers, tell) as server:
            yield server
        return
    home = Home.open(path)
    if not home.settings.signer or home.settings.signer_at:
        raise NoSigner
    if arguments.group is not None:
        raise GroupNeedsPlace
    forbid()
    with (
        locked(home.path, exclusive=False),
        listening(signer_folder(home), kept_keys(home, FreshKeys()), guard_of(home), callers, tell) as server,
    ):
        yield server


def serve_signer(arguments: argparse.Namespace) -> Answer:
    """Sign what the other processes of a home ask for, until SIGINT or SIGTERM; raises `NoSigner`, `SignerRuns`.

    The home is either the one whose keys they are, or the place of a signing process with a user of its own.
    """
    with _listening(arguments) as server:
        told = {
            "ja": "署名プロセスが動いています。終わるには Ctrl-C を押してください。",
            "en": "The signing process runs — press Ctrl-C to stop.",
        }
        with until_signalled() as stop:
            answering = threading.Thread(target=server.serve)
            answering.start()
            print(told[language_of(arguments)], file=sys.stderr, flush=True)
            stop.within(FOREVER)
            server.stop()
            answering.join()
    return Answer(data={"ended": "stopped"})
