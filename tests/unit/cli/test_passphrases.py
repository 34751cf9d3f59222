import io
import sys
from pathlib import Path

import pytest

from openjpki.authority.control.operator_keys import OperatorKeyUnreadable
from openjpki.cli import passphrases
from openjpki.cli.main import parser
from openjpki.cli.passphrases import hand_of

PASSPHRASE = "correct horse battery"


def test_a_hand_signs_and_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is opened with its passphrase, at a terminal or by a line; a wrong one opens nothing."""
    key = tmp_path / "sato.key"
    words = ("approve", "1", "--operator", "sato", "--key", str(key), "--passphrase-stdin")
    arguments = parser().parse_args(["authority", *words])
    for line in (PASSPHRASE, PASSPHRASE, "wrong"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{line}\n"))
        if not key.exists():
            made = parser().parse_args(["authority", "operator", "key", "--out", str(key), "--passphrase-stdin"])
            made.run(made)
        elif line == "wrong":
            with pytest.raises(OperatorKeyUnreadable):
                hand_of(arguments)
        else:
            hand = hand_of(arguments)
            assert hand.name == "sato"
            assert hand.sign(b"message")
    assert len(PASSPHRASE) < passphrases.MAX_PASSPHRASE
