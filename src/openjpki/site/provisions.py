"""What every home has beside its tables: folders and secrets. A new home gets all of it, an older one what it lacks."""

from collections.abc import Callable
from pathlib import Path

from openjpki.authority.card_keys import NAME, CardKeys
from openjpki.site.entropy import entropy
from openjpki.site.private import write_private

Provision = Callable[[Path], None]
"""Gives the home at a path one thing that it lacks; what is there already stays as it is."""


def _folders(home: Path) -> None:
    for folder in ("authority/keys", "authority/public/ca", "authority/public/crl", "window", "staff", "cards"):
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


def _card_administration(home: Path) -> None:
    CardKeys(home / "authority" / "keys" / f"{NAME}.key", home / "authority" / "passphrase").create(entropy)


PROVISIONS: tuple[Provision, ...] = (_folders, _databases, _passphrase, _secret, _card_administration)
"""In the order in which they are given."""


def provide(home: Path) -> None:
    """Give a home whatever it lacks; repeating it changes nothing."""
    for provision in PROVISIONS:
        provision(home)


def _unless_there(path: Path, content: bytes) -> None:
    if not path.exists():
        write_private(path, content)
