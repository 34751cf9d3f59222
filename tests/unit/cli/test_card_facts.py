from datetime import UTC, date, datetime, timedelta

import pytest

from openjpki.cli.card_facts import (
    CERTIFICATES,
    PINS,
    certificate_data,
    certificate_words,
    day_data,
    line_of,
    words,
)
from openjpki.pki.issuer import CertificateUnreadable
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.unit.card.cards import certificate_for, rsa_key, spki

FIRST, LAST = datetime(2026, 4, 1, tzinfo=UTC), datetime(2031, 4, 1, tzinfo=UTC)
CERTIFICATE = certificate_for(spki(rsa_key(1)))


@pytest.mark.parametrize(
    ("moment", "within"),
    [
        (FIRST, True),
        (LAST, True),
        (FIRST - timedelta(seconds=1), False),
        (LAST + timedelta(seconds=1), False),
    ],
)
def test_a_certificate_is_told_with_its_days(moment: datetime, *, within: bool) -> None:
    """Serial, algorithm and validity in both calendars, and whether the moment lies in it; nothing of the holder."""
    assert certificate_data(CERTIFICATE, moment) == {
        "serial": 1,
        "algorithm": "rsa-2048-sha-256",
        "valid_from": FIRST.isoformat(),
        "expires": "2031-04-01",
        "expires_era": "令和13年4月1日",
        "in_period": within,
    }


def test_a_certificate_without_an_end_is_refused() -> None:
    """RFC 5280 §4.1.2.5: the last second of the year 9999 is no day in Japan any more; no fault of ours comes of it."""
    endless = certificate_for(spki(rsa_key(1)), until=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))

    with pytest.raises(CertificateUnreadable):
        certificate_data(endless, FIRST)


def test_a_person_reads_the_same() -> None:
    """The last day by its era first in Japanese, the serial, the algorithm, and a warning outside the validity."""
    data = certificate_data(CERTIFICATE, LAST.replace(year=2040))

    assert certificate_words(data, "ja") == [
        "令和13年（2031年）4月1日（火）まで",
        "No. 1",
        "rsa-2048-sha-256",
        "有効期間外です",
    ]
    assert certificate_words(data | {"in_period": True}, "en") == [
        "valid through 2031-04-01 (Tue)",
        "No. 1",
        "rsa-2048-sha-256",
    ]
    assert line_of(CertificateKind.SIGNATURE, ["a", "b"], "ja") == "署名用電子証明書: a、b"
    assert line_of(CertificateKind.SIGNATURE, ["a", "b"], "en") == "signature certificate: a, b"


def test_every_certificate_and_pin_has_its_words() -> None:
    """In both languages, and a day in both calendars."""
    assert set(CERTIFICATES) == set(CertificateKind)
    assert set(PINS) == set(PinKind)
    assert all(set(called) == {"ja", "en"} for called in (*CERTIFICATES.values(), *PINS.values()))
    assert day_data("expires", date(2035, 2, 17)) == {"expires": "2035-02-17", "expires_era": "令和17年2月17日"}
    assert (words("ja", "あ", "a"), words("en", "あ", "a")) == ("あ", "a")
