"""A card of the laboratory in the system's PC/SC service, from a test of somebody's own."""

import sys
from pathlib import Path

import pytest

from tests.support.programs import ROOT
from tests.support.room import READERS, Room

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SUITE = """
import subprocess

from openjpki.card.terminal import PinLocked


def said(*command, **typed):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, **typed)
    return done.stdout + done.stderr


def test_a_program_of_others_reads_and_locks_the_card(jpki, tmp_path):
    card = jpki.card("adult")
    with card.plug(slot=0) as reader:
        assert reader in said("opensc-tool", "--list-readers")
        assert said("opensc-tool", "--reader", reader, "--name").strip().endswith("jpki")
        read = said("pkcs15-tool", "--reader", reader, "--read-certificate", "1")
        for _ in range(3):
            said("pkcs15-tool", "--reader", reader, "--verify-pin", "--auth-id", "1", "--pin", "9999")
    pem = read[read.index("-----BEGIN") :]
    assert said("openssl", "x509", "-noout", "-serial", input=pem).strip() == f"serial={card.serial('authentication'):02X}"
    assert card.tries("authentication") == 0
    try:
        card.authenticate(b"x")
    except PinLocked:
        return
    raise AssertionError


def test_two_cards_in_two_slots(jpki):
    with jpki.card("adult").plug(0), jpki.card("child").plug(1) as second:
        assert "jpki" in said("opensc-tool", "--reader", second, "--name")
"""


def test_a_test_plugs_cards_in(room: Room, tmp_path: Path) -> None:
    """`card.plug()` in the plugin's own suite: OpenSC reads the card, and the PIN that it locks is locked afterwards."""
    (tmp_path / "test_readers.py").write_text(SUITE, encoding="utf-8")
    pytest_command = (sys.executable, "-m", "pytest", "-q", "-p", "openjpki.lab.plugin", "-p", "no:cacheprovider")
    done = room.within(
        "env", f"PYTHONPATH={ROOT / 'src'}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1", *pytest_command, tmp_path
    )

    assert done.status == 0, done.text
    assert "2 passed" in done.out
    for slot in range(len(READERS)):
        room.wait_for_card(slot, present=False)
