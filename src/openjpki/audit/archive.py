"""A chain as a file of JSON Lines, written and read again: `docs/audit.md` says what each line holds."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from openjpki.audit.chain import (
    BATCH_LIMIT,
    FORMAT,
    BadHead,
    Head,
    PersonalValue,
    PurgeStatement,
    Record,
    Seal,
    key_id,
    moment_text,
)
from openjpki.audit.faults import Fault, FaultKind
from openjpki.audit.lines import FileTruncated, Line, Lines, LineTooLong, LineUnreadable, one_form
from openjpki.audit.verification import Group, Verdict, verify
from openjpki.errors import Failure, Kind

PENDING_LIMIT = 10 * BATCH_LIMIT
"""Lines that may stand before their batch: many more than any batch has."""


class NotAnArchive(Failure):
    """The file does not begin as ours do."""

    code = "audit.file.not-an-archive"
    kind = Kind.REFUSED
    ja = "`openjpki audit export` で書き出したファイルではありません。"
    en = "This is not a file that `openjpki audit export` wrote."


def write(
    out: BinaryIO,
    *,
    role: str,
    keys: Iterable[bytes],
    purges: Iterable[PurgeStatement],
    groups: Iterable[Group],
    unsealed: int,
    with_personal: bool,
) -> Head | None:
    """Write a chain and return its head. `keys` are SubjectPublicKeyInfos (DER)."""
    head = None
    out.write(one_form({"type": "header", "format": FORMAT, "role": role}))
    out.writelines(one_form({"type": "key", "public_key": b64encode(key).decode()}) for key in keys)
    for purge in purges:
        head = Head(role, purge.batches, purge.head)
        out.write(one_form(_signed(purge)))
    for group in groups:
        out.writelines(one_form(_entry(record)) for record in group.records)
        if with_personal:
            out.writelines(one_form(_personal(value)) for value in group.personal)
        head = Head(role, group.seal.number, group.seal.head)
        out.write(one_form(_signed(group.seal)))
    out.write(one_form({"type": "end", "head": str(head or ""), "unsealed": unsealed}))
    return head


def _signed(statement: Seal | PurgeStatement) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(statement.statement())
    return members | {"signature": b64encode(statement.signature).decode()}


def _personal(value: PersonalValue) -> dict[str, Any]:
    where = {"type": "personal", "sequence": value.sequence, "name": value.name}
    return where | {"salt": value.salt.hex(), "value": value.value}


def _entry(record: Record) -> dict[str, Any]:
    return {
        "type": "entry",
        "sequence": record.sequence,
        "recorded_at": moment_text(record.recorded_at),
        "written_at": moment_text(record.written_at),
        "actor": record.actor,
        "verb": record.verb,
        "subject": record.subject,
        "data": dict(record.data),
        "commitments": dict(record.commitments),
        "leaf": record.leaf,
    }


class Archive:
    """A file that is read once, from its start to its end.

    Raises `NotAnArchive` for a file of another kind, and what `Lines` raises for a damaged one.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._lines = Lines(source)
        self.keys: dict[str, bytes] = {}
        self.purges: list[PurgeStatement] = []
        self.strays: list[Record] = []
        """Records behind the last batch; complete once `groups` has ended, like `head` and `unsealed`."""
        self.head: Head | None = None
        self.unsealed = 0
        self.role = self._header()
        self._next = self._front()

    def groups(self) -> Iterator[Group]:
        """Yield every batch with the records and personal values that stand before it."""
        line = self._next
        records: list[Record] = []
        personal: list[PersonalValue] = []
        while line.kind != "end":
            if line.kind == "entry":
                records.append(_record_in(line))
            elif line.kind == "personal":
                personal.append(_personal_in(line))
            elif line.kind == "batch":
                yield Group(seal=_seal_in(line), records=records, personal=personal)
                records, personal = [], []
            else:
                line.refuse()
            if len(records) + len(personal) > PENDING_LIMIT:
                line.refuse()
            line = self._lines.next()
        self.strays.extend(records)
        self._end(line)

    def _header(self) -> str:
        """Read the first line and return the role."""
        try:
            line = self._lines.next()
            line.hold("format", "role")
            if line.kind == "header" and line.text("format") == FORMAT:
                return line.text("role")
        except (LineUnreadable, LineTooLong, FileTruncated):
            pass
        raise NotAnArchive

    def _front(self) -> Line:
        """Read the keys and purges, and return the line behind them."""
        line = self._lines.next()
        while line.kind in {"key", "purge"}:
            if line.kind == "key":
                line.hold("public_key")
                key = line.base64("public_key")
                self.keys[key_id(key)] = key
            else:
                self.purges.append(_purge_in(line))
            line = self._lines.next()
        return line

    def _end(self, line: Line) -> None:
        line.hold("head", "unsealed")
        text = line.text("head")
        try:
            self.head = Head.parse(text) if text else None
        except BadHead:
            line.refuse()
        self.unsealed = line.count("unsealed", least=0)
        if not self._lines.at_end():
            line.refuse()


