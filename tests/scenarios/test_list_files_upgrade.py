"""A home of format 4 has its lists in the database: the upgrade says what each is, leaves it there, and builds the walls again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, connections
from django.db.migrations.executor import MigrationExecutor

from openjpki.authority.models import CrlPublication

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)
BEFORE, AFTER = [("authority", "0009_verifiers")], [("authority", "0010_list_files")]
LISTS = (b"one", b"another")
AT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave the tables as they were found."""
    yield
    executor = MigrationExecutor(connections["authority"])
    executor.migrate(executor.loader.graph.leaf_nodes("authority"))


@pytest.mark.usefixtures("restored")
def test_lists_stay_in_their_rows() -> None:
    """Length and SHA-256 are those of the octets; the walls of the table stand, those before and the new one."""
    old = MigrationExecutor(connections["authority"]).migrate(BEFORE).apps
    issuer = old.get_model("authority", "Issuer").objects.create(
        kind="signature",
        generation=1,
        serial=1,
        certificate=b"",
        key_identifier="00",
        key_name="signature-ca",
        not_before=AT,
        not_after=AT + timedelta(days=3652),
    )
    for number, crl in enumerate(LISTS, start=1):
        old.get_model("authority", "CrlPublication").objects.create(
            issuer=issuer,
            municipality="99201",
            number=number,
            this_update=AT,
            next_update=AT + timedelta(days=1),
            entries=0,
            crl=crl,
        )
    MigrationExecutor(connections["authority"]).migrate(AFTER)

    rows = list(CrlPublication.objects.order_by("number"))
    assert [bytes(row.crl or b"") for row in rows] == list(LISTS)
    assert [(row.length, row.digest) for row in rows] == [(len(crl), sha256(crl).hexdigest()) for crl in LISTS]
    for change in ({"digest": "another"}, {"length": 1}, {"entries": 7}, {"crl": None}):
        with pytest.raises(IntegrityError):
            CrlPublication.objects.filter(number=1).update(**change)
    with pytest.raises(IntegrityError):
        CrlPublication.objects.filter(number=1).delete()
