"""Revocation lists and CA certificates go out, one partition after the other: the row is the truth, public files are copies.

A partition is an issuer key and a municipality, or the CA's own certificate (`partitions`). Its publisher holds its lease (`lists`) while it reads the
entries, signs, writes the list under its number and commits the row, and gives it back after the public file has changed.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db.models import Q

from openjpki.audit.record import Fact
from openjpki.authority.acts import act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.durable import PUBLIC, sweep, write_whole
from openjpki.authority.generations.issuers import in_force
from openjpki.authority.means import Means
from openjpki.authority.models import CrlPublication, GenerationEnd, Issuer, Revocation
from openjpki.authority.publishing.lists import ListFolder, ListMissing
from openjpki.authority.publishing.partitions import Partition, own_entries, partitions
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.pki.crl import EntryStream, ListFrame, RevokedEntry, frame_of
from openjpki.rules.standing import shown_at

ENTRIES_AT_ONCE = 5000
"""Rows of the journal in memory at a time."""


def publish(means: Means, at: datetime, *, skipping: int = 0) -> tuple[CrlPublication, ...]:
    """Publish the CA certificates and a new list of every partition, each as soon as it is signed.

    `skipping` is how many numbers each partition leaves out first, those of lists that a restored home lost. A partition
    whose list cannot be made keeps no other waiting; the first such refusal is raised at the end. What is unavailable,
    as a key or the disk, is so for all, and raised at once.
    """
    _show_certificates(means)
    published: list[CrlPublication] = []
    refusals: list[Failure] = []
    for issuer in in_force(at):
        for partition in partitions():
            try:
                published.append(_publish_list(means, issuer, partition, at, skipping))
            except Failure as failure:
                if failure.kind is Kind.UNAVAILABLE:
                    raise
                refusals.append(failure)
    if refusals:
        raise refusals[0]
    means.checkpoint(Checkpoint.FOLDER_COMPLETE)
    return tuple(published)


def publish_last(means: Means, issuer: Issuer, at: datetime) -> None:
    """Publish the last lists of a generation that is terminated."""
    _show_certificates(means)
    for partition in partitions():
        _publish_list(means, issuer, partition, at, 0, last=True)
    means.checkpoint(Checkpoint.FOLDER_COMPLETE)


def write_out(means: Means) -> None:
    """Bring the public folder up to date with the rows, each file whole; repeats harmlessly.

    Run after a crash it completes what the crash left undone, and sweeps what lies about. A list whose file is lost
    leaves the public one as it is: the next publication mends both.
    """
    _show_certificates(means)
    for issuer in Issuer.objects.order_by("pk"):
        for partition in partitions():
            folder = ListFolder.of(means.lists, issuer, partition.code)
            if newest_list(issuer, partition.code) is None and not folder.path.exists():
                continue
            with folder.leased():
                newest = newest_list(issuer, partition.code)
                folder.keep(newest.number if newest else 0)
                if newest is not None:
                    _show(means, folder, newest)
    means.checkpoint(Checkpoint.FOLDER_COMPLETE)


def newest_list(issuer: Issuer, municipality: str) -> CrlPublication | None:
    """Return the newest list of a partition by its code, None before the first; its octets are in its file."""
    lists = CrlPublication.objects.filter(issuer=issuer, municipality=municipality)
    return lists.defer("crl").order_by("-number").first()


def _publish_list(
    means: Means, issuer: Issuer, partition: Partition, at: datetime, skipping: int, *, last: bool = False
) -> CrlPublication:
    """Sign one list, commit it with the next number of its partition (RFC 5280 §5.2.3), and show it.

    A list is never older than the one before it, whatever the clock says: what was shown as ended stays shown. Behind a
    `last` one, valid until the CA's own end, none comes that would run out before it.
    """
    folder = ListFolder.of(means.lists, issuer, partition.code)
    with folder.leased():
        previous = newest_list(issuer, partition.code)
        folder.keep(previous.number if previous else 0)
        if previous is not None and not last and _is_last(issuer, previous):
            return previous
        publication = CrlPublication(
            issuer=issuer,
            municipality=partition.code,
            number=(previous.number if previous else 0) + skipping + 1,
            this_update=max(at, previous.this_update) if previous else at,
        )
        _sign(means, folder, publication, partition, previous, last=last)
        means.checkpoint(Checkpoint.LIST_WRITTEN)
        with act():
            publication.save(force_insert=True)
            data: dict[str, Fact] = {
                "number": publication.number,
                "entries": publication.entries,
                "sha256": publication.digest,
            }
            authority_at(publication.this_update).note(Verb.CRL_PUBLISHED, f"crl:{folder.partition}", data)
        means.checkpoint(Checkpoint.LIST_COMMITTED)
        _show(means, folder, publication)
        folder.keep(publication.number)
    return publication


def _is_last(issuer: Issuer, newest: CrlPublication) -> bool:
    """Tell, under the lease, whether a partition has the last list of a generation that was terminated meanwhile."""
    terminated = Issuer.objects.filter(pk=issuer.pk, ended_because=GenerationEnd.TERMINATION.value)
    return newest.next_update == issuer.not_after and terminated.exists()


def _sign(
    means: Means,
    folder: ListFolder,
    publication: CrlPublication,
    partition: Partition,
    previous: CrlPublication | None,
    *,
    last: bool,
) -> None:
    """Write a list under its number, and say of it what only then is known. No transaction is open meanwhile."""
    issuer, at = publication.issuer, publication.this_update
    signer = means.keys.signer(issuer.key_name)

    def frame() -> ListFrame:
        publication.next_update = issuer.not_after if last else _next_update(means, issuer, partition, at)
        return frame_of(
            means.profiles,
            issuer=bytes(issuer.certificate),
            public_key=signer.public_key,
            municipality=partition.municipality,
            number=publication.number,
            this_update=at,
            next_update=publication.next_update,
        )

    entries = EntryStream(_entries(issuer, partition, previous, at), at)
    written = folder.sign(publication.number, entries, frame, signer)
    publication.entries = entries.count
    publication.length, publication.digest = written.length, written.digest


def _show(means: Means, folder: ListFolder, publication: CrlPublication) -> None:
    """Let the public file be a copy of a list; one whose own file is lost is not shown."""
    target = means.public / "crl" / f"{folder.partition}.crl"
    sweep(target.parent, target.name)
    try:
        copied = folder.show(publication, target, lambda: means.checkpoint(Checkpoint.FILE_PREPARED))
    except ListMissing:
        return
    if copied:
        means.checkpoint(Checkpoint.FILE_WRITTEN)


def _show_certificates(means: Means) -> None:
    """Write each CA's certificate into the public folder, under its row's lock; one that is there stays."""
    folder = means.public / "ca"
    for each in (folder, means.public / "crl"):
        each.mkdir(parents=True, exist_ok=True)
    for key in Issuer.objects.values_list("pk", flat=True).order_by("pk"):
        with act():
            issuer = Issuer.objects.select_for_update().get(pk=key)
            _write(means, folder / f"{issuer}.cer", bytes(issuer.certificate))


def _write(means: Means, path: Path, content: bytes) -> None:
    sweep(path.parent, path.name)
    if path.is_file() and path.read_bytes() == content:
        return
    write_whole(path, content, PUBLIC, prepared=lambda: means.checkpoint(Checkpoint.FILE_PREPARED))
    means.checkpoint(Checkpoint.FILE_WRITTEN)


def _next_update(means: Means, issuer: Issuer, partition: Partition, at: datetime) -> datetime:
    """Return the end of the list's span: the schedule's (R-5.25), but never beyond the next ending to show."""
    daily = means.policy.crl_schedule == "full-daily"
    ends = [at + (means.terms.crl_daily if daily else means.terms.crl_hourly), issuer.not_after]
    waiting = Revocation.objects.filter(issuer=issuer, issuing_municipality=partition.code, visible_at__gt=at)
    first = waiting.order_by("visible_at").values_list("visible_at", flat=True).first()
    return min([*ends, first] if first else ends)


def _entries(
    issuer: Issuer, partition: Partition, previous: CrlPublication | None, at: datetime
) -> Iterator[RevokedEntry]:
    """Yield what is visible, by serial. An entry leaves after it stood once in a list past its expiry (RFC 5280 §3.3)."""
    if partition.municipality is None:
        yield from own_entries(issuer, at)
        return
    rows = Revocation.objects.filter(issuer=issuer, issuing_municipality=partition.code, visible_at__lte=at)
    if previous is not None:
        told = Q(expires_at__lt=previous.this_update, visible_at__lte=previous.this_update)
        rows = rows.exclude(told)
    columns = ("serial", "effective_at", "visible_at", "released_at", "reason")
    found = rows.order_by("serial", "pk").values_list(*columns, named=True).iterator(chunk_size=ENTRIES_AT_ONCE)
    for serial, of_one in groupby(found, key=lambda row: row.serial):
        shown = shown_at(of_one, at)
        if shown is not None:
            yield RevokedEntry(serial=serial, revoked_at=shown.revoked_at, reason=shown.reason)
