from datetime import date

import pytest

from openjpki.rules.kinds import RecordKind
from openjpki.rules.policy import Policy
from openjpki.rules.retention import ExpiryNeeded, destruction, retention

NATIONAL = Policy.preset("national")
MADE = date(2026, 3, 11)
EXPIRY = date(2031, 6, 10)


@pytest.mark.parametrize(
    ("record", "until"),
    [
        (RecordKind.ISSUE, date(2041, 6, 10)),
        (RecordKind.REVOCATION, date(2031, 6, 10)),
        (RecordKind.APPLICATION, date(2036, 3, 11)),
        (RecordKind.IDENTITY_COPY, date(2036, 3, 11)),
        (RecordKind.AUDIT, date(2036, 3, 11)),
    ],
)
def test_how_long_each_record_is_kept(record: RecordKind, until: date) -> None:
    """R-2.26; S-28, S-60: issue ten years from the day after the due expiry, revocation until it, papers by setting."""
    kept = retention(NATIONAL, record=record, made=MADE, due_expiry=EXPIRY)

    assert kept.until == until
    assert (kept.destroy_from - kept.until).days == 1
    assert kept.rules == ("R-2.26",)


@pytest.mark.parametrize(
    ("due", "until"),
    [
        (date(2028, 2, 28), date(2038, 2, 28)),  # counted from 29 February; 2038 has none
        (date(2028, 2, 29), date(2038, 2, 28)),  # counted from 1 March
        (date(2070, 2, 28), date(2080, 2, 29)),  # counted from 1 March; 2080 has 29 February
        (date(2027, 12, 31), date(2037, 12, 31)),
    ],
)
def test_ten_years_end_on_the_day_before_the_corresponding_one(due: date, until: date) -> None:
    """R-2.26: where that day does not exist, on the last day of the month."""
    assert retention(NATIONAL, record=RecordKind.ISSUE, made=MADE, due_expiry=due).until == until


@pytest.mark.parametrize(
    ("setting", "record"),
    [
        ("paper_retention_years", RecordKind.APPLICATION),
        ("copy_retention_years", RecordKind.IDENTITY_COPY),
    ],
)
def test_the_terms_of_papers_are_settings(setting: str, record: RecordKind) -> None:
    """R-2.26: what the sources do not say is a municipality's choice."""
    policy = NATIONAL.with_settings({setting: "3"})

    assert retention(policy, record=record, made=MADE).until == date(2029, 3, 11)


def test_a_late_revocation_record_lives_its_day() -> None:
    """R-2.26: a record made after the due expiry is not gone before it was made."""
    kept = retention(NATIONAL, record=RecordKind.REVOCATION, made=date(2031, 6, 12), due_expiry=EXPIRY)

    assert kept.destroy_from == date(2031, 6, 13)


@pytest.mark.parametrize(
    ("on", "code", "severity"),
    [
        (date(2031, 6, 10), "retention.keep", "refusal"),
        (date(2031, 6, 11), "retention.over", "advice"),
    ],
)
def test_destroying_too_early_is_refused(on: date, code: str, severity: str) -> None:
    """R-2.26: the last day is included; the refusal names the first day on which it may be done."""
    (finding,) = destruction(NATIONAL, record=RecordKind.REVOCATION, made=MADE, due_expiry=EXPIRY, on=on)

    assert (finding.code, finding.severity) == (code, severity)
    assert "令和13年（2031年）6月10日（火）" in finding.ja


@pytest.mark.parametrize("record", [RecordKind.ISSUE, RecordKind.REVOCATION])
def test_a_certificates_record_needs_its_expiry(record: RecordKind) -> None:
    """R-2.26: without it there is no term, and nothing may be destroyed on a guess."""
    with pytest.raises(ExpiryNeeded, match="due expiry"):
        retention(NATIONAL, record=record, made=MADE)
