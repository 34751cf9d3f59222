from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import LegalClock

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_there_is_one_clock() -> None:
    """How far the clock came is one row: a second is refused by the database."""
    at = datetime(2026, 1, 5, tzinfo=UTC)
    LegalClock.objects.create(reached_at=at)

    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        LegalClock.objects.create(pk=2, reached_at=at)
    assert str(LegalClock.objects.get()) == "legal-clock"
