from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import Issuer, OcspResponder, Serial, SerialCounter
from tests.support.authority import OPENED

pytestmark = pytest.mark.django_db(databases=["authority"])


def an_issuer(**changes: Any) -> Issuer:
    """Return a stored CA generation."""
    row: dict[str, Any] = {
        "kind": "signature",
        "generation": 1,
        "serial": 1,
        "certificate": b"der",
        "key_identifier": "aa",
        "key_name": "signature-ca-aa",
        "not_before": OPENED,
        "not_after": OPENED + timedelta(days=3650),
        "issues_from": OPENED,
    }
    return Issuer.objects.create(**(row | changes))


OTHER = {"generation": 2, "serial": 2, "key_identifier": "bb", "key_name": "signature-ca-bb"}


@pytest.mark.parametrize(
    "wrong",
    [
        OTHER | {"generation": 1},
        OTHER | {"serial": 1},
        OTHER | {"key_identifier": "aa"},
        OTHER | {"key_name": "signature-ca-aa"},
        OTHER | {"generation": 0},
        OTHER | {"not_after": OPENED},
        OTHER | {"issues_from": OPENED - timedelta(seconds=1)},
        OTHER | {"issues_from": OPENED + timedelta(days=3650)},
        OTHER | {"ended_at": OPENED},
        OTHER | {"ended_because": "compromise"},
        OTHER | {"key_destroyed_at": OPENED},
        OTHER | {"key_destroyed_at": OPENED, "ended_at": OPENED, "ended_because": "compromise"},
    ],
    ids=[
        "generation twice",
        "serial twice",
        "key twice",
        "key file twice",
        "generation 0",
        "never valid",
        "issues before it is valid",
        "issues after its end",
        "ended for nothing",
        "a reason without an end",
        "key destroyed in force",
        "key destroyed after a compromise",
    ],
)
def test_a_ca_generation_is_one_of_its_kind(wrong: dict[str, Any]) -> None:
    """Generation, serial and key are given once; generations count from 1."""
    an_issuer()

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        an_issuer(**wrong)


def test_the_two_cas_count_apart() -> None:
    """Both CAs have a first generation and a serial 1."""
    an_issuer()
    an_issuer(kind="authentication", key_identifier="bb", key_name="authentication-ca-bb")

    assert sorted(map(str, Issuer.objects.all())) == ["authentication-1", "signature-1"]


def test_a_responder_has_its_own_serial_and_key() -> None:
    """Two responders of one issuer differ in serial and key, and each is valid for a time."""
    issuer = an_issuer()
    row: dict[str, Any] = {"issuer": issuer, "serial": 2, "certificate": b"der", "key_name": "responder-2"}
    span: dict[str, Any] = {"not_before": OPENED, "not_after": OPENED + timedelta(days=30)}
    responder = OcspResponder.objects.create(**row, **span)

    assert str(responder) == f"responder:{issuer}/2"
    for wrong in ({"key_name": "responder-3"}, {"serial": 3}):
        with pytest.raises(IntegrityError), transaction.atomic("authority"):
            OcspResponder.objects.create(**(row | span | wrong))
    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        OcspResponder.objects.create(**(row | span | {"serial": 4, "key_name": "4", "not_after": OPENED}))


def test_a_serial_is_drawn_once() -> None:
    """The table of serials refuses a second one of the same kind and number."""
    Serial.objects.create(key="signature/1", drawn_at=OPENED)

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        Serial.objects.create(key="signature/1", drawn_at=OPENED)
    assert str(Serial(key="signature/1")) == "signature/1"
    assert str(SerialCounter(kind="signature", last=3)) == "signature: 3"
