"""Interviews as a resident gives them, for the tests of the checklist."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from openjpki.rules.checklist.checklist import Checklist, checklist
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.items import Item
from openjpki.rules.eligibility import Holder
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, CertificateKind, PinKind, Procedure
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
ON = date(2026, 5, 1)
"""A Friday, inside the window of the certificates below."""
ENDS = date(2026, 6, 10)
ADULT = Holder(born=date(1990, 6, 10))
CHILD = Holder(born=date(2012, 4, 1))
SIGNATURE, AUTHENTICATION = frozenset({CertificateKind.SIGNATURE}), frozenset({CertificateKind.AUTHENTICATION})
ALL_PINS = frozenset(PinKind)


def interview(procedure: Procedure, applicant: Applicant = Applicant.SELF, **answers: Any) -> Interview:
    """Return the interview of an adult on `ON`; at a renewal both certificates end on `ENDS`."""
    usual: dict[str, Any] = {"on": ON, "holder": ADULT}
    if procedure is Procedure.RENEWAL:
        usual |= {"signature_expires": ENDS, "authentication_expires": ENDS}
    return Interview(procedure=procedure, applicant=applicant, **{**usual, **answers})


def asked(
    procedure: Procedure, applicant: Applicant = Applicant.SELF, *, policy: Policy = NATIONAL, **answers: Any
) -> Checklist:
    """Return the checklist of such an interview."""
    return checklist(policy, interview(procedure, applicant, **answers))


def listed(items: tuple[Item, ...]) -> list[tuple[str, bool]]:
    """Return the things of a list, each with whether it is required; a document by its first kind."""
    return [(item.kinds[0].value if item.kinds else item.thing.value, item.required) for item in items]


class Told(Protocol):
    """An answer with findings."""

    @property
    def findings(self) -> Sequence[Finding]:
        """Return them."""
        ...


def codes(found: Told) -> list[str]:
    """Return the codes of the findings of an answer."""
    return [finding.code for finding in found.findings]
