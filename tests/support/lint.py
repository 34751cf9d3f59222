"""Runs one of pkilint's programs over many documents in one process: `python -m tests.support.lint LINTER …`."""

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.programs import ROOT, run

FEWEST_RULES = 10
"""Fewer results than this, and the linter has not looked."""


def findings(linter: str, documents: Sequence[Path], *options: str, fewest: int = FEWEST_RULES) -> dict[Path, set[str]]:
    """Return the codes of every finding of every severity for each DER document, over which so many rules were run."""
    program = (sys.executable, "-W", "ignore", "-m", "tests.support.lint", linter)
    done = run(*program, json.dumps(options), *documents, folder=ROOT)
    assert done.status == 0, done.text
    results = done.json
    for document in documents:
        assert len(results[str(document)]) > fewest, f"{linter} has not run its rules over {document}"
    return {
        document: {finding["code"] for result in results[str(document)] for finding in result["finding_descriptions"]}
        for document in documents
    }


def main() -> None:
    """Lint each document as the linter's own command line does, and print all results."""
    linter, options, *documents = sys.argv[1:]
    program = importlib.import_module(f"pkilint.bin.{linter}")
    results = {}
    for document in documents:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            program.main(
                ["lint", *json.loads(options), "-s", "ALL", "-f", "JSON", "--document-format", "DER", document]
            )
        results[document] = json.loads(said.getvalue())["results"]
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main()
