"""Debian's Chromium, as a person uses it: the PIN typed into its own dialog, the certificate chosen in its own list."""

from dataclasses import dataclass
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
LOOKS = 20
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--lang=en",
)


@dataclass
class Person:
    """Types the PIN into a dialog that asks for it, and takes the certificate that is offered afterwards."""

    screen: Screen
    answered: str = ""
    """The dialog in which the PIN was typed."""
    patience: int = 0
    """How many looks it may still take to go away, until the PIN is typed again: one that was not ready loses keys."""

    def look(self) -> None:
        """Do what the screen asks for. OpenSC sends no PIN of fewer or more digits: keys that get lost cost no try."""
        asked = self.screen.windows(DIALOG)
        self.patience -= 1
        if asked and (asked[0] != self.answered or self.patience < 0):
            self.answered, self.patience = asked[0], LOOKS
            self.screen.type(asked[0], PINS[AUTHENTICATION])
        elif self.answered and not asked:
            self.screen.press("Return")


def test_chromium_logs_in(own_room: Room, holder: Holder, fresh: Path, tmp_path: Path, witness: Witness) -> None:
    """It finds the card through NSS, asks for the PIN, offers the authentication certificate, and is let in."""
    assert BROWSER is not None
    authority = holder.authority(AUTHENTICATION)
    with own_room.plugged(fresh, "taro"), nginx(own_room, tmp_path, authority), screen() as shown:
        # With the other module, opensc-pkcs11.so, Chromium sees two tokens and asks for the signature PIN first.
        database(tmp_path / ".pki" / "nssdb", tmp_path / "server.pem", "onepin-opensc-pkcs11.so")
        environment = {**shown.environment, "HOME": str(tmp_path)}
        # As an application it has no line for addresses, into which a key could go.
        command = (BROWSER, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"--app={ADDRESS}")
        with own_room.running(*command, log=tmp_path / "chromium.log", environment=environment):
            shown.wait_for(LET_IN, meanwhile=Person(shown).look)
            titles = shown.titles()

    assert CardStore(fresh / "cards").look("taro").pins[PinKind.AUTHENTICATION].tries == 3
    what = "the PIN typed into its own dialog, the certificate chosen in its own list: login by TLS 1.2 at nginx"
    witness.saw("chromium", what, Finished(0, "\n".join(titles), ""), LET_IN)
