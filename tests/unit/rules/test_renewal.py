from datetime import date, timedelta

import pytest

from openjpki.rules.policy import Policy
from openjpki.rules.renewal import about_the_days, renewal, renewal_window

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")

WINDOWS = [
    ("E-04", "2020-04-23", "2020-01-24"),
    ("E-05", "2023-11-20", "2023-08-21"),
    ("E-06", "2026-08-15", "2026-05-16"),
    ("E-07", "2023-07-07", "2023-04-08"),
    ("E-08", "2023-05-28", "2023-03-01"),
    ("E-09a", "2026-05-29", "2026-03-01"),
    ("E-09b", "2026-05-30", "2026-03-01"),
    ("E-09c", "2026-05-31", "2026-03-01"),
    ("E-10", "2026-11-30", "2026-08-31"),
    ("E-11", "2026-12-31", "2026-10-01"),
    ("E-12", "2026-02-28", "2025-11-29"),
]


@pytest.mark.parametrize(("expires", "opens"), [row[1:] for row in WINDOWS], ids=[row[0] for row in WINDOWS])
def test_the_window(expires: str, opens: str) -> None:
    """R-3.8; S-23, S-24, S-31, S-32; CF-1, CF-14: E-04 to E-12, from the day after three months before to the expiry."""
    window = renewal_window(NATIONAL, date.fromisoformat(expires))

    assert window.opens == date.fromisoformat(opens)
    assert window.closes == date.fromisoformat(expires)
    assert window.rules == ("R-3.8",)
    assert window.contains(window.opens)
    assert window.contains(window.closes)
    assert not window.contains(window.opens - timedelta(days=1))
    assert not window.contains(window.closes + timedelta(days=1))


def test_the_page_ends_a_day_earlier() -> None:
    """S-32, CF-2: 有効期限2020年4月23日の場合は、2020年1月24日から4月22日まで."""
    window = renewal_window(PAGE, date(2020, 4, 23))

    assert (window.opens, window.closes) == (date(2020, 1, 24), date(2020, 4, 22))


def test_the_window_may_open_on_the_day_itself() -> None:
    """S-23, CF-1: `renewal_window_start = "same_day"`; a missing day still moves to the first of the next month."""
    policy = NATIONAL.with_settings({"renewal_window_start": "same_day"})

    assert renewal_window(policy, date(2026, 8, 15)).opens == date(2026, 5, 15)
    assert renewal_window(policy, date(2026, 5, 31)).opens == date(2026, 3, 1)


EXPIRES = date(2026, 8, 15)
CARD = date(2031, 8, 15)


def test_inside_the_window() -> None:
    """S-40: a lost notice never blocks a renewal."""
    found = renewal(NATIONAL, expires=EXPIRES, card_expires=CARD, on=date(2026, 5, 16))

    assert found.open
    assert found.findings == ()


def test_before_the_window() -> None:
    """S-33, R-4.4, CF-1, CF-11: 更新期間前には手続きできません, notice or not; the refusal names the day, and the first open one."""
    found = renewal(NATIONAL, expires=EXPIRES, card_expires=CARD, on=date(2026, 5, 15), notice=True)

    assert not found.open
    assert [finding.code for finding in found.findings] == ["renewal.not-yet"]
    assert "令和8年（2026年）5月16日（土）" in found.findings[0].ja
    assert "2026-05-18" in found.findings[0].bring_en  # the window opens on a Saturday


def test_after_the_expiry() -> None:
    """S-35, S-36: after the expiry a new issue takes the renewal's place."""
    found = renewal(NATIONAL, expires=EXPIRES, card_expires=CARD, on=date(2026, 8, 16))

    assert not found.open
    assert [finding.code for finding in found.findings] == ["renewal.over"]


def test_on_the_expiry_day_the_page_calls_it_over() -> None:
    """CF-2: by the page's letter the expiry day is no day of renewal any more."""
    assert renewal(NATIONAL, expires=EXPIRES, card_expires=CARD, on=EXPIRES).open
    assert not renewal(PAGE, expires=EXPIRES, card_expires=CARD, on=EXPIRES).open


