import pytest
from django.db import IntegrityError, transaction

from openjpki.window.models import CertificateCopy
from tests.unit.window.counter import Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def test_a_serial_is_given_once_per_kind(counter: Counter) -> None:
    """A certificate has one copy per municipality."""
    counter.with_certificates()
    copy = CertificateCopy.objects.for_municipality("99201").order_by("pk")[0]

    assert str(copy) == "99201/authentication/1"
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        copy.save()
