from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import CrlPublication, Issuer, Revocation
from tests.support.authority import OPENED
from tests.unit.authority.models.test_issuer import an_issuer

pytestmark = pytest.mark.django_db(databases=["authority"])

HOUR = timedelta(hours=1)


def a_revocation(issuer: Issuer, **changes: Any) -> Revocation:
    """Return a stored revocation."""
    row: dict[str, Any] = {
        "certificate_key": "signature/2",
        "serial": 2,
        "issuer": issuer,
        "issuing_municipality": "99201",
        "expires_at": OPENED + 24 * HOUR,
        "reason": "superseded",
        "event": "renewal",
        "effective_at": OPENED,
        "visible_at": OPENED,
    }
    return Revocation.objects.create(**(row | changes))


def test_a_certificate_ends_once_and_may_be_stopped_before() -> None:
    """A hold and an end stand side by side; a second end, or a second hold in force, does not."""
    issuer = an_issuer()
    a_revocation(issuer, reason="certificate_hold")
    a_revocation(issuer)

    for reason in ("key_compromise", "certificate_hold"):
        with pytest.raises(IntegrityError), transaction.atomic("authority"):
            a_revocation(issuer, reason=reason)


def test_a_lifted_hold_leaves_room_for_another() -> None:
    """A hold that was lifted may be followed by a new one (R-5.20)."""
    issuer = an_issuer()
    a_revocation(issuer, reason="certificate_hold", released_at=OPENED + HOUR)
    second = a_revocation(issuer, reason="certificate_hold")

    assert str(second) == "revocation:signature/2"


@pytest.mark.parametrize(
    "wrong", [{"visible_at": OPENED - HOUR}, {"released_at": OPENED + HOUR}], ids=["seen before it is", "end lifted"]
)
def test_a_revocation_is_sound(wrong: dict[str, Any]) -> None:
    """Nothing is visible before it is effective, and only a hold can be lifted."""
    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        a_revocation(an_issuer(), **wrong)


def test_list_numbers_are_given_once_in_a_partition() -> None:
    """The CRL number is unique for issuer key and municipality, counts from 1; a list lasts for a time and has octets."""
    issuer = an_issuer()
    of: dict[str, Any] = {"issuer": issuer, "municipality": "99201", "number": 1}
    row = of | {"entries": 0, "length": 3, "digest": "00"}
    span: dict[str, Any] = {"this_update": OPENED, "next_update": OPENED + HOUR}
    first = CrlPublication.objects.create(**row, **span)
    CrlPublication.objects.create(**(row | span | {"municipality": "99202"}))

    assert str(first) == "crl:signature-1-99201/1"
    for wrong in (
        {},
        {"number": 0},
        {"number": 2, "next_update": OPENED},
        {"number": 2, "length": 0},
        {"number": 2, "digest": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic("authority"):
            CrlPublication.objects.create(**(row | span | wrong))
