"""The chain as plain values, and what is hashed and signed of them, byte for byte. `docs/audit.md` is its specification.

No clock, no file, no database: a verifier that has never seen this installation uses the same functions.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from openjpki.errors import Failure, Kind

FORMAT = "openjpki-audit-1"
"""Stands in everything that is signed: a signature over one format is none over another."""
SALT_BYTES = 16
GENESIS = "0" * 64
"""What the first batch names as the head before it."""
BATCH_LIMIT = 1000
"""Entries of one batch at most: what a verifier holds in memory at once."""
_LEAF, _NODE = b"\x00", b"\x01"
"""RFC 9162 §2.1.1: a leaf can never be taken for a node."""
_HEAD_PARTS = 3
_MAX_NUMBER = 18
"""Digits of a number that fits a column of 64 bits."""


class BadHead(Failure):
    """A head that was kept elsewhere is not of its form."""

    code = "audit.bad-head"
    kind = Kind.USAGE
    ja = "「{text}」は監査記録のヘッドではありません。「役割:番号:64桁の16進数」の形です。"
    en = '"{text}" is not the head of an audit record. It is ROLE:NUMBER:64 hexadecimal digits.'


@dataclass(frozen=True, kw_only=True)
class Record:
    """An entry in its place in the chain. Moments are UTC-aware."""

    sequence: int
    recorded_at: datetime
    written_at: datetime
    actor: str
    verb: str
    subject: str
    data: Mapping[str, Any]
    commitments: Mapping[str, str]
    leaf: str
    """The hash as it was stored when the entry was sealed, hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class PersonalValue:
    """What a commitment of the entry with this sequence number is to."""

    sequence: int
    name: str
    salt: bytes
    value: str

    def __repr__(self) -> str:
        return f"PersonalValue({self.sequence}, {self.name!r})"


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A batch's statement with its signature."""

    role: str
    number: int
    first: int
    count: int
    root: str
    previous: str
    sealed_at: datetime
    legal_at: datetime
    key: str
    signature: bytes = b""

    def statement(self) -> bytes:
        """Return what is signed."""
        return canonical(
            {
                "format": FORMAT,
                "type": "batch",
                "role": self.role,
                "number": self.number,
                "first": self.first,
                "count": self.count,
                "root": self.root,
                "previous": self.previous,
                "sealed_at": moment_text(self.sealed_at),
                "legal_at": moment_text(self.legal_at),
                "key": self.key,
            }
        )

    @property
    def head(self) -> str:
        """Return the SHA-256 of the statement, hexadecimal: it stands for the whole chain up to here."""
        return hashlib.sha256(self.statement()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class PurgeStatement:
    """A purge's statement with its signature: the chain goes on behind `batches` and `records`, at `head`."""

    role: str
    number: int
    batches: int
    records: int
    head: str
    sealed_at: datetime
    legal_at: datetime
    before: datetime
    purged_at: datetime
    key: str
    signature: bytes = b""

    def statement(self) -> bytes:
        """Return what is signed."""
        return canonical(
            {
                "format": FORMAT,
                "type": "purge",
                "role": self.role,
                "number": self.number,
                "batches": self.batches,
                "records": self.records,
                "head": self.head,
                "sealed_at": moment_text(self.sealed_at),
                "legal_at": moment_text(self.legal_at),
                "before": moment_text(self.before),
                "purged_at": moment_text(self.purged_at),
                "key": self.key,
            }
        )


@dataclass(frozen=True)
class Head:
    """The head of a role's chain after a batch: kept elsewhere, it tells that nothing before it is missing."""

    role: str
    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.role}:{self.number}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read the text form; raises `BadHead`."""
        parts = text.strip().split(":")
        if len(parts) != _HEAD_PARTS or not is_digest(parts[2]):
            raise BadHead(text=text[:200])
        role, number, digest = parts
        if not (role and number.isascii() and number.isdigit() and len(number) <= _MAX_NUMBER):
            raise BadHead(text=text[:200])
        return cls(role, int(number), digest)


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return JSON in its one form here: keys sorted, no spaces, escapes for all that is not ASCII (hexadecimal in lower case)."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def moment_text(moment: datetime) -> str:
    """Return a moment in its one form: UTC to the microsecond, `2026-04-01T01:02:03.000000Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def is_digest(text: str) -> bool:
    """Say whether a text is a SHA-256 in lower-case hexadecimal."""
    return len(text) == len(GENESIS) and not text.strip("0123456789abcdef")


def leaf_of(record: Record, sequence: int | None = None) -> str:
    """Return the hash of an entry, hexadecimal; of the same entry at another place, if `sequence` is given."""
    content = canonical(
        {
            "sequence": record.sequence if sequence is None else sequence,
            "recorded_at": moment_text(record.recorded_at),
            "written_at": moment_text(record.written_at),
            "actor": record.actor,
            "verb": record.verb,
            "subject": record.subject,
            "data": record.data,
            "commitments": record.commitments,
        }
    )
    return hashlib.sha256(_LEAF + content).hexdigest()


def root_of(leaves: Sequence[str]) -> str:
    """Return the Merkle tree hash over leaves (RFC 9162 §2.1.1, SHA-256), all hexadecimal; there is at least one."""
    return _tree([bytes.fromhex(leaf) for leaf in leaves]).hex()


def _tree(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(_NODE + _tree(leaves[:split]) + _tree(leaves[split:])).digest()


def commitment(salt: bytes, value: str) -> str:
    """Return the commitment to a personal value: HMAC-SHA-256 under the salt over its UTF-8, hexadecimal."""
    return hmac.new(salt, value.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def key_id(public_key: bytes) -> str:
    """Return the name of a key: SHA-256 of its SubjectPublicKeyInfo (DER), hexadecimal."""
    return hashlib.sha256(public_key).hexdigest()
