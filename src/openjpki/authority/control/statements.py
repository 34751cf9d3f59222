"""What an operator signs when an act is proposed or approved, as bytes: read and told where there is no database.

A statement is JSON in its one form (`audit.chain.canonical`). What stands before it when it is signed keeps a proposal
from being an approval.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from openjpki.audit.chain import canonical, moment_text
from openjpki.authority.control.kinds import ActKind
from openjpki.desk.keys import MAX_SIGNATURE
from openjpki.errors import Failure, Kind

MAX_CONTENT: Final = 128 * 1024
"""Bytes of what is proposed: a script of a ceremony has about 2,000."""
MAX_STATEMENT: Final = MAX_CONTENT + 4 * 1024
"""Bytes of a statement: what is proposed, and who, when, until when."""
_PROPOSES, _APPROVES = b"openjpki operator proposes\n", b"openjpki operator approves\n"
_NAMES: Final = frozenset({"act", "content", "proposer", "proposed_at", "expires_at", "required", "number_used_once"})


class StatementUnreadable(Failure):
    """The file is no statement of an act, or not in its one form."""

    code = "authority.approvals.statement-unreadable"
    kind = Kind.REFUSED
    ja = "{path} は操作の内容のファイルではないか、変更されています。運用者の画面から取り直してください。"
    en = "{path} is no statement of an act, or was changed. Take it again from the operators' pages."


class SignatureMalformed(Failure):
    """What was brought is no signature."""

    code = "authority.approvals.signature-malformed"
    kind = Kind.USAGE
    ja = "署名の形式が正しくありません。`approve --offline` が表示した1行を、そのまま貼り付けてください。"
    en = "This is no signature. Paste the one line that `approve --offline` shows, as it is."


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What is to be done, who proposed it, and until when it may be begun."""

    kind: ActKind
    content: Mapping[str, Any]
    proposer: str
    proposed_at: datetime
    expires_at: datetime
    required: int
    text: bytes
    """The very bytes that are signed."""

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the statement, hexadecimal, as `propose` and the pages show it."""
        return sha256(self.text).hexdigest()


def statement_of(
    kind: ActKind,
    content: Mapping[str, Any],
    *,
    proposer: str,
    term: tuple[datetime, datetime],
    required: int,
    nonce: str,
) -> bytes:
    """Return a statement's bytes; `term` is when it was proposed and until when it may be begun."""
    return canonical(
        {
            "act": kind.value,
            "content": dict(content),
            "proposer": proposer,
            "proposed_at": moment_text(term[0]),
            "expires_at": moment_text(term[1]),
            "required": required,
            "number_used_once": nonce,
        }
    )


def read_statement(text: bytes, path: object) -> Statement:
    """Read a statement; raises `StatementUnreadable`, which names `path`, for all that is not exactly one."""
    try:
        said = _said(text)
        return Statement(
            kind=ActKind(said["act"]),
            content=said["content"],
            proposer=str(said["proposer"]),
            proposed_at=datetime.fromisoformat(said["proposed_at"]),
            expires_at=datetime.fromisoformat(said["expires_at"]),
            required=said["required"],
            text=text,
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise StatementUnreadable(path=path) from error


def _said(text: bytes) -> dict[str, Any]:
    """Return the fields, held to their names, the form of the two that have one, and the one spelling; raises ValueError."""
    said: Any = json.loads(text) if len(text) <= MAX_STATEMENT else None
    if not isinstance(said, dict) or said.keys() != _NAMES or canonical(said) != text:
        raise ValueError
    if not isinstance(said["content"], dict) or type(said["required"]) is not int:
        raise ValueError
    return said


def proposal_of(statement: bytes) -> bytes:
    """Return what the proposer signs."""
    return _PROPOSES + statement


def approval_of(statement: bytes) -> bytes:
    """Return what each approver signs."""
    return _APPROVES + statement


def content_lines(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give name and text of all that an act is about: a text as it is, a script with its lines, anything else as JSON."""
    for name, value in sorted(content.items()):
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def signature_text(signature: bytes) -> str:
    """Return a signature as one line that can be pasted."""
    return base64.b64encode(signature).decode("ascii")


def read_signature(text: str) -> bytes:
    """Read such a line, or its broken pieces; raises `SignatureMalformed`."""
    joined = "".join(text[: 4 * MAX_SIGNATURE].split())
    try:
        signature = base64.b64decode(joined.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureMalformed from error
    if not signature or len(signature) > MAX_SIGNATURE:
        raise SignatureMalformed
    return signature
