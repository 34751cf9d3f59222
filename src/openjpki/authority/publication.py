"""Revocation lists and CA certificates go out: the row is committed first, the files are copies of it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db.models import Q

from openjpki.authority.acts import act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.durable import PUBLIC, sweep, write_whole
from openjpki.authority.issuers import in_force
from openjpki.authority.means import Means
from openjpki.authority.models import CrlPublication, GenerationEnd, Issuer, Revocation
from openjpki.authority.municipalities import all_enrolled
from openjpki.authority.verbs import Verb
from openjpki.pki.crl import RevokedEntry, build_crl
from openjpki.rules.person import Municipality
from openjpki.rules.standing import shown_at


def publish(means: Means, at: datetime, *, skipping: int = 0) -> tuple[CrlPublication, ...]:
    """Sign and publish the list of every issuer key and municipality, then bring the public folder up to date.

    `skipping` is how many numbers each partition leaves out first, those of lists that a restored home lost.
    """
    published = tuple(
        _sign_list(means, issuer, municipality, at, skipping)
        for issuer in in_force(at)
        for municipality in all_enrolled()
    )
    means.checkpoint(Checkpoint.LISTS_COMMITTED)
    write_out(means)
    return published


def publish_last(means: Means, issuer: Issuer, at: datetime) -> None:
    """Sign the last lists of a generation that is terminated, and write them out."""
    for municipality in all_enrolled():
        _sign_list(means, issuer, municipality, at, 0)
    means.checkpoint(Checkpoint.LISTS_COMMITTED)
    write_out(means)


def write_out(means: Means) -> None:
    """Write CA certificates and newest lists into the public folder, each file whole; repeats harmlessly.

    Run after a crash it completes what the crash left undone. The issuer's row is locked, so that of two publishers
    the later list stays.
    """
    (means.public / "ca").mkdir(parents=True, exist_ok=True)
    (means.public / "crl").mkdir(parents=True, exist_ok=True)
    for key in Issuer.objects.values_list("pk", flat=True).order_by("pk"):
        with act():
            issuer = Issuer.objects.select_for_update().get(pk=key)
            _write(means, means.public / "ca" / f"{issuer}.cer", bytes(issuer.certificate))
            for municipality in all_enrolled():
                newest = newest_list(issuer, municipality.code)
                if newest is not None:
                    _write(means, means.public / "crl" / f"{issuer}-{municipality.code}.crl", bytes(newest.crl))
    means.checkpoint(Checkpoint.FOLDER_COMPLETE)


def _write(means: Means, path: Path, content: bytes) -> None:
    """Write one file of the folder, under its issuer's lock, unless it has this content already."""
    sweep(path.parent, path.name)
    if path.is_file() and path.read_bytes() == content:
        return
    write_whole(path, content, PUBLIC, prepared=lambda: means.checkpoint(Checkpoint.FILE_PREPARED))
    means.checkpoint(Checkpoint.FILE_WRITTEN)


def newest_list(issuer: Issuer, municipality: str) -> CrlPublication | None:
    """Return the newest list of a partition, None before the first."""
    return CrlPublication.objects.filter(issuer=issuer, municipality=municipality).order_by("-number").first()


def _sign_list(means: Means, issuer: Issuer, municipality: Municipality, at: datetime, skipping: int) -> CrlPublication:
    """Sign one list and commit it with the next number of its partition (RFC 5280 §5.2.3).

    A list is never older than the one before it, whatever the clock says: what was shown as ended stays shown.
    """
    with act():
        issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
        previous = newest_list(issuer, municipality.code)
        number = (previous.number if previous else 0) + skipping + 1
        at = max(at, previous.this_update) if previous else at
        next_update = _next_update(means, issuer, municipality, at)
        entries = list(_entries(issuer, municipality, previous, at))
        crl = build_crl(
            means.profiles,
            issuer=bytes(issuer.certificate),
            signer=means.keys.signer(issuer.key_name),
            municipality=municipality,
            number=number,
            this_update=at,
            next_update=next_update,
            entries=entries,
        )
        publication = CrlPublication.objects.create(
            issuer=issuer,
            municipality=municipality.code,
            number=number,
            this_update=at,
            next_update=next_update,
            entries=len(entries),
            crl=crl,
        )
        data = {"number": number, "entries": len(entries)}
        authority_at(at).note(Verb.CRL_PUBLISHED, f"crl:{issuer}-{municipality.code}", data)
    means.checkpoint(Checkpoint.LIST_COMMITTED)
    return publication


def _next_update(means: Means, issuer: Issuer, municipality: Municipality, at: datetime) -> datetime:
    """Return the end of the list's span: the schedule's (R-5.25), but never beyond the next ending to show."""
    if issuer.ended_because == GenerationEnd.TERMINATION.value:
        return issuer.not_after  # its last list: nobody signs another
    daily = means.policy.crl_schedule == "full-daily"
    ends = [at + (means.terms.crl_daily if daily else means.terms.crl_hourly), issuer.not_after]
    waiting = Revocation.objects.filter(issuer=issuer, issuing_municipality=municipality.code, visible_at__gt=at)
    first = waiting.order_by("visible_at").values_list("visible_at", flat=True).first()
    return min([*ends, first] if first else ends)


def _entries(
    issuer: Issuer, municipality: Municipality, previous: CrlPublication | None, at: datetime
) -> Iterator[RevokedEntry]:
    """Yield what is visible, by serial. An entry leaves after it stood once in a list past its expiry (RFC 5280 §3.3)."""
    rows = Revocation.objects.filter(issuer=issuer, issuing_municipality=municipality.code, visible_at__lte=at)
    if previous is not None:
        told = Q(expires_at__lt=previous.this_update, visible_at__lte=previous.this_update)
        rows = rows.exclude(told)
    for serial, of_one in groupby(rows.order_by("serial", "pk").iterator(), key=lambda row: row.serial):
        shown = shown_at(of_one, at)
        if shown is not None:
            yield RevokedEntry(serial=serial, revoked_at=shown.revoked_at, reason=shown.reason)
