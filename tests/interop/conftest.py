"""A service, cards of a sandbox's own authority, and the record of what programs of others said to them."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from openjpki.rules.kinds import CertificateKind
from openjpki.site.home import Home, Settings
from tests.support.programs import Finished, openjpki, run
from tests.support.room import Room, RoomUnavailable
from tests.support.stories import AUTHENTICATION_PIN, SIGNATURE_PIN, laboratory
from tests.support.witness import Witness

PINS = {CertificateKind.AUTHENTICATION: AUTHENTICATION_PIN, CertificateKind.SIGNATURE: SIGNATURE_PIN}


@pytest.fixture(scope="session")
def room() -> Iterator[Room]:
    """Return this test process's own PC/SC service."""
    yield from _room()


@pytest.fixture
def own_room() -> Iterator[Room]:
    """Return a service of this test alone."""
    yield from _room()


def _room() -> Iterator[Room]:
    try:
        found = Room()
    except RoomUnavailable as error:
        pytest.skip(str(error))
    try:
        yield found
    finally:
        found.close()


@dataclass(frozen=True)
class Holder:
    """A card that an authority of a sandbox issued, and what its verifiers have."""

    home: Path
    """A home of its own with the card taro in it."""
    folder: Path
    """Where its certificates and keys are, for openssl: KIND.der, KIND.pem, KIND.key."""
    authorities: Path
    """The CA certificates, PEM."""
    sandbox: Path
    """The home of the sandbox that issued it: to be looked at, not changed."""

    def certificate(self, kind: CertificateKind, form: str = "der") -> Path:
        """Return a certificate as our own command read it from the card: "der" or "pem"."""
        return self.folder / f"{kind.value}.{form}"

    def public_key(self, kind: CertificateKind) -> Path:
        """Return its public key, PEM, as openssl took it out."""
        return self.folder / f"{kind.value}.key"

    def authority(self, kind: CertificateKind) -> Path:
        """Return the certificate of the CA that issued a certificate, PEM."""
        return self.folder / f"{kind.value}-ca.pem"

    @property
    def public(self) -> Path:
        """Return the folder with what verifiers have: CA certificates and revocation lists."""
        return self.sandbox / "authority" / "public"


@pytest.fixture(scope="session")
def holder(tmp_path_factory: pytest.TempPathFactory) -> Holder:
    """Return a card of today's sandbox, and its certificates."""
    laboratory_home = laboratory(tmp_path_factory)
    folder = tmp_path_factory.mktemp("holder")
    for kind, pin in PINS.items():
        for form in ("der", "pem"):
            words = ("card", "certificate", "taro", "--kind", kind.value, "--out", folder / f"{kind.value}.{form}")
            pem = ("--pem",) if form == "pem" else ()
            assert openjpki(*words, *pem, "--pin-stdin", "--home", laboratory_home, typed=f"{pin}\n").status == 0
        key = run("openssl", "x509", "-in", folder / f"{kind.value}.pem", "-noout", "-pubkey").out
        (folder / f"{kind.value}.key").write_text(key, encoding="ascii")
        authority = laboratory_home / "authority" / "public" / "ca" / f"{kind.value}-1.cer"
        (folder / f"{kind.value}-ca.pem").write_text(_pem(authority), encoding="ascii")
    authorities = folder / "ca.pem"
    each = (folder / f"{kind.value}-ca.pem" for kind in PINS)
    authorities.write_text("".join(path.read_text(encoding="ascii") for path in each), encoding="ascii")
    return Holder(_home_of(laboratory_home, folder / "home"), folder, authorities, laboratory_home)


def _pem(path: Path) -> str:
    return run("openssl", "x509", "-inform", "DER", "-in", path).out


def _home_of(source: Path, home: Path) -> Path:
    """Return a new home with a copy of the laboratory's card."""
    Home.create(home, Settings(purpose="sandbox"))
    (home / "cards").mkdir(mode=0o700, exist_ok=True)
    shutil.copy(source / "cards" / "taro.card", home / "cards" / "taro.card")
    return home


@pytest.fixture
def fresh(holder: Holder, tmp_path: Path) -> Path:
    """Return a home with a copy of the card that a test may lock or spoil."""
    return _home_of(holder.home, tmp_path / "home")


@pytest.fixture
def second(holder: Holder, tmp_path: Path) -> Path:
    """Return one more home with a copy of the card."""
    return _home_of(holder.home, tmp_path / "second")


@pytest.fixture(scope="session")
def plugged(room: Room, holder: Holder) -> Iterator[Room]:
    """Return the service with the card in its first slot, for tests that change nothing on it."""
    with room.plugged(holder.home, "taro"):
        yield room


@pytest.fixture
def witness(request: pytest.FixtureRequest) -> Witness:
    """Return who holds the table of docs/integrators.md to what this test saw."""
    return Witness(test=f"{request.path.name}::{request.node.name}")


VERIFIED = "Verified OK"


def verified(public_key: Path, data: Path, signature: Path) -> Finished:
    """Ask openssl about an RSA signature with SHA-256."""
    return run("openssl", "dgst", "-sha256", "-verify", public_key, "-signature", signature, data)
