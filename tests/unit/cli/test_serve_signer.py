import os
import signal
import threading
from pathlib import Path

import pytest

from openjpki.authority.signing.client import RemoteKeys
from openjpki.authority.signing.line import SOCKET
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.cli.serve_signer import NoSigner
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.site.home import Home, Settings


def a_home(folder: Path, *, signer: bool) -> Home:
    """Return a home without tables: the signing process needs none."""
    return Home.create(folder / "home", Settings(purpose="sandbox", signer=signer))


def serve_signer(home: Home) -> Answer:
    """Run the command to its end, in this process."""
    arguments = parser().parse_args(["serve", "signer", "--home", str(home.path)])
    answered: Answer = arguments.run(arguments)
    return answered


def test_a_home_without_a_signing_process_starts_none(tmp_path: Path) -> None:
    """Its processes use the keys themselves, and that is said."""
    home = a_home(tmp_path, signer=False)
    with pytest.raises(NoSigner):
        serve_signer(home)


def test_it_signs_until_it_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SIGTERM ends it, and its socket is gone."""
    home = a_home(tmp_path, signer=True)
    made: list[str] = []

    def use_and_stop() -> None:
        while not (home.path / "authority" / SOCKET).exists():
            pass
        made.append(RemoteKeys(home.path / "authority").make("signature-ca", KeyAlgorithm.P384_SHA_384))
        os.kill(os.getpid(), signal.SIGTERM)

    user = threading.Thread(target=use_and_stop)
    user.start()
    assert serve_signer(home).data == {"ended": "stopped"}
    user.join()
    assert len(made) == 1
    assert "signing process runs" in capsys.readouterr().err
    assert not (home.path / "authority" / SOCKET).exists()
