"""Revocation lists: each newest one by its profile, its row and the journal, and the files that are copies of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from django.db.models import Q

from openjpki.authority.checking.problems import Problem, ProblemKind, linted, problem
from openjpki.authority.checking.stored import BATCH
from openjpki.authority.generations.issuers import in_force
from openjpki.authority.means import Means
from openjpki.authority.models import CrlPublication, Issuer, Revocation
from openjpki.authority.publishing.lists import ListFolder, ListMissing
from openjpki.authority.publishing.partitions import OF_THE_CA, Partition, own_entries, partitions
from openjpki.authority.publishing.publication import newest_list
from openjpki.pki import der
from openjpki.pki.lint.lists import Entry, ListSpecimen, examine_list
from openjpki.pki.lint.times import read_time
from openjpki.rules.kinds import RevocationReason
from openjpki.rules.standing import shown_at

Line = tuple[int, datetime | None, bytes]
"""Serial, moment and crlEntryExtensions as a list has them."""
_REASON_CODE = der.object_identifier("2.5.29.21")
_TICK = timedelta(microseconds=1)


def lists(means: Means, at: datetime) -> Iterator[tuple[int, list[Problem]]]:
    """Check the newest list of every partition; give how many were checked and what was found, one by one."""
    signing = {issuer.pk for issuer in in_force(at)}
    for issuer in Issuer.objects.order_by("kind", "generation"):
        for partition in partitions():
            newest = newest_list(issuer, partition.code)
            if newest is None:
                missing = problem(ProblemKind.LIST_MISSING, f"crl:{issuer}-{partition.code}")
                yield 0, [missing] if issuer.pk in signing else []
                continue
            found = [*_content(means, issuer, partition, newest), *_order(newest)]
            if issuer.pk in signing and newest.next_update <= at:
                found.append(problem(ProblemKind.LIST_STALE, newest, newest.next_update.isoformat()))
            yield 1, found


def folder(means: Means) -> Iterator[Problem]:
    """Check that the public folder holds the CA certificates and newest lists, byte for byte, and nothing else."""
    expected: set[Path] = set()
    for issuer in Issuer.objects.order_by("kind", "generation"):
        path = means.public / "ca" / f"{issuer}.cer"
        expected.add(path)
        yield from _copied(path, bytes(issuer.certificate))
        for partition in partitions():
            newest = newest_list(issuer, partition.code)
            if newest is not None:
                path = means.public / "crl" / f"{issuer}-{partition.code}.crl"
                expected.add(path)
                yield from _same_list(path, newest)
    for kind in ("ca", "crl"):
        for path in sorted((means.public / kind).glob("*")):
            if path not in expected and not path.name.startswith("."):
                yield problem(ProblemKind.FOLDER_STRANGER, f"{kind}/{path.name}")


def _same_list(path: Path, row: CrlPublication) -> Iterator[Problem]:
    """The row says what the public copy is, whatever became of the list's own file."""
    if not path.is_file() or sha256(path.read_bytes()).hexdigest() != row.digest:
        yield problem(ProblemKind.FOLDER_DIFFERS, f"{path.parent.name}/{path.name}")


def _content(means: Means, issuer: Issuer, partition: Partition, row: CrlPublication) -> Iterator[Problem]:
    ca = bytes(issuer.certificate)
    try:
        crl = ListFolder.of(means.lists, issuer, partition.code).read(row)
    except ListMissing:
        crl = b""
    if sha256(crl).hexdigest() != row.digest:
        yield problem(ProblemKind.LIST_FILE, row)
        return
    found = examine_list(means.profiles, crl, issuer=ca, municipality=partition.municipality)
    yield from linted(ProblemKind.LIST_LINT, row, found)
    try:
        specimen = ListSpecimen.of(means.profiles, ca, partition.municipality, crl)
        said = {
            "number": specimen.value("number") == der.integer(row.number),
            "this_update": read_time(specimen.this_update) == row.this_update,
            "next_update": read_time(specimen.next_update) == row.next_update,
            "entries": sum(1 for _ in specimen.entries()) == row.entries,
        }
    except der.NotDer:
        return
    yield from (problem(ProblemKind.LIST_ROW, row, name) for name, fits in said.items() if not fits)
    yield from _entries(row, specimen)


