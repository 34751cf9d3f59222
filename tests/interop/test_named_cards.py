"""Test cards of the catalogue in the system's reader, as the page for integrators tells it."""

import shutil
from pathlib import Path

import pytest

from openjpki.lab.catalogue import PINS
from openjpki.rules.kinds import CertificateKind
from openjpki.site.home import Home, Settings
from tests.interop.test_pkcs11 import AUTHENTICATION, MODULE, SIGNATURE, TOKENS
from tests.support.named_cards import named_cards
from tests.support.programs import Finished
from tests.support.room import Room

pytestmark = [pytest.mark.interop, pytest.mark.slow]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with copies of a few test cards, which a test may change."""
    source = named_cards(tmp_path_factory, thorough=False)
    path = tmp_path_factory.mktemp("named") / "home"
    Home.create(path, Settings(purpose="sandbox"))
    shutil.copytree(source.home / "cards", path / "cards", dirs_exist_ok=True)
    return path


def objects(room: Room, kind: CertificateKind) -> Finished:
    """Have pkcs11-tool log in with the published PIN and list what there is."""
    pin = PINS.signature if kind is SIGNATURE else PINS.digits
    login = ("--module", MODULE, "--token-label", TOKENS[kind], "--login", "--pin", pin)
    return room.run("pkcs11-tool", *login, "--list-objects")


def test_the_published_pins_open_a_plugged_card(room: Room, home: Path) -> None:
    """`adult` is logged in to with both PINs; of `child` the signature token does not open; a locked card says so."""
    with room.plugged(home, "adult"):
        adult = {kind: objects(room, kind) for kind in CertificateKind}
    with room.plugged(home, "child"):
        child = {kind: objects(room, kind) for kind in CertificateKind}
    with room.plugged(home, "locked-both"):
        locked = room.run("pkcs11-tool", "--module", MODULE, "--list-slots")

    for kind in CertificateKind:
        assert "Private Key Object; RSA" in adult[kind].text
    assert child[AUTHENTICATION].status == 0
    assert child[SIGNATURE].status != 0
    assert locked.text.count("user PIN locked") == 2
