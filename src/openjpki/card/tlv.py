"""The data objects of a card's files: BER-TLV as test cards have it (C myna-card), written and read."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

_ONE_BYTE = 0x80
"""Shorter values have their length in one byte, all others in two behind `82`."""
_LONG_TAG, _MORE_TAG, _WIDEST = 0x1F, 0x80, 2
HEADER = 5
"""Bytes of the longest beginning that is read: two of the tag, three of the length."""
_BAD = "not the data objects of a card"


@dataclass(frozen=True)
class DataObject:
    """One data object as it was read. `repr` shows no value."""

    tag: int
    value: bytes = field(repr=False)
    whole: bytes = field(repr=False)
    """With its tag and length, as a signature covers it."""


def tlv(tag: int, value: bytes) -> bytes:
    """Return one data object; a tag above FF has two bytes."""
    size = len(value)
    length = bytes((size,)) if size < _ONE_BYTE else b"\x82" + size.to_bytes(2)
    return tag.to_bytes(2 if tag > 0xFF else 1) + length + value  # noqa: PLR2004  -- one byte


def rsa_public_key(key: RSAPublicKey) -> bytes:
    """Return an RSA key as cards have it: exponent under 90, modulus under 91."""
    numbers = key.public_numbers()
    return tlv(0x90, numbers.e.to_bytes(3)) + tlv(0x91, numbers.n.to_bytes(key.key_size // 8))


def begun(raw: bytes) -> tuple[int, int, int]:
    """Return tag, size of the header and size of the value of the object that begins so; raise ValueError.

    Tags have one or two bytes, lengths one, or two or three with `81` and `82`: what is longer has no place on a card.
    """
    at = 2 if raw[:1] and raw[0] & _LONG_TAG == _LONG_TAG else 1
    if len(raw) <= at or (at > 1 and raw[1] & _MORE_TAG):
        raise ValueError(_BAD)
    tag, length = int.from_bytes(raw[:at]), raw[at]
    if length < _ONE_BYTE:
        return tag, at + 1, length
    count = length - _ONE_BYTE
    if not 1 <= count <= _WIDEST or len(raw) < at + 1 + count:
        raise ValueError(_BAD)
    return tag, at + 1 + count, int.from_bytes(raw[at + 1 : at + 1 + count])


def objects(raw: bytes) -> Iterator[DataObject]:
    """Return the data objects in a row, to the last byte; raise ValueError for anything else."""
    at = 0
    while at < len(raw):
        tag, header, size = begun(raw[at : at + HEADER])
        end = at + header + size
        if end > len(raw):
            raise ValueError(_BAD)
        yield DataObject(tag, raw[at + header : end], raw[at:end])
        at = end


def read_rsa_public_key(raw: bytes) -> RSAPublicKey:
    """Return the key that `rsa_public_key` writes; raise ValueError."""
    exponent, modulus = objects(raw)
    if (exponent.tag, modulus.tag) != (0x90, 0x91):
        raise ValueError(_BAD)
    return RSAPublicNumbers(int.from_bytes(exponent.value), int.from_bytes(modulus.value)).public_key()
