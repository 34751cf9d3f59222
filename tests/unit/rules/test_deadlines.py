from datetime import date

import pytest

from openjpki.rules.deadlines import Deadline, continued_use, deadline, last_day, missed, move_in, standing
from openjpki.rules.fees import fee
from openjpki.rules.kinds import CertificateKind, FeeReason, LifeEvent, OtherCause, Term
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import effect_of

NATIONAL = Policy.preset("national")
SUNDAY = date(2026, 5, 3)


@pytest.mark.parametrize(
    ("term", "since", "last"),
    [
        (Term.MOVE_IN, "2026-04-01", "2026-04-15"),
        (Term.MOVE_IN, "2026-04-20", "2026-05-07"),  # 05-04 to 05-06 are holidays
        (Term.PLANNED_DEPARTURE, "2026-04-01", "2026-05-01"),
        (Term.PLANNED_DEPARTURE, "2026-04-02", "2026-05-07"),  # 05-02 is a Saturday
        (Term.CONTINUED_USE, "2026-04-01", "2026-06-29"),
        (Term.CONTINUED_USE, "2026-03-30", "2026-06-29"),  # 06-27 is a Saturday
        (Term.CONTINUED_USE_ABROAD, "2026-05-04", "2026-05-03"),
        (Term.INQUIRY_REPLY, "2026-10-01", "2026-11-02"),  # 10-31 is a Saturday
        (Term.RENEWAL, "2026-05-03", "2026-05-03"),
        (Term.VALIDITY, "2026-05-03", "2026-05-03"),
        (Term.STAY_EXTENSION, "2026-05-03", "2026-05-03"),
    ],
)
def test_terms_are_counted_and_moved(term: Term, since: str, last: str) -> None:
    """R-4.7, R-2.24, R-5.21; E-37: 14 and 30 days from the next day, 90 from the day itself; what is valid never moves."""
    assert last_day(NATIONAL, term=term, since=date.fromisoformat(since)) == date.fromisoformat(last)


def test_an_expiry_on_a_closed_day() -> None:
    """R-4.7: E-36, expiry on Sunday 2026-05-03; the last useful day is 2026-05-01, and 2026-05-07 is too late."""
    found = deadline(NATIONAL, term=Term.RENEWAL, since=SUNDAY)

    assert found == Deadline(
        term=Term.RENEWAL,
        counted=SUNDAY,
        last_day=SUNDAY,
        last_open_day=date(2026, 5, 1),
        next_open_day=date(2026, 5, 7),
        rules=("R-3.8", "R-4.7"),
    )
    assert not found.moved


def test_extra_opening_days_count() -> None:
    """R-4.4, R-4.7: a Saturday on which the office opens ends the term; the page's letter ends the window a day early."""
    opened = NATIONAL.with_settings({"office_calendar": "sat,sun,holidays,+2026-05-02"})

    assert last_day(opened, term=Term.PLANNED_DEPARTURE, since=date(2026, 4, 2)) == date(2026, 5, 2)
    assert deadline(opened, term=Term.RENEWAL, since=SUNDAY).last_open_day == date(2026, 5, 2)
    assert last_day(Policy.preset("page"), term=Term.RENEWAL, since=SUNDAY) == date(2026, 5, 2)


def test_ninety_days_of_continued_use() -> None:
    """R-4.7, R-5.21: E-37, 転入届 on 2026-04-01; a closed last day moves on."""
    assert last_day(NATIONAL, term=Term.CONTINUED_USE, since=date(2026, 4, 1)) == date(2026, 6, 29)
    assert last_day(NATIONAL, term=Term.CONTINUED_USE, since=date(2026, 3, 30)) == date(
        2026, 6, 29
    )  # 06-27 is a Saturday


def test_the_term_of_an_inquiry_reply() -> None:
    """R-2.24: 30 days, the last one counted; a closed one moves to the next open day."""
    short, sent = NATIONAL.with_settings({"inquiry_reply_days": "14"}), date(2026, 10, 1)

    assert last_day(NATIONAL, term=Term.INQUIRY_REPLY, since=sent) == date(2026, 11, 2)  # 10-31 is a Saturday
    assert last_day(short, term=Term.INQUIRY_REPLY, since=sent) == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("term", "cause", "reason", "yen", "code"),
    [
        (
            Term.MOVE_IN,
            OtherCause.CONTINUED_USE_MISSED,
            FeeReason.CONTINUED_USE_MISSED,
            1000,
            "deadline.card-void",
        ),
        (
            Term.PLANNED_DEPARTURE,
            OtherCause.CONTINUED_USE_MISSED,
            FeeReason.CONTINUED_USE_MISSED,
            1000,
            "deadline.card-void",
        ),
        (
            Term.CONTINUED_USE,
            OtherCause.CONTINUED_USE_MISSED,
            FeeReason.CONTINUED_USE_MISSED,
            1000,
            "deadline.card-void",
        ),
        (Term.CONTINUED_USE_ABROAD, LifeEvent.EMIGRATION, FeeReason.RETURNED_ON_LEAVING, 0, "deadline.left-japan"),
        (Term.INQUIRY_REPLY, None, None, None, "inquiry.lapsed"),
        (Term.RENEWAL, None, FeeReason.AFTER_EXPIRY, 0, "renewal.over"),
        (Term.VALIDITY, None, FeeReason.AFTER_EXPIRY, 0, "deadline.expired"),
        (Term.STAY_EXTENSION, OtherCause.CARD_EXPIRED, FeeReason.STAY_MISSED, 1000, "stay.too-late"),
    ],
)
def test_what_a_missed_term_costs(
    term: Term, cause: object, reason: FeeReason | None, yen: int | None, code: str
) -> None:
    """R-5.21, R-3.7, R-3.10, R-2.24: the card void and 1,000 yen, a free new issue, or another inquiry letter."""
    over = missed(NATIONAL, term=term, since=date(2026, 4, 1))

    assert (over.cause, over.fee, over.finding.code) == (cause, reason, code)
    assert over.finding.severity == "refusal"
    assert (fee(NATIONAL, reason=over.fee, on=over.ends_on).yen if over.fee else None) == yen
    if over.cause is not None:
        effect = effect_of(NATIONAL, over.cause, over.ends_on)
        assert all(effect.of(kind) for kind in CertificateKind)


