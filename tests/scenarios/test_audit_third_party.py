"""An exported record is verified by a program that shares nothing with ours: the one printed in docs/audit.md."""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from openjpki.audit.chain import Record
from tests.support.audit import (
    HOUR,
    SIGNER,
    START,
    STRANGER,
    chain,
    exported,
    head_of,
    in_runs,
    purged,
    sealed,
    unsealed,
    with_records,
)
from tests.support.programs import Finished
from tests.support.programs import run as run_program
from tools.make_docs import ROOT

GROUPS = chain(1, 2, 3, 7)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page's program as a file, with two public keys beside it."""
    folder = tmp_path_factory.mktemp("third-party")
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    text = page.partition("```python\n")[2].partition("```")[0]
    assert "openjpki" not in text.replace("openjpki-audit", "")
    (folder / "verify.py").write_text(text, encoding="utf-8")
    for name, signer in (("key", SIGNER), ("other", STRANGER)):
        key = serialization.load_der_public_key(signer.public_key)
        pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pem").write_bytes(pem)
    return folder / "verify.py"


def judged(program: Path, content: bytes, key: str = "key") -> Finished:
    """Let the program judge a file."""
    path = program.parent / "record.jsonl"
    path.write_bytes(content)
    return run_program(sys.executable, program, path, program.parent / f"{key}.pem")


def test_the_page_is_short() -> None:
    """A third party can write it in an hour."""
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")

    assert len(page.partition("```python\n")[2].partition("```")[0].splitlines()) < 60


@pytest.mark.parametrize("count", [0, 1, 3, 4])
def test_a_whole_record_is_whole_to_others(program: Path, count: int) -> None:
    """Sealed, exported with personal data, and any number of batches purged."""
    gone = [purged(GROUPS, count)] if count else []
    done = judged(program, exported(GROUPS[count:], gone))

    assert done.out == f"whole: 13 records, head {head_of(GROUPS).digest}\n", done.text


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_what_was_sealed_late_in_many_batches_is_whole_to_others(program: Path, count: int) -> None:
    """All batches of one sealing are held to the seal before it; also where a purge ended between two of them."""
    groups = in_runs([3, 8, 5], 2, late=timedelta(days=1))
    gone = [purged(groups, count)] if count else []
    done = judged(program, exported(groups[count:], gone))

    assert done.out == f"whole: 16 records, head {head_of(groups).digest}\n", done.text


def late_and_back_dated() -> bytes:
    """Return a record whose second sealing has three batches; the last record of the last was back-dated."""
    batches = [unsealed(1), unsealed(2, START + HOUR), unsealed(2, START + HOUR)]
    batches.append([*unsealed(1, START + HOUR), *unsealed(1, START - HOUR)])
    return exported(sealed(batches, moments=[START + HOUR, *[START + 30 * HOUR] * 3]))


def changed(position: int) -> list[Record]:
    """Return the records of the last batch, one of them changed."""
    records = list(GROUPS[3].records)
    records[position] = replace(records[position], actor="suzuki")
    return records


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (exported(with_records(GROUPS, 3, changed(2))), "record 9 was changed"),
        (exported(with_records(GROUPS, 3, GROUPS[3].records[1:])), "record 7 is not in its place"),
        (exported([*GROUPS[:1], *GROUPS[2:]]), "record 2 is not in its place"),
        (exported(GROUPS)[:-120], ""),
        (
            exported(sealed([unsealed(2), unsealed(2, START - HOUR)])),
            "record 3 was back-dated",
        ),
        (late_and_back_dated(), "record 7 was back-dated"),
    ],
    ids=["changed", "removed", "a batch removed", "cut off", "back-dated", "back-dated late"],
)
def test_a_broken_record_is_broken_to_others(program: Path, content: bytes, said: str) -> None:
    """The same record is named."""
    done = judged(program, content)

    assert done.status == 1
    assert said in done.err


def test_another_key_is_another_key_to_others(program: Path) -> None:
    """The signature is what everything hangs on."""
    assert "InvalidSignature" in judged(program, exported(GROUPS), key="other").err
