from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import Card, PhoneHold
from tests.support.authority import Scene

pytestmark = pytest.mark.django_db(databases=["authority"])

AT = datetime(2026, 4, 1, tzinfo=UTC)


def test_one_call_at_a_time_stops_a_card(scene: Scene) -> None:
    """A second is refused until the municipality knows of the first, which is not before it came (R-5.20)."""
    scene.with_card()
    card = Card.objects.get()
    first = PhoneHold.objects.create(card=card, operator="suzuki", asked=["name"], held_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        PhoneHold.objects.create(card=card, operator="suzuki", asked=["name"], held_at=AT)
    first.acknowledged_at = AT - timedelta(seconds=1)
    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        first.save()
    first.acknowledged_at = AT
    first.save()

    assert str(PhoneHold.objects.create(card=card, operator="suzuki", asked=[], held_at=AT)).startswith("phone-hold:")
