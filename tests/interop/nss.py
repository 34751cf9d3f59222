"""Databases of NSS, which Firefox and Chromium find keys and certificates in."""

from pathlib import Path

from tests.interop.test_pkcs11 import MODULE
from tests.support.programs import run


def database(folder: Path, server: Path, module: str = MODULE.name) -> str:
    """Have NSS make a database that knows one of OpenSC's modules, and trusts a server; return its name."""
    folder.mkdir(parents=True)
    name = f"sql:{folder}"
    made = run("certutil", "-N", "-d", name, "--empty-password")
    added = run("modutil", "-force", "-dbdir", name, "-add", "OpenSC", "-libfile", MODULE.with_name(module))
    trusted = run("certutil", "-A", "-d", name, "-t", "C,,", "-n", "server", "-i", server)
    assert [made.status, added.status, trusted.status] == [0, 0, 0], made.text + added.text + trusted.text
    return name
