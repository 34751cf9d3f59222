"""Two processes seal one record at once: `serve` by itself, and an operator by hand."""

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.places import Place
from tests.support.programs import PATIENCE, ROOT, plain_environment

pytestmark = pytest.mark.slow

SEALER = """
import sys, time
from dataclasses import replace
from pathlib import Path
from openjpki.site.opening import opened

home, held = Path(sys.argv[1]), Path(sys.argv[2])
with opened(home) as house:
    from django.db import transaction
    from openjpki.audit.record import record
    from openjpki.audit.verbs import Verb
    from openjpki.site.audit_safe import FileSafe

    class Slow(FileSafe):
        def keep(self, head):
            (held / "reached").touch()
            while not (held / "go").exists():
                time.sleep(0.02)
            super().keep(head)

    (ledger,) = (one for one in house.ledgers if one.role == "window")
    with transaction.atomic(using="window"):
        record("window", at=house.clock(), actor="sato", verb=Verb.PERSONAL_EXPORTED, subject="audit:window")
    print((replace(ledger, safe=Slow(home, "window")) if held.is_dir() else ledger).seal().head)
"""
WAIT = 5.0
"""Seconds in which the second sealer would be done if nothing kept it waiting."""


def sealer(home: Path, held: Path) -> "subprocess.Popen[str]":
    """Start a process that records an act and seals; with a folder it stands still before it keeps the head."""
    words = [sys.executable, "-c", SEALER, str(home), str(held)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=plain_environment())


def until(path: Path) -> None:
    """Wait for a file."""
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_no_older_head_replaces_a_newer_one(place: Place, tmp_path: Path) -> None:
    """One sealer is held up between its seal and its head; another one comes: the newest head is the one that stays."""
    held = tmp_path / "held"
    held.mkdir()
    with sealer(place.home, held) as first:
        until(held / "reached")
        with sealer(place.home, tmp_path / "nothing") as second:
            with suppress(subprocess.TimeoutExpired):
                second.wait(WAIT)
            (held / "go").touch()
            later = second.communicate(timeout=PATIENCE)[0].strip()
        earlier = first.communicate(timeout=PATIENCE)[0].strip()
    said = place.run(("audit", "verify", "--role", "window"))

    assert int(later.split(":")[1]) == int(earlier.split(":")[1]) + 1
    assert (place.home / "audit" / "window.head").read_text(encoding="ascii").strip() == later
    assert [(chain["head"], chain["valid"]) for chain in said.json["chains"]] == [(later, True)]
