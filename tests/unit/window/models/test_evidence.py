import pytest
from django.db import IntegrityError, transaction

from openjpki.window.models import DocumentShown, FeeRecord, FindingRecord, IdentityEvidence
from openjpki.window.procedures import ProcedureRefused
from tests.unit.window.counter import BY_LICENCE, HANAKO, WAKABA, Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def test_what_an_application_rests_on(counter: Counter) -> None:
    """Evidence, documents and fee hang on the application; none is printed with personal data."""
    counter.with_card()
    counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_LICENCE)

    evidence = IdentityEvidence.objects.for_municipality("99201").get()
    document = DocumentShown.objects.for_municipality("99201").get()
    fee = FeeRecord.objects.for_municipality("99201").get()
    assert [str(row) for row in (evidence, document, fee)] == [
        f"99201/{evidence.pk}",
        f"99201/{document.pk}",
        "99201/2021-000001",
    ]
    assert (fee.yen, fee.reason, fee.rules) == (0, "first", ["R-4.1"])


def test_no_column_for_what_is_not_kept() -> None:
    """R-2.26: neither a document's number nor its image has a place in the tables."""
    columns = {field.name for model in (IdentityEvidence, DocumentShown) for field in model._meta.get_fields()}

    assert columns == {
        "id", "municipality", "application", "route", "pin_matched", "evidence", "kind", "expires_date", "copy_taken",
    }  # fmt: skip


def test_a_finding_has_one_of_two_severities(counter: Counter) -> None:
    """A finding refuses or advises."""
    counter.register()
    with pytest.raises(ProcedureRefused):
        counter.issue()
    finding = FindingRecord.objects.for_municipality("99201").get()

    assert str(finding) == "99201/window.no-card"
    finding.severity = "opinion"
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        finding.save()


def test_a_fee_is_no_refund(counter: Counter) -> None:
    """A fee is nought or more, and settled once per application."""
    counter.with_certificates()
    fee = FeeRecord.objects.for_municipality("99201").get()

    fee.yen = -1
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        fee.save()
    fee.yen, fee.pk, fee.receipt = 0, None, "2021-000009"
    with pytest.raises(IntegrityError), transaction.atomic(using="window"):
        fee.save()
