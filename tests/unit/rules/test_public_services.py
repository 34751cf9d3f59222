from datetime import UTC, datetime

import pytest

from openjpki.rules.dates import JST
from openjpki.rules.policy import Policy
from openjpki.rules.public_services import PublicService, service_hours
from openjpki.rules.settings import Hours

NATIONAL = Policy.preset("national")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize("at", ["2026-11-24T12:00", "2026-11-22T03:00", "2027-01-01T00:00"])
def test_a_hold_is_taken_at_any_hour(at: str) -> None:
    """R-2.7, R-4.6: 24 hours, 365 days; the number is told."""
    found = service_hours(NATIONAL, service=PublicService.HOLD_CALL, at=_at(at))

    assert (found.open, found.hours) == (True, None)
    assert found.rules == ("R-2.7", "R-4.6")
    assert "0120-95-0178" in found.findings[0].ja


@pytest.mark.parametrize(
    ("at", "because"),
    [
        ("2026-11-24T06:29", "before-hours"),
        ("2026-11-24T06:30", "open"),
        ("2026-11-24T23:00", "open"),
        ("2026-11-24T23:01", "after-hours"),
        ("2026-11-22T12:00", "open"),  # a Sunday
        ("2026-11-23T12:00", "open"),  # a holiday
        ("2026-12-28T12:00", "open"),
        ("2026-12-29T12:00", "yearly-closure"),
        ("2027-01-03T12:00", "yearly-closure"),
        ("2027-01-04T12:00", "open"),
    ],
)
def test_certificates_at_convenience_stores(at: str, because: str) -> None:
    """R-4.6; S-06: 6:30 to 23:00, both included, on every day but 29 December to 3 January, in Japanese time."""
    for moment in (_at(at), _at(at).astimezone(UTC)):
        found = service_hours(NATIONAL, service=PublicService.CONVENIENCE_STORE, at=moment)

        assert (found.open, found.because) == (because == "open", because)
        codes = [finding.code for finding in found.findings]
        assert codes == ([] if found.open else ["service.convenience-store-closed"])


def test_a_day_of_maintenance_is_a_setting() -> None:
    """R-4.6: `convenience_service` has the hours and the closed days; the sentence says the hours."""
    policy = NATIONAL.with_settings({"convenience_service": "shops=07:00-22:00/2026-11-24"})
    found = service_hours(policy, service=PublicService.CONVENIENCE_STORE, at=_at("2026-11-24T12:00"))

    assert (found.open, found.because) == (False, "closed-day")
    assert "07:00から22:00まで" in found.findings[0].ja
    assert "保守の日" in found.findings[0].ja


@pytest.mark.parametrize(("at", "is_open"), [("2027-01-01T06:30", True), ("2027-01-01T06:29", False)])
def test_a_pin_reset_at_a_kiosk(at: str, is_open: bool) -> None:  # noqa: FBT001  -- a column of the table
    """R-4.6, R-6.6: 6:30 to 23:00 by the setting `kiosk_hours`, every day of the year."""
    found = service_hours(NATIONAL, service=PublicService.KIOSK_RESET, at=_at(at))

    assert (found.open, found.rules) == (is_open, ("R-4.6", "R-6.6"))
    assert found.hours == Hours(NATIONAL.kiosk_hours.opens, NATIONAL.kiosk_hours.closes)
    assert [finding.code for finding in found.findings] == ([] if is_open else ["kiosk.closed"])
