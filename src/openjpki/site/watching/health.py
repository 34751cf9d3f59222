"""Whether a home can do its work now: asked by `/readyz` and by `openjpki status`. No personal data."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from shutil import disk_usage

from django.db import DatabaseError, connections

from openjpki.authority.control.in_force import control_in_force
from openjpki.authority.generations.issuers import NoIssuer, in_force, issuing
from openjpki.errors import Failure
from openjpki.rules.kinds import CertificateKind
from openjpki.site.clock import real_moment
from openjpki.site.house import House
from openjpki.site.keeping.integrity import tables_current
from openjpki.site.settings import ROLES
from openjpki.site.watching import figures, upkeep_notes

LEAST_FREE = 64 * 1024 * 1024
"""Bytes that must be free: less than this and the next lists may not be written."""
PROBE = ".probe"
_OUTBOX_PATIENCE = timedelta(hours=1)
"""A message that waits longer is told as a warning: the authority does not answer, or refuses a fact."""

_SEAL_PATIENCE = timedelta(hours=1)
"""A row that stands unsealed longer is told as a warning: `serve` seals every ten minutes."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check found."""

    sound: bool
    figures: Mapping[str, int | float | str] = field(default_factory=dict)
    """Numbers and codes that say more."""
    warning: bool = False
    """Sound, but somebody should look."""


@dataclass(frozen=True, kw_only=True)
class Health:
    """All findings, by the names of their checks."""

    findings: Mapping[str, Finding]

    @property
    def ready(self) -> bool:
        """Say whether every check is sound."""
        return all(finding.sound for finding in self.findings.values())

    def as_data(self) -> dict[str, object]:
        """Return it as JSON-ready data."""
        checks = {
            name: {"sound": finding.sound, "warning": finding.warning} | dict(finding.figures)
            for name, finding in self.findings.items()
        }
        return {"ready": self.ready, "checks": checks}


def databases(_: House, __: datetime) -> Finding:
    """Every role's database answers."""
    for role in ROLES:
        with connections[role].cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    return Finding(sound=True)


def tables(house: House, _: datetime) -> Finding:
    """Every database has exactly this version's tables."""
    wrong = tables_current(house)
    return Finding(sound=not wrong, figures={"differences": len(wrong)})


def control(house: House, _: datetime) -> Finding:
    """The home's settings say no less than what was done under dual control (`authority.control.left-out`)."""
    found = control_in_force(house.authority)
    return Finding(sound=True, figures={"required": found.required if found.strict else 0})


def keys(house: House, now: datetime) -> Finding:
    """The key of every CA in force can be used; a warning if none of a kind issues, while its lists and answers go on (R-5.10)."""
    issuers = in_force(now)
    for issuer in issuers:
        house.authority.keys.signer(issuer.key_name)
    told: dict[str, int | float | str] = {"in_force": len(issuers)}
    silent = [kind.value for kind in CertificateKind if not _issued(kind, now)]
    if silent:
        told["nobody_issues"] = "+".join(silent)
    return Finding(sound=bool(issuers), warning=bool(silent), figures=told)


def _issued(kind: CertificateKind, now: datetime) -> bool:
    try:
        issuing(kind, now)
    except NoIssuer:
        return False
    return True


def lists(_: House, now: datetime) -> Finding:
    """Every partition has a list that is valid now; a warning if one should have been renewed by now."""
    found = figures.lists(now)
    told: dict[str, int | float | str] = {
        "lists": len(found),
        "run_out": sum(one.left_seconds <= 0 for one in found),
        "late": sum(one.is_late for one in found),
    }
    first = min(found, key=lambda one: one.left_seconds, default=None)
    if first is not None:
        told |= {"next_update_seconds": int(first.left_seconds), "first": f"{first.issuer}-{first.municipality}"}
    return Finding(sound=not told["run_out"], warning=bool(told["late"]), figures=told)


def disk(house: House, _: datetime) -> Finding:
    """The home can be written to, and there is room."""
    probe = house.home.path / f"{PROBE}.{threading.get_ident()}"
    try:
        probe.write_bytes(b"probe")
    finally:
        probe.unlink(missing_ok=True)
    free = disk_usage(house.home.path).free
    return Finding(sound=free >= LEAST_FREE, figures={"free_bytes": free})


def outbox(_: House, now: datetime) -> Finding:
    """What waits for the authority; that something waits is no fault of this home."""
    found = figures.outbox(now)
    late = found.oldest_seconds > _OUTBOX_PATIENCE.total_seconds()
    counts = {
        "waiting": found.waiting,
        "oldest_seconds": int(found.oldest_seconds),
        "refused": found.refused,
        "paused": found.paused,
    }
    return Finding(sound=True, warning=late or found.refused > 0, figures=counts)


def orders(_: House, now: datetime) -> Finding:
    """Open orders, by age; one that is older than a week waits for `authority resume`, which ends it (R-5.11)."""
    found = figures.open_orders(now)
    return Finding(sound=True, warning=found[figures.OLDER] > 0, figures=found)


def records(_: House, __: datetime) -> Finding:
    """Rows of the audit records that no seal protects yet."""
    found = figures.records(real_moment()).values()
    oldest = max(one.oldest_seconds for one in found)
    told = {"unsealed": sum(one.unsealed for one in found), "oldest_seconds": int(oldest)}
    return Finding(sound=True, warning=oldest > _SEAL_PATIENCE.total_seconds(), figures=told)


def upkeep(house: House, _: datetime) -> Finding:
    """What the upkeep of the last `serve` did."""
    notes = upkeep_notes.read(house.home.path)
    since = 0
    if notes.succeeded_at:
        since = int((real_moment() - datetime.fromisoformat(notes.succeeded_at)).total_seconds())
    told = {"rounds": notes.rounds, "failures": notes.failures, "succeeded_seconds_ago": since}
    return Finding(sound=True, warning=notes.failures > 0, figures=told)


CHECKS: Mapping[str, Callable[[House, datetime], Finding]] = {
    "databases": databases,
    "tables": tables,
    "control": control,
    "keys": keys,
    "lists": lists,
    "disk": disk,
    "outbox": outbox,
    "orders": orders,
    "records": records,
    "upkeep": upkeep,
}
"""In the order in which they are asked."""


def look(house: House) -> Health:
    """Ask every check at the home's own moment; one that cannot be answered is not sound, and says why by a code."""
    now = house.clock()
    return Health(findings={name: _asked(check, house, now) for name, check in CHECKS.items()})


def _asked(check: Callable[[House, datetime], Finding], house: House, now: datetime) -> Finding:
    try:
        return check(house, now)
    except Failure as failure:
        return Finding(sound=False, figures={"code": failure.code})
    except DatabaseError:
        return Finding(sound=False, figures={"code": "home.database-silent"})
    except OSError:
        return Finding(sound=False, figures={"code": "storage.failed"})
