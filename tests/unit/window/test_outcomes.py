import pytest

from openjpki.rules.catalogue import find
from openjpki.window.outcomes import ProcedureRefused
from openjpki.window.telling import Told
from tests.unit.window.counter import WAKABA, Counter


def test_a_refusal_carries_its_findings() -> None:
    """A refusal says every reason in both languages, and hands out the findings with what to bring."""
    findings = (find("identity.inquiry"), find("eligibility.not-resident"))
    refused = ProcedureRefused(receipt="2026-000001", findings=Told(findings))

    assert refused.receipt == "2026-000001"
    assert refused.findings == findings
    assert all(finding.ja in refused.message("ja") and finding.en in refused.message("en") for finding in findings)


@pytest.mark.django_db(databases=["window"])
def test_an_outcome_is_done_or_waits(counter: Counter) -> None:
    """Done means that everything asked for stands on the card; else the outcome holds what interrupted it."""
    counter.with_card().desk.reachable = False
    waiting = counter.issue()
    assert (waiting.done, waiting.interruption is None) == (False, False)

    counter.desk.reachable = True
    done = counter.window.procedures.resume(WAKABA, receipt=waiting.application.receipt, card=counter.card)
    assert (done.done, done.interruption) == (True, None)