def test_a_notice_opens_the_window_where_the_policy_says_so() -> None:
    """R-7.1: `notice_opens_window`."""
    policy = NATIONAL.with_settings({"notice_opens_window": "true"})

    assert renewal(policy, expires=EXPIRES, card_expires=CARD, on=date(2026, 5, 1), notice=True).open
    assert not renewal(policy, expires=EXPIRES, card_expires=CARD, on=date(2026, 5, 1)).open


def test_a_notice_is_asked_for_where_the_policy_says_so() -> None:
    """R-7.1: `notice_required`."""
    policy = NATIONAL.with_settings({"notice_required": "true"})
    found = renewal(policy, expires=EXPIRES, card_expires=CARD, on=EXPIRES)

    assert [finding.code for finding in found.findings] == ["renewal.notice-required"]
    assert renewal(policy, expires=EXPIRES, card_expires=CARD, on=EXPIRES, notice=True).open


def test_the_card_comes_first_if_it_ends_the_same_day() -> None:
    """R-7.5, CF-12: renewing the certificate alone would gain nothing."""
    lenient = NATIONAL.with_settings({"card_first_if_same_expiry": "false"})
    found = renewal(NATIONAL, expires=EXPIRES, card_expires=EXPIRES, on=EXPIRES)

    assert [finding.code for finding in found.findings] == ["renewal.card-first"]
    assert renewal(lenient, expires=EXPIRES, card_expires=EXPIRES, on=EXPIRES).open


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2026, 8, 13), "stay.extend-card-first"),
        (date(2026, 8, 14), "stay.extend-card-first"),  # a Friday, the last open day
        (EXPIRES, "renewal.card-first"),
    ],
)
def test_a_foreigners_card_is_extended_first(on: date, code: str) -> None:
    """R-2.12, R-3.7, R-7.5: with the renewed stay, while the window opens before the card's end; later a new card is made."""
    found = renewal(NATIONAL, expires=EXPIRES, card_expires=EXPIRES, on=on, japanese=False)
    (first,) = (finding for finding in found.findings if finding.code.endswith("card-first"))

    assert (first.code, found.open) == (code, False)
    assert ("2026-08-14" in first.bring_en) is (code == "stay.extend-card-first")
    assert renewal(NATIONAL, expires=EXPIRES, card_expires=CARD, on=date(2026, 8, 13), japanese=False).open


@pytest.mark.parametrize("japanese", [True, False])
def test_past_the_end_of_the_card_nothing_else_is_told(japanese: bool) -> None:  # noqa: FBT001  -- a column of the table
    """R-1.2, R-7.5; S-07: neither that the renewal is over nor that the card ends as well: a new card, and no more."""
    after = CARD + timedelta(days=1)
    both = renewal(NATIONAL, expires=CARD, card_expires=CARD, on=after, japanese=japanese)
    early = renewal(NATIONAL, expires=EXPIRES, card_expires=date(2026, 4, 1), on=date(2026, 4, 2), japanese=japanese)

    for found in (both, early):
        assert (found.open, [finding.code for finding in found.findings]) == (False, ["eligibility.card-expired"])


@pytest.mark.parametrize(
    ("expires", "on", "codes"),
    [
        ("2026-08-14", "2026-08-14", []),
        ("2026-08-14", "2026-06-13", ["renewal.closed-day"]),  # a Saturday
        ("2026-08-15", "2026-08-14", ["deadline.closed-day"]),
        ("2026-08-15", "2026-06-13", ["renewal.closed-day", "deadline.closed-day"]),
        ("2026-08-15", "2026-08-15", ["renewal.no-open-day"]),
        ("2026-08-15", "2026-08-16", []),  # over: said already
        ("2026-08-15", "2026-05-15", []),  # not yet: said already
    ],
)
def test_what_the_calendar_does_to_a_renewal(expires: str, on: str, codes: list[str]) -> None:
    """R-4.4, R-4.7; S-38; E-36: a closed day is none to renew on, and the last day of the window does not move."""
    day = date.fromisoformat(on)
    found = renewal(NATIONAL, expires=date.fromisoformat(expires), card_expires=CARD, on=day)

    assert [finding.code for finding in about_the_days(NATIONAL, found, day)] == codes
