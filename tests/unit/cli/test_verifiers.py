import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from openjpki.authority.verifiers.register import VerifierUnknown
from openjpki.cli import verifiers
from openjpki.cli.answer import Answer, BadValue
from openjpki.cli.main import parser
from openjpki.errors import Failure
from openjpki.rules.lifecycle import IllegalTransition
from openjpki.site.clock import SteppedClock
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from tests.support.story import SETTINGS
from tests.support.verifiers import request_of

pytestmark = pytest.mark.django_db(databases=ROLES)

TERM = ("--since", "2026-01-05", "--until", "2029-03-31")
BANK = (
    *("add", "--code", "bank", "--name", "見本銀行", "--kind", "signature-verifier", "--grounds", "17-1"),
    *("--rights", "lists,status", "--corporate-number", "7000012050002", "--approved-by", "paper-1", *TERM),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with nobody registered."""
    with founded(tmp_path / "home", SETTINGS, SteppedClock(datetime(2026, 1, 5, tzinfo=UTC))):
        pass
    return tmp_path / "home"


def run(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki authority …`; the answer is fit for JSON."""
    arguments = parser().parse_args(["authority", *words, "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def test_a_verifier_from_its_registration_to_its_end(home: Path, tmp_path: Path) -> None:
    """Registered, certified, suspended and back, its certificate revoked, ended: each command tells what is so (R-5.24)."""
    assert run(home, "verifier", "list").lines == ["No verifier is registered."]
    added = run(home, "verifier", *BANK)
    assert added.data["verifier"]["rights"] == ["lists", "status"]
    assert added.lines == ["bank 見本銀行: active, signature-verifier, lists, status, until 2029-03-31 (Sat)"]

    request, made, trust = (tmp_path / name for name in ("bank.csr", "bank.pem", "ca.pem"))
    request.write_bytes(request_of(ec.generate_private_key(ec.SECP256R1())))
    words = ("--csr", str(request), "--out", str(made))
    certified = run(home, "verifier", "certify", "--code", "bank", *words, "--ca-out", str(trust))
    fingerprint = str(certified.data["fingerprint"])
    assert made.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert trust.read_bytes() == (home / "authority" / "verifiers-ca" / "ca.pem").read_bytes()
    request.write_bytes(request_of(ec.generate_private_key(ec.SECP256R1())))
    assert "書き出しました" in run(home, "verifier", "certify", "--code", "bank", *words, language="ja").lines[0]

    assert run(home, "verifier", "suspend", "--code", "bank").data["verifier"]["state"] == "suspended"
    assert run(home, "verifier", "resume", "--code", "bank").data["verifier"]["state"] == "active"
    colons = ":".join(fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    revoked = run(home, "verifier", "revoke", "--code", "bank", "--fingerprint", colons)
    ends = {one["fingerprint"]: one["revoked_at"] for one in revoked.data["verifier"]["certificates"]}
    assert (ends[fingerprint] is None, len(ends)) == (False, 2)
    assert run(home, "verifier", "end", "--code", "bank").data["verifier"]["state"] == "ended"
    shown = run(home, "verifier", "show", "--code", "bank", language="ja")
    assert (
        shown.lines[0]
        == "bank 見本銀行: 終了、署名検証者、失効リスト・失効情報の照会、令和11年（2029年）3月31日（土）まで"
    )
    assert all(one["revoked_at"] for one in shown.data["verifier"]["certificates"])
    assert [row["code"] for row in run(home, "verifier", "list").data["verifiers"]] == ["bank"]
    with pytest.raises(IllegalTransition):
        run(home, "verifier", "resume", "--code", "bank")


@pytest.mark.parametrize("words", ["", "17-1,friend", ","])
def test_words_of_a_list_are_of_its_vocabulary(home: Path, words: str) -> None:
    """A ground that there is not is an error of the command line (R-5.24)."""
    typed = [words if word == "17-1" else word for word in BANK]
    with pytest.raises(BadValue):
        run(home, "verifier", *typed)
    with pytest.raises(VerifierUnknown):
        run(home, "verifier", "show", "--code", "bank")


def test_the_telephone_desk_has_nothing_to_do_in_an_empty_home(home: Path) -> None:
    """No stop waits, nobody consented, and a stranger has no card (R-5.20, R-8.7)."""
    caller = ("--resident-code", "12345678901")
    assert run(home, "hold", "list").lines == ["No stop waits for a window."]
    assert run(home, "consent", "list", *caller, "--operator", "suzuki").lines == ["There is no consent."]
    for words, code in (
        (("hold", "stop", *caller, "--asked", "name,address,birth-date"), "authority.card-unknown"),
        (("consent", "withdraw", "--consent", "0" * 64), "verifier.consent-unknown"),
    ):
        with pytest.raises(Failure) as caught:
            run(home, *words, "--operator", "suzuki")
        assert caught.value.code == code


def test_a_consent_is_told_in_both_languages() -> None:
    """R-8.7: its whole number, who is given what, for what, and until when or since when not any more."""
    row: dict[str, Any] = {
        "consent_id": "ab" * 32,
        "verifier": "bank",
        "items": ["name", "birth-date"],
        "purpose": "住所変更",
        "scope": "預金",
        "until": "2027-03-31",
        "withdrawn_at": None,
    }
    assert verifiers._consent_lines(row, "ja") == [
        "ab" * 32,
        "  検証者 bank: 氏名・生年月日、令和9年（2027年）3月31日（水）まで",
        "  住所変更(預金)",
    ]
    back = row | {"withdrawn_at": "2026-11-28T03:00:00+00:00"}
    assert verifiers._consent_lines(back, "en")[1] == (
        "  verifier bank: name, birth-date, withdrawn on 2026-11-28 (Sat) 12:00 JST"
    )
    assert verifiers._consent_lines(back, "ja")[1].endswith("12:00 撤回")
