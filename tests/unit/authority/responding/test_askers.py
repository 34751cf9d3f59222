from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.authority.responding.askers import Asker, AskerUnreadable, pack, unpack
from openjpki.rules.kinds import CertificateKind

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)
ASKER = Asker(
    not_before=NOW,
    not_after=NOW + timedelta(days=300),
    since=date(2026, 1, 5),
    until=date(2026, 3, 31),
    kinds=frozenset({CertificateKind.SIGNATURE}),
)


@pytest.mark.parametrize(
    ("about", "at", "now", "may"),
    [
        (CertificateKind.SIGNATURE, NOW, NOW, True),
        (CertificateKind.AUTHENTICATION, NOW, NOW, False),
        (CertificateKind.SIGNATURE, NOW, NOW - timedelta(seconds=1), False),
        (CertificateKind.SIGNATURE, NOW, ASKER.not_after, True),
        (CertificateKind.SIGNATURE, NOW, ASKER.not_after + timedelta(seconds=1), False),
        (CertificateKind.SIGNATURE, datetime(2026, 1, 4, 14, 59, 59, tzinfo=UTC), NOW, False),
        (CertificateKind.SIGNATURE, datetime(2026, 1, 4, 15, tzinfo=UTC), NOW, True),
        (CertificateKind.SIGNATURE, datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC), NOW, True),
        (CertificateKind.SIGNATURE, datetime(2026, 3, 31, 15, tzinfo=UTC), NOW, False),
    ],
)
def test_when_and_about_what_one_may_ask(about: CertificateKind, at: datetime, now: datetime, *, may: bool) -> None:
    """R-5.24: the certificate's seconds on the real clock, the registration's days on the legal one, and its ground's kind."""
    assert ASKER.may_ask(about, at, now=now) is may


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)),  # noqa: DTZ001  -- Hypothesis takes naive bounds
    st.dates(),
    st.sets(st.sampled_from(CertificateKind)),
)
def test_what_is_packed_is_unpacked(moment: datetime, day: date, kinds: set[CertificateKind]) -> None:
    """The bytes hold all of it."""
    begins = moment.replace(microsecond=0, tzinfo=UTC)
    asker = Asker(not_before=begins, not_after=begins, since=day, until=day, kinds=frozenset(kinds))

    assert unpack(pack(asker)) == asker


@pytest.mark.parametrize("stored", [b"", b"\0" * 24, b"\0" * 25, b"\xff" * 25], ids=["none", "short", "day 0", "far"])
def test_bytes_of_another_form_let_nobody_ask(stored: bytes) -> None:
    """Damaged, or of another version."""
    with pytest.raises(AskerUnreadable):
        unpack(stored)
