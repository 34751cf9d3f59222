"""A home: the folder in which one installation lives, its marker file, its lock and its secrets.

```
openjpki.json        format, purpose, port, settings of this home
lock                 held shared by `serve` and by commands, exclusively by `story` and `init`
secret               Django's signing key (0600)
authority/           db.sqlite3, audit.key, passphrase (0600), keys/ (encrypted), public/ca, public/crl, desk-ca/, verifiers-ca/, operators-ca/ (0600)
window/desk/CODE/    the desk keys of a municipality and its officers (0600)
window/  staff/      db.sqlite3, audit.key (0600, as in authority/: it holds personal data)
audit/               ROLE.pem, ROLE.head: public key and last head of each role's sealed record
cards/               NAME.card (0600)
responder/           keys/ (encrypted), passphrase (0600): all that `serve responder` has
status/              what it answers from: follows the authority's journal, and can be removed
story/               transcript and artefacts of the last story
```
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from openjpki.authority.control.kinds import DualControl
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.policy import Policy
from openjpki.site.clock import Clock, ShiftedClock
from openjpki.site.place import FORMAT, MARKER, HomeDamaged, HomeThereAlready, read_marker, require_empty, write_marker
from openjpki.site.provisions import provide
from openjpki.site.server import LOOPBACK
from openjpki.site.token_uri import token_at

PURPOSES = frozenset({"sandbox", "story"})
MAY_SHIFT = frozenset({"sandbox", "story"})
"""Purposes whose legal clock may be shifted: no CA of another kind of home ever signs at a shifted moment."""
DESK = re.compile(r"https://127\.0\.0\.1:([1-9][0-9]{0,4})")
"""The address of a desk over HTTPS: a sandbox speaks on loopback only."""
EXTERNAL_LINTS = ("off", "pkilint")
"""What beside our own rules certificates are held against."""
DEFAULT_DESK_PORT = 8781
DEFAULT_VERIFIER_PORT = 8782
DEFAULT_OPERATOR_PORT = 8784
DEFAULT_PORT = 8780
PORTS = range(1, 2**16)
_NEWER = frozenset({"dual_control", "external_lint", "keys", "signer", "signer_at", "signer_user"})
"""Fields that a marker leaves out while they say nothing, so that versions without them read it."""
MAX_SHIFT_SECONDS = 36_525 * 86_400
"""A century: no question about the rules reaches farther; a typing error does."""


class HomeOfOtherVersion(Failure):
    """The home was made by another version."""

    code = "home.other-version"
    kind = Kind.UNAVAILABLE
    ja = (
        "{path} は別の版(形式 {found})のホームです。この版が扱えるのは形式 {expected} です。中身は変更していません。"
        "古い形式のホームは `openjpki upgrade` で移行できます。"
    )
    en = (
        "{path} is a home of another version (format {found}); this one reads format {expected}. Nothing was changed. "
        "A home of an earlier format is brought up by `openjpki upgrade`."
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a home's marker file says; every field but the format may be edited while nothing runs."""

    purpose: str
    """"sandbox" (made by `init`) or "story" (made, and replaced, by `story`)."""
    port: int = DEFAULT_PORT
    """Loopback port of `serve`; it stands in the certificates' OCSP address."""
    algorithm: str = "rsa-2048-sha-256"
    """Key algorithm of CAs and cards; "p-384-sha-384" is the coming card's."""
    clock_shift_seconds: int = 0
    """How far this sandbox's legal clock is ahead of the real one; 0 in a home of another purpose (`MAY_SHIFT`)."""
    policy: Mapping[str, str] = field(default_factory=dict)
    """Settings of the rule book; `{"preset": "page"}` for the letter of the municipal page."""
    desk: str = ""
    """Where windows reach the authority: "https://127.0.0.1:PORT", or empty for within the same process."""
    keys: str = ""
    """Where the keys of CAs and responders are: a PKCS #11 URI (RFC 7512), or empty for encrypted files of this home."""
    signer: bool = False
    """Whether they are used in a process of its own (`serve signer`), so that no other can load them."""
    signer_at: str = ""
    """The folder of a signing process with a user of its own (`init --only-signer`); empty: its keys are this home's."""
    signer_user: str = ""
    """The name or number of that user: nobody else is believed at its socket."""
    dual_control: str = ""
    """ "2-of-3": so many of the authority's operators approve what none may do alone, and nothing goes a sandbox's short way."""
    external_lint: str = "off"
    """ "pkilint": every certificate is held against that program's rules too before it is signed; "off": against ours alone."""

    def with_keys_in_hand(self) -> "Settings":
        """Return them for a process that holds the home alone and uses its keys itself; those of another user it asks for."""
        return self if self.signer_at else replace(self, signer=False)

    @property
    def desk_port(self) -> int:
        """Return the port of the desk, 0 if it is within the process."""
        found = DESK.fullmatch(self.desk)
        return int(found[1]) if found else 0


