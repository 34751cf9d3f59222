"""A home under dual control at its command line: three operators, their key files, and the script of the first ceremony."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.site.home import Settings
from openjpki.site.house import House
from openjpki.site.opening import founded
from tests.support.operators import NAMES, SATO, SUZUKI, TANAKA, Operators, script

PASSPHRASE = "correct horse battery"
Run = Callable[..., Answer]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a home under dual control with three operators, whose key files lie beside it."""
    settings = Settings(purpose="sandbox", algorithm="p-384-sha-384", dual_control="2-of-3")
    with founded(tmp_path / "home", settings) as made:
        operators = Operators(made.authority).enrolled()
    for name in NAMES:
        path = tmp_path / f"{name}.key"
        path.write_bytes(operators.keys[name].to_pem(PASSPHRASE.encode()))
        path.chmod(0o600)
        (tmp_path / f"{name}.pub").write_bytes(operators.keys[name].public_pem())
    text = script(made.authority, ("signature", 1, "at-once"), ("authentication", 1, "at-once"))
    (tmp_path / "first.yaml").write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def run(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs `openjpki authority …`, as an operator if one is named."""

    def run(*words: str | Path, by: str = "", language: str = "en") -> Answer:
        hand = ["--operator", by, "--key", str(tmp_path / f"{by}.key"), "--passphrase-stdin"] if by else []
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSPHRASE}\n"))
        common = ["--home", str(house.home.path), "--lang", language]
        arguments = parser().parse_args(["authority", *map(str, words), *hand, *common])
        answer = arguments.run(arguments)
        assert isinstance(answer, Answer)
        assert PASSPHRASE not in json.dumps(answer.data)
        return answer

    return run


@pytest.fixture
def held(run: Run, tmp_path: Path) -> Run:
    """Hold the first ceremony as act 1."""
    run("propose", "key-ceremony", "--script", tmp_path / "first.yaml", by=SATO)
    run("approve", "1", by=TANAKA)
    run("approve", "1", by=SUZUKI)
    run("carry-out", "1")
    return run
