import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openjpki.audit.chain import canonical
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.statements import (
    MAX_STATEMENT,
    SignatureMalformed,
    StatementUnreadable,
    approval_of,
    content_lines,
    proposal_of,
    read_signature,
    read_statement,
    signature_text,
    statement_of,
)

AT = datetime(2026, 1, 5, tzinfo=UTC)
TEXT = statement_of(
    ActKind.REVOCATION,
    {"certificate": "signature/12", "cause": "record-error"},
    proposer="sato",
    term=(AT, AT + timedelta(days=7)),
    required=2,
    nonce="00" * 16,
)


def test_a_statement_is_read_as_it_was_made() -> None:
    """Kind, content, proposer, term and number of approvals; its digest is of the very bytes."""
    read = read_statement(TEXT, "act-1.json")

    assert (read.kind, read.proposer, read.required) == (ActKind.REVOCATION, "sato", 2)
    assert (read.proposed_at, read.expires_at) == (AT, AT + timedelta(days=7))
    assert dict(content_lines(read.content)) == {"cause": "record-error", "certificate": "signature/12"}
    assert read.text == TEXT
    assert len(read.digest) == 64


def changed(**changes: Any) -> bytes:
    """Return the statement with other fields."""
    return canonical(json.loads(TEXT) | changes)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        TEXT + b"\n",
        TEXT.replace(b"{", b'{"act":"revocation",', 1),
        TEXT.replace(b":", b": "),
        changed(act="other"),
        changed(more="1"),
        changed(content="text"),
        changed(required="2"),
        changed(required=True),
        changed(expires_at="soon"),
        changed(expires_at=7),
        changed(content={"x": "x" * MAX_STATEMENT}),
    ],
    ids=lambda text: str(text[:20]),
)
def test_what_is_not_exactly_a_statement_is_not_signed(text: bytes) -> None:
    """Another form, another spelling, an unknown kind, a field more, a text without end: whoever signs sees all that is signed."""
    with pytest.raises(StatementUnreadable, match=r"act-1\.json"):
        read_statement(text, "act-1.json")


def test_a_proposal_is_no_approval() -> None:
    """The same statement is signed in two ways that are never the same bytes."""
    assert proposal_of(TEXT) != approval_of(TEXT)
    assert proposal_of(TEXT).endswith(TEXT)
    assert approval_of(TEXT).endswith(TEXT)


def test_a_signature_is_one_line_that_may_be_broken() -> None:
    """Pasting may break it; what is no signature is refused."""
    line = signature_text(b"\x30" * 72)

    assert read_signature(f" {line[:40]}\r\n{line[40:]} \n") == b"\x30" * 72
    for text in ("", "?", "あ", "MA", signature_text(b"\x30" * 81), "A" * 1000):
        with pytest.raises(SignatureMalformed):
            read_signature(text)