def _order(row: CrlPublication) -> Iterator[Problem]:
    """A list of a smaller number is never dated later (RFC 5280 §5.2.3)."""
    smaller = CrlPublication.objects.filter(issuer=row.issuer, municipality=row.municipality, number__lt=row.number)
    if smaller.filter(this_update__gt=row.this_update).exists():
        yield problem(ProblemKind.LIST_ORDER, row)


def _entries(row: CrlPublication, specimen: ListSpecimen) -> Iterator[Problem]:
    """Walk journal and list side by side, both by serial: whatever shows in one shows in the other."""
    told = _lines(specimen.entries())
    line = next(told, None)
    for serial, before, until in _known(row):
        while line is not None and line[0] < serial:
            yield problem(ProblemKind.LIST_ENTRIES, row, line[0])
            line = next(told, None)
        if line is not None and line[0] == serial:
            if line not in {before, until}:
                yield problem(ProblemKind.LIST_ENTRIES, row, serial)
            line = next(told, None)
        elif before is not None and until is not None:
            yield problem(ProblemKind.LIST_ENTRIES, row, serial)
    while line is not None:
        yield problem(ProblemKind.LIST_ENTRIES, row, line[0])
        line = next(told, None)


def _known(row: CrlPublication) -> Iterator[tuple[int, Line | None, Line | None]]:
    """Give each serial with what showed right before the list's moment, and at it: in that second either is right.

    An entry leaves after it stood once in a list past its expiry (RFC 5280 §3.3).
    """
    at = row.this_update
    if row.municipality == OF_THE_CA:
        for entry in own_entries(row.issuer, at):
            yield entry.serial, _own_line(row.issuer, at - _TICK), _own_line(row.issuer, at)
        return
    rows = Revocation.objects.filter(
        issuer=row.issuer, issuing_municipality=row.municipality, visible_at__lte=at
    ).order_by("serial", "pk")
    previous = CrlPublication.objects.filter(
        issuer=row.issuer, municipality=row.municipality, number__lt=row.number
    ).order_by("-number")
    last = previous.values_list("this_update", flat=True).first()
    if last is not None:
        rows = rows.exclude(Q(expires_at__lt=last, visible_at__lte=last))
    for serial, of_one in groupby(rows.iterator(chunk_size=BATCH), key=lambda one: one.serial):
        journal = list(of_one)
        yield serial, _line(serial, journal, at - _TICK), _line(serial, journal, at)


def _line(serial: int, journal: list[Revocation], at: datetime) -> Line | None:
    shown = shown_at(journal, at)
    return None if shown is None else _as_listed(serial, shown.revoked_at, shown.reason)


def _own_line(issuer: Issuer, at: datetime) -> Line | None:
    entry = next(own_entries(issuer, at), None)
    return None if entry is None else _as_listed(*entry)


def _as_listed(serial: int, revoked_at: datetime, reason: RevocationReason) -> Line:
    said = b""
    if reason is not RevocationReason.UNSPECIFIED:
        said = der.sequence(der.extension(_REASON_CODE, der.integer(reason.code, der.ENUMERATED)))
    return (serial, revoked_at.replace(microsecond=0), said)


def _lines(entries: Iterator[Entry]) -> Iterator[Line]:
    for entry in entries:
        yield int.from_bytes(entry.serial, "big"), read_time(entry.revoked_at), entry.extensions


def _copied(path: Path, content: bytes) -> Iterator[Problem]:
    if not path.is_file() or path.stat().st_size != len(content) or path.read_bytes() != content:
        yield problem(ProblemKind.FOLDER_DIFFERS, f"{path.parent.name}/{path.name}")
