import io
import json
import stat
import sys
from argparse import Namespace
from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert

import pytest

from openjpki.card.terminal import NoCertificate, WrongPin
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.cli.output import NoOutputFolder
from openjpki.cli.pins import NoPrompt
from openjpki.readers.store import CardMissing, CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.home import Home, Settings
from tests.unit.card.cards import SIGNATURE_PIN, blank, ordinary


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home without a story, with a card that has both certificates and one that has none."""
    path = tmp_path / "home"
    Home.create(path, Settings(purpose="sandbox"))
    store = CardStore(path / "cards")
    store.create("taro", ordinary())
    store.create("blank", blank())
    return path


def run(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki card certificate …` in this home."""
    words = ("card", "certificate", *words, "--home", str(home), "--lang", language)
    arguments: Namespace = parser().parse_args(words)
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def held(kind: CertificateKind) -> bytes:
    """Return the certificate on the card."""
    active = ordinary().keys[kind].active
    assert active is not None
    assert active.certificate is not None
    return active.certificate


def test_the_authentication_certificate_needs_no_pin(home: Path, tmp_path: Path) -> None:
    """Whoever holds the card reads it, as DER, into a file of the owner only."""
    out = tmp_path / "a.cer"
    answer = run(home, "taro", "--kind", "authentication", "--out", str(out))

    assert out.read_bytes() == held(CertificateKind.AUTHENTICATION)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert answer.data["sha256"] == sha256(out.read_bytes()).hexdigest()
    assert (answer.data["form"], answer.data["kind"]) == ("der", "authentication")
    assert (
        "利用者証明用電子証明書"
        in run(home, "taro", "--kind", "authentication", "--out", str(out), language="ja").lines[0]
    )


def test_the_signature_certificate_stands_behind_its_pin(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The four attributes are read with the PIN only; a wrong one costs a try, as on the real card."""
    out = tmp_path / "s.pem"
    words = ("taro", "--kind", "signature", "--out", str(out), "--pem", "--pin-stdin")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SIGNATURE_PIN}\n"))
    answer = run(home, *words)

    assert PEM_cert_to_DER_cert(out.read_text(encoding="ascii")) == held(CertificateKind.SIGNATURE)
    assert answer.data["form"] == "pem"
    assert SIGNATURE_PIN not in json.dumps(answer.data)
    out.unlink()
    tries = CardStore(home / "cards").look("taro").pins[PinKind.SIGNATURE].tries
    monkeypatch.setattr(sys, "stdin", io.StringIO("WRONG1\n"))
    with pytest.raises(WrongPin):
        run(home, *words)
    assert CardStore(home / "cards").look("taro").pins[PinKind.SIGNATURE].tries == tries - 1
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(NoPrompt):
        run(home, *words[:-1])
    assert not out.exists()


def test_what_is_not_there_is_told(home: Path, tmp_path: Path) -> None:
    """No card, no certificate on it, or no folder for the file: told, and nothing written."""
    out = str(tmp_path / "a.cer")
    kind = ("--kind", "authentication", "--out")
    with pytest.raises(CardMissing):
        run(home, "nobody", *kind, out)
    with pytest.raises(NoCertificate):
        run(home, "blank", *kind, out)
    with pytest.raises(NoOutputFolder):
        run(home, "taro", *kind, str(tmp_path / "absent" / "a.cer"))
    assert not Path(out).exists()
