from datetime import date

import pytest

from openjpki.rules.insurance import grace_until, insurance
from openjpki.rules.kinds import CertificateState
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
SAME_DAY = NATIONAL.with_settings({"insurance_grace_end": "same_day"})


@pytest.mark.parametrize(
    ("expires", "month_end", "same_day"),
    [
        ("2026-02-10", "2026-05-31", "2026-05-10"),
        ("2025-11-10", "2026-02-28", "2026-02-10"),
        ("2025-11-30", "2026-02-28", "2026-02-28"),
        ("2027-11-30", "2028-02-29", "2028-02-29"),
    ],
)
def test_three_months_of_grace(expires: str, month_end: str, same_day: str) -> None:
    """R-3.11: three months from the end of the expiry's month, or from its day where the setting says so."""
    day = date.fromisoformat(expires)

    assert grace_until(NATIONAL, expires=day) == date.fromisoformat(month_end)
    assert grace_until(SAME_DAY, expires=day) == date.fromisoformat(same_day)


@pytest.mark.parametrize(
    ("state", "on", "usable", "codes"),
    [
        (CertificateState.VALID, "2026-02-10", True, []),
        (CertificateState.VALID, "2026-02-11", True, ["insurance.grace"]),  # its state not yet moved on
        (CertificateState.EXPIRED, "2026-05-31", True, ["insurance.grace"]),
        (CertificateState.EXPIRED, "2026-06-01", False, ["insurance.over"]),
        (CertificateState.REVOKED, "2026-02-10", False, ["insurance.revoked"]),
        (CertificateState.HELD, "2026-02-10", False, ["insurance.revoked"]),
    ],
)
def test_only_an_expiry_has_grace(state: CertificateState, on: str, usable: bool, codes: list[str]) -> None:  # noqa: FBT001  -- a column of the table
    """R-3.11: an eligibility check, for three months; what was revoked or is held serves no more."""
    found = insurance(NATIONAL, state=state, expires=date(2026, 2, 10), on=date.fromisoformat(on))

    assert (found.usable, [finding.code for finding in found.findings]) == (usable, codes)
    assert found.until == date(2026, 5, 31)
