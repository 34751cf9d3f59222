"""docs/operations.md, walked: the operators' sections, from exactly their command lines, in places of the test's own."""

import getpass
import json
import re
import shlex
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.authority.models import Issuer, OcspResponder
from openjpki.cli.main import main
from openjpki.pki.ocsp import build_request
from openjpki.rules.dates import civil_date
from openjpki.site.clock import real_moment
from openjpki.site.opening import opened
from openjpki.site.settings import ROLES
from tests.support.programs import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db(databases=ROLES, transaction=True)]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
AHEAD = 120
"""Days until the second generation issues; the page says a day that will be over."""
BLOCK = re.compile(r"```(sh|yaml)\n(.*?)```", re.DOTALL)


class Walker:
    """Whoever sits at the machine: types what the page says, and each operator their own passphrase."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.home = folder / "srv" / "home"
        self._name = ""
        self._capsys = capsys
        (folder / "srv").mkdir()
        for name in ("sato", "tanaka", "suzuki", "yamada"):
            (folder / "media" / name).mkdir(parents=True)

    def blocks(self, heading: str, kind: str) -> list[str]:
        """Return the blocks of a kind in a section."""
        section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        return [body for found, body in BLOCK.findall(section) if found == kind]

    def walk(self, heading: str, number: int, *, last: int = 0) -> str:
        """Run the lines of one block of a section in their order, or so many of the last; return what the last one said."""
        said = None
        for line in self.blocks(heading, "sh")[number].splitlines()[-last:]:
            status = main([*shlex.split(self.moved(line))[1:], "--lang", "en"])
            said = self._capsys.readouterr()
            assert status == 0, f"{line}: {said.err}"
        assert said is not None
        return str(said.out)

    def moved(self, line: str) -> str:
        """Return a line whose places, and days to come, are the test's."""
        for place in ("srv/jpki", "media"):
            line = line.replace(f"/{place}", str(self.folder / place.partition("/")[0]))
        for day, ahead in (("2027-04-01", AHEAD), ("2027-05-01", AHEAD + 30)):
            line = line.replace(day, (civil_date(real_moment()) + timedelta(days=ahead)).isoformat())
        return line

    def ask(self, kind: str, generation: int) -> None:
        """Ask the responder of a generation about a certificate that it never issued: its answer is signed all the same."""
        with opened(self.home) as house:
            ca = bytes(Issuer.objects.get(kind=kind, generation=generation).certificate)
            house.authority.answer_ocsp(build_request([(ca, ca)], None))

    def passphrase(self, prompt: str) -> str:
        """Return what is typed at a prompt."""
        name = prompt.removesuffix(": ").rpartition(" ")[2].removesuffix(".key")
        self._name = name if name in {"sato", "tanaka", "suzuki", "yamada"} else self._name
        return f"correct horse {self._name}"

    def go_ahead(self, days: int) -> None:
        """Let the legal clock of the home run ahead, as its marker may be edited while nothing runs."""
        marker = self.home / "openjpki.json"
        found = json.loads(marker.read_text(encoding="utf-8"))
        found["clock_shift_seconds"] += int(timedelta(days=days).total_seconds())
        marker.write_text(json.dumps(found), encoding="utf-8")


@pytest.fixture
def walker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Walker:
    """Return somebody at a terminal."""
    walker = Walker(tmp_path, capsys)
    monkeypatch.setattr(getpass, "getpass", walker.passphrase)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    return walker


def test_the_operators_sections_are_walked(walker: Walker) -> None:
    """Operators, ceremony, switch, responder renewal, compromise and termination, in one home, from the page's lines."""
    walker.walk("Operators and dual control", 0)
    assert "2 enrolment of an operator: done (2/2 sato, tanaka)" in walker.walk("Operators and dual control", 1)

    (first,) = walker.blocks("Key ceremony", "yaml")
    (walker.folder / "media" / "first.yaml").write_text(first, encoding="utf-8")
    keys = walker.walk("Key ceremony", 0)
    assert "signature-1: issues" in keys
    assert "authentication-1: issues" in keys
    assert (walker.home / "authority" / "public" / "crl" / "signature-1-99201.crl").exists()

    (second,) = walker.blocks("Generation switch", "yaml")
    (walker.folder / "media" / "second.yaml").write_text(walker.moved(second), encoding="utf-8")
    keys = walker.walk("Generation switch", 0)
    assert "signature-1: issues" in keys
    assert "signature-2: does not issue yet" in keys
    assert "generation switch: done" in walker.walk("Generation switch", 1)

    walker.ask("signature", 1)
    walker.go_ahead(AHEAD + 60)
    walker.ask("signature", 1)
    responders = json.loads(walker.walk("Responder renewal", 0))["keys"][1]["responders"]
    assert [one["days_left"] for one in responders] in ([29], [30])
    assert OcspResponder.objects.count() == 2
    assert "signature-1: signs lists and answers only" in walker.walk("Key ceremony", 0, last=1)

    assert "signature-1: compromised" in walker.walk("Compromise drill", 1)
    own = walker.home / "authority" / "public" / "crl" / "signature-1-ca.crl"
    serial = Issuer.objects.get(kind="signature", generation=1).serial
    assert [entry.serial_number for entry in x509.load_der_x509_crl(own.read_bytes())] == [serial]
    assert "signature-1: terminated, its key destroyed" in walker.walk("Termination", 0)
    gone = Issuer.objects.get(kind="signature", generation=1)
    assert not (walker.home / "authority" / "keys" / f"{gone.key_name}.pem").exists()
    walker.walk("Operators and dual control", 1, last=1)


def test_a_drill_is_walked(walker: Walker) -> None:
    """In a sandbox of its own, from the page's lines."""
    assert "signature-1: compromised" in walker.walk("Compromise drill", 0)
    assert Issuer.objects.get(kind="signature").ended_because == "compromise"
