"""`openjpki serve signer`: the signing process of a home, until it is stopped."""

import argparse
import sys
import threading

from openjpki.cli.answer import Answer, language_of
from openjpki.errors import Failure, Kind
from openjpki.pki.keys import FreshKeys
from openjpki.readers.stop import FOREVER, until_signalled
from openjpki.site.cores import forbid
from openjpki.site.home import Home
from openjpki.site.place import locked
from openjpki.site.signing import guard_of, kept_keys, signer_folder


class NoSigner(Failure):
    """The home's processes use the keys themselves."""

    code = "serve.no-signer"
    kind = Kind.USAGE
    ja = "このホームは署名プロセスを使わない設定です(`openjpki.json` の `signer`)。署名鍵は各プロセスが直接使います。"
    en = "This home is set to have no signing process (`signer` in `openjpki.json`): each process uses the keys itself."


def serve_signer(arguments: argparse.Namespace) -> Answer:
    """Sign what the other processes of the home ask for, until SIGINT or SIGTERM; raises `NoSigner`, `SignerRuns`."""
    from openjpki.authority.signing.server import listening

    home = Home.open(arguments.home)
    if not home.settings.signer:
        raise NoSigner
    forbid()
    with (
        locked(home.path, exclusive=False),
        listening(signer_folder(home), kept_keys(home, FreshKeys()), guard_of(home)) as server,
    ):
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
