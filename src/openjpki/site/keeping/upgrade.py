"""Bringing a home of an earlier format up to this one's: a backup, each step in its order, and the marker last.

Every step changes nothing when it is repeated, so that an upgrade that was cut off is run again. Until the marker is
written the home stays of its old format, and every other command refuses it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openjpki.site.home import Home, HomeOfOtherVersion
from openjpki.site.keeping.backup import Taken, take_backup
from openjpki.site.opening import assemble, start_django, told_of_databases
from openjpki.site.place import FORMAT, MARKER, HomeDamaged, locked, read_marker, write_marker
from openjpki.site.provisions import provide


def provide_what_lacks(home: Home) -> None:
    """Give the home the folders and secrets that it lacks."""
    provide(home.path)


def migrate_tables(_: Home) -> None:
    """Bring the tables of all roles up to date."""
    from openjpki.site.migration import migrate

    migrate()


def bring_up_cards(home: Home) -> None:
    """Bring the image of each card in the home up to the present form."""
    from openjpki.site.keeping.cards import bring_up_all

    bring_up_all(assemble(home))


def seal_records(home: Home) -> None:
    """Seal what each role recorded so far: rows of earlier versions become the beginning of the chain."""
    for ledger in assemble(home).ledgers:
        ledger.seal()


def record_profiles(home: Home) -> None:
    """Record the profiles by which the home issues from now on: earlier versions recorded none."""
    from openjpki.authority.acts import act, authority_at
    from openjpki.authority.generations.profile_records import differing, newest, record
    from openjpki.authority.moments import moment

    authority = assemble(home).authority
    if newest() is None and differing(authority):
        at = moment(authority)
        with act():
            record(authority, authority_at(at), because="upgrade")


@dataclass(frozen=True)
class Step:
    """One thing that the homes of a format have and those before it lack."""

    name: str
    run: Callable[[Home], None]
    """Gives it to the home; repeating it changes nothing."""


UPGRADES: tuple[tuple[int, tuple[Step, ...]], ...] = (
    (
        2,
        (
            Step("provisions", provide_what_lacks),
            Step("tables", migrate_tables),
            Step("cards", bring_up_cards),
            Step("records", seal_records),
        ),
    ),
    (3, (Step("tables", migrate_tables),)),
    (4, (Step("provisions", provide_what_lacks), Step("cards", bring_up_cards))),
    (5, (Step("provisions", provide_what_lacks), Step("tables", migrate_tables), Step("profiles", record_profiles))),
)
"""Format → what leads to it from the one before, in the order in which it is done."""


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """What an upgrade did."""

    found: int
    """The format that the home had."""
    steps: tuple[str, ...]
    backup: Taken | None
    """None if there was nothing to do, or it was not wanted."""


def nothing(_: str) -> None:
    """Be no checkpoint: outside tests nothing happens between two steps."""


def bring_up(home: Home, found: int, checkpoint: Callable[[str], None] = nothing) -> tuple[str, ...]:
    """Take every step from a format to this one's and return their names; the marker is the caller's.

    Django stands on this home, and the caller holds it alone. `checkpoint` is called after each step.
    """
    done: list[str] = []
    for number, steps in UPGRADES:
        for step in steps if number > found else ():
            step.run(home)
            done.append(f"{number}-{step.name}")
            checkpoint(done[-1])
    return tuple(done)


def upgrade(path: Path, now: datetime, *, backup: Path | None, checkpoint: Callable[[str], None] = nothing) -> Upgraded:
    """Upgrade the home at a path, which is held alone meanwhile; a home of this format is left as it is.

    `backup` is the file the home is saved to before anything changes; None saves nothing. `now` is the real moment.
    Raises `HomeMissing`, `HomeDamaged`, `HomeOfOtherVersion` for a later format, `HomeInUse`, and what a backup raises.
    """
    _format_of(path)  # asked before a lock is left in a folder that is not ours
    with locked(path, exclusive=True), told_of_databases():
        found = _format_of(path)
        if found == FORMAT:
            return Upgraded(found=found, steps=(), backup=None)
        start_django(path)
        saved = _saved(path, found, now, backup)
        checkpoint("backup")
        steps = bring_up(_settled(path), found, checkpoint)
        write_marker(path, fields_of(read_marker(path)))
    return Upgraded(found=found, steps=steps, backup=saved)


def beside(path: Path, now: datetime) -> Path:
    """Return where the backup before an upgrade goes if nobody says: beside the home, named by its moment."""
    home = path.resolve()
    return home.with_name(f"{home.name}-before-format-{FORMAT}-{now:%Y%m%dT%H%M%SZ}.tar.gz")


def fields_of(marker: Mapping[str, Any]) -> dict[str, Any]:
    """Return a marker's fields without its format."""
    return {name: value for name, value in marker.items() if name != "format"}


def _saved(path: Path, found: int, now: datetime, backup: Path | None) -> Taken | None:
    if backup is None:
        return None
    shift = _settled(path).settings.clock_shift_seconds
    return take_backup(path, backup, home_format=found, taken_at=now, legal_at=now + timedelta(seconds=shift))


def _settled(path: Path) -> Home:
    """Return the home at a path, of whatever format it is."""
    return Home.of(path, fields_of(read_marker(path)))


def _format_of(path: Path) -> int:
    """Return a home's format; raises `HomeOfOtherVersion` for one that no earlier version made."""
    found = read_marker(path)["format"]
    if type(found) is not int:
        raise HomeDamaged(path=path / MARKER, reason="format")
    if not 1 <= found <= FORMAT:
        raise HomeOfOtherVersion(path=path, found=found, expected=FORMAT)
    return found
