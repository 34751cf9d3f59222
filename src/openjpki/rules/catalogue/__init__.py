"""Every finding the rules can make, by code. Codes are stable: pages, papers and other programs rely on them.

One module a subject; each holds its findings as `FINDINGS`.
"""

from collections.abc import Mapping

from openjpki.rules.catalogue import (
    deadlines,
    documents,
    eligibility,
    events,
    fees,
    identity,
    notices,
    renewal,
    representation,
    retention,
    revocation,
    stay,
)
from openjpki.rules.finding import Finding, UnknownCode

_SUBJECTS = (
    eligibility,
    renewal,
    identity,
    documents,
    representation,
    revocation,
    events,
    deadlines,
    fees,
    stay,
    notices,
    retention,
)

CATALOGUE: Mapping[str, Finding] = {finding.code: finding for subject in _SUBJECTS for finding in subject.FINDINGS}


def find(code: str, **data: object) -> Finding:
    """Return the finding of a code with its sentences filled in; raise `UnknownCode`."""
    if code not in CATALOGUE:
        raise UnknownCode(code=code)
    return CATALOGUE[code].filled(**data)
