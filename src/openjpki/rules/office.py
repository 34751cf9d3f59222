"""When the window and the authority's terminal are open, and which day a deadline moves to (R-4.4, R-4.5, R-4.7)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from openjpki.errors import Failure, Kind
from openjpki.rules.dates import in_japan
from openjpki.rules.holidays import holiday_name
from openjpki.rules.policy import Policy
from openjpki.rules.settings import Calendar, Office

Because = Literal[
    "open", "before-hours", "after-hours", "closed-weekday", "holiday", "yearly-closure", "closed-day", "opened-day"
]
"""Why an office is open or closed; "opened-day" is a day it opens although the rest of its calendar says closed."""

MAIN_OFFICE = ""
LONGEST_CLOSURE_DAYS = 366
"""An office that does not open within a year is not an office."""

_ONE_DAY = timedelta(days=1)


class UnknownOffice(Failure):
    """The policy has no office of that code."""

    code = "office.unknown"
    kind = Kind.USAGE
    ja = "「{code}」という窓口はありません。設定 branch_offices にある窓口:{known}"
    en = 'There is no office "{code}". Offices in the setting branch_offices: {known}'


class NeverOpen(Failure):
    """The office's calendar has no open day within a year."""

    code = "office.never-open"
    kind = Kind.USAGE
    ja = "設定された窓口の暦では、1年以内に開庁日がありません。"
    en = "By the calendar that is set the office does not open within a year."


@dataclass(frozen=True, kw_only=True)
class OfficeHours:
    """Whether an office is open at a moment, and why; `holiday` names the holiday that closes it."""

    open: bool
    because: Because
    rules: tuple[str, ...]
    holiday: str | None = None


def office_of(policy: Policy, code: str = MAIN_OFFICE) -> Office:
    """Return the main office, or a branch by its code; raise `UnknownOffice`."""
    if code == MAIN_OFFICE:
        return Office(code=MAIN_OFFICE, hours=policy.office_hours, calendar=policy.office_calendar)
    for branch in policy.branch_offices:
        if branch.code == code:
            return branch
    raise UnknownOffice(code=code, known=", ".join(branch.code for branch in policy.branch_offices) or "-")


def office_open(policy: Policy, at: datetime, office: str = MAIN_OFFICE) -> OfficeHours:
    """Say whether the window is open at an aware moment, both ends of the hours included (R-4.4; S-12, S-38)."""
    return hours_of(office_of(policy, office), at, rule="R-4.4")


def terminal_open(policy: Policy, at: datetime) -> OfficeHours:
    """Say whether the authority's terminal answers at an aware moment (R-4.5)."""
    return hours_of(policy.terminal_hours, at, rule="R-4.5")


def hours_of(office: Office, at: datetime, *, rule: str) -> OfficeHours:
    """Say by its hours and calendar whether a place is open at an aware moment, and by which rule (R-4.4 to R-4.6)."""
    here = in_japan(at)
    because = _day_reason(office.calendar, here.date())
    if because in {"open", "opened-day"}:
        if here.time() < office.hours.opens:
            because = "before-hours"
        elif here.time() > office.hours.closes:
            because = "after-hours"
    return OfficeHours(
        open=because in {"open", "opened-day"},
        because=because,
        rules=(rule,),
        holiday=holiday_name(here.date()) if because == "holiday" else None,
    )


def _day_reason(calendar: Calendar, day: date) -> Because:
    reasons: tuple[tuple[bool, Because], ...] = (
        (day in calendar.extra_open, "opened-day"),
        (day in calendar.extra_closed, "closed-day"),
        (calendar.holidays and holiday_name(day) is not None, "holiday"),
        (any(closure.contains(day) for closure in calendar.closures), "yearly-closure"),
        (day.weekday() in calendar.weekdays, "closed-weekday"),
    )
    return next((because for applies, because in reasons if applies), "open")


def is_open_day(policy: Policy, day: date) -> bool:
    """Say whether the main office opens on a day (R-4.4)."""
    return _day_reason(policy.office_calendar, day) in {"open", "opened-day"}


def open_day_from(policy: Policy, day: date) -> date:
    """Return the day itself if the main office is open, else the next open day: where a deadline ends (R-4.7).

    Raises `NeverOpen`.
    """
    return _open_day(policy, day, _ONE_DAY)


def open_day_until(policy: Policy, day: date) -> date:
    """Return the last open day up to a day: the last useful one of a renewal window, which is not extended (R-4.7).

    Raises `NeverOpen`.
    """
    return _open_day(policy, day, -_ONE_DAY)


def _open_day(policy: Policy, day: date, step: timedelta) -> date:
    for count in range(LONGEST_CLOSURE_DAYS):
        if is_open_day(policy, day + count * step):
            return day + count * step
    raise NeverOpen
