"""The data objects of a card's files: BER-TLV as test cards have it (C myna-card)."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_ONE_BYTE = 0x80
"""Shorter values have their length in one byte, all others in two behind `82`."""


def tlv(tag: int, value: bytes) -> bytes:
    """Return one data object; a tag above FF has two bytes."""
    size = len(value)
    length = bytes((size,)) if size < _ONE_BYTE else b"\x82" + size.to_bytes(2)
    return tag.to_bytes(2 if tag > 0xFF else 1) + length + value  # noqa: PLR2004  -- one byte


def rsa_public_key(key: RSAPublicKey) -> bytes:
    """Return an RSA key as cards have it: exponent under 90, modulus under 91."""
    numbers = key.public_numbers()
    return tlv(0x90, numbers.e.to_bytes(3)) + tlv(0x91, numbers.n.to_bytes(key.key_size // 8))
