from datetime import date, time

import pytest

from openjpki.rules.kinds import ApprovalGround, FeeReason, PinKind, RevocationReason
from openjpki.rules.policy import FORMS
from openjpki.rules.settings import Calendar, Closure, FeeRow, Hours, Office, members

GOOD: list[tuple[str, str, object]] = [
    ("age_rule", "eve", "eve"),
    ("accept_via_other_municipality", "true", True),
    ("early_renewal_birthdays", "5", 5),
    ("renewal_last_day_offset", "-1", -1),
    ("inquiry_reply_days", "14", 14),
    ("audit_retention_years", "10", 10),
    ("guardianship_certificate_months", "6", 6),
    ("kiosk_reset_hours", "48", 48),
    ("kiosk_hours", "06:30-23:00", Hours(time(6, 30), time(23))),
    ("health_insurance_card_accept_until", "none", None),
    ("health_insurance_card_accept_until", "2026-03-31", date(2026, 3, 31)),
    ("office_hours", "09:00-17:00", Hours(time(9), time(17))),
    ("office_calendar", "none", Calendar()),
    (
        "office_calendar",
        "sun,holidays,12-29..01-03,02-29..02-29,2026-05-01,+2026-05-03",
        Calendar(
            weekdays=frozenset({6}),
            holidays=True,
            closures=(Closure((12, 29), (1, 3)), Closure((2, 29), (2, 29))),
            extra_closed=frozenset({date(2026, 5, 1)}),
            extra_open=frozenset({date(2026, 5, 3)}),
        ),
    ),
    ("branch_offices", "none", ()),
    (
        "terminal_hours",
        "t=08:30-17:00/sat",
        Office(code="t", hours=Hours(time(8, 30), time(17)), calendar=Calendar(weekdays=frozenset({5}))),
    ),
    (
        "fee_table",
        "first=0;renewal=200@2026-04-01..",
        (FeeRow(FeeReason.FIRST, 0), FeeRow(FeeReason.RENEWAL, 200, date(2026, 4, 1), None)),
    ),
    ("fee_after_hold_found", "200", 200),
    ("notice_months_before", "12", 12),
    ("notice_days_to_send", "0", 0),
    ("paper_retention_years", "1", 1),
    ("record_deletion_reason", "affiliation_changed", RevocationReason.AFFILIATION_CHANGED),
    ("second_person_for", "none", ()),
    ("second_person_for", "no-pin,fee-waived", (ApprovalGround.NO_PIN, ApprovalGround.FEE_WAIVED)),
    ("window_pins", "signature,authentication", (PinKind.SIGNATURE, PinKind.AUTHENTICATION)),
    ("office_place", "市役所1階", "市役所1階"),
]

BAD: list[tuple[str, str]] = [
    ("age_rule", "evening"),
    ("accept_via_other_municipality", "yes"),
    ("early_renewal_birthdays", "7"),
    ("inquiry_reply_days", "-1"),
    ("audit_retention_years", "9"),
    ("guardianship_certificate_months", "121"),
    ("kiosk_reset_hours", "241"),
    ("paper_retention_years", "0"),
    ("notice_months_before", "0"),
    ("notice_months_before", "13"),
    ("audit_retention_years", "101"),
    ("inquiry_reply_days", "\u0663"),
    ("inquiry_reply_days", "99999"),
    ("health_insurance_card_accept_until", "20260331"),
    ("office_hours", "17:00-09:00"),
    ("office_hours", "09:00"),
    ("office_hours", "09:00:00-17:00"),
    ("office_hours", "09:00+09:00-17:00"),
    ("office_calendar", "saturday"),
    ("office_calendar", "12-29..13-03"),
    ("office_calendar", ""),
    ("branch_offices", "eki"),
    ("branch_offices", "=09:00-17:00/none"),
    ("fee_table", "renewal"),
    ("fee_table", "renewal=free"),
    ("fee_table", "party=200"),
    ("fee_table", "renewal=2000000"),
    ("record_deletion_reason", "superseded"),
    ("second_person_for", "always"),
    ("window_pins", "door"),
    ("office_place", "  "),
]


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_forms_read_their_values(name: str, text: str, value: object) -> None:
    """A setting is read from the text of the command line or of a settings file."""
    assert FORMS[name].read(text) == value


@pytest.mark.parametrize(("name", "text"), BAD)
def test_forms_refuse_other_texts(name: str, text: str) -> None:
    """A value that is none of the setting's raises ValueError, whatever is wrong with it."""
    with pytest.raises(ValueError):  # noqa: PT011  -- a form promises no message, the policy makes one
        FORMS[name].read(text)


def test_forms_say_what_they_take() -> None:
    """The refusal of a value lists the values."""
    assert FORMS["age_rule"].expected == "birthday / eve"
    assert members(PinKind.SIGNATURE).expected == "signature"
    assert all(form.expected for form in FORMS.values())


@pytest.mark.parametrize(
    ("day", "inside"),
    [("2026-12-28", False), ("2026-12-29", True), ("2027-01-03", True), ("2027-01-04", False)],
)
def test_a_closure_runs_over_the_new_year(day: str, inside: bool) -> None:  # noqa: FBT001  -- a column of the table
    """S-12: 12月29日から翌1月3日, both days included."""
    assert Closure((12, 29), (1, 3)).contains(date.fromisoformat(day)) is inside


def test_a_closure_within_a_year() -> None:
    """A closure may also lie within one year."""
    assert Closure((8, 13), (8, 15)).contains(date(2026, 8, 15))
    assert not Closure((8, 13), (8, 15)).contains(date(2026, 8, 16))
