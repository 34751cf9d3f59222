import pytest

from openjpki.card.tlv import rsa_public_key, tlv
from tests.support.faces import key, objects


@pytest.mark.parametrize(
    ("tag", "size", "header"),
    [
        (0x90, 3, "9003"),
        (0xFF10, 0, "ff1000"),
        (0xDF22, 0x7F, "df227f"),
        (0xDF43, 0x80, "df43820080"),
        (0xFF40, 0x9F, "ff4082009f"),
        (0xFF20, 0x7FFA, "ff20827ffa"),
    ],
)
def test_a_length_has_one_byte_or_three(tag: int, size: int, header: str) -> None:
    """Cards write 128 and more as 82 and two bytes, never as 81 (jpki/myna decodes FF 40 82 00 9F)."""
    raw = tlv(tag, bytes(size))

    assert raw == bytes.fromhex(header) + bytes(size)
    assert list(objects(raw)) == [(tag, bytes(size), raw)]


def test_a_key_is_exponent_and_modulus() -> None:
    """265 bytes for RSA-2048: 90 03, 91 82 01 00 (C myna-card)."""
    raw = rsa_public_key(key("any").public_key())

    assert raw.startswith(bytes.fromhex("9003010001918201 00"))
    assert int.from_bytes(raw[9:]) == key("any").public_key().public_numbers().n
    assert len(raw) == 265
