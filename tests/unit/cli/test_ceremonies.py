from pathlib import Path

import pytest

from openjpki.errors import Kind
from openjpki.site.settings import ROLES
from tests.support.operators import NAMES, SATO, SUZUKI, TANAKA
from tests.unit.cli.operating import Run, held, house, run

__all__ = ["held", "house", "run"]
pytestmark = pytest.mark.django_db(databases=ROLES)


def test_a_ceremony_from_its_rehearsal_to_its_transcript(run: Run, tmp_path: Path) -> None:
    """Said, proposed, approved, carried out with its lists published, signed, verified; each answer in both languages."""
    assert run("acts").lines == ["No act was proposed."]
    assert run("keys").lines == ["There is no CA key. Hold a key ceremony (`openjpki authority ceremony --help`)."]
    rehearsed = run("ceremony", "--script", tmp_path / "first.yaml")
    assert rehearsed.lines[-1] == "Nothing was done."
    assert [one["name"] for one in rehearsed.data["generations"]] == ["signature-1", "authentication-1"]
    assert run("ceremony", "--script", tmp_path / "first.yaml", language="ja").lines[-1] == "何も行っていません。"

    proposed = run("propose", "key-ceremony", "--script", tmp_path / "first.yaml", by=SATO)
    assert proposed.data["act"]["state"] == "proposed"
    assert "openjpki authority approve 1" in proposed.lines[-1]
    run("approve", "1", by=TANAKA)
    last = run("approve", "1", by=SUZUKI)
    assert last.data["act"]["state"] == "approved"
    assert "`openjpki authority carry-out 1`" in last.lines[-1]
    done = run("carry-out", "1", language="ja")
    assert done.lines[0] == "1 鍵生成の式: 実行済み(2/2 tanaka, suzuki)、提案 sato"
    assert "openjpki authority transcript sign 1" in done.lines[1]
    assert len(list((tmp_path / "home" / "authority" / "public" / "crl").glob("*.crl"))) == 6

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
