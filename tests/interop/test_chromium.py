"""Debian's Chromium, as a person uses it: the PIN typed into its own dialog, the certificate chosen in its own list."""

from pathlib import Path

import pytest

from openjpki.rules.kinds import CertificateKind
from tests.interop.conftest import PINS, Holder
from tests.interop.nss import database
from tests.support.browser import chromium
from tests.support.programs import Finished
from tests.support.relying_party import ADDRESS, LET_IN, nginx
from tests.support.room import Room
from tests.support.screen import screen
from tests.support.witness import Witness

pytestmark = [pytest.mark.interop, pytest.mark.slow, pytest.mark.web]

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


def test_chromium_logs_in(own_room: Room, holder: Holder, fresh: Path, tmp_path: Path, witness: Witness) -> None:
    """It finds the card through NSS, asks for the PIN, offers the authentication certificate, and is let in."""
    program = chromium()
    assert program is not None, "chromium is not installed: run `make packages` as root"
    authority = holder.authority(AUTHENTICATION)
    with own_room.plugged(fresh, "taro"), nginx(own_room, tmp_path, authority), screen() as shown:
        # The other module, opensc-pkcs11.so, shows two tokens, and Chromium asks for both PINs.
        database(tmp_path / ".pki" / "nssdb", tmp_path / "server.pem", "onepin-opensc-pkcs11.so")
        environment = {**shown.environment, "HOME": str(tmp_path)}
        command = (program, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", ADDRESS)
        with own_room.running(*command, log=tmp_path / "chromium.log", environment=environment):
            shown.type(shown.wait_for(DIALOG), PINS[AUTHENTICATION])
            shown.wait_for(LET_IN, meanwhile=lambda: shown.press("Return"))
            titles = shown.titles()

    what = "the PIN typed into its own dialog, the certificate chosen in its own list: login by TLS 1.2 at nginx"
    witness.saw("chromium", what, Finished(0, "\n".join(titles), ""), f"{LET_IN} - Chromium")
