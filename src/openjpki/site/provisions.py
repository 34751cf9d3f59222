"""What every home has beside its tables: folders and secrets. A new home gets all of it, an older one what it lacks."""

from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from openjpki.authority.cards import face_key as card_face_key
from openjpki.authority.cards.face_key import CardFaceKey
from openjpki.authority.cards.keys import NAME, CardKeys
from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.authority.durable import PUBLIC, write_whole
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys
from openjpki.site.clock import real_moment
from openjpki.site.entropy import entropy
from openjpki.site.private import write_private

Provision = Callable[[Path], None]
"""Gives the home at a path one thing that it lacks; what is there already stays as it is."""


def _folders(home: Path) -> None:
    public = ("authority/public/ca", "authority/public/crl")
    for folder in ("authority/keys", "authority/lists", *public, "window", "staff", "cards"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for private in (home, *(home / role for role in ("authority", "window", "staff", "cards"))):
        private.chmod(0o700)


def _databases(home: Path) -> None:
    for role in ("authority", "window", "staff"):  # SQLite gives its journals the mode of the database
        _unless_there(home / role / "db.sqlite3", b"")


def _passphrase(home: Path) -> None:
    _unless_there(home / "authority" / "passphrase", entropy(32).hex().encode())


def _secret(home: Path) -> None:
    _unless_there(home / "secret", entropy(32).hex().encode())


def _audit_keys(home: Path) -> None:
    """Give each role the key that seals its record, and lay out the public half for whoever checks it."""
    public = home / "audit"
    public.mkdir(mode=0o755, exist_ok=True)
    for role in ("authority", "window", "staff"):
        path = home / role / "audit.key"
        if path.exists():
            continue
        key = FreshKeys().generate(KeyAlgorithm.P384_SHA_384)
        spki = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        laid_out = public / f"{role}.pem"
        former = laid_out.read_bytes() if laid_out.exists() else b""
        write_whole(laid_out, former + spki, PUBLIC)  # what a former key sealed must still verify
        write_private(
            path,
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )


def _desk(home: Path) -> None:
    """The desk's own CA, and the place of the windows' keys; the keys themselves are made when somebody first acts."""
    for folder in ("authority/desk-ca", "window/desk"):
        (home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    DeskCa(home / "authority" / "desk-ca", write_private).found(real_moment())


def _verifiers(home: Path) -> None:
    """The CA by whose certificates registered verifiers are known."""
    folder = home / "authority" / "verifiers-ca"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    DeskCa(folder, write_private, line="verifiers").found(real_moment())


def _operators(home: Path) -> None:
    """The CA by whose certificate operators' browsers know the authority's pages."""
    folder = home / "authority" / "operators-ca"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    DeskCa(folder, write_private, line="operators").found(real_moment())


def _card_administration(home: Path) -> None:
    CardKeys(home / "authority" / "keys" / f"{NAME}.key", home / "authority" / "passphrase").create(entropy)


def _card_faces(home: Path) -> None:
    folder = home / "authority"
    CardFaceKey(folder / "keys" / f"{card_face_key.NAME}.pem", folder / "passphrase").create(FreshKeys())


def _responder(home: Path) -> None:
    """The responder's own keys, apart from the CAs', and what opens them."""
    (home / "responder" / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "responder").chmod(0o700)
    _unless_there(home / "responder" / "passphrase", entropy(32).hex().encode())


PROVISIONS: tuple[Provision, ...] = (
    _folders,
    _databases,
    _passphrase,
    _secret,
    _audit_keys,
    _desk,
    _verifiers,
    _operators,
    _card_administration,
    _card_faces,
    _responder,
)
"""In the order in which they are given."""


def provide(home: Path) -> None:
    """Give a home whatever it lacks; repeating it changes nothing."""
    for provision in PROVISIONS:
        provision(home)


def _unless_there(path: Path, content: bytes) -> None:
    if not path.exists():
        write_private(path, content)
