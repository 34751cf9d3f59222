"""Until when an expired authentication certificate still serves as insurance card: マイナ保険証 (R-3.11)."""

from dataclasses import dataclass
from datetime import date, timedelta

from openjpki.rules.catalogue import find
from openjpki.rules.dates import months_after
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CertificateState
from openjpki.rules.policy import Policy

GRACE_MONTHS = 3
"""After the expiry eligibility is still checked (R-3.11)."""

_ALIVE_OR_EXPIRED = frozenset({CertificateState.VALID, CertificateState.EXPIRED})


@dataclass(frozen=True, kw_only=True)
class Insurance:
    """Whether eligibility can be checked with the card, until when, and what is found."""

    usable: bool
    until: date
    findings: tuple[Finding, ...]


def grace_until(policy: Policy, *, expires: date) -> date:
    """Return the last day of the three months after an expiry (R-3.11): of its month, or the corresponding day."""
    if policy.insurance_grace_end == "same_day":
        return months_after(expires, GRACE_MONTHS)
    return months_after(expires.replace(day=1), GRACE_MONTHS + 1) - timedelta(days=1)


def insurance(policy: Policy, *, state: CertificateState, expires: date, on: date) -> Insurance:
    """Say whether the authentication certificate serves as insurance card on a day (R-3.11).

    It is an eligibility check only; a revoked or held certificate has no grace.
    """
    until = grace_until(policy, expires=expires)
    if state not in _ALIVE_OR_EXPIRED:
        return Insurance(usable=False, until=until, findings=(find("insurance.revoked"),))
    if on <= expires:
        return Insurance(usable=True, until=until, findings=())
    if on <= until:
        return Insurance(usable=True, until=until, findings=(find("insurance.grace", expires=expires, until=until),))
    return Insurance(usable=False, until=until, findings=(find("insurance.over", until=until),))
