import struct
from datetime import UTC, datetime

import msgspec
import pytest

from openjpki.authority.responding.form import (
    ASKER,
    HEAD,
    MAX_SERIAL,
    WORLD,
    Generation,
    Head,
    Responder,
    World,
    certificate_key,
    pack_head,
    pack_world,
    unpack_head,
    unpack_world,
)

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def test_a_head_is_what_was_packed() -> None:
    """An empty store has come nowhere; bytes of another form are none."""
    head = Head(position=7, complete_at=3, version=2, witness=b"w" * 32)

    assert unpack_head(pack_head(head)) == head
    assert unpack_head(None) == Head()
    with pytest.raises(struct.error):
        unpack_head(b"short")


def test_a_world_is_what_was_packed() -> None:
    """Generations with their responders; bytes of another form are none."""
    responder = Responder(certificate=b"r", key_name="k", not_before=NOW, not_after=NOW)
    one = Generation(
        number=1, kind="signature", certificate=b"c", not_before=NOW, not_after=NOW, responders=(responder,)
    )

    assert unpack_world(pack_world(World(generations=(one,)))) == World(generations=(one,))
    with pytest.raises(msgspec.DecodeError):
        unpack_world(b"\xc1")


def test_no_two_kinds_of_entries_share_a_key() -> None:
    """Thirteen bytes for a certificate, and a first letter for each kind."""
    key = certificate_key(1, MAX_SERIAL)

    assert len(key) == 13
    assert len({key[:1], ASKER, HEAD[:1], WORLD[:1]}) == 4
