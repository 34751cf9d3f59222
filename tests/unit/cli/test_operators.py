import getpass
import io
import json
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from openjpki.authority.control.browser_certificates import hold, operator_in
from openjpki.authority.control.operator_keys import OperatorKeyUnreadable, PassphraseTooShort
from openjpki.authority.control.operators import OperatorsComplete
from openjpki.cli import operators
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.cli.operators import KeyFileExists
from openjpki.cli.passphrases import NoPassphrase, PassphrasesDiffer
from openjpki.site.clock import real_moment
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from tests.support.story import SETTINGS

PASSPHRASE = "correct horse battery"


def run(*words: str | Path, language: str = "en") -> Answer:
    """Run `openjpki authority …`; the answer is fit for JSON."""
    arguments = parser().parse_args(["authority", *map(str, words), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every line of standard input be the passphrase."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSPHRASE}\n" * 9))


@pytest.mark.usefixtures("typed")
def test_a_key_is_made_without_a_home_and_never_over_another(tmp_path: Path) -> None:
    """Its owner alone may read it (0600), and it is encrypted; the public half is for everybody."""
    key = tmp_path / "sato.key"
    answer = run("operator", "key", "--out", key, "--passphrase-stdin")

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in key.read_bytes()
    assert stat.S_IMODE((tmp_path / "sato.key.pub").stat().st_mode) == 0o644
    assert answer.data["fingerprint"] in answer.lines[0]
    assert PASSPHRASE not in str(answer)
    with pytest.raises(KeyFileExists):
        run("operator", "key", "--out", key, "--passphrase-stdin")


def test_a_passphrase_is_typed_twice_where_nobody_sees_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that differ make no key; without a terminal and without a line there is none."""
    key = tmp_path / "sato.key"
    with pytest.raises(NoPassphrase):
        run("operator", "key", "--out", key)
    said = iter([PASSPHRASE, "another", PASSPHRASE, PASSPHRASE, "short", "short"])
    monkeypatch.setattr(getpass, "getpass", lambda _: next(said))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    with pytest.raises(PassphrasesDiffer):
        run("operator", "key", "--out", key)
    assert not key.exists()
    assert "指紋" in run("operator", "key", "--out", key, language="ja").lines[0]
    with pytest.raises(PassphraseTooShort):
        run("operator", "key", "--out", tmp_path / "short.key")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(NoPassphrase):
        run("operator", "key", "--out", tmp_path / "none.key", "--passphrase-stdin")


@pytest.mark.django_db(databases=ROLES)
@pytest.mark.usefixtures("typed")
def test_operators_are_enrolled_and_listed(tmp_path: Path) -> None:
    """The first three; the list says who, with the whole fingerprint, since people compare it."""
    home = tmp_path / "home"
    with founded(home, replace(SETTINGS, dual_control="2-of-3")):
        pass
    assert run("operator", "list", "--home", home).lines == ["No operator is enrolled."]
    for name in ("sato", "tanaka", "suzuki", "yamada"):
        run("operator", "key", "--out", tmp_path / name, "--passphrase-stdin")
    for name in ("sato", "tanaka", "suzuki"):
        enrolled = run("operator", "enrol", name, "--public", tmp_path / f"{name}.pub", "--home", home)
        assert enrolled.data["operator"]["removed_at"] is None
        assert enrolled.data["operator"]["fingerprint"] in enrolled.lines[0]
    with pytest.raises(OperatorsComplete):
        run("operator", "enrol", "yamada", "--public", tmp_path / "yamada.pub", "--home", home)

    assert [line.partition(":")[0] for line in run("operator", "list", "--home", home).lines] == [
        "sato",
        "suzuki",
        "tanaka",
    ]
    assert "登録中" in run("operator", "list", "--home", home, language="ja").lines[0]
    with pytest.raises(OperatorKeyUnreadable):
        operators.public_key_at(tmp_path / "sato")


@pytest.mark.usefixtures("typed")
def test_a_browser_gets_what_the_operators_own_key_certifies(tmp_path: Path) -> None:
    """Without a home; its owner's alone, never over another, opened by a passphrase of its own (here the same line)."""
    key, out = tmp_path / "sato.key", tmp_path / "sato.p12"
    run("operator", "key", "--out", key, "--passphrase-stdin")
    words = ("operator", "browser", "--operator", "sato", "--key", key, "--out", out, "--passphrase-stdin")
    answer = run(*words, language="ja")

    assert answer.data["operator"] == "sato"
    assert str(out) in answer.lines[0]
    assert PASSPHRASE not in str(answer)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    _, certificate, _ = pkcs12.load_key_and_certificates(out.read_bytes(), PASSPHRASE.encode())
    assert certificate is not None
    shown = certificate.public_bytes(Encoding.DER)
    assert operator_in(shown) == "sato"
    hold(shown, operators.public_key_at(tmp_path / "sato.key.pub"), real_moment())
    with pytest.raises(KeyFileExists):
        run(*words)
