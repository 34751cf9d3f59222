"""A chain as a file of JSON Lines, written and read again: `docs/audit.md` says what each line holds.

Reading is strict: a line has exactly its members, each of its type, in the one form in which they are written, so that
nothing in a file goes unverified and no two readers see different things in it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO, NoReturn

from openjpki.audit.chain import (
    BATCH_LIMIT,
    FORMAT,
    BadHead,
    Head,
    PersonalValue,
    PurgeStatement,
    Record,
    Seal,
    is_digest,
    key_id,
    moment_text,
)
from openjpki.audit.faults import Fault, FaultKind
from openjpki.audit.verification import Group, Verdict, verify
from openjpki.errors import Failure, Kind

LINE_LIMIT = 1024 * 1024
"""Bytes of a line; the longest that is written has a few thousand."""
PENDING_LIMIT = 10 * BATCH_LIMIT
"""Lines that may stand before their batch: many more than any batch has."""
_FIRST_YEAR, _LAST_YEAR = 1900, 9990
_MAX_COUNT = 2**63


class LineUnreadable(Failure):
    """A line is not of the format."""

    code = "audit.file.line-unreadable"
    kind = Kind.REFUSED
    ja = "監査記録のファイルの {line} 行目を読めません。形式が正しくないか、壊れています。"
    en = "Line {line} of the audit file cannot be read: it is not of the format, or damaged."


class LineTooLong(Failure):
    """A line is longer than any that is written."""

    code = "audit.file.line-too-long"
    kind = Kind.REFUSED
    ja = "監査記録のファイルの {line} 行目が長すぎます(上限 {limit} バイト)。"
    en = "Line {line} of the audit file is too long (at most {limit} bytes)."


class FileTruncated(Failure):
    """The end of the file is missing."""

    code = "audit.file.truncated"
    kind = Kind.REFUSED
    ja = "監査記録のファイルが途中で切れています({line} 行目まで)。"
    en = "The audit file is cut off after line {line}."


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
    _put(out, {"type": "header", "format": FORMAT, "role": role})
    for key in keys:
        _put(out, {"type": "key", "public_key": b64encode(key).decode()})
    for purge in purges:
        head = Head(role, purge.batches, purge.head)
        _put(out, _signed(purge))
    for group in groups:
        for record in group.records:
            _put(out, _entry(record))
        for value in group.personal if with_personal else ():
            salt = value.salt.hex()
            _put(
                out,
                {
                    "type": "personal",
                    "sequence": value.sequence,
                    "name": value.name,
                    "salt": salt,
                    "value": value.value,
                },
            )
        head = Head(role, group.seal.number, group.seal.head)
        _put(out, _signed(group.seal))
    _put(out, {"type": "end", "head": str(head or ""), "unsealed": unsealed})
    return head


def _put(out: BinaryIO, line: Mapping[str, Any]) -> None:
    out.write(_one_form(line))


def _one_form(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _signed(statement: Seal | PurgeStatement) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(statement.statement())
    return members | {"signature": b64encode(statement.signature).decode()}


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
    """A file that is read once, from its start to its end. Every method raises the refusals of this module."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._line = 0
        self._next: dict[str, Any] | None = None
        self.keys: dict[str, bytes] = {}
        self.purges: list[PurgeStatement] = []
        self.strays: list[Record] = []
        """Records behind the last batch; complete once `groups` has ended, like `head` and `unsealed`."""
        self.head: Head | None = None
        self.unsealed = 0
        try:
            header = self._read()
        except (LineUnreadable, LineTooLong, FileTruncated):
            raise NotAnArchive from None
        if set(header) != {"type", "format", "role"} or header["type"] != "header" or header["format"] != FORMAT:
            raise NotAnArchive
        self.role = self._text(header, "role")
        self._take_front()

    def groups(self) -> Iterator[Group]:
        """Yield every batch with the records and personal values that stand before it."""
        records: list[Record] = []
        personal: list[PersonalValue] = []
        while True:
            line = self._next if self._next is not None else self._read()
            self._next = None
            if line.get("type") == "entry":
                records.append(self._record(line))
            elif line.get("type") == "personal":
                personal.append(self._value(line))
            elif line.get("type") == "batch":
                yield Group(seal=self._seal(line), records=records, personal=personal)
                records, personal = [], []
            else:
                self._end(line)
                self.strays.extend(records)
                return
            if len(records) + len(personal) > PENDING_LIMIT:
                self._refuse()

    def _take_front(self) -> None:
        """Read the keys and purges that stand before everything else."""
        while True:
            line = self._read()
            if line.get("type") == "key":
                key = self._base64(line, "public_key")
                self._members(line, "public_key")
                self.keys[key_id(key)] = key
            elif line.get("type") == "purge":
                self.purges.append(self._purge(line))
            else:
                self._next = line
                return

    def _end(self, line: Mapping[str, Any]) -> None:
        self._members(line, "head", "unsealed")
        text = self._text(line, "head")
        try:
            self.head = Head.parse(text) if text else None
        except BadHead:
            self._refuse()
        self.unsealed = self._count(line, "unsealed", least=0)
        if line["type"] != "end" or self._source.read(1):
            self._refuse()

    # --- lines -------------------------------------------------------------------------------------------------------

    def _read(self) -> dict[str, Any]:
        """Return the next line as an object."""
        text = self._source.readline(LINE_LIMIT + 1)
        if len(text) > LINE_LIMIT:
            raise LineTooLong(line=self._line + 1, limit=LINE_LIMIT)
        if not text.endswith(b"\n"):
            raise FileTruncated(line=self._line)
        self._line += 1
        with suppress(ValueError, RecursionError):
            line = json.loads(text)
            if isinstance(line, dict) and _one_form(line) == text:
                return line
        return self._refuse()

    def _refuse(self) -> NoReturn:
        raise LineUnreadable(line=self._line)

    def _members(self, line: Mapping[str, Any], *names: str) -> None:
        if set(line) != {"type", *names}:
            self._refuse()

    def _text(self, line: Mapping[str, Any], name: str) -> str:
        value = line.get(name)
        return value if isinstance(value, str) else self._refuse()

    def _digest(self, line: Mapping[str, Any], name: str) -> str:
        value = self._text(line, name)
        return value if is_digest(value) else self._refuse()

    def _count(self, line: Mapping[str, Any], name: str, *, least: int = 1) -> int:
        value = line.get(name)
        if type(value) is not int or not least <= value < _MAX_COUNT:
            self._refuse()
        return value

    def _base64(self, line: Mapping[str, Any], name: str) -> bytes:
        try:
            return b64decode(self._text(line, name), validate=True)
        except ValueError:
            self._refuse()

    def _moment(self, line: Mapping[str, Any], name: str) -> datetime:
        text = self._text(line, name)
        try:
            moment = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
        except ValueError:
            self._refuse()
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR or moment_text(moment) != text:
            self._refuse()
        return moment

    # --- kinds of lines ----------------------------------------------------------------------------------------------

    def _record(self, line: Mapping[str, Any]) -> Record:
        self._members(line, *_ENTRY)
        data, commitments = line["data"], line["commitments"]
        if not isinstance(data, dict) or not isinstance(commitments, dict) or not all(map(_is_fact, data.values())):
            self._refuse()
        return Record(
            sequence=self._count(line, "sequence"),
            recorded_at=self._moment(line, "recorded_at"),
            written_at=self._moment(line, "written_at"),
            actor=self._text(line, "actor"),
            verb=self._text(line, "verb"),
            subject=self._text(line, "subject"),
            data=data,
            commitments={name: self._text(commitments, name) for name in commitments},
            leaf=self._text(line, "leaf"),
        )

    def _value(self, line: Mapping[str, Any]) -> PersonalValue:
        self._members(line, "sequence", "name", "salt", "value")
        try:
            salt = bytes.fromhex(self._text(line, "salt"))
        except ValueError:
            self._refuse()
        sequence, name = self._count(line, "sequence"), self._text(line, "name")
        return PersonalValue(sequence=sequence, name=name, salt=salt, value=self._text(line, "value"))

    def _seal(self, line: Mapping[str, Any]) -> Seal:
        self._members(line, *_BATCH)
        self._formatted(line)
        return Seal(
            role=self._text(line, "role"),
            number=self._count(line, "number"),
            first=self._count(line, "first"),
            count=self._count(line, "count"),
            root=self._digest(line, "root"),
            previous=self._digest(line, "previous"),
            sealed_at=self._moment(line, "sealed_at"),
            legal_at=self._moment(line, "legal_at"),
            key=self._digest(line, "key"),
            signature=self._base64(line, "signature"),
        )

    def _purge(self, line: Mapping[str, Any]) -> PurgeStatement:
        self._members(line, *_PURGE)
        self._formatted(line)
        return PurgeStatement(
            role=self._text(line, "role"),
            number=self._count(line, "number"),
            batches=self._count(line, "batches"),
            records=self._count(line, "records"),
            head=self._digest(line, "head"),
            sealed_at=self._moment(line, "sealed_at"),
            legal_at=self._moment(line, "legal_at"),
            before=self._moment(line, "before"),
            purged_at=self._moment(line, "purged_at"),
            key=self._digest(line, "key"),
            signature=self._base64(line, "signature"),
        )

    def _formatted(self, line: Mapping[str, Any]) -> None:
        if line["format"] != FORMAT:
            self._refuse()


