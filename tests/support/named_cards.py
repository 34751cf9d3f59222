"""A home with test cards of the catalogue, made by the command as a service provider makes it, once for all tests."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from signal import SIGINT

import pytest
from cryptography import x509

from openjpki.lab.catalogue import CATALOGUE, TestCard
from openjpki.lab.dated import Dated, dated
from openjpki.readers.store import CardStore
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.policy import Policy
from openjpki.site.server import LOOPBACK, free_port
from tests.support.programs import ROOT, openjpki_command, plain_environment
from tests.support.stories import authority_key, load, once, subject_key

FEW = ("adult", "child", "expired", "revoked-moved", "suspended", "locked-both", "blank")
"""One of each situation: what `make test` makes in a quarter of the time."""
ALL = tuple(card.name for card in CATALOGUE)
PATIENCE = 900.0
"""Seconds: all cards take about a minute on a machine that does nothing else."""
CARDS = [pytest.param(card, id=card.name, marks=() if card.name in FEW else pytest.mark.thorough) for card in CATALOGUE]
"""Every card, for a test of one: those that are made in `make test`, and the others."""


@dataclass(frozen=True)
class NamedCards:
    """A home with test cards."""

    home: Path

    @cached_property
    def made_at(self) -> datetime:
        """Return when it was made."""
        return datetime.fromtimestamp((self.home / "openjpki.json").stat().st_mtime, UTC)

    @property
    def public(self) -> Path:
        """Return the folder of CA certificates and lists."""
        return self.home / "authority" / "public"

    @property
    def store(self) -> CardStore:
        """Return the cards."""
        return CardStore(self.home / "cards")

    def told(self, card: TestCard) -> Dated:
        """Return what a card is to be on the day on which it was made."""
        return dated(card, civil_date(self.made_at), Policy())

    def certificate(self, card: TestCard, kind: CertificateKind) -> bytes | None:
        """Return the certificate that is on a card, DER."""
        active = self.store.look(card.name).keys[kind].active
        return active.certificate if active else None

    def issuer(self, certificate: bytes) -> Path:
        """Return the CA certificate whose key signed: two generations bear one name."""
        wanted = authority_key(x509.load_der_x509_certificate(certificate))
        (found,) = (path for path in sorted((self.public / "ca").iterdir()) if subject_key(load(path)) == wanted)
        return found

    @contextmanager
    def serving(self) -> Iterator[int]:
        """Serve the home while the block runs; yield the port."""
        port = free_port(0)
        command = [str(word) for word in openjpki_command("serve", "--home", self.home, "--port", str(port))]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=plain_environment(), cwd=ROOT
        ) as server:
            try:
                _answers(port)
                yield port
            finally:
                server.send_signal(SIGINT)
                server.wait(timeout=PATIENCE)


def _answers(port: int) -> None:
    """Return once the port answers."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        connection = HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except ConnectionError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()


def named_cards(factory: pytest.TempPathFactory, *, thorough: bool) -> NamedCards:
    """Return the home with a few test cards or with all, made by whichever test process asks first; nobody changes it."""
    names = ALL if thorough else FEW
    with once(factory, f"named-cards-{len(names)}") as home:
        if not (home / "openjpki.json").exists():
            command = [str(word) for word in openjpki_command("init", "--home", home, "--test-cards", *names)]
            done = subprocess.run(
                command,
                env=plain_environment(),
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    return NamedCards(home)
