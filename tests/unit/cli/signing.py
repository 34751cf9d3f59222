"""A home with a card, the CA that issued to it, and the two commands on it."""

import io
import json
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.keys import PrivateKey
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.clock import real_moment
from openjpki.site.home import Home, Settings
from tests.support.cards import blank_card, with_certificate, with_pin
from tests.support.hierarchy import ISSUED, Hierarchy, hierarchy
from tests.support.keys import PooledKeys
from tests.unit.documents.world import pdf

PIN = "ABC123"
SIGNATURE = CertificateKind.SIGNATURE


class HolderKey:
    """A key source that makes the key of the hierarchy's holder."""

    def generate(self, algorithm: KeyAlgorithm) -> PrivateKey:
        """Return the third key of the pool."""
        keys = PooledKeys()
        return [keys.generate(algorithm) for _ in range(3)][2]


@dataclass(frozen=True)
class Place:
    """A home with a card, the CA that issued to it, and a folder to work in."""

    home: Path
    folder: Path
    ca: Hierarchy

    def file(self, name: str, content: bytes) -> str:
        """Write a file; return its path."""
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)

    def path(self, name: str) -> str:
        """Return the path of a file."""
        return str(self.folder / name)

    def publish(self, *entries: RevokedEntry, age: timedelta = timedelta(hours=1)) -> None:
        """Publish the municipality's CRL."""
        at = real_moment() - age
        crl = self.ca.crl(*entries, this_update=at, next_update=at + timedelta(days=1))
        (self.home / "authority" / "public" / "crl" / "99201.crl").write_bytes(crl)


def make_place(tmp_path: Path) -> Place:
    """Return a home whose authority published, with the card "taro"."""
    home, folder = tmp_path / "home", tmp_path / "work"
    folder.mkdir()
    Home.create(home, Settings(purpose="sandbox"))
    ca = hierarchy(shift=timedelta(days=(real_moment() - ISSUED).days - 1))
    (home / "authority" / "public" / "ca" / "sign.cer").write_bytes(ca.ca)
    store = CardStore(home / "cards")
    key = HolderKey().generate(KeyAlgorithm.RSA_2048_SHA_256)
    store.create(
        "taro", with_pin(with_certificate(blank_card(), SIGNATURE, key, ca.holder, ca.ca), PinKind.SIGNATURE, PIN)
    )
    made = Place(home, folder, ca)
    made.publish()
    return made


def run(place: Place, *words: str, language: str = "en") -> Answer:
    """Run a command in this home."""
    arguments = parser().parse_args([*words, "--home", str(place.home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def sign(place: Place, monkeypatch: pytest.MonkeyPatch, *words: str, pin: str = PIN + "\n") -> Answer:
    """Run `openjpki sign` with a PIN on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(pin))
    return run(place, "sign", *words, "--card", "taro", "--pin-stdin")


def signed_pdf(place: Place, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Sign a PDF to out.pdf."""
    sign(place, monkeypatch, place.file("in.pdf", pdf()), "--format", "pdf", "--out", place.path("out.pdf"))
    return (place.folder / "out.pdf").read_bytes()


def codes(answer: Answer) -> list[str]:
    """Return the codes of the first signature's findings."""
    found: list[dict[str, Any]] = answer.data["signatures"][0]["findings"]
    return [finding["code"] for finding in found]
