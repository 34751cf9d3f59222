"""The form of a status store: an LMDB file with four kinds of entries.

```
head            position, complete-at, version of the world, witness: 8 + 8 + 8 + 32 bytes
world           CA generations and their responders
c issuer serial the certificate's standing: 13 bytes of key, 16 for each revocation
a digest        who may ask where not everybody may: 33 bytes of key, 25 bytes
```
"""

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

HEAD: Final = b"head"
WORLD: Final = b"world"
ASKER: Final = b"a"
"""What the key of an asker's entry begins with; the SHA-256 of its certificate follows."""
DATA: Final = "data.mdb"
"""The file in the store's folder."""
MOST_BYTES: Final = 64 * 1024**3
"""Of the file: a thousand million certificates. The address space is set aside, the disk is not."""
MOST_READERS: Final = 512
"""Processes that read at once; one that was killed gives its place back when the writer looks."""
MAX_SERIAL: Final = 2**63 - 1
"""The journal's column has 64 bits; whatever lies outside was never given."""
_CERTIFICATE = struct.Struct(">cIQ")
_HEAD_FORM = struct.Struct(">QQQ32s")


@dataclass(frozen=True, kw_only=True)
class Head:
    """How far a store has come."""

    position: int = 0
    """Of the last journal entry in it."""
    complete_at: int = 0
    """Up to this moment, in seconds, it has everything; 0: it is being filled."""
    version: int = 0
    """Rises when the issuers or their responders change."""
    witness: bytes = bytes(32)
    """What that journal entry looked like: another journal is told by it."""


class Responder(msgspec.Struct, frozen=True):
    """A responder's certificate in the store."""

    certificate: bytes
    key_name: str
    not_before: datetime
    not_after: datetime


class Generation(msgspec.Struct, frozen=True):
    """A CA generation in the store, with its responders."""

    number: int
    kind: str
    certificate: bytes
    not_before: datetime
    not_after: datetime
    responders: tuple[Responder, ...] = ()
    """By their ends."""


class World(msgspec.Struct, frozen=True):
    """All CA generations, oldest first."""

    generations: tuple[Generation, ...] = ()


_worlds: "msgspec.msgpack.Decoder[World]" = msgspec.msgpack.Decoder(World)


def certificate_key(issuer: int, serial: int) -> bytes:
    """Return the key of a certificate's standing."""
    return _CERTIFICATE.pack(b"c", issuer, serial)


def pack_head(head: Head) -> bytes:
    """Return a head as bytes."""
    return _HEAD_FORM.pack(head.position, head.complete_at, head.version, head.witness)


def unpack_head(stored: bytes | None) -> Head:
    """Return the head that bytes say, that of an empty store if there are none; raises `struct.error`."""
    if stored is None:
        return Head()
    position, complete_at, version, witness = _HEAD_FORM.unpack(stored)
    return Head(position=position, complete_at=complete_at, version=version, witness=witness)


def pack_world(world: World) -> bytes:
    """Return a world as bytes."""
    return msgspec.msgpack.encode(world)


def unpack_world(stored: bytes) -> World:
    """Return the world that bytes say; raises `msgspec.DecodeError`."""
    return _worlds.decode(stored)
