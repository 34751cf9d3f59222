from datetime import date, datetime

import pytest

from openjpki.rules.dates import JST
from openjpki.rules.office import (
    NeverOpen,
    UnknownOffice,
    is_open_day,
    office_open,
    open_day_from,
    open_day_until,
    terminal_open,
)
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal_window

NATIONAL = Policy.preset("national")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("day", "is_open", "because"),
    [
        ("2026-05-06", False, "holiday"),
        ("2026-09-22", False, "holiday"),
        ("2026-12-28", True, "open"),
        ("2026-12-29", False, "yearly-closure"),
        ("2027-01-01", False, "holiday"),
        ("2028-01-03", False, "yearly-closure"),
        ("2028-01-04", True, "open"),
        ("2026-11-21", False, "closed-weekday"),
        ("2026-11-22", False, "closed-weekday"),
        ("2026-11-23", False, "holiday"),
        ("2026-11-24", True, "open"),
    ],
    ids=["E-32", "E-33", "E-34", "E-35", "元日", "3 Jan", "4 Jan", "Saturday", "Sunday", "勤労感謝の日", "Tuesday"],
)
def test_closed_days(day: str, is_open: bool, because: str) -> None:  # noqa: FBT001  -- a column of the table
    """R-4.4; S-12, S-38: E-32 to E-35; closed on Saturday, Sunday, 祝日 and from 12-29 to 01-03."""
    hours = office_open(NATIONAL, _at(f"{day}T10:00"))

    assert (hours.open, hours.because) == (is_open, because)
    assert hours.rules == ("R-4.4",)
    assert is_open_day(NATIONAL, date.fromisoformat(day)) is is_open


@pytest.mark.parametrize(
    ("clock", "because"),
    [
        ("08:44:59", "before-hours"),
        ("08:45:00", "open"),
        ("17:15:00", "open"),
        ("17:15:01", "after-hours"),
    ],
)
def test_hours(clock: str, because: str) -> None:
    """S-12, S-38: 8時45分~17時15分, both ends included."""
    assert office_open(NATIONAL, _at(f"2026-11-24T{clock}")).because == because


def test_a_holiday_is_named() -> None:
    """R-4.4: the answer names the holiday that closes the window."""
    assert office_open(NATIONAL, _at("2026-05-06T10:00")).holiday == "憲法記念日 振替休日"
    assert office_open(NATIONAL, _at("2026-11-24T10:00")).holiday is None


def test_branches_have_calendars_of_their_own() -> None:
    """R-4.4: other offices open on Saturdays, Sundays and in the evening."""
    policy = NATIONAL.with_settings({"branch_offices": "eki=09:00-19:00/tue,12-29..01-03;cho=10:00-16:00/none"})

    assert office_open(policy, _at("2026-11-22T18:30"), "eki").open
    assert office_open(policy, _at("2026-11-24T10:00"), "eki").because == "closed-weekday"
    assert office_open(policy, _at("2026-12-31T10:00"), "cho").open


@pytest.mark.parametrize("policy", [NATIONAL, NATIONAL.with_settings({"branch_offices": "eki=09:00-19:00/tue"})])
def test_an_unknown_office(policy: Policy) -> None:
    """An office without a calendar is no office; the refusal names those there are."""
    with pytest.raises(UnknownOffice):
        office_open(policy, _at("2026-11-24T10:00"), "minato")


def test_single_days() -> None:
    """R-4.4: a calendar can open on one closed day and close on one open day."""
    policy = NATIONAL.with_settings({"office_calendar": "sat,sun,holidays,2026-11-24,+2026-11-21"})

    assert office_open(policy, _at("2026-11-21T10:00")).because == "opened-day"
    assert office_open(policy, _at("2026-11-21T18:00")).because == "after-hours"
    assert office_open(policy, _at("2026-11-24T10:00")).because == "closed-day"


def test_terminal_hours() -> None:
    """R-4.5: Monday to Friday 8:30 to 17:15, also on holidays, unless set otherwise."""
    assert terminal_open(NATIONAL, _at("2026-11-23T08:30")).open
    assert terminal_open(NATIONAL, _at("2026-11-24T17:16")).because == "after-hours"
    assert terminal_open(NATIONAL, _at("2026-11-22T10:00")).because == "closed-weekday"
    assert terminal_open(NATIONAL, _at("2026-11-22T10:00")).rules == ("R-4.5",)


def test_the_renewal_window_is_not_extended() -> None:
    """R-4.7: E-36, expiry on Sunday 2026-05-03: the last useful open day is 2026-05-01, the next open one 2026-05-07."""
    window = renewal_window(NATIONAL, date(2026, 5, 3))

    assert window.closes == date(2026, 5, 3)
    assert open_day_until(NATIONAL, window.closes) == date(2026, 5, 1)
    assert open_day_from(NATIONAL, window.closes) == date(2026, 5, 7)


def test_an_office_that_never_opens() -> None:
    """A calendar without an open day is refused instead of searched for ever."""
    policy = NATIONAL.with_settings({"office_calendar": "01-01..12-31"})
    with pytest.raises(NeverOpen):
        open_day_from(policy, date(2026, 1, 1))
