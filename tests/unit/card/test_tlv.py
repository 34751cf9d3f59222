import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.card import tlv as reading
from openjpki.card.tlv import begun, read_rsa_public_key, rsa_public_key, tlv
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


TAGS = st.sampled_from([0x5F4E, 0x7F21, 0x90, 0xA1, 0xDF22, 0xFF10, 0xFF20])
VALUES = st.binary(max_size=300)


@given(st.lists(st.tuples(TAGS, VALUES), max_size=5))
def test_what_is_written_is_read(parts: list[tuple[int, bytes]]) -> None:
    """Objects in a row come back with tag, value and their own bytes (C myna-card)."""
    raw = b"".join(tlv(tag, value) for tag, value in parts)
    found = list(reading.objects(raw))

    assert [(one.tag, one.value) for one in found] == parts
    assert b"".join(one.whole for one in found) == raw


@given(st.binary(max_size=40))
def test_other_bytes_are_refused_or_read_whole(raw: bytes) -> None:
    """Whatever a card answers, it is a row of objects to its last byte, or a ValueError."""
    try:
        found = list(reading.objects(raw))
    except ValueError:
        return
    assert b"".join(one.whole for one in found) == raw


@pytest.mark.parametrize("raw", ["", "90", "FF", "FF10", "FFFF20", "9080", "908300000100", "9081", "908201", "FF8120"])
def test_what_has_no_place_on_a_card_is_refused(raw: str) -> None:
    """Tags of three bytes, lengths without an end or of three bytes, and what breaks off."""
    with pytest.raises(ValueError, match="not the data objects"):
        begun(bytes.fromhex(raw))


def test_an_object_that_breaks_off_is_refused() -> None:
    """Its header says two bytes, and one is there."""
    with pytest.raises(ValueError, match="not the data objects"):
        list(reading.objects(bytes.fromhex("900201")))


def test_a_length_of_81_is_read_too() -> None:
    """Cards do not write it; that a terminal reads it harms nobody."""
    assert begun(bytes.fromhex("DF228180")) == (0xDF22, 4, 0x80)


def test_a_key_is_read_as_it_is_written() -> None:
    """Exponent under 90, modulus under 91; what is no key of RSA is refused."""
    whole = rsa_public_key(key("any").public_key())

    assert read_rsa_public_key(whole) == key("any").public_key()
    for raw in (
        b"",
        whole[5:],
        whole + tlv(0x92, b""),
        tlv(0x91, b"\3") + tlv(0x90, b"\3"),
        tlv(0x90, b"\0") + whole[5:],
    ):
        with pytest.raises(ValueError):  # noqa: PT011  -- of several makers
            read_rsa_public_key(raw)
