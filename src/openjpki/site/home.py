"""A home: the folder in which one installation lives, its marker file, its lock and its secrets.

```
openjpki.json        format, purpose, port, settings of this home
lock                 held shared by `serve` and by commands, exclusively by `story` and `init`
secret               Django's signing key (0600)
authority/           db.sqlite3, audit.key, passphrase (0600), keys/ (encrypted), public/ca, public/crl, desk-ca/ (0600)
window/desk/CODE/    the desk keys of a municipality and its officers (0600)
window/  staff/      db.sqlite3, audit.key (0600, as in authority/: it holds personal data)
audit/               ROLE.pem, ROLE.head: public key and last head of each role's sealed record
cards/               NAME.card (0600)
story/               transcript and artefacts of the last story
```
"""

import fcntl
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.policy import Policy
from openjpki.site.clock import Clock, ShiftedClock
from openjpki.site.private import write_private
from openjpki.site.provisions import provide

FORMAT = 2
"""The version of a home's layout and tables. Another number belongs to another version of OpenJPKI."""
MARKER = "openjpki.json"
PURPOSES = frozenset({"sandbox", "story"})
MAY_SHIFT = frozenset({"sandbox", "story"})
"""Purposes whose legal clock may be shifted: no CA of another kind of home ever signs at a shifted moment."""
FOUNDING = "openjpki.founding"
"""Stands in the marker's place while a home is made: what is beside it then is ours, and the next making clears it away."""
LOCK = "lock"
DESK = re.compile(r"https://127\.0\.0\.1:([1-9][0-9]{0,4})")
"""The address of a desk over HTTPS: a sandbox speaks on loopback only."""
DEFAULT_DESK_PORT = 8781
DEFAULT_PORT = 8780
PORTS = range(1, 2**16)
MAX_SHIFT_SECONDS = 36_525 * 86_400
"""A century: no question about the rules reaches farther; a typing error does."""
_MAX_MARKER = 64 * 1024
"""Bytes of a home's marker file; one has under 1 kB."""


class HomeMissing(Failure):
    """There is no home at this place."""

    code = "home.missing"
    kind = Kind.UNAVAILABLE
    ja = "{path} に OpenJPKI のホームがありません。`openjpki init` か `openjpki story` で作れます。"
    en = "There is no OpenJPKI home at {path}. Make one with `openjpki init` or `openjpki story`."


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


class HomeDamaged(Failure):
    """The marker file cannot be read as ours."""

    code = "home.damaged"
    kind = Kind.UNAVAILABLE
    ja = "{path} を読めません({reason})。中身は変更していません。"
    en = "{path} cannot be read ({reason}). Nothing was changed."


class HomeInUse(Failure):
    """Another process works in this home."""

    code = "home.in-use"
    kind = Kind.UNAVAILABLE
    ja = "{path} は別の処理が使用中です(`serve` や `story`)。それを終えてから実行するか、--home で別の場所を指定してください。"
    en = "{path} is in use by another process (`serve` or `story`). Let it end first, or choose another --home."


