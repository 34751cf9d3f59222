"""What becomes of a fee that was settled when its application comes to nothing: paid back or kept, said and recorded (R-4.2).

A fee is paid back whole or not at all, and once: in the transaction that closes its application, whose end is final.
"""

from datetime import datetime

from openjpki.rules.finding import Finding
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import Voided, refund
from openjpki.window.applications import subject, write_findings
from openjpki.window.equipment import note
from openjpki.window.models import Application, FeeRecord
from openjpki.window.officer import Officer
from openjpki.window.verbs import Verb

REFUNDED = "fee.refunded"
"""The finding by which the window's records say that the fee went back."""
KEPT = "fee.kept"
"""The finding by which they say that it stays."""


def void_fee(
    officer: Officer, application: Application, *, policy: Policy, because: Voided, at: datetime
) -> tuple[Finding, ...]:
    """Say and record what is paid back of an accepted application's fee, inside the act that closes it; nothing of nothing."""
    fee = FeeRecord.objects.for_municipality(application.municipality).get(application=application)
    found = refund(policy, paid=fee.yen, voided=because)
    write_findings(application, found.findings, at=at)
    if found.findings:
        verb = Verb.FEE_REFUNDED if found.yen else Verb.FEE_KEPT
        note(officer, verb, subject(application), at=at, yen=fee.yen, because=because.value)
    return found.findings
