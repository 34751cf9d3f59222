"""Questions to the rules as the counter asks them, for the tests of the conflicts and of the rulings."""

from datetime import date

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Eligibility, eligibility
from openjpki.rules.identity import InquiryForm, Route, route
from openjpki.rules.kinds import (
    Applicant,
    CertificateKind,
    Procedure,
)
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import Renewal, renewal
from openjpki.rules.validity import authentication_expiry

ON = date(2026, 11, 24)
BORN = date(1990, 6, 10)
EXPIRES = date(2026, 6, 10)
FAR = date(2100, 1, 1)
LEAP = date(2000, 2, 29)
SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION


def routed(
    policy: Policy,
    procedure: Procedure,
    applicant: Applicant = Applicant.SELF,
    *,
    pin: bool = False,
    own: str = "",
    agent: str = "",
    form: InquiryForm = "none",
) -> Route:
    """Return the route of a case at the counter on `ON`; documents by their words, separated by blanks."""
    return route(
        policy,
        procedure=procedure,
        applicant=applicant,
        pin_matches=pin,
        documents=[ShownDocument(kind=DocumentKind(kind)) for kind in own.split()],
        agent_documents=[ShownDocument(kind=DocumentKind(kind)) for kind in agent.split()],
        inquiry_form=form,
        on=ON,
    )


def renewed(policy: Policy, on: date, expires: date = EXPIRES, *, card: date = FAR, notice: bool = False) -> Renewal:
    """Say whether a certificate can be renewed on a day."""
    return renewal(policy, expires=expires, card_expires=card, on=on, notice=notice)


def may_sign(
    policy: Policy, *, born: date = BORN, on: date = ON, ward: bool = False, both: bool = False
) -> Eligibility:
    """Say whether a person may have a signature certificate; `both`: holder and representative came."""
    return eligibility(policy, kind=SIGNATURE, born=born, on=on, ward=ward, accompanied=both)


def end_of(policy: Policy, issued: date, replaces: date | None = None) -> date:
    """Return the end of an authentication certificate of who is born on `BORN`, under a card that limits nothing."""
    return authentication_expiry(policy, issued=issued, born=BORN, card_expires=FAR, replaces_expiring=replaces).expires
