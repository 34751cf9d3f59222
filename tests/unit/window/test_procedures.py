from datetime import date

import pytest

from openjpki.rules.kinds import ApplicationState, CertificateKind, CertificateState, FeeReason
from openjpki.window.procedures import ProcedureRefused
from tests.unit.window.counter import BY_PIN, HANAKO, WAKABA, Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def test_a_new_issue_puts_both_certificates_on_the_card(counter: Counter) -> None:
    """New issue in person (R-2.2): both certificates, free of charge the first time (S-18), done on the same day (S-13)."""
    outcome = counter.with_card().issue()

    assert outcome.interruption is None
    assert outcome.application.state is ApplicationState.DONE
    assert outcome.application.receipt == "2021-000001"
    assert outcome.application.fee is not None
    assert (outcome.application.fee.yen, outcome.application.fee.reason) == (0, FeeReason.FIRST)
    assert [order.kind for order in outcome.application.orders] == [
        CertificateKind.AUTHENTICATION,
        CertificateKind.SIGNATURE,
    ]
    assert {order.expires for order in outcome.application.orders} == {date(2026, 6, 10)}
    assert set(counter.card.active) == set(CertificateKind)
    assert not counter.card.shadow
    certificates = counter.window.residents.show(WAKABA, HANAKO).certificates
    assert [certificate.state for certificate in certificates] == [CertificateState.VALID] * 2
