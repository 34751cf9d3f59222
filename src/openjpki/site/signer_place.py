"""The place of a signing process with a user of its own: keys, what opens them, and the CA certificates they have signed.

```
openjpki-signer.json   the marker: what its profiles and its clock are, and where its keys (0600)
passphrase             what opens the keys (0600)
keys/                  the CAs' and responders' keys, encrypted (0700); empty where they are in a token
ca/                    each CA certificate that was signed here (0700)
signer.sock            where the users named may ask; the folder's group may pass through to it
```

It is no home: no other command opens it. What it signs follows its own marker, which whoever asks cannot edit.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from openjpki.authority.signing.guard import Guard
from openjpki.authority.signing.keys import SigningKeys
from openjpki.authority.signing.server import hold_own
from openjpki.pki.keys import KeySource
from openjpki.site.entropy import entropy
from openjpki.site.home import Home, HomeOfOtherVersion, Settings
from openjpki.site.linting import external_lint
from openjpki.site.place import read_marker, require_empty
from openjpki.site.private import write_private
from openjpki.site.signing import keys_in

PLACE_MARKER: Final = "openjpki-signer.json"
PLACE_FORMAT: Final = 1
_SAID: Final = frozenset({"purpose", "port", "algorithm", "clock_shift_seconds", "keys", "external_lint"})
"""The settings of a home that say what is signed, and where the keys are."""


@dataclass(frozen=True)
class SignerPlace:
    """An opened place."""

    path: Path
    settings: Settings

    @classmethod
    def open(cls, path: Path) -> "SignerPlace":
        """Read the marker; raises `HomeMissing`, `HomeDamaged`, `HomeOfOtherVersion`, `FolderOfOthers`."""
        found = read_marker(path, PLACE_MARKER)
        number = found.pop("format")
        if number != PLACE_FORMAT:
            raise HomeOfOtherVersion(path=path, found=number, expected=PLACE_FORMAT)
        home = Home.of(path, found, PLACE_MARKER)
        hold_own(home.path, home.path / "keys", home.path / "ca")
        return cls(home.path, home.settings)

    @classmethod
    def create(cls, path: Path, settings: Settings) -> "SignerPlace":
        """Make a place in an absent or empty folder; raises `HomeNotEmpty`."""
        require_empty(path)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        hold_own(path)
        for folder in ("keys", "ca"):
            (path / folder).mkdir(mode=0o700)
        write_private(path / "passphrase", entropy(32).hex().encode())
        write_private(path / PLACE_MARKER, _text(settings))
        return cls.open(path)

    def keys(self, key_source: KeySource) -> SigningKeys:
        """Return the keys themselves; raises `TokenLibraryMissing`."""
        return keys_in(self.path, self.settings.keys, key_source)

    def guard(self) -> Guard:
        """Return what is let be signed: what follows the profiles of this place."""
        home = Home(self.path, self.settings)
        return Guard(home.profiles(), self.path / "ca", home.clock(), keeps=True, external=external_lint(home))


def is_place(path: Path) -> bool:
    """Say whether a signing process's place is here, and no home."""
    return (path / PLACE_MARKER).exists()


def _text(settings: Settings) -> bytes:
    said: Mapping[str, object] = {name: value for name, value in asdict(settings).items() if name in _SAID}
    return json.dumps({"format": PLACE_FORMAT, **said}, ensure_ascii=False, indent=2).encode()
