"""The profiles of a home, looked at: recorded or not, and what our own rules, pkilint and OpenSSL say of their specimens."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openjpki.authority.generations.profile_records import code_digest, differing, recorded_digest
from openjpki.authority.means import Means
from openjpki.pki.lint import external
from openjpki.pki.lint.finding import Findings
from openjpki.pki.profiles import Profile
from openjpki.pki.specimens import ProfileSpecimen, profile_digests, specimens

_SECONDS: Final = 30.0
"""How long OpenSSL may take to read one certificate."""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was found about one profile."""

    profile: Profile
    digest: str
    as_recorded: bool
    own: Findings
    pkilint: Findings | None
    """None: it is not installed."""
    openssl: bool | None
    """Whether it reads the specimens; None: it is not installed."""

    @property
    def sound(self) -> bool:
        """Say whether nobody who was asked found anything."""
        return not self.own and not self.pkilint and self.openssl is not False


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found about all profiles."""

    recorded: str
    """The recorded digest; empty before the first generation."""
    digest: str
    """What this version, with the home's settings, makes."""
    profiles: tuple[Looked, ...]

    @property
    def sound(self) -> bool:
        """Say whether every specimen passes, and every profile is as recorded."""
        return all(one.sound and one.as_recorded for one in self.profiles)


def look(means: Means) -> Report:
    """Look at every profile; nothing is written."""
    changed, made = differing(means), specimens(means.profiles)
    return Report(
        recorded=recorded_digest(),
        digest=code_digest(means),
        profiles=tuple(
            _looked(means, profile, some, as_recorded=profile not in changed) for profile, some in made.items()
        ),
    )


def write_out(means: Means, folder: Path) -> tuple[Path, ...]:
    """Write the specimens into a folder, to be looked at with any program: PROFILE-NUMBER.cer, DER."""
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_written(folder, specimens(means.profiles)))


def _written(folder: Path, made: Mapping[Profile, tuple[ProfileSpecimen, ...]]) -> Iterator[Path]:
    for profile, some in made.items():
        for number, one in enumerate(some, start=1):
            path = folder / f"{profile.value}-{number}.cer"
            path.write_bytes(one.certificate)
            yield path


def _looked(means: Means, profile: Profile, some: tuple[ProfileSpecimen, ...], *, as_recorded: bool) -> Looked:
    other = external.found_here()
    return Looked(
        profile=profile,
        digest=profile_digests(means.profiles)[profile],
        as_recorded=as_recorded,
        own=Findings(finding for one in some for finding in one.findings()),
        pkilint=None if other is None else Findings(found for one in some for found in one.outside(other)),
        openssl=_all_read(some),
    )


def _all_read(some: tuple[ProfileSpecimen, ...]) -> bool | None:
    openssl = shutil.which("openssl")
    return None if openssl is None else all(_reads(openssl, one.certificate) for one in some)


def _reads(openssl: str, certificate: bytes) -> bool:
    """Say whether OpenSSL prints a certificate, extensions and all."""
    done = subprocess.run(  # noqa: S603  -- a fixed program and our own words
        [openssl, "x509", "-inform", "DER", "-noout", "-text"],
        input=certificate,
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    return done.returncode == 0 and b"X509v3 extensions" in done.stdout
