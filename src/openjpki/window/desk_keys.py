"""The private keys with which a municipality and its officers speak at the desk; they never leave the window.

```
CODE/municipality.key          the municipality's own system
CODE/officers/LOGIN.key        one of its officers; unusual characters percent-encoded, a long name by its digest
```
"""

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from openjpki.desk.carrier import BadMessage
from openjpki.desk.envelope import MUNICIPALITY_ITSELF
from openjpki.desk.keys import DeskKey, DeskKeyUnreadable
from openjpki.errors import Failure, Kind

_LONGEST_NAME: Final = 64
"""Bytes of an officer's file name before its ending: in an archive of the home the whole path has at most 100."""
_LONGEST_FORMER: Final = 200
"""What it was before; a longer name than today's is still found and taken over."""
_DIGEST: Final = 48
"""Hexadecimal digits that stand for a longer name."""


class DeskKeyDamaged(Failure):
    """A key file cannot be read as one."""

    code = "window.desk-key.damaged"
    kind = Kind.UNAVAILABLE
    ja = "窓口の鍵 {path} を読めません。`openjpki authority desk-key renew` で作り直せます。"
    en = "The window's key {path} cannot be read. Make a new one with `openjpki authority desk-key renew`."


class KeyFolder:
    """The keys below a folder. `create` writes a private file unless one is there; `replace` writes it in any case."""

    def __init__(
        self, folder: Path, *, create: Callable[[Path, bytes], None], replace: Callable[[Path, bytes], None]
    ) -> None:
        self._folder = folder
        self._create = create
        self._replace = replace

    def key_of(self, municipality: str, signer: str) -> DeskKey:
        """Return a signer's key; the first time it is made. Raises `DeskKeyDamaged`, `BadMessage` for no code at all."""
        path = self.path_of(municipality, signer)
        if not path.exists():
            self._take_over(municipality, signer)
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._create(path, DeskKey.generate().to_pem())
        try:
            return DeskKey.from_pem(path.read_bytes())
        except DeskKeyUnreadable as error:
            raise DeskKeyDamaged(path=path) from error

    def new_key(self, municipality: str, signer: str) -> DeskKey:
        """Make another key in place of the one there is."""
        path = self.path_of(municipality, signer)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = DeskKey.generate()
        self._take_over(municipality, signer)
        self._replace(path, key.to_pem())
        return key

    def folder_of(self, municipality: str) -> Path:
        """Return a municipality's folder; raises `BadMessage` if the code is none: it would name another place."""
        if not re.fullmatch("[0-9]{5}", municipality):
            raise BadMessage(reason="municipality")
        return self._folder / municipality

    def path_of(self, municipality: str, signer: str) -> Path:
        """Return the file of a signer's key."""
        folder = self.folder_of(municipality)
        if signer == MUNICIPALITY_ITSELF:
            return folder / "municipality.key"
        return folder / "officers" / f"{_shortened(_quoted(signer))}.key"

    def _take_over(self, municipality: str, signer: str) -> None:
        """Give a key that lies under a former, longer name the one that it has today; of several processes one does."""
        path, former = self.path_of(municipality, signer), _former(_quoted(signer))
        if former is not None:
            with suppress(FileNotFoundError):
                path.with_name(f"{former}.key").rename(path)


def _quoted(signer: str) -> str:
    return quote(signer, safe="", errors="surrogatepass")


def _shortened(name: str) -> str:
    """Return a quoted name, or a digest of it: the sign "=" is in no quoted name, so the two are never mistaken."""
    if len(name) <= _LONGEST_NAME:
        return name
    return "sha256=" + hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]


def _former(name: str) -> str | None:
    """Return the name that a key of before may have; None if it is today's."""
    if len(name) <= _LONGEST_NAME:
        return None
    return name if len(name) <= _LONGEST_FORMER else "sha256-" + hashlib.sha256(name.encode()).hexdigest()
