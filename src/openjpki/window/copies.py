"""Keeps what the authority says about certificates; the authority's record decides, this one is only remembered."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from openjpki.desk.messages import CertificateRecord, Certificates, CertificatesAsked
from openjpki.window.answers import expect
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.entries import CertificateEntry
from openjpki.window.equipment import Equipment, act
from openjpki.window.loading import cards_of, copies_of
from openjpki.window.models import CertificateCopy, Resident
from openjpki.window.rows import certificate_entry


def store(resident: Resident, records: Iterable[CertificateRecord], *, at: datetime) -> None:
    """Write what the authority said at `at`, over what was known before."""
    copies = CertificateCopy.objects.for_municipality(resident.municipality)
    for record in records:
        copies.update_or_create(
            municipality=resident.municipality,
            kind=record.kind.value,
            serial=record.serial,
            defaults={
                "resident": resident,
                "card_number": record.card_number,
                "state": record.state.value,
                "issued_date": record.issued_on,
                "expires_date": record.expires,
                "reason": record.reason.value if record.reason else "",
                "event": record.event.value if record.event else "",
                "effective_at": record.effective_at,
                "visible_at": record.visible_at,
                "issuing_municipality": record.issuing_municipality,
                "certificate": record.certificate,
                "known_at": at,
            },
        )


def told(resident: Resident, records: Iterable[CertificateRecord]) -> tuple[CertificateEntry, ...]:
    """Return the stored copies of these records, in their order."""
    known = {(copy.kind, copy.serial): copy for copy in copies_of(resident)}
    return tuple(certificate_entry(known[record.kind.value, record.serial]) for record in records)


def refresh(equipment: Equipment, resident: Resident, *, at: datetime) -> None:
    """Ask the authority about each card of a resident; raises `AuthorityUnreachable` or `AuthorityRefused`."""
    for card in cards_of(resident):
        for records in _pages(equipment, resident, card.card_number, at):
            with act():
                store(resident, records, at=at)
            equipment.checkpoint(Checkpoint.COPIES_STORED)


def _pages(
    equipment: Equipment, resident: Resident, card_number: str, at: datetime
) -> Iterator[tuple[CertificateRecord, ...]]:
    """Ask until there is no more; an answer that promises more and brings none is the last one."""
    known, more = 0, True
    while more:
        question = CertificatesAsked(
            municipality=resident.municipality,
            resident_code=resident.resident_code,
            card_number=card_number,
            asked_at=at,
            after=known,
        )
        answer = expect(equipment.carrier.send(question), Certificates)
        known += len(answer.records)
        more = answer.more and bool(answer.records)
        yield answer.records
