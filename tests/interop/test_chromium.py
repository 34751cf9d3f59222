"""Debian's Chromium, as a person uses it: the PIN typed into its own dialog, the certificate chosen in its own list."""

from pathlib import Path

import pytest

from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.interop.conftest import PINS, Holder
from tests.interop.nss import database
from tests.support.browser import chromium
from tests.support.programs import Finished
from tests.support.relying_party import ADDRESS, LET_IN, NGINX, nginx
from tests.support.room import Room
from tests.support.screen import Screen, screen, screen_is_possible
from tests.support.witness import Witness

BROWSER = chromium()
pytestmark = [
    pytest.mark.interop,
    pytest.mark.slow,
    pytest.mark.web,
    pytest.mark.skipif(
        BROWSER is None or not NGINX.exists() or not screen_is_possible(),
        reason="Chromium, nginx, Xvfb and xdotool are not installed",
    ),
]

AUTHENTICATION = CertificateKind.AUTHENTICATION
DIALOG = "Unlock Security Device"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--lang=en",
)


def answer(shown: Screen) -> None:
    """Type the PIN if it is asked for; otherwise take the certificate that may be offered.

    A dialog that is not ready loses keys and comes again: OpenSC sends no PIN of fewer digits, so it costs no try.
    """
    asked = shown.windows(DIALOG)
    if asked:
        shown.type(asked[0], PINS[AUTHENTICATION])
    else:
        shown.press("Return")


def test_chromium_logs_in(own_room: Room, holder: Holder, fresh: Path, tmp_path: Path, witness: Witness) -> None:
    """It finds the card through NSS, asks for the PIN, offers the authentication certificate, and is let in."""
    assert BROWSER is not None
    authority = holder.authority(AUTHENTICATION)
    with own_room.plugged(fresh, "taro"), nginx(own_room, tmp_path, authority), screen() as shown:
        # With the other module, opensc-pkcs11.so, Chromium sees two tokens and asks for the signature PIN first.
        database(tmp_path / ".pki" / "nssdb", tmp_path / "server.pem", "onepin-opensc-pkcs11.so")
        environment = {**shown.environment, "HOME": str(tmp_path)}
        command = (BROWSER, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", ADDRESS)
        with own_room.running(*command, log=tmp_path / "chromium.log", environment=environment):
            shown.wait_for(LET_IN, meanwhile=lambda: answer(shown))
            titles = shown.titles()

    assert CardStore(fresh / "cards").look("taro").pins[PinKind.AUTHENTICATION].tries == 3
    what = "the PIN typed into its own dialog, the certificate chosen in its own list: login by TLS 1.2 at nginx"
    witness.saw("chromium", what, Finished(0, "\n".join(titles), ""), f"{LET_IN} - Chromium")
