import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from openjpki.audit.chain import (
    BadHead,
    Head,
    canonical,
    commitment,
    is_digest,
    key_id,
    leaf_of,
    moment_text,
    root_of,
)
from tests.support.audit import SALT, SIGNER, START, chain, personal, placed, purged, unsealed

RECORD = placed(unsealed(1)[0], 7)


def test_canonical_json_is_one_sequence_of_bytes() -> None:
    """Sorted, without spaces, ASCII only."""
    assert canonical({"b": [1, None, True], "a": "漢"}) == b'{"a":"\\u6f22","b":[1,null,true]}'


def test_a_moment_has_one_form() -> None:
    """UTC to the microsecond, wherever the clock stood."""
    tokyo = timezone(timedelta(hours=9))

    assert moment_text(datetime(2026, 4, 1, 10, 2, 3, 4, tokyo)) == "2026-04-01T01:02:03.000004Z"


def test_a_leaf_is_the_hash_of_the_whole_row() -> None:
    """The bytes that docs/audit.md describes: nothing of the row is left out."""
    text = (
        b'{"actor":"sato","commitments":{"resident_code":"%s"},'
        b'"data":{"codes":["a.b","\\u6f22\\u5b57"],"municipality":"99201","number":0},'
        b'"recorded_at":"2026-04-01T00:00:00.000000Z","sequence":7,"subject":"resident:99201/0",'
        b'"verb":"resident.read","written_at":"2026-04-01T00:00:00.250000Z"}'
    ) % hmac.new(SALT, b"12345678901", "sha256").hexdigest().encode()

    assert RECORD.leaf == hashlib.sha256(b"\x00" + text).hexdigest()
    assert leaf_of(RECORD, 8) == leaf_of(replace(RECORD, sequence=8)) != RECORD.leaf


@pytest.mark.parametrize("count", range(1, 10))
def test_a_root_is_the_merkle_tree_hash(count: int) -> None:
    """RFC 9162 §2.1.1, by another way: the leaves pair up from the left, one that is left over goes up as it is."""
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(count)]
    level = leaves
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]

    assert root_of([leaf.hex() for leaf in leaves]) == level[0].hex()


def test_a_commitment_hides_its_value() -> None:
    """The same value under another salt is another commitment; text that is no Unicode is no fault."""
    assert commitment(SALT, "x") != commitment(bytes(16), "x")
    assert commitment(SALT, "\ud800") == commitment(SALT, "\ud800")
    assert "12345678901" not in repr(personal([RECORD])[0])


def test_statements_of_two_kinds_are_never_the_same_bytes() -> None:
    """A signature over a seal is none over a purge."""
    groups = chain(1)

    assert b'"type":"batch"' in groups[0].seal.statement()
    assert b'"type":"purge"' in purged(groups, 1).statement()
    assert groups[0].seal.head == hashlib.sha256(groups[0].seal.statement()).hexdigest()
    assert replace(groups[0].seal, sealed_at=START).head != groups[0].seal.head


def test_a_head_is_written_and_read() -> None:
    """ROLE:NUMBER:HEX, and what a shell puts around it."""
    head = Head("window", 12, "a" * 64)

    assert Head.parse(f" {head}\n") == head


@pytest.mark.parametrize(
    "text",
    [
        "",
        "window",
        "window:1",
        f"window:x:{'a' * 64}",
        f"window:1:{'A' * 64}",
        f":1:{'a' * 64}",
        f"w:1:{'a' * 63}",
        f"window:{'9' * 19}:{'a' * 64}",
        f"window:\u0663:{'a' * 64}",
        f"window:1:{'a' * 64}:1",
    ],
)
def test_what_is_no_head_is_refused(text: str) -> None:
    """One line, a stable code."""
    with pytest.raises(BadHead):
        Head.parse(text)


def test_names_of_hashes_and_keys() -> None:
    """Sixty-four hexadecimal digits in lower case."""
    assert is_digest(key_id(SIGNER.public_key))
    assert not is_digest("g" * 64)
