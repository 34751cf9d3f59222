from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import EnrolledKey, SeenNonce
from tests.support.desk import SENT

pytestmark = pytest.mark.django_db(databases=["authority"])


def key(number: int, **fields: object) -> EnrolledKey:
    """Store a key of Sato at Wakaba."""
    given = {"municipality": "99201", "signer": "sato", "fingerprint": f"{number:064}", "enrolled_at": SENT} | fields
    return EnrolledKey.objects.create(public_key=b"key", **given)


def refused(number: int, **fields: object) -> None:
    """Check that the database itself refuses a key."""
    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        key(number, **fields)


def test_a_signer_has_one_key_in_force() -> None:
    """A second one needs the first to be revoked; a key speaks for one signer."""
    first = key(1)
    refused(2)
    refused(1, signer="tanaka")
    first.revoked_at = SENT
    first.save()

    key(2)
    key(3, municipality="99202")
    assert EnrolledKey.objects.count() == 3


def test_a_key_does_not_end_before_it_begins() -> None:
    """The database holds the order of the two moments."""
    refused(1, revoked_at=SENT - timedelta(seconds=1))


def test_a_number_is_seen_once() -> None:
    """Municipality and number in one column, unique."""
    SeenNonce.objects.create(key="99201/00", until=SENT)
    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        SeenNonce.objects.create(key="99201/00", until=SENT)


def test_rows_name_themselves() -> None:
    """An audit subject is a row's number."""
    assert str(EnrolledKey(pk=7)) == "desk-key:7"
    assert str(SeenNonce(key="99201/00")) == "99201/00"
