import ast
import json
from typing import Any

from tests.support.witness import FROM_PYPI, PACKAGES
from tools.draw_integrators import RECORD, table
from tools.make_docs import ROOT


def record() -> Any:
    """Return what the tests recorded."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def witnessed() -> set[str]:
    """Return the tests that hold a row of the table to what they see."""
    found = set()
    for path in (ROOT / "tests" / "interop").glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "witness" in {argument.arg for argument in node.args.args}:
                found.add(f"{path.name}::{node.name}")
    return found


def test_every_row_is_seen_by_a_test() -> None:
    """No row of the table outlives its test, and no test that fills one is missing from it (`make interop-record`)."""
    rows = {row["test"].partition("[")[0] for row in record()["rows"]}

    assert rows == witnessed()
    assert len(rows) > 20


def test_every_program_has_its_version() -> None:
    """Each is told with where it came from, and each message stands in the table."""
    found = record()
    lines = "\n".join(table(found))

    assert set(found["versions"]) == {row["program"] for row in found["rows"]} <= {*PACKAGES, *FROM_PYPI}
    assert all(version["version"] for version in found["versions"].values())
    assert all(f"`{words}`" in lines for row in found["rows"] for words in row["said"])
