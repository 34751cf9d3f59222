import json
import os
import signal
import threading
from pathlib import Path

import pytest

from openjpki.authority.signing.callers import UserUnknown
from openjpki.authority.signing.client import RemoteKeys, SignerSilent
from openjpki.authority.signing.line import SOCKET
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.cli.serve_signer import GroupNeedsPlace, NoSigner
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.site.home import Home, Settings
from openjpki.site.signer_place import SignerPlace


def a_home(folder: Path, *, signer: bool) -> Home:
    """Return a home without tables: the signing process needs none."""
    return Home.create(folder / "home", Settings(purpose="sandbox", signer=signer))


def serve_signer(home: Home | SignerPlace, *words: str) -> Answer:
    """Run the command to its end, in this process."""
    arguments = parser().parse_args(["serve", "signer", "--home", str(home.path), *words])
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


def test_a_home_whose_keys_another_user_has_starts_none(tmp_path: Path) -> None:
    """Its signing process runs elsewhere; and a home is passed through by no group."""
    settings = Settings(purpose="sandbox", signer=True, signer_at=str(tmp_path / "place"), signer_user="keeper")
    with pytest.raises(NoSigner):
        serve_signer(Home.create(tmp_path / "other", settings))
    with pytest.raises(GroupNeedsPlace):
        serve_signer(a_home(tmp_path, signer=True), "--group", str(os.getgid()))
    with pytest.raises(UserUnknown):
        serve_signer(a_home(tmp_path / "third", signer=True), "--allow-user", "no-such-user")


def test_at_a_place_it_signs_for_the_users_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """T-107: who is named is heard; of who is not, the journal has a line."""
    place = SignerPlace.create(tmp_path / "place", Settings(purpose="sandbox", algorithm="p-384-sha-384"))
    heard: list[bool] = []

    def ask_and_stop() -> None:
        while not (place.path / SOCKET).exists():
            pass
        try:
            RemoteKeys(place.path, str(os.geteuid())).make("signature-ca", KeyAlgorithm.P384_SHA_384)
            heard.append(True)
        except SignerSilent:
            heard.append(False)
        os.kill(os.getpid(), signal.SIGTERM)

    for allowed in (os.geteuid(), os.geteuid() + 1):
        user = threading.Thread(target=ask_and_stop)
        user.start()
        serve_signer(place, "--group", str(os.getgid()), "--allow-user", str(allowed))
        user.join()
    assert heard == [True, False]
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert (line["event"], line["user"], line["left_out"]) == ("caller-refused", os.geteuid(), 0)
