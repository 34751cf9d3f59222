import pytest

from openjpki.rules.kinds import ApplicationState, CardState, CertificateKind, CertificateState, Procedure, Sex
from openjpki.window import rows
from openjpki.window.loading import cards_of, copies_of, load_application, load_resident, orders_of
from openjpki.window.models import FeeRecord
from openjpki.window.states import OrderStep, ResidentState
from tests.unit.window.counter import HANAKO, WAKABA, Counter, at

pytestmark = pytest.mark.django_db(databases=["window"])


def test_a_resident_with_all_that_hangs_on_the_row(counter: Counter) -> None:
    """Person, card and certificates become values in the words of the rules."""
    counter.with_certificates()
    row = load_resident(WAKABA, HANAKO)

    entry = rows.resident_entry(row, cards_of(row), copies_of(row))

    assert (entry.sex, entry.state, entry.cards[0].state) == (Sex.FEMALE, ResidentState.RESIDENT, CardState.ACTIVE)
    assert [c.kind for c in entry.certificates] == [CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE]
    assert {c.state for c in entry.certificates} == {CertificateState.VALID}
    assert entry.certificates[0].known_at == at("2021-07-01")


def test_an_application_with_all_that_hangs_on_the_row(counter: Counter) -> None:
    """Application, fee and orders become values in the words of the rules."""
    receipt = counter.with_card().issue().application.receipt
    row = load_application(WAKABA, receipt)
    fee = FeeRecord.objects.for_municipality("99201").get(application=row)

    entry = rows.application_entry(row, fee, orders_of(row), ())

    assert (entry.procedure, entry.state, entry.kinds) == (
        Procedure.NEW,
        ApplicationState.DONE,
        (CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE),
    )
    assert {order.step for order in entry.orders} == {OrderStep.ACTIVE}
    assert entry.fee == rows.fee_entry(fee)