@dataclass(frozen=True)
class Home:
    """An opened home: paths and settings. It holds no connection and no lock."""

    path: Path
    settings: Settings

    @classmethod
    def open(cls, path: Path) -> "Home":
        """Read the marker at `path`; raises `HomeMissing`, `HomeDamaged` or `HomeOfOtherVersion`."""
        found = read_marker(path)
        number = found.pop("format")
        if number != FORMAT:
            raise HomeOfOtherVersion(path=path, found=number, expected=FORMAT)
        return cls.of(path, found)

    @classmethod
    def of(cls, path: Path, found: Mapping[str, Any], marker: str = MARKER) -> "Home":
        """Return the home that a marker's fields, its format left out, describe; raises `HomeDamaged`, which names the marker."""
        try:
            return cls(path.resolve(), _sound(Settings(**found)))
        except (ValueError, TypeError) as error:
            raise HomeDamaged(path=path / marker, reason=f"{type(error).__name__}: {error}") from error

    @classmethod
    def create(cls, path: Path, settings: Settings) -> "Home":
        """Make a new home in an absent or empty folder; raises `HomeNotEmpty`, or `HomeThereAlready`."""
        home = cls.lay_out(path, settings)
        home.save()
        return home

    @classmethod
    def lay_out(cls, path: Path, settings: Settings) -> "Home":
        """Make the folders and secrets of a new home, which `save` makes one that can be opened."""
        require_empty(path)
        path.mkdir(parents=True, exist_ok=True)
        provide(path)
        return cls(path.resolve(), settings)

    def save(self) -> None:
        """Write the marker, whole or not at all."""
        write_marker(
            self.path,
            {
                name: value
                for name, value in asdict(self.settings).items()
                if name not in _NEWER or value != getattr(Settings, name)
            },
        )

    def require_story(self) -> None:
        """Raise `HomeThereAlready` unless this is a story's home, which the next story may replace."""
        if self.settings.purpose != "story":
            raise HomeThereAlready(path=self.path)

    def clock(self) -> Clock:
        """Return the legal clock of this home."""
        return ShiftedClock(timedelta(seconds=self.settings.clock_shift_seconds))

    def policy(self) -> Policy:
        """Return the rulings in force in this home; raises a `Failure` for a setting that does not exist."""
        settings = dict(self.settings.policy)
        return Policy.preset(settings.pop("preset", "national")).with_settings(settings)

    def profiles(self) -> ProfileSet:
        """Return what the certificates of this home look like; their addresses are those of `serve`."""
        algorithm = KeyAlgorithm(self.settings.algorithm)
        return ProfileSet.sandbox(f"http://{LOOPBACK}:{self.settings.port}", algorithm=algorithm)

    def key_names(self) -> frozenset[str]:
        """Return the names of the keys that the authority of this home has."""
        return frozenset(path.stem for path in (self.path / "authority" / "keys").glob("*.pem"))

    @property
    def public(self) -> Path:
        """Return the folder of CA certificates and CRLs that anybody may have."""
        return self.path / "authority" / "public"

    @property
    def status(self) -> Path:
        """Return the folder of a responder's status store."""
        return self.path / "status"

    @property
    def cards(self) -> Path:
        """Return the folder of card images."""
        return self.path / "cards"

    @property
    def story(self) -> Path:
        """Return the folder of the last story."""
        return self.path / "story"


def _sound(settings: Settings) -> Settings:
    """Return settings that people may have edited; raises ValueError with the names of those that cannot be."""
    holds = {
        "purpose": settings.purpose in PURPOSES,
        "port": type(settings.port) is int and settings.port in PORTS,
        "algorithm": settings.algorithm in [algorithm.value for algorithm in KeyAlgorithm],
        "clock_shift_seconds": type(settings.clock_shift_seconds) is int
        and 0 <= settings.clock_shift_seconds <= MAX_SHIFT_SECONDS
        and (settings.clock_shift_seconds == 0 or settings.purpose in MAY_SHIFT),
        "policy": isinstance(settings.policy, dict)
        and all(isinstance(value, str) for value in settings.policy.values()),
        "keys": type(settings.keys) is str and (not settings.keys or token_at(settings.keys) is not None),
        "signer": type(settings.signer) is bool,
        "signer_at": type(settings.signer_at) is str
        and (not settings.signer_at or (settings.signer and settings.signer_at.startswith("/"))),
        "signer_user": type(settings.signer_user) is str and bool(settings.signer_user) == bool(settings.signer_at),
        "dual_control": type(settings.dual_control) is str and DualControl.read(settings.dual_control) is not None,
        "external_lint": settings.external_lint in EXTERNAL_LINTS,
        "desk": not settings.desk or (type(settings.desk) is str and settings.desk_port in PORTS),
    }
    if wrong := [name for name, sound in holds.items() if not sound]:
        raise ValueError(", ".join(wrong))
    return settings
