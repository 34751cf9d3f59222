import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import StatusChange, StatusHead
from tests.support.authority import Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_there_is_one_journal(scene: Scene) -> None:
    """docs/decisions/0024: one row counts all entries, from one on; it is called by its count."""
    scene.with_card().issue()

    assert str(StatusHead.objects.get()) == "status-head:1"
    assert str(StatusChange.objects.get()) == "status-change:1"
    for row in (StatusHead(pk=2, last=0), StatusHead(pk=1, last=-1)):
        with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
            row.save(force_insert=row.pk != 1)
