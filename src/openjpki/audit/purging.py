"""Lets go what is older than the law asks for: whole sealed batches from the front, under a signed statement.

What is left still verifies: it begins at the head that the statement names. Personal values may go earlier.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from openjpki.audit.chain import PurgeStatement, Seal, key_id
from openjpki.audit.models import Batch, Entry, Personal, Purge
from openjpki.audit.record import record
from openjpki.audit.rows import seal_of
from openjpki.audit.sealing import hold
from openjpki.audit.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.pki.keys import Signer


class TooYoung(Failure):
    """What the law asks to keep may not go."""

    code = "audit.too-young"
    kind = Kind.REFUSED
    ja = "監査記録は{years}年間保存します。削除できるのは {limit} より前の記録だけです({before} は指定できません)。"
    en = "The audit record is kept for {years} years: only what is older than {limit} may be purged, not {before}."


@dataclass(frozen=True, kw_only=True)
class Purged:
    """What left."""

    batches: int
    records: int
    personal: int


def kept_from(today: date, years: int) -> date:
    """Return the first day whose records must be kept (R-2.26): the same day so many years ago, 29 as 28 February."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)


def hold_age(before: date, *, today: date, years: int) -> None:
    """Raise `TooYoung` if a purge of what is older than a day would take what must be kept."""
    limit = kept_from(today, years)
    if before > limit:
        raise TooYoung(years=years, limit=limit.isoformat(), before=before.isoformat())


def purge(role: str, *, signer: Signer, before: datetime, at: datetime, now: datetime, actor: str) -> Purged:
    """Remove the leading batches that were sealed, and whose records were all recorded, before a legal moment.

    The caller has held `before` against the law and verified the chain.
    """
    with transaction.atomic(using=role, durable=True):
        hold(role)
        last = _last_to_go(role, before)
        if last is None:
            return Purged(batches=0, records=0, personal=0)
        end = last.first + last.count - 1
        earlier = Purge.objects.using(role).order_by("-number").first()
        statement = PurgeStatement(
            role=role,
            number=earlier.number + 1 if earlier else 1,
            batches=last.number,
            records=end,
            head=last.head,
            sealed_at=last.sealed_at,
            legal_at=last.legal_at,
            before=before,
            purged_at=now,
            key=key_id(signer.public_key),
        )
        _store(replace(statement, signature=signer.sign(statement.statement())))
        going = Entry.objects.using(role).filter(sequence__lte=end)
        personal, _ = Personal.objects.using(role).filter(entry__in=going.values("pk")).delete()
        records, _ = going.delete()
        batches, _ = Batch.objects.using(role).filter(number__lte=last.number).delete()
        record(
            role,
            at=at,
            actor=actor,
            verb=Verb.PURGED,
            subject=f"audit:{role}",
            data={"batches": batches, "records": records, "through": end, "before": before.isoformat()},
        )
        return Purged(batches=batches, records=records, personal=personal)


def purge_personal(role: str, *, before: datetime, at: datetime, actor: str) -> Purged:
    """Remove the personal values of everything that was recorded before a legal moment; the chain stays as it is."""
    with transaction.atomic(using=role, durable=True):
        old = Entry.objects.using(role).filter(recorded_at__lt=before)
        personal, _ = Personal.objects.using(role).filter(entry__in=old.values("pk")).delete()
        if personal:
            record(
                role,
                at=at,
                actor=actor,
                verb=Verb.PERSONAL_PURGED,
                subject=f"audit:{role}",
                data={"values": personal, "before": before.isoformat()},
            )
        return Purged(batches=0, records=0, personal=personal)


def _last_to_go(role: str, before: datetime) -> Seal | None:
    """Return the last batch of the longest front of whole sealings that is old enough in everything.

    Where a sealing began shows only by the seal before it: one batch of it that must stay keeps all of them.
    """
    last = whole = None
    for batch in Batch.objects.using(role).order_by("number").iterator():
        if last is not None and (last.sealed_at, last.legal_at) != (batch.sealed_at, batch.legal_at):
            whole = last
        inside = (batch.first, batch.first + batch.count - 1)
        young = Entry.objects.using(role).filter(sequence__range=inside, recorded_at__gte=before)
        if batch.legal_at >= before or young.exists():
            return whole
        last = seal_of(role, batch)
    return last


def _store(statement: PurgeStatement) -> None:
    Purge.objects.using(statement.role).create(
        number=statement.number,
        batches=statement.batches,
        records=statement.records,
        head=statement.head,
        sealed_at=statement.sealed_at,
        legal_at=statement.legal_at,
        before=statement.before,
        purged_at=statement.purged_at,
        key=statement.key,
        signature=statement.signature,
    )
