import re
from pathlib import Path

import pytest

from tests.support.programs import ROOT

PAGE = ROOT / "docs" / "threat-model.md"
ROW = re.compile(r"^\| (T-[0-9]+[a-z]?) \| ([STRIDE]) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def rows() -> list[tuple[str, str, str, str, str]]:
    """Return the rows of the page: number, letter of STRIDE, threat, wall, tests."""
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_threats_have_numbers_of_their_own_and_every_letter() -> None:
    """No number stands twice, and no kind of threat was forgotten."""
    numbers = [number for number, *_ in rows()]

    assert len(numbers) >= 40
    assert len(set(numbers)) == len(numbers)
    assert {letter for _, letter, *_ in rows()} == set("STRIDE")


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_threat_names_its_test(row: tuple[str, str, str, str, str]) -> None:
    """The wall of a threat is a test that exists, by file and by function."""
    named = TEST.findall(row[4])

    assert named, row[0]
    for file, function in named:
        path: Path = ROOT / file
        assert path.is_file(), file
        assert not function or f"def {function}(" in path.read_text(encoding="utf-8"), function
