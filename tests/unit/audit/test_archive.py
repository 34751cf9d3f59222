import io
import json
from typing import Any

import pytest

from openjpki.audit.archive import PENDING_LIMIT, Archive, NotAnArchive, verify_archive
from openjpki.audit.faults import FaultKind
from openjpki.audit.lines import LINE_LIMIT, FileTruncated, LineTooLong, LineUnreadable
from openjpki.audit.verification import Verdict
from tests.support.audit import KEYS, ROLE, chain, exported, head_of, purged

GROUPS = chain(2, 3)
CONTENT = exported(GROUPS)
LINES = CONTENT.splitlines(keepends=True)
KINDS = [json.loads(line)["type"] for line in LINES]


def judged(content: bytes) -> Verdict:
    """Read a file to its end and verify it."""
    return verify_archive(Archive(io.BytesIO(content)), keys=KEYS)


def with_line(kind: str, **change: Any) -> bytes:
    """Return the file with members of the first line of a kind changed, or taken away where None is said."""
    position = KINDS.index(kind)
    line = {name: value for name, value in (json.loads(LINES[position]) | change).items() if value is not None}
    made = json.dumps(line, separators=(",", ":")).encode() + b"\n"
    return b"".join([*LINES[:position], made, *LINES[position + 1 :]])


def test_a_file_has_its_lines_in_order() -> None:
    """Header, key, then each batch behind its entries and their personal data, then the end."""
    entries = ["entry", "entry", "personal", "batch", "entry", "entry", "entry", "personal", "batch"]

    assert ["header", "key", *entries, "end"] == KINDS
    assert CONTENT.isascii()


def test_a_file_is_read_as_it_was_written() -> None:
    """Role, keys, head and verdict."""
    archive = Archive(io.BytesIO(CONTENT))
    verdict = verify_archive(archive, keys=archive.keys)

    assert (archive.role, archive.keys, archive.head, archive.unsealed) == (ROLE, KEYS, head_of(GROUPS), 0)
    assert (verdict.fault, verdict.records, verdict.personal) == (None, 5, 2)


def test_a_file_begins_behind_what_was_purged() -> None:
    """The statements stand before the entries; with nothing left, the statement is the end."""
    assert judged(exported(GROUPS[1:], [purged(GROUPS, 1)])).purged_records == 2
    everything = exported([], [purged(GROUPS, 2)])
    assert (judged(everything).fault, judged(everything).head) == (None, head_of(GROUPS))
    assert judged(exported([])).head is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"%PDF-1.7\n", b"[]\n", b"{}\n", LINES[1], b"\x00" * 2 * LINE_LIMIT],
    ids=["empty", "blank", "PDF", "list", "nothing", "no header", "huge"],
)
def test_what_is_no_export_is_refused(content: bytes) -> None:
    """A file of another kind, whatever it is."""
    with pytest.raises(NotAnArchive):
        Archive(io.BytesIO(content))


@pytest.mark.parametrize("end", [40, -1, -30])
def test_a_file_that_is_cut_is_refused(end: int) -> None:
    """In the middle of a line."""
    with pytest.raises((FileTruncated, NotAnArchive)):
        judged(CONTENT[:end])


@pytest.mark.parametrize("count", range(2, len(LINES)))
def test_a_file_that_is_cut_between_lines_is_refused(count: int) -> None:
    """The end names itself, so that a shorter file is none."""
    with pytest.raises(FileTruncated) as refused:
        judged(b"".join(LINES[:count]))
    assert refused.value.data == {"line": count}


def test_a_line_has_a_greatest_length() -> None:
    """A line of a gigabyte is not read."""
    with pytest.raises(LineTooLong) as refused:
        judged(b"".join(LINES[:3]) + b"x" * (LINE_LIMIT + 1) + b"\n")
    assert refused.value.data == {"line": 4, "limit": LINE_LIMIT}


def test_lines_before_a_batch_have_a_greatest_number() -> None:
    """A file of entries only does not fill the memory."""
    with pytest.raises(LineUnreadable):
        judged(b"".join(LINES[:2]) + LINES[2] * (PENDING_LIMIT + 1))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("entry", {"note": "more than is hashed"}),
        ("entry", {"actor": None}),
        ("entry", {"actor": 7}),
        ("entry", {"sequence": 0}),
        ("entry", {"sequence": True}),
        ("entry", {"sequence": 2**63}),
        ("entry", {"data": []}),
        ("entry", {"data": {"nested": {"deep": 1}}}),
        ("entry", {"data": {"fraction": 1.5}}),
        ("entry", {"data": {"not-a-number": float("nan")}}),
        ("entry", {"commitments": {"name": 1}}),
        ("entry", {"commitments": "none"}),
        ("entry", {"recorded_at": "2026-04-01"}),
        ("entry", {"recorded_at": "yesterday"}),
        ("entry", {"written_at": "2026-04-01T00:00:00.000000+09:00"}),
        ("entry", {"written_at": "0001-01-01T00:00:00.000000Z"}),
        ("personal", {"salt": "xyz"}),
        ("personal", {"value": 1}),
        ("batch", {"format": "openjpki-audit-2"}),
        ("batch", {"count": 0}),
        ("batch", {"root": "f"}),
        ("batch", {"signature": "*"}),
        ("key", {"public_key": "*"}),
        ("key", {"more": 1}),
        ("end", {"head": "somewhere"}),
        ("end", {"unsealed": -1}),
        ("end", {"type": "other"}),
    ],
)
def test_a_line_has_exactly_its_members(kind: str, change: dict[str, Any]) -> None:
    """What is not hashed and not signed must not be in the file; what is, must be of its type."""
    with pytest.raises(LineUnreadable) as refused:
        judged(with_line(kind, **change))
    assert refused.value.data == {"line": KINDS.index(kind) + 1}


@pytest.mark.parametrize(
    "line",
    [b"{\n", b"[1]\n", b"[" * 100_000 + b"\n", b'{"type": "end"}\n', b'{"a":1,"a":2}\n'],
    ids=["cut", "list", "deep", "spaced", "twice"],
)
def test_what_is_no_line_is_refused(line: bytes) -> None:
    """Broken JSON, too deep, or not in the one form in which lines are written."""
    with pytest.raises(LineUnreadable):
        judged(b"".join(LINES[:4]) + line)


def test_nothing_stands_behind_the_end() -> None:
    """A second chain in the same file would not be verified."""
    with pytest.raises(LineUnreadable):
        judged(CONTENT + LINES[2])


def test_the_end_is_the_one_that_it_names() -> None:
    """A batch taken from the end, with the end line left; and an end line of another file."""
    without_last = [*LINES[:6], LINES[-1]]
    fault = judged(b"".join(without_last)).fault
    assert fault is not None
    assert (fault.kind, fault.batch, fault.sequence) == (FaultKind.TRUNCATED, 2, 3)

    for end in ("", f"{ROLE}:1:{GROUPS[0].seal.head}"):
        other = judged(with_line("end", head=end)).fault
        assert other is not None
        assert other.kind is FaultKind.HEAD_DIFFERS


def test_entries_behind_the_last_batch_are_named() -> None:
    """No seal covers them."""
    fault = judged(b"".join([*LINES[:-1], LINES[2], LINES[-1]])).fault

    assert fault is not None
    assert (fault.kind, fault.sequence) == (FaultKind.INSERTED, 1)
