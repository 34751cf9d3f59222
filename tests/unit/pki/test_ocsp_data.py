from datetime import UTC, datetime, timedelta

import pytest

from openjpki.pki import der
from openjpki.pki.ocsp_data import SaidStatus, read_response_data

NOW = datetime(2026, 1, 5, tzinfo=UTC)
ENDS = NOW + timedelta(minutes=15)


def data(*statuses: bytes, time: bytes = b"") -> bytes:
    """Return a ResponseData with these statuses."""
    identifier = der.sequence(der.sequence(), der.octet_string(bytes(20)), der.octet_string(bytes(20)), der.integer(7))
    singles = (
        der.sequence(identifier, status, der.generalized_time(NOW), der.tlv(der.context(0), der.generalized_time(ENDS)))
        for status in statuses
    )
    produced = time or der.generalized_time(NOW)
    return der.sequence(der.tlv(der.context(2), der.octet_string(b"key")), produced, der.sequence(*singles))


def test_all_that_an_answer_says_is_read() -> None:
    """RFC 6960 §4.2.1: who, when, and of each certificate its word and for how long."""
    revoked = der.tlv(der.context(1), der.generalized_time(NOW))
    said = read_response_data(data(der.tlv(0x80), der.tlv(0x82), revoked))

    assert (said.responder, said.produced_at) == (b"key", NOW)
    assert [(one.status, one.revoked_at) for one in said.statuses] == [
        ("good", None),
        ("unknown", None),
        ("revoked", NOW),
    ]
    assert said.statuses[0] == SaidStatus(status="good", revoked_at=None, this_update=NOW, next_update=ENDS)


@pytest.mark.parametrize("time", [b"20260105000000", b"2026010500000Z", b"20261305000000Z", b"2026010500000\xe9Z", b""])
def test_a_time_has_one_form(time: bytes) -> None:
    """RFC 5280 §4.1.2.5.2: GeneralizedTime in seconds, UTC, and nothing else."""
    with pytest.raises(der.NotDer):
        read_response_data(data(der.tlv(0x80), time=der.tlv(der.GENERALIZED_TIME, time)))
