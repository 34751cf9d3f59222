import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.authority.approvals import NoSuchAct
from openjpki.authority.operation import NotInASandbox
from openjpki.cli.answer import Answer
from openjpki.cli.controlled_acts import as_data
from openjpki.cli.main import parser
from openjpki.errors import Kind
from openjpki.site.home import Settings
from openjpki.site.house import House
from openjpki.site.opening import founded, opened
from openjpki.site.place import HomeInUse, locked
from openjpki.site.settings import ROLES
from tests.support.operators import NAMES, SATO, SUZUKI, TANAKA, Operators, script

pytestmark = pytest.mark.django_db(databases=ROLES)
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


def test_a_ceremony_from_its_rehearsal_to_its_transcript(run: Run, tmp_path: Path) -> None:
    """Said, proposed, approved, carried out with its lists published, signed, verified; each answer in both languages."""
    assert run("acts").lines == ["No act was proposed."]
    assert run("keys").lines == ["There is no CA key."]
    rehearsed = run("ceremony", "--script", tmp_path / "first.yaml")
    assert rehearsed.lines[-1] == "Nothing was done."
    assert [one["name"] for one in rehearsed.data["generations"]] == ["signature-1", "authentication-1"]
    assert run("ceremony", "--script", tmp_path / "first.yaml", language="ja").lines[-1] == "何も行っていません。"

    proposed = run("propose", "key-ceremony", "--script", tmp_path / "first.yaml", by=SATO)
    assert proposed.data["act"]["state"] == "proposed"
    assert "openjpki authority approve 1" in proposed.lines[-1]
    run("approve", "1", by=TANAKA)
    assert run("approve", "1", by=SUZUKI).data["act"]["state"] == "approved"
    done = run("carry-out", "1", language="ja")
    assert done.lines == ["1 鍵生成の式: 実行済み(2/2 tanaka, suzuki)、提案 sato"]
    assert len(list((tmp_path / "home" / "authority" / "public" / "crl").glob("*.crl"))) == 4

    assert run("transcript", "verify", "1").kind is Kind.REFUSED
    for name in NAMES:
        assert name in run("transcript", "sign", "1", by=name).lines[0]
    out = tmp_path / "transcript.txt"
    assert run("transcript", "show", "1").data["text"].splitlines() == list(run("transcript", "show", "1").lines)
    run("transcript", "show", "1", "--out", out)
    verified = run("transcript", "verify", "1", "--file", out)
    assert verified.kind is None
    assert verified.data["signers"] == sorted(NAMES)
    assert run("transcript", "verify", "1", language="ja").lines[0] == "監査記録と一致: はい"
    out.write_text(out.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert run("transcript", "verify", "1", "--file", out).data["recorded"] is False


def test_the_keys_say_what_they_do(held: Run) -> None:
    """Which issues, which waits, which signs lists only, which ended; where it is, and for how long."""
    (authentication, signature) = held("keys").data["keys"]
    assert (signature["does"], signature["keeper"], signature["responders"]) == ("issuing", "files", [])
    assert authentication["algorithm"] == "p-384-sha-384"
    assert "発行中" in held("keys", language="ja").lines[0]

    for kind, content in (
        ("mass-revocation", ("--issuer", "signature-1")),
        ("termination", ("--issuer", "signature-1")),
    ):
        number = held("propose", kind, *content, by=SATO).data["act"]["number"]
        held("approve", number, by=TANAKA)
        held("approve", number, by=SUZUKI)
        held("carry-out", number)
        expected = {"mass-revocation": "compromised", "termination": "destroyed"}[kind]
        assert held("keys").data["keys"][1]["does"] == expected
    assert held("keys").data["keys"][1]["keeper"] is None


def test_every_kind_can_be_proposed(held: Run, house: House, tmp_path: Path) -> None:
    """Each with its own options; one that cannot be carried out is refused at once."""
    later = (house.clock() + timedelta(days=90)).strftime("%Y-%m-%dT%H:%M")
    (tmp_path / "second.yaml").write_text(script(house.authority, ("signature", 2, later)), encoding="utf-8")
    held("propose", "key-ceremony", "--script", tmp_path / "second.yaml", by=SATO)
    held("approve", "2", by=TANAKA)
    held("approve", "2", by=SUZUKI)
    held("carry-out", "2")
    assert [one["does"] for one in held("keys").data["keys"]] == ["issuing", "issuing", "waiting"]

    held("propose", "generation-switch", "--issuer", "signature-2", "--issues-from", later, by=SATO)
    held("propose", "operator-removal", "--name", SUZUKI, by=SATO)
    held("propose", "operator-enrolment", "--name", "yamada", "--public", tmp_path / "sato.pub", by=SATO)
    with pytest.raises(Exception, match="nothing-to-revoke"):
        held("propose", "revocation", "--certificate", "signature/9", "--cause", "record-error", by=SATO)
    assert [act["kind"] for act in held("acts").data["acts"]] == [
        "key-ceremony",
        "key-ceremony",
        "generation-switch",
        "operator-removal",
        "operator-enrolment",
    ]


def test_how_far_an_act_has_come(held: Run, house: House) -> None:
    """It waits, is approved, has begun, is done; after its term it has expired."""
    held("propose", "mass-revocation", "--issuer", "signature-1", by=SATO)
    with opened(house.home.path) as again:
        (done, waiting) = again.authority.operation.acts()
        assert as_data(done, house.clock())["state"] == "done"
        assert as_data(waiting, house.clock())["state"] == "proposed"
        assert as_data(waiting, house.clock() + timedelta(days=8))["state"] == "expired"
        waiting.begun_at = house.clock()
        assert as_data(waiting, house.clock())["state"] == "begun"
    with pytest.raises(NoSuchAct):
        held("carry-out", "9")


def test_a_termination_and_a_drill_hold_the_home_alone(held: Run, house: House) -> None:
    """Whatever else runs may have the key in its memory."""
    number = held("propose", "termination", "--issuer", "signature-1", by=SATO).data["act"]["number"]
    with locked(house.home.path, exclusive=False):
        with pytest.raises(HomeInUse):
            held("carry-out", number)
        with pytest.raises(HomeInUse):
            held("drill", "compromise", "--issuer", "signature-1")
    with pytest.raises(NotInASandbox):
        held("drill", "compromise", "--issuer", "signature-1")


@pytest.mark.parametrize("drill", ["compromise", "termination"])
def test_a_drill_says_what_comes_next(tmp_path: Path, drill: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In a sandbox: ended, published, and what whom must be told; progress on standard error."""
    home = tmp_path / "sandbox"
    with founded(home, Settings(purpose="sandbox", algorithm="p-384-sha-384")) as made:
        made.authority.ceremony()
    words = ["authority", "drill", drill, "--issuer", "signature-1", "--home", str(home), "--lang", "ja"]
    arguments = parser().parse_args(words)
    answer = arguments.run(arguments)

    assert answer.data["because"] == drill
    assert answer.data["ended"] == 0
    assert len(answer.lines) > 1
    assert "失効 0 件" in capsys.readouterr().err