def verify_archive(archive: Archive, *, keys: Mapping[str, bytes], heads: Iterable[Head] = ()) -> Verdict:
    """Verify a file to its end, which must be the end that it names; raises what reading raises."""
    verdict = verify(
        archive.role,
        keys=keys,
        purges=archive.purges,
        groups=archive.groups(),
        strays=(stray.sequence for stray in archive.strays),
        heads=heads,
    )
    if verdict.fault is not None or archive.head == verdict.head:
        return verdict
    named = archive.head.number if archive.head else 0
    kind = FaultKind.TRUNCATED if named > (verdict.head.number if verdict.head else 0) else FaultKind.HEAD_DIFFERS
    after = verdict.purged_records + verdict.records + 1
    return replace(verdict, fault=Fault(kind=kind, batch=named, sequence=after))


def _record_in(line: Line) -> Record:
    line.hold("sequence", "recorded_at", "written_at", "actor", "verb", "subject", "data", "commitments", "leaf")
    return Record(
        sequence=line.count("sequence"),
        recorded_at=line.moment("recorded_at"),
        written_at=line.moment("written_at"),
        actor=line.text("actor"),
        verb=line.text("verb"),
        subject=line.text("subject"),
        data=line.facts("data"),
        commitments=line.texts("commitments"),
        leaf=line.text("leaf"),
    )


def _personal_in(line: Line) -> PersonalValue:
    line.hold("sequence", "name", "salt", "value")
    return PersonalValue(
        sequence=line.count("sequence"),
        name=line.text("name"),
        salt=line.hexadecimal("salt"),
        value=line.text("value"),
    )


def _seal_in(line: Line) -> Seal:
    line.hold(*_BATCH)
    if line.text("format") != FORMAT:
        line.refuse()
    return Seal(
        role=line.text("role"),
        number=line.count("number"),
        first=line.count("first"),
        count=line.count("count"),
        root=line.digest("root"),
        previous=line.digest("previous"),
        sealed_at=line.moment("sealed_at"),
        legal_at=line.moment("legal_at"),
        key=line.digest("key"),
        signature=line.base64("signature"),
    )


def _purge_in(line: Line) -> PurgeStatement:
    line.hold(*_PURGE)
    if line.text("format") != FORMAT:
        line.refuse()
    return PurgeStatement(
        role=line.text("role"),
        number=line.count("number"),
        batches=line.count("batches"),
        records=line.count("records"),
        head=line.digest("head"),
        sealed_at=line.moment("sealed_at"),
        legal_at=line.moment("legal_at"),
        before=line.moment("before"),
        purged_at=line.moment("purged_at"),
        key=line.digest("key"),
        signature=line.base64("signature"),
    )


_BATCH = (
    *("format", "role", "number", "first", "count", "root", "previous"),
    *("sealed_at", "legal_at", "key", "signature"),
)
_PURGE = (
    *("format", "role", "number", "batches", "records", "head"),
    *("sealed_at", "legal_at", "before", "purged_at", "key", "signature"),
)
