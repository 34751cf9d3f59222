"""The units of docs/operations.md: what systemd reads, and what our commands take."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from openjpki.cli.main import parser

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
UNITS = re.findall(r"`/etc/systemd/system/(openjpki-[a-z]+\.service)`:\n\n```ini\n(.*?)```", PAGE, re.DOTALL)
OURS = "/usr/local/bin/openjpki"


def said(unit: str, name: str) -> str:
    """Return the one value of a setting."""
    (value,) = re.findall(rf"^{name}=(.*)$", unit, re.MULTILINE)
    return str(value)


def test_the_units_agree_with_each_other_and_with_the_commands() -> None:
    """T-107: whom the signing process hears is the authority's user, through the group that both are in."""
    signer, authority = (text for _, text in UNITS)
    asked = parser().parse_args(shlex.split(said(signer, "ExecStart").removeprefix(OURS)))

    assert (asked.role, asked.allow_user, asked.group) == (
        "signer",
        [said(authority, "User")],
        said(authority, "SupplementaryGroups"),
    )
    assert said(signer, "SupplementaryGroups") == asked.group
    assert said(signer, "User") != said(authority, "User")
    assert parser().parse_args(shlex.split(said(authority, "ExecStart").removeprefix(OURS))).role == "authority"
    assert not [name for name, text in UNITS if "PrivateUsers=" in text], "every caller would be nobody"


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    """Where systemd is installed, it finds nothing to say; it looks for the program, so any stands for ours."""
    verify = shutil.which("systemd-analyze")
    for name, text in UNITS:
        (tmp_path / name).write_text(text.replace(OURS, sys.executable), encoding="utf-8")
    if verify is None:
        return
    done = subprocess.run(
        (verify, "verify", "--man=no", *(tmp_path / name for name, _ in UNITS)),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
