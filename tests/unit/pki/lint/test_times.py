from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.pki import der
from openjpki.pki.lint.times import read_time

MOMENTS = st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(9999, 12, 31)).map(  # noqa: DTZ001  -- given its zone next
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@given(MOMENTS)
def test_a_moment_is_read_as_it_was_written(moment: datetime) -> None:
    """RFC 5280 §4.1.2.5: the inverse of `der.time` and `der.generalized_time`, on both sides of 1950 and 2050."""
    assert read_time(der.generalized_time(moment)) == moment
    assert read_time(der.time(moment)) == moment


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\x17",
        der.tlv(der.UTC_TIME, b"2601050304Z"),
        der.tlv(der.UTC_TIME, b"260105030405+"),
        der.tlv(der.UTC_TIME, b"261305030405Z"),
        der.tlv(der.UTC_TIME, b"26010503040\xb2Z"),
        der.tlv(der.GENERALIZED_TIME, b"20260230030405Z"),
        der.tlv(der.GENERALIZED_TIME, b"20260105030405.5Z"),
        der.tlv(der.OCTET_STRING, b"20260105030405Z"),
    ],
)
def test_what_is_no_moment_is_none(encoded: bytes) -> None:
    """Seconds and Z are always there, fractions and zones never (RFC 5280 §4.1.2.5.1, §4.1.2.5.2)."""
    assert read_time(encoded) is None