class HomeNotEmpty(Failure):
    """A folder that is not ours must not be filled or replaced."""

    code = "home.not-empty"
    kind = Kind.REFUSED
    ja = "{path} には別の内容があります。上書きしません。--home で空の場所を指定してください。"
    en = "{path} holds something else, which will not be overwritten. Choose an empty place with --home."


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
    def of(cls, path: Path, found: Mapping[str, Any]) -> "Home":
        """Return the home that a marker's fields, its format left out, describe; raises `HomeDamaged`."""
        try:
            return cls(path.resolve(), _sound(Settings(**found)))
        except (ValueError, TypeError) as error:
            raise HomeDamaged(path=path / MARKER, reason=f"{type(error).__name__}: {error}") from error

    @classmethod
    def create(cls, path: Path, settings: Settings) -> "Home":
        """Make a new home in an absent or empty folder; raises `HomeNotEmpty`."""
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
        write_marker(self.path, asdict(self.settings))

    def require_story(self) -> None:
        """Raise `HomeNotEmpty` unless this is a story's home, which the next story may replace."""
        if self.settings.purpose != "story":
            raise HomeNotEmpty(path=self.path)

    def clock(self) -> Clock:
        """Return the legal clock of this home."""
        return ShiftedClock(timedelta(seconds=self.settings.clock_shift_seconds))

    def policy(self) -> Policy:
        """Return the rulings in force in this home; raises a `Failure` for a setting that does not exist."""
        settings = dict(self.settings.policy)
        return Policy.preset(settings.pop("preset", "national")).with_settings(settings)

    def key_names(self) -> frozenset[str]:
        """Return the names of the keys that the authority of this home has."""
        return frozenset(path.stem for path in (self.path / "authority" / "keys").glob("*.pem"))

    @property
    def public(self) -> Path:
        """Return the folder of CA certificates and CRLs that anybody may have."""
        return self.path / "authority" / "public"

    @property
    def cards(self) -> Path:
        """Return the folder of card images."""
        return self.path / "cards"

    @property
    def story(self) -> Path:
        """Return the folder of the last story."""
        return self.path / "story"


def read_marker(path: Path, name: str = MARKER) -> dict[str, Any]:
    """Read a home's marker, of whatever format; raises `HomeMissing` or `HomeDamaged`."""
    marker = path / name
    try:
        text = marker.read_bytes()[: _MAX_MARKER + 1]
    except (FileNotFoundError, NotADirectoryError):
        raise HomeMissing(path=path) from None
    except OSError as error:
        raise HomeDamaged(path=marker, reason=error.strerror) from error
    try:
        found: dict[str, Any] = json.loads(text)
        if type(found["format"]) not in {int, str}:
            raise TypeError(type(found["format"]).__name__)  # noqa: TRY301  -- told with the other ways to be no marker
    except (ValueError, KeyError, TypeError) as error:
        raise HomeDamaged(path=marker, reason=f"{type(error).__name__}: {error}") from error
    return found


def write_marker(path: Path, fields: Mapping[str, Any]) -> None:
    """Write the marker of a home of this format, whole or not at all; a home that is being made is one from then on."""
    text = json.dumps({"format": FORMAT} | dict(fields), ensure_ascii=False, indent=2).encode()
    founding = path / FOUNDING
    if not founding.exists():
        write_private(path / MARKER, text)
        return
    write_private(founding, text)
    founding.replace(path / MARKER)


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
        "desk": not settings.desk or (type(settings.desk) is str and settings.desk_port in PORTS),
    }
    if wrong := [name for name, sound in holds.items() if not sound]:
        raise ValueError(", ".join(wrong))
    return settings


def require_empty(path: Path) -> None:
    """Raise `HomeNotEmpty` unless nothing is at `path`, or a folder with a lock alone, or with a home cut off while made."""
    if not path.exists() or half_made(path):
        return
    if not path.is_dir() or any(entry.name != LOCK for entry in path.iterdir()):
        raise HomeNotEmpty(path=path)


def half_made(path: Path) -> bool:
    """Say whether the making of a home was cut off here."""
    return (path / FOUNDING).exists() and not (path / MARKER).exists()


@contextmanager
def founding(path: Path) -> Iterator[None]:
    """Hold the place of a home that is made while the block runs, under its lock; raises `HomeNotEmpty`.

    Whatever ends the block before the marker stands leaves an empty folder; after SIGKILL the next founding clears it.
    """
    require_empty(path)
    clear(path)
    write_private(path / FOUNDING, b"")
    try:
        yield
    except BaseException:
        if half_made(path):
            clear(path)
        raise


def clear(path: Path) -> None:
    """Empty a folder, the lock excepted. The marker goes last: until then it is known whose the rest is."""
    entries = sorted(path.iterdir(), key=lambda entry: entry.name in {MARKER, FOUNDING})
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != LOCK:
            entry.unlink()


@contextmanager
def locked(path: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold a home's lock while the block runs; raises `HomeInUse` at once if another process holds it."""
    path.mkdir(parents=True, exist_ok=True)
    with (path / LOCK).open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeInUse(path=path) from None
        yield
