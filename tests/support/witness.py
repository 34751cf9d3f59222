"""Holds a table of what programs of others were seen to do to what the tests see, row by row.

The table is `docs/interop.json`, out of which docs/integrators.md is drawn. With OPENJPKI_INTEROP_RECORD=1 the tests write their
rows into it instead, and the versions that are installed: run `make interop-record`.
"""

import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from tests.support.programs import ROOT, Finished, run

RECORD = ROOT / "docs" / "interop.json"
PACKAGES = {
    "opensc-tool": "opensc",
    "pkcs15-tool": "opensc",
    "pkcs15-crypt": "opensc",
    "pkcs11-tool": "opensc-pkcs11",
    "p11tool": "gnutls-bin",
    "openssl": "libengine-pkcs11-openssl",
    "ssh-keygen": "openssh-client",
    "pyscard": "python3-pyscard",
    "pcscd": "pcscd",
    "PyKCS11": "python3-pykcs11",
    "curl": "curl",
    "nginx": "nginx",
    "certutil": "libnss3-tools",
    "tstclnt": "libnss3-tools",
    "chromium": "chromium",
}
"""Which Debian package a program, or what it reaches the card by, is in."""
FROM_PYPI = ("pyHanko", "python-pkcs11")
"""Those that Python's own packages bring."""


@dataclass(frozen=True)
class Witness:
    """What one test sees; its row is found by the test's name."""

    test: str

    def saw(self, program: str, what: str, done: Finished, *messages: str) -> None:
        """Hold that a program said these things, and that the table has it so."""
        for message in messages:
            assert message in done.text, done.text
        row = {"test": self.test, "program": program, "what": what, "said": list(messages)}
        if os.environ.get("OPENJPKI_INTEROP_RECORD"):
            _record(row)
        assert row in table()["rows"], f"docs/interop.json has another row for {self.test}: run `make interop-record`"


def table() -> Any:
    """Return the table as it is committed."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {"rows": [], "versions": {}}


def _record(row: dict[str, Any]) -> None:
    """Put a row in the place of an older one. One test at a time: the whole file is written anew."""
    found = table()
    rows = [one for one in found["rows"] if one["test"] != row["test"]]
    rows = sorted([*rows, row], key=lambda one: str(one["test"]))
    versions = {name: _version(name) for name in sorted({one["program"] for one in rows})}
    text = json.dumps({"rows": rows, "versions": versions}, ensure_ascii=False, indent=2)
    RECORD.write_text(text + "\n", encoding="utf-8")


def _version(program: str) -> dict[str, str]:
    if program in FROM_PYPI:
        return {"package": "PyPI", "version": version(program)}
    package = PACKAGES[program]
    return {"package": package, "version": run("dpkg-query", "-W", "-f", "${Version}", package).out}
