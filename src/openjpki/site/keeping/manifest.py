"""The manifest of a backup: what it is of, and every member with its size and hash.

A backup is a gzip-compressed tar. Its first member is the manifest, JSON; the others are files of the home below
`home/`, and one database of each role below `databases/`. Nothing else is in it: no folder, no link, no device.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from openjpki.errors import Failure, Kind

FORMAT = 1
"""The version of this layout."""
NAME = "manifest.json"
HOME = "home/"
DATABASES = "databases/"
MAX_MANIFEST = 64 * 1024 * 1024
"""Bytes; a member takes about 150, so this holds some 400,000 files."""
LONGEST_NAME = 100
"""Bytes of a name in a tar header; longer ones would need members that are no files."""
ENGINES = ("sqlite", "postgresql")
MODES = {"private": 0o600, "public": 0o644}
"""The only modes a file of a home may have."""
_DIGEST = 64


class ManifestUnsound(Failure):
    """The manifest is missing or cannot be read as ours."""

    code = "restore.manifest-unsound"
    kind = Kind.REFUSED
    ja = "バックアップの目録を読めません({reason})。何も復元していません。"
    en = "The backup's manifest cannot be read ({reason}). Nothing was restored."


class BackupOfOtherVersion(Failure):
    """The backup was made by a later version."""

    code = "restore.other-version"
    kind = Kind.REFUSED
    ja = "このバックアップは別の版の OpenJPKI(形式 {found})のものです。この版が扱えるのは {expected} までです。何も復元していません。"
    en = "The backup is of another version of OpenJPKI (format {found}); this one reads up to {expected}. Nothing was restored."


class MemberRefused(Failure):
    """A member that no backup of ours has: a path that leads elsewhere, a link, a device, a second one of a name."""

    code = "restore.member-refused"
    kind = Kind.REFUSED
    ja = "バックアップに受け入れられない項目「{name}」があります({reason})。何も復元していません。"
    en = 'The backup has a member "{name}" that is not accepted ({reason}). Nothing was restored.'


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of a backup."""

    name: str
    mode: str
    """A key of `MODES`."""
    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    version: str
    """The version of OpenJPKI that made it."""
    home_format: int
    engine: str
    """A word of `ENGINES`: what the databases are dumps of."""
    taken_at: datetime
    """The real moment at which the backup began, UTC: what the home did later may be missing."""
    legal_at: datetime
    """The same moment on the home's own clock."""
    members: tuple[Member, ...]
    left_out: tuple[str, ...] = ()
    """Links and the like, which lead out of the home: to be kept by other means."""
    format: int = FORMAT

    def __bytes__(self) -> bytes:
        """Return the JSON form."""
        data = asdict(self) | {"taken_at": self.taken_at.isoformat(), "legal_at": self.legal_at.isoformat()}
        return json.dumps(data, ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_bytes(cls, raw: bytes, newest_home: int) -> "Manifest":
        """Read a manifest; raises `ManifestUnsound`, `BackupOfOtherVersion`, `MemberRefused`.

        `newest_home` is the format of homes that this version makes; older ones are upgraded on the way.
        """
        try:
            data: dict[str, Any] = json.loads(raw)
            known = data["format"]
            if known != FORMAT:
                raise BackupOfOtherVersion(found=known, expected=FORMAT)
            made = cls(
                **data
                | {name: datetime.fromisoformat(data[name]) for name in ("taken_at", "legal_at")}
                | {
                    "members": tuple(Member(**member) for member in data["members"]),
                    "left_out": tuple(data["left_out"]),
                }
            )
            _check(made)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ManifestUnsound(reason=type(error).__name__) from error
        if not 1 <= made.home_format <= newest_home:
            raise BackupOfOtherVersion(found=made.home_format, expected=newest_home)
        return made

    def by_name(self) -> Mapping[str, Member]:
        """Return name → member."""
        return {member.name: member for member in self.members}


def _check(made: Manifest) -> None:
    """Raise ValueError or `MemberRefused` for what a hand has written."""
    sound = (
        type(made.home_format) is int
        and made.engine in ENGINES
        and made.taken_at.tzinfo is not None
        and made.legal_at.tzinfo is not None
        and all(type(name) is str for name in made.left_out)
        and all(_sound(member) for member in made.members)
    )
    if not sound:
        raise ValueError
    seen: set[str] = set()
    for member in made.members:
        check_name(member.name)
        if member.name in seen:
            raise MemberRefused(name=member.name, reason="twice")
        seen.add(member.name)
    for name in seen:
        parts = name.split("/")
        if any("/".join(parts[:end]) in seen for end in range(1, len(parts))):
            raise MemberRefused(name=name, reason="below a file")


def _sound(member: Member) -> bool:
    return (
        type(member.name) is str
        and member.mode in MODES
        and type(member.size) is int
        and member.size >= 0
        and type(member.sha256) is str
        and len(member.sha256) == _DIGEST
    )


def check_name(name: str) -> None:
    """Raise `MemberRefused` unless the name stays inside a home or names a database."""
    parts = name.split("/")
    if not name.startswith((HOME, DATABASES)):
        raise MemberRefused(name=name, reason="elsewhere")
    if any(part in {"", ".", ".."} for part in parts) or not name.isprintable() or "\\" in name:
        raise MemberRefused(name=name, reason="path")
    if len(name.encode(errors="replace")) > LONGEST_NAME:
        raise MemberRefused(name=name[:LONGEST_NAME], reason="length")