def verify_archive(archive: Archive, *, keys: Mapping[str, bytes], heads: Iterable[Head] = ()) -> Verdict:
    """Verify a file to its end, which must be the end that it names; raises what reading raises."""
    verdict = verify(
        archive.role,
        keys=keys,
        purges=archive.purges,
        groups=archive.groups(),
        strays=archive.strays,
        heads=heads,
    )
    if verdict.fault is not None or archive.head == verdict.head:
        return verdict
    named = archive.head.number if archive.head else 0
    kind = FaultKind.TRUNCATED if named > (verdict.head.number if verdict.head else 0) else FaultKind.HEAD_DIFFERS
    after = verdict.purged_records + verdict.records + 1
    return replace(verdict, fault=Fault(kind=kind, batch=named, sequence=after))


_ENTRY = ("sequence", "recorded_at", "written_at", "actor", "verb", "subject", "data", "commitments", "leaf")
_BATCH = (
    *("format", "role", "number", "first", "count", "root", "previous"),
    *("sealed_at", "legal_at", "key", "signature"),
)
_PURGE = (
    *("format", "role", "number", "batches", "records", "head"),
    *("sealed_at", "legal_at", "before", "purged_at", "key", "signature"),
)


def _is_fact(value: object) -> bool:
    """Say whether a value is one that `record` takes: nothing is nested."""
    return all(item is None or isinstance(item, str | int) for item in (value if isinstance(value, list) else [value]))
