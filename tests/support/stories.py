"""Homes made once in a test session and looked at by many tests: told stories with what they left, and a sandbox."""

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind
from tests.support.programs import ROOT, Finished, openjpki, run

SIGNATURE_PIN = "C4NARY7PIN"
AUTHENTICATION_PIN = "7291"
NOW = "rsa"
LATER = "p-384"
"""The shared stories: one that ends today, with today's keys, and one with the coming card's keys.

The second ends two years from now, so that its renewed certificates are valid while the tests run: some programs know
no other moment.
"""
_ALGORITHMS = {NOW: KeyAlgorithm.RSA_2048_SHA_256, LATER: KeyAlgorithm.P384_SHA_384}
_AHEAD = {NOW: timedelta(), LATER: timedelta(days=730)}


@dataclass(frozen=True)
class Gathered:
    """The evidence that a service provider gathered about one signature or login."""

    folder: Path

    @property
    def name(self) -> str:
        """Return what the story calls it."""
        return self.folder.name

    @property
    def kind(self) -> CertificateKind:
        """Return which of the two certificates it is about."""
        return CertificateKind.SIGNATURE if self.name.startswith("signed-") else CertificateKind.AUTHENTICATION

    @cached_property
    def moment(self) -> datetime:
        """Return when it was gathered."""
        text = (self.folder / "moment").read_text(encoding="ascii").strip()
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")

    @property
    def signer(self) -> Path:
        """Return the signer's certificate."""
        return self.folder / "signer.cer"

    @property
    def answer(self) -> Path:
        """Return the OCSP answer."""
        return self.folder / "answer.ocsp"

    @property
    def authorities(self) -> list[Path]:
        """Return the CA certificates of that day."""
        return sorted((self.folder / "ca").iterdir())

    @property
    def lists(self) -> list[Path]:
        """Return the CRLs of that day."""
        return sorted((self.folder / "crl").iterdir())

    @property
    def issuer(self) -> Path:
        """Return the CA certificate whose key issued the signer's certificate; two generations bear one name."""
        wanted = authority_key(load(self.signer))
        (found,) = (path for path in self.authorities if subject_key(load(path)) == wanted)
        return found


@dataclass(frozen=True)
class Story:
    """A told story's home."""

    home: Path
    algorithm: KeyAlgorithm

    @property
    def folder(self) -> Path:
        """Return what the story left."""
        return self.home / "story"

    @property
    def public(self) -> Path:
        """Return the authority's public folder, as the story left it."""
        return self.home / "authority" / "public"

    @cached_property
    def transcript(self) -> dict[str, Any]:
        """Return the transcript."""
        told: dict[str, Any] = json.loads((self.folder / "transcript.json").read_text(encoding="utf-8"))
        return told

    def gathered(self, name: str) -> Gathered:
        """Return a piece of evidence by name."""
        return Gathered(self.folder / "evidence" / name)

    @property
    def all_gathered(self) -> list[Gathered]:
        """Return every piece of evidence."""
        return [Gathered(folder) for folder in sorted((self.folder / "evidence").iterdir())]

    def copied(self, target: Path) -> "Story":
        """Return a copy that a test may change; the shared one is for looking at."""
        return Story(Path(shutil.copytree(self.home, target)), self.algorithm)


def load(path: Path) -> x509.Certificate:
    """Read a certificate."""
    return x509.load_der_x509_certificate(path.read_bytes())


def subject_key(certificate: x509.Certificate) -> bytes:
    """Return the identifier of a certificate's own key."""
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


def authority_key(certificate: x509.Certificate) -> bytes | None:
    """Return the identifier of the key that issued a certificate."""
    return certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier


def told(home: Path, *, today: date, algorithm: KeyAlgorithm, umask: int = 0o022) -> Finished:
    """Tell a story with known PINs in a process of its own: Django serves one home in a process."""
    program = (sys.executable, "-m", "tests.support.tell", home, "--today", today.isoformat())
    return run(*program, "--algorithm", algorithm.value, folder=ROOT, umask=umask)


@contextmanager
def once(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """Give one test process after the other the place that all of them share."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    with (base / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield base / name


def shared(factory: pytest.TempPathFactory, name: str) -> Story:
    """Return a shared story, told by whichever test process asks first; the others wait for it."""
    with once(factory, f"story-{name}") as home:
        story = Story(home, _ALGORITHMS[name])
        if not (story.folder / "transcript.json").exists():
            # The harshest umask for secrets is the one that hides nothing.
            done = told(home, today=today() + _AHEAD[name], algorithm=story.algorithm, umask=0)
            assert done.status == 0, done.text
    return story


def today() -> date:
    """Return the real day in Japan."""
    return civil_date(datetime.now(UTC))


# --- a laboratory: a sandbox of today -----------------------------------------------------------------------------

RESIDENT = "99201000011"
"""見本　太郎 of Wakaba, out of the sandbox's seed."""
COUNTER = ("--municipality", "99201", "--resident", RESIDENT)
_LABORATORY = (
    ("init",),
    ("card", "new", "taro"),
    ("window", "hand-over", *COUNTER, "--card", "taro", "--pin-stdin"),
    ("window", "issue", *COUNTER, "--card", "taro", "--document", "drivers-licence"),
    ("card", "new", "blank"),
)


def laboratory(factory: pytest.TempPathFactory) -> Path:
    """Return a sandbox's home with a card of today, taro, and an empty one, blank: made once, and only looked at."""
    with once(factory, "laboratory") as home:
        if not (home / "cards" / "blank.card").exists():
            for words in _LABORATORY:
                done = openjpki(*words, "--home", home, typed=f"{SIGNATURE_PIN}\n{AUTHENTICATION_PIN}\n")
                assert done.status == 0, done.text
    return home
