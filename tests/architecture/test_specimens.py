"""The collector of everything that tests sign: it sees what is wrong, names the test, and believes nothing but a mark."""

import sys
from pathlib import Path

import pytest

from openjpki.pki.ocsp_answer import StatusAnswer
from tests.support.hierarchy import hierarchy
from tests.support.programs import ROOT, Finished, run
from tests.support.specimens import kind_of, shape

MADE = hierarchy()
OURS = """
import pytest
from openjpki.pki import keys
from openjpki.pki.issuer import load_certificate
from tests.support.hierarchy import hierarchy

MADE = hierarchy()
TBS = {tbs}


def signed(to_be_signed):
    keys.proven(MADE.ca_signer, to_be_signed, MADE.ca_signer.public_key)


def test_sound():
    assert MADE.holder and MADE.crl()


{mark}
def test_wrong():
    signed(TBS)
"""
WRONG = {
    "a negative serial": r"load_certificate(MADE.holder).tbs_certificate_bytes.replace(b'\x02\x02\x03\xe9', b'\x02\x02\x83\xe9')",
    "no certificate": "b'a message'",
}


def session(folder: Path, tbs: str, mark: str = "", choice: str = "shapes") -> Finished:
    """Run a session of two tests, one of which signs these bytes."""
    test = folder / "test_of_a_session.py"
    test.write_text(OURS.format(tbs=tbs, mark=mark), encoding="utf-8")
    program = (sys.executable, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", "-p", "tests.conftest")
    return run(
        *program, "-p", "no:xdist", "--specimens", choice, test, environment={"PYTHONPATH": f"{ROOT}/src:{ROOT}"}
    )


@pytest.mark.oracle
@pytest.mark.parametrize("what", WRONG)
def test_a_bad_specimen_fails_the_session(tmp_path: Path, what: str) -> None:
    """All tests pass, and the run fails: with the test's name and the finding."""
    done = session(tmp_path, WRONG[what])

    assert done.status == 1, done.text
    assert "2 passed" in done.out
    assert "::test_wrong: " in done.out
    assert "::test_sound: " not in done.out


@pytest.mark.oracle
def test_what_is_wrong_on_purpose_is_marked(tmp_path: Path) -> None:
    """The mark of the test is what tells it apart: beside it everything counts."""
    done = session(tmp_path, WRONG["no certificate"], "@pytest.mark.wrong_on_purpose")

    assert done.status == 0, done.text
    assert "specimens: " in done.out
    assert session(tmp_path, WRONG["no certificate"], choice="off").status == 0


def test_a_shape_leaves_values_out_and_keeps_what_matters() -> None:
    """Another serial, day or name of a like length is the same shape; another extension, flag or reason is not."""
    assert shape(MADE.holder_with(1001)) == shape(MADE.holder_with(1002))
    assert shape(MADE.holder) != shape(MADE.responder)
    assert shape(MADE.crl()) != shape(MADE.holder)
    good, unknown = (MADE.answer(StatusAnswer(status=status)) for status in ("good", "unknown"))
    assert shape(good) != shape(unknown)


def test_bytes_that_end_too_soon_have_no_shape() -> None:
    """A shape is of the whole."""
    with pytest.raises(IndexError):
        shape(MADE.holder[:-1])


def test_kinds_are_told_by_how_they_begin() -> None:
    """RFC 5280 §4.1, §5.1, RFC 6960 §4.2.1; whatever else the builders would sign is none of ours."""
    assert [kind_of(one) for one in (b"", b"\x30", b"\x30\x03\x02\x01\x01", b"\x30\x02\xa2\x00", b"\x31\x00")] == [
        "unknown",
        "unknown",
        "list",
        "answer",
        "unknown",
    ]
