import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import StatusChange, StatusHead
from tests.support.authority import Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.mark.parametrize("broken", ["left out", "twice", "changed", "taken back", "head"])
def test_the_journal_only_grows(scene: Scene, broken: str) -> None:
    """docs/decisions/0024: no position is left out or given twice, no entry changes or goes, the head never falls."""
    scene.with_card().issue()
    one = StatusChange.objects.get()

    def breach() -> None:
        if broken in {"left out", "twice"}:
            position = one.position + (2 if broken == "left out" else 0)
            StatusChange.objects.create(
                position=position, issuer=one.issuer, serial=7, standing=b"", changed_at=one.changed_at
            )
        elif broken == "changed":
            StatusChange.objects.update(standing=bytes(16))
        elif broken == "taken back":
            StatusChange.objects.all().delete()
        else:
            StatusHead.objects.update(last=0)

    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        breach()
    assert list(StatusChange.objects.values_list("serial", "standing")) == [(one.serial, one.standing)]
