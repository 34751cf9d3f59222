from datetime import UTC, datetime, timedelta, timezone

import pytest
from asn1crypto import core

from openjpki.pki import der

JST = timezone(timedelta(hours=9))


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, 2**63, 2**159 - 1])
def test_integers_are_in_the_fewest_octets(value: int) -> None:
    """X.690 §8.3.2: no redundant leading octet, and a sign bit where one is needed."""
    encoded = der.integer(value)

    assert encoded == core.Integer(value).dump()
    assert der.read_integer(der.Reader(encoded).content(der.INTEGER)) == value


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"\x00\x7f", b"\xff\x80", b"\xff\xff"])
def test_padded_integers_are_refused(content: bytes) -> None:
    """X.690 §8.3.2: the first nine bits are not all equal."""
    with pytest.raises(der.NotDer):
        der.read_integer(content)


@pytest.mark.parametrize(("content", "value"), [(b"\xff", -1), (b"\x80", -128), (b"\xff\x7f", -129)])
def test_negative_integers_are_read_as_negative(content: bytes, value: int) -> None:
    """X.690 §8.3.3: two's complement."""
    assert der.read_integer(content) == value


@pytest.mark.parametrize("dotted", ["2.5.29.31", "1.2.392.200149.8.5.5.1", "1.3.6.1.5.5.7.48.1.1", "2.999.3"])
def test_object_identifiers(dotted: str) -> None:
    """X.690 §8.19: base 128, the first two arcs in one."""
    assert der.object_identifier(dotted) == core.ObjectIdentifier(dotted).dump()


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths_are_in_the_fewest_octets(length: int) -> None:
    """X.690 §10.1: the definite form, shortest."""
    encoded = der.octet_string(bytes(length))

    assert encoded == core.OctetString(bytes(length)).dump()
    assert der.Reader(encoded).content(der.OCTET_STRING) == bytes(length)


@pytest.mark.parametrize(
    ("moment", "content"),
    [
        (datetime(2026, 1, 4, 14, 59, 59, tzinfo=UTC), b"\x17\x0d260104145959Z"),
        (datetime(2026, 1, 4, 23, 59, 59, 999_999, tzinfo=JST), b"\x17\x0d260104145959Z"),
        (datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), b"\x17\x0d491231235959Z"),
        (datetime(2050, 1, 1, tzinfo=UTC), b"\x18\x0f20500101000000Z"),
        (datetime(2050, 1, 1, 8, 59, 59, tzinfo=JST), b"\x17\x0d491231235959Z"),
    ],
)
def test_times_are_utc_through_2049_and_generalized_from_2050(moment: datetime, content: bytes) -> None:
    """RFC 5280 §4.1.2.5: in UTC, to the second, with Z; parts of a second are cut."""
    assert der.time(moment) == content


def test_a_moment_without_zone_is_a_bug() -> None:
    """Nobody guesses a time zone."""
    with pytest.raises(ValueError, match="time zone"):
        der.time(datetime(2026, 1, 1))  # noqa: DTZ001  -- the refused case


def test_false_is_left_out() -> None:
    """X.690 §11.5: a DEFAULT FALSE criticality is not encoded."""
    oid = der.object_identifier("2.5.29.20")

    assert der.extension(oid, der.integer(1)).hex() == "300a0603551d140403020101"
    assert der.extension(oid, der.integer(1), critical=True).hex() == "300d0603551d140101ff0403020101"


def test_a_bit_string_has_whole_octets() -> None:
    """X.690 §8.6: no unused bits in a signature."""
    assert der.bit_string(b"\xab") == b"\x03\x02\x00\xab"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x05\x00",
        b"\x04",
        b"\x04\x02a",
        b"\x04\x80",
        b"\x04\x80ab\x00\x00",
        b"\x04\x81\x01a",
        b"\x04\x82\x00\x80" + bytes(128),
        b"\x04\x81",
        b"\x04\x85\x01\x00\x00\x00\x00",
        b"\x04\xff",
    ],
    ids=["empty", "tag", "no-length", "cut", "indefinite", "indefinite-content", "long-form", "padded", "cut-length",
         "five-octets", "reserved"],
)  # fmt: skip
def test_what_is_not_der_is_refused(data: bytes) -> None:
    """X.690 §10.1: only definite lengths in their shortest form; nothing is cut off."""
    with pytest.raises(der.NotDer):
        der.Reader(data).content(der.OCTET_STRING)


def test_a_reader_takes_one_element_after_the_other() -> None:
    """Elements come in their order, and nothing may follow the last."""
    reader = der.Reader(der.sequence(der.integer(5), der.octet_string(b"ab"))).inside(der.SEQUENCE)

    assert reader.next_is(der.INTEGER)
    assert reader.whole(der.INTEGER) == b"\x02\x01\x05"
    assert not reader.next_is(der.INTEGER)
    with pytest.raises(der.NotDer):
        reader.end()
    assert reader.content(der.OCTET_STRING) == b"ab"
    assert not reader.more()
    reader.end()
