import io
import sys
from pathlib import Path

import pytest

from openjpki.authority.control.approvals import ApprovedBefore, SignatureWrong
from openjpki.authority.control.statements import SignatureMalformed, StatementUnreadable, read_statement
from openjpki.cli.approving import ApprovalIncomplete, told_statement
from openjpki.site.house import House
from openjpki.site.opening import opened
from openjpki.site.settings import ROLES
from tests.support.operators import SATO, SUZUKI, TANAKA
from tests.unit.cli.operating import Run, house, run

__all__ = ["house", "run"]
pytestmark = pytest.mark.django_db(databases=ROLES)


@pytest.fixture
def statement(run: Run, house: House, tmp_path: Path) -> Path:
    """Return the statement of a proposed removal, as the pages give it."""
    run("propose", "operator-removal", "--name", SUZUKI, by=SATO)
    with opened(house.home.path) as again:
        text = again.authority.operation.statement(1)
    path = tmp_path / "act-1.json"
    path.write_bytes(text)
    return path


def test_an_approval_is_signed_where_there_is_no_home(
    run: Run, statement: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is signed is shown whole; the line that comes out is taken as the operator's approval, once, and for nobody else."""
    answer = run("approve", "--offline", statement, by=TANAKA)
    shown = capsys.readouterr().err
    signature = answer.lines[-1]

    assert answer.data["signature"] == signature
    for said in ("operator-removal", SATO, SUZUKI, read_statement(statement.read_bytes(), "").digest):
        assert said in shown
    with pytest.raises(SignatureWrong):
        run("approve", "1", "--operator", SATO, "--signature", signature)
    with pytest.raises(SignatureMalformed):
        run("approve", "1", "--operator", TANAKA, "--signature", "?")
    approved = run("approve", "1", "--operator", TANAKA, "--signature", signature)
    assert approved.data["act"]["approvers"] == [TANAKA]
    with pytest.raises(ApprovedBefore):
        run("approve", "1", "--operator", TANAKA, "--signature", signature)
    assert "carry-out 1" in run("approve", "1", by=SATO).lines[-1]


def test_a_changed_statement_is_not_signed(run: Run, statement: Path) -> None:
    """Nothing is signed that is not shown in its one form."""
    statement.write_bytes(statement.read_bytes() + b" ")
    with pytest.raises(StatementUnreadable):
        run("approve", "--offline", statement, by=TANAKA)


def test_no_passphrase_no_signature(statement: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The content comes first, the passphrase after it."""
    from openjpki.cli.main import parser
    from openjpki.cli.passphrases import NoPassphrase

    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    key = tmp_path / f"{TANAKA}.key"
    words = ["authority", "approve", "--offline", str(statement), "--operator", TANAKA, "--key", str(key)]
    arguments = parser().parse_args([*words, "--passphrase-stdin", "--lang", "ja"])
    with pytest.raises(NoPassphrase):
        arguments.run(arguments)


@pytest.mark.parametrize(
    "words",
    [
        ("approve",),
        ("approve", "1"),
        ("approve", "--signature", "AAAA"),
        ("approve", "1", "--key", "k", "--signature", "AAAA"),
        ("approve", "1", "--offline", "a", "--key", "k"),
        ("approve", "--offline", "a"),
    ],
)
def test_an_approval_has_one_way(run: Run, words: tuple[str, ...]) -> None:
    """A number and a key, a number and a signature, or a statement and a key."""
    with pytest.raises(ApprovalIncomplete):
        run(*words, "--operator", TANAKA)


def test_what_is_shown_cannot_be_painted_over(statement: Path) -> None:
    """A script's lines are marked, and what moves the cursor is shown as what it is not."""
    text = statement.read_bytes().replace(b'"suzuki"', b'"one\\ntwo\\u001b[2K\\rthree"')
    lines = told_statement(read_statement(text, ""), "ja")

    assert "    | one" in lines
    assert "    | two\N{REPLACEMENT CHARACTER}[2K\N{REPLACEMENT CHARACTER}three" in lines