@pytest.mark.parametrize(
    ("moved", "planned", "term", "last"),
    [
        ("2026-04-01", "2026-04-01", Term.MOVE_IN, "2026-04-15"),
        ("2026-04-20", "2026-03-20", Term.PLANNED_DEPARTURE, "2026-04-20"),  # 04-19 is a Sunday
    ],
)
def test_both_terms_of_a_move_count(moved: str, planned: str, term: Term, last: str) -> None:
    """R-5.21: the 転入届 is in time within 14 days of moving and within 30 of the planned departure."""
    found = move_in(NATIONAL, moved=date.fromisoformat(moved), planned_departure=date.fromisoformat(planned))

    assert (found.term, found.last_day) == (term, date.fromisoformat(last))


def test_a_window_that_closes_before_the_expiry() -> None:
    """CF-2, R-3.8: by the page's letter the window is over on the expiry day, but nothing says that it expired."""
    found = standing(Policy.preset("page"), term=Term.RENEWAL, since=date(2020, 4, 23), on=date(2020, 4, 23))

    assert [finding.code for finding in found.findings] == ["renewal.over"]
    assert "令和2年（2020年）4月22日（水）" in found.findings[0].ja


def test_a_move_without_continued_use() -> None:
    """R-5.21, E-37: in time on 2026-06-29, void from 2026-06-30, told with the day."""
    since = date(2026, 4, 1)
    last = standing(NATIONAL, term=Term.CONTINUED_USE, since=since, on=date(2026, 6, 29))
    late = standing(NATIONAL, term=Term.CONTINUED_USE, since=since, on=date(2026, 6, 30))

    assert (last.in_time, last.missed, last.findings) == (True, None, ())
    assert not late.in_time
    assert late.missed is not None
    assert late.missed.ends_on == date(2026, 6, 30)
    assert [finding.code for finding in late.findings] == ["deadline.card-void"]
    assert "令和8年（2026年）6月29日（月）" in late.findings[0].ja


def test_a_closed_last_day_is_told() -> None:
    """R-4.7: that a term moved on, or that a validity does not; both name the day to come by."""
    moved = standing(NATIONAL, term=Term.CONTINUED_USE, since=date(2026, 3, 30), on=date(2026, 6, 1)).findings
    fixed = standing(NATIONAL, term=Term.RENEWAL, since=SUNDAY, on=date(2026, 4, 1)).findings

    assert [finding.code for finding in moved] == ["deadline.moved"]
    assert (moved[0].bring("ja"), moved[0].bring("en")) == (
        "令和8年（2026年）6月29日（月）までにお越しください。",
        "Come by 2026-06-29 (Mon).",
    )
    assert [finding.code for finding in fixed] == ["deadline.closed-day"]
    assert fixed[0].bring("en") == "Come by 2026-05-01 (Fri)."


@pytest.mark.parametrize(
    ("moved_again", "in_time", "ends"),
    [
        (None, True, None),
        (date(2026, 5, 1), False, date(2026, 5, 1)),
        (date(2026, 5, 10), False, date(2026, 5, 10)),
        (date(2026, 5, 11), True, None),  # not yet on that day
    ],
)
def test_moving_again_without_continued_use(moved_again: date | None, in_time: bool, ends: date | None) -> None:  # noqa: FBT001  -- a column of the table
    """R-5.21: who moves again before the continued use has no card any more, from that day."""
    found = continued_use(NATIONAL, reported=date(2026, 4, 1), on=date(2026, 5, 10), moved_again=moved_again)

    assert found.in_time is in_time
    assert (found.missed and found.missed.ends_on) == ends
    assert [finding.code for finding in found.findings] == ([] if in_time else ["deadline.moved-again"])


def test_moving_again_after_the_term_changes_nothing() -> None:
    """R-5.21: the card was void before."""
    found = continued_use(NATIONAL, reported=date(2026, 4, 1), on=date(2026, 9, 1), moved_again=date(2026, 8, 1))

    assert found.missed is not None
    assert found.missed.ends_on == date(2026, 6, 30)
    assert [finding.code for finding in found.findings] == ["deadline.card-void"]
