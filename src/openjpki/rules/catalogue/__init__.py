"""Every finding the rules can make, by code. Codes are stable: pages, papers and other programs rely on them.

One module a subject; each holds its findings as `FINDINGS`.
"""

from collections.abc import Mapping

from openjpki.rules.catalogue import (
    address,
    application,
    characters,
    checklist,
    deadlines,
    documents,
    eligibility,
    events,
    face_card,
    fees,
    identity,
    inquiry,
    instead,
    kiosk,
    moving,
    notices,
    phone,
    renewal,
    representation,
    retention,
    revocation,
    services,
    stay,
)
from openjpki.rules.finding import Finding, UnknownCode

_SUBJECTS = (
    eligibility,
    face_card,
    renewal,
    identity,
    documents,
    representation,
    inquiry,
    application,
    kiosk,
    phone,
    services,
    address,
    characters,
    revocation,
    events,
    moving,
    deadlines,
    fees,
    stay,
    notices,
    retention,
    checklist,
    instead,
)

CATALOGUE: Mapping[str, Finding] = {finding.code: finding for subject in _SUBJECTS for finding in subject.FINDINGS}


def find(code: str, **data: object) -> Finding:
    """Return the finding of a code with its sentences filled in; raise `UnknownCode`."""
    if code not in CATALOGUE:
        raise UnknownCode(code=code)
    return CATALOGUE[code].filled(**data)
