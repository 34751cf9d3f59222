import pytest

from openjpki.audit.record import NotInTransaction
from openjpki.rules.application import ApplicationEvent
from openjpki.rules.catalogue import find
from openjpki.rules.course import Application
from openjpki.rules.fees import Fee
from openjpki.rules.kinds import ApplicationState, CertificateKind, FeeReason, Procedure
from openjpki.rules.policy import Policy
from openjpki.window.acceptance import accept, receive, refusals, refuse
from openjpki.window.casework import Asked
from openjpki.window.equipment import act
from openjpki.window.examination import IssueExamination
from openjpki.window.loading import load_resident, orders_of
from openjpki.window.models import FeeRecord, FindingRecord
from tests.unit.window.counter import BY_PIN, HANAKO, WAKABA, Counter, at, audited

pytestmark = pytest.mark.django_db(databases=["window"])

NOW = at("2021-07-01")
STEPS = (ApplicationEvent.EXAMINE, ApplicationEvent.IDENTIFY, ApplicationEvent.CHECK_PINS, ApplicationEvent.SETTLE_FEE)
EXAMINED = IssueExamination(
    application=Application(
        procedure=Procedure.NEW,
        kinds=frozenset({CertificateKind.SIGNATURE}),
        state=ApplicationState.READY,
        path=(*STEPS, ApplicationEvent.CLEAR),
    ),
    findings=(find("renewal.notice-required"), find("agent.holder-preferred")),
    way="same_day",
    fee=Fee(yen=200, rules=("R-4.2",)),
    reason=FeeReason.OWN_REQUEST,
)


def asked(card_number: str) -> Asked:
    """Return a new issue of the signature certificate."""
    kinds = (CertificateKind.SIGNATURE,)
    return Asked(procedure=Procedure.NEW, kinds=kinds, card_number=card_number, shown=BY_PIN)


def test_an_accepted_application_has_fee_and_orders(counter: Counter) -> None:
    """Accepted, an application stands with its receipt number, findings, fee and planned orders."""
    counter.with_card()
    resident = load_resident(WAKABA, HANAKO)
    with act():
        application = receive(WAKABA, resident, asked(counter.card.number), EXAMINED, policy=Policy(), at=NOW)
        planned = {CertificateKind.SIGNATURE: "order-1"}
        accept(WAKABA, application, EXAMINED, planned, at=NOW, known_afresh=True, kana_agreed=False)

    assert (application.state, application.receipt) == (ApplicationState.READY.value, "2021-000001")
    assert [order.order_id for order in orders_of(application)] == ["order-1"]
    fee = FeeRecord.objects.for_municipality("99201").get()
    assert (fee.yen, fee.reason, fee.rules, fee.receipt) == (200, "own-request", ["R-4.2"], "2021-000001")
    (row,) = audited("application.accepted")
    assert (row.data["fee_yen"], row.data["kinds"], row.data["kana_agreed"]) == (200, ["signature"], False)


def test_a_refused_application_keeps_all_findings(counter: Counter) -> None:
    """Refused, it keeps refusals and advice; the audit row names the refusals."""
    counter.with_card()
    with act():
        application = receive(WAKABA, load_resident(WAKABA, HANAKO), asked(""), EXAMINED, policy=Policy(), at=NOW)
        refuse(WAKABA, application, EXAMINED.findings, at=NOW)

    assert (application.state, application.closed_at) == (ApplicationState.REFUSED.value, NOW)
    assert FindingRecord.objects.for_municipality("99201").count() == 2
    assert audited("application.refused")[0].data["codes"] == ["renewal.notice-required"]
    assert [finding.code for finding in refusals(EXAMINED.findings)] == ["renewal.notice-required"]


def test_an_act_without_its_transaction_is_a_bug(transactional_counter: Counter) -> None:
    """The audit row stands in the transaction of its act: outside one nothing is recorded."""
    transactional_counter.with_card()

    with act():
        application = receive(WAKABA, load_resident(WAKABA, HANAKO), asked(""), EXAMINED, policy=Policy(), at=NOW)

    with pytest.raises(NotInTransaction):
        refuse(WAKABA, application, EXAMINED.findings, at=NOW)
