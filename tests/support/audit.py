"""Chains of audit records as plain values, sealed by a key of the tests: what verifiers are tried on."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from openjpki.audit import archive
from openjpki.audit.chain import (
    GENESIS,
    Head,
    PersonalValue,
    PurgeStatement,
    Record,
    Seal,
    commitment,
    key_id,
    leaf_of,
    root_of,
)
from openjpki.audit.verification import Group, Verdict, verify
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import Signer
from tests.support.keys import pooled_signer

ROLE = "window"
START = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SALT = bytes(range(16))
SIGNER = pooled_signer(0, KeyAlgorithm.P384_SHA_384)
STRANGER = pooled_signer(1, KeyAlgorithm.P384_SHA_384)
KEYS = {key_id(SIGNER.public_key): SIGNER.public_key}


def unsealed(count: int, at: datetime = START) -> list[Record]:
    """Return entries that have no place yet, the first of them with a personal value."""
    return [
        Record(
            sequence=0,
            recorded_at=at + timedelta(seconds=number),
            written_at=at + timedelta(seconds=number, microseconds=250_000),
            actor="sato",
            verb="resident.read",
            subject=f"resident:99201/{number}",
            data={"municipality": "99201", "codes": ["a.b", "漢字"], "number": number},
            commitments={"resident_code": commitment(SALT, "12345678901")} if number == 0 else {},
            leaf="",
        )
        for number in range(count)
    ]


def sealed(
    batches: Sequence[Sequence[Record]],
    *,
    signer: Signer = SIGNER,
    role: str = ROLE,
    moments: Sequence[datetime] = (),
) -> list[Group]:
    """Seal entries batch by batch, an hour apart or at the moments named, as the sealer does."""
    groups: list[Group] = []
    for number, entries in enumerate(batches, start=1):
        moment = moments[number - 1] if moments else START + number * HOUR
        first = groups[-1].seal.first + groups[-1].seal.count if groups else 1
        records = [placed(record, first + position) for position, record in enumerate(entries)]
        seal = Seal(
            role=role,
            number=number,
            first=first,
            count=len(records),
            root=root_of([record.leaf for record in records]),
            previous=groups[-1].seal.head if groups else GENESIS,
            sealed_at=moment,
            legal_at=moment,
            key=key_id(signer.public_key),
        )
        groups.append(Group(seal=signed(seal, signer), records=records, personal=personal(records)))
    return groups


def in_runs(sizes: Sequence[int], limit: int, *, late: timedelta = timedelta()) -> list[Group]:
    """Return a chain of sealings, an hour and `late` apart, each over so many records in batches of `limit`.

    What a sealing holds was written in the hour before that delay.
    """
    batches: list[list[Record]] = []
    moments: list[datetime] = []
    for number, size in enumerate(sizes):
        begun = START + number * (HOUR + late)
        waiting = unsealed(size, begun)
        parts = [waiting[first : first + limit] for first in range(0, size, limit)]
        batches += parts
        moments += [begun + HOUR + late] * len(parts)
    return sealed(batches, moments=moments)


def placed(record: Record, sequence: int) -> Record:
    """Return an entry in its place, with its hash."""
    there = replace(record, sequence=sequence)
    return replace(there, leaf=leaf_of(there))


def signed(seal: Seal, signer: Signer = SIGNER) -> Seal:
    """Return a seal with its signature."""
    return replace(seal, signature=signer.sign(seal.statement()))


def personal(records: Sequence[Record]) -> list[PersonalValue]:
    """Return the personal values of entries."""
    return [
        PersonalValue(sequence=record.sequence, name="resident_code", salt=SALT, value="12345678901")
        for record in records
        if record.commitments
    ]


def chain(*sizes: int) -> list[Group]:
    """Return a chain of batches of these sizes; what each holds was written in the hour before it was sealed."""
    return list(_chain(sizes))


@cache
def _chain(sizes: tuple[int, ...]) -> list[Group]:
    return sealed([unsealed(size, START + number * HOUR) for number, size in enumerate(sizes)])


def purged(groups: Sequence[Group], count: int) -> PurgeStatement:
    """Return the statement that the first `count` batches have left."""
    last = groups[count - 1].seal
    statement = PurgeStatement(
        role=ROLE,
        number=1,
        batches=last.number,
        records=last.first + last.count - 1,
        head=last.head,
        sealed_at=last.sealed_at,
        legal_at=last.legal_at,
        before=START + 1000 * HOUR,
        purged_at=START + 2000 * HOUR,
        key=key_id(SIGNER.public_key),
    )
    return replace(statement, signature=SIGNER.sign(statement.statement()))


def verdict_on(groups: Sequence[Group], **more: Any) -> Verdict:
    """Verify a chain with the key of the tests, unless more is said."""
    return verify(ROLE, **({"keys": KEYS, "purges": (), "groups": groups, "strays": ()} | more))


def head_of(groups: Sequence[Group]) -> Head:
    """Return the head of a chain."""
    return Head(ROLE, groups[-1].seal.number, groups[-1].seal.head)


def exported(groups: Sequence[Group], purges: Sequence[PurgeStatement] = ()) -> bytes:
    """Return a chain as a file with personal data."""
    out = io.BytesIO()
    archive.write(out, role=ROLE, keys=KEYS.values(), purges=purges, groups=groups, unsealed=0, with_personal=True)
    return out.getvalue()


def with_records(groups: Sequence[Group], index: int, records: Sequence[Record]) -> list[Group]:
    """Return a chain in which one batch has other records."""
    return [
        replace(group, records=list(records)) if position == index else group for position, group in enumerate(groups)
    ]


LINES_FOR_FILES = b"".join(exported(chain(3)).splitlines(keepends=True)[:4])
"""The beginning of a file: its header, its key and two entries."""
