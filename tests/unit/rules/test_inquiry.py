from datetime import date

import pytest

from openjpki.rules.inquiry import inquiry, reply_from
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
SENT = date(2026, 10, 1)  # the 30th day is Saturday 2026-10-31, the next open one Monday 2026-11-02


@pytest.mark.parametrize(
    ("on", "state", "code"),
    [
        ("2026-10-01", "open", "inquiry.reply-until"),
        ("2026-11-02", "open", "inquiry.reply-until"),
        ("2026-11-03", "lapsed", "inquiry.lapsed"),
    ],
)
def test_the_term_of_the_reply(on: str, state: str, code: str) -> None:
    """R-2.24; S-15: the last day is counted, a closed one moves on; a day later the reply has lapsed."""
    found = inquiry(NATIONAL, sent=SENT, on=date.fromisoformat(on))

    assert (found.state, found.until) == (state, date(2026, 11, 2))
    assert [finding.code for finding in found.findings] == [code]
    assert not found.address_flagged
    assert "令和8年（2026年）11月2日（月）" in found.findings[0].ja
    assert "2026-11-02" in found.findings[0].en


def test_the_last_day_is_said() -> None:
    """R-2.24; S-15: who waits for the letter is told until when the reply counts, and what to bring."""
    finding = inquiry(NATIONAL, sent=SENT, on=SENT).findings[0]

    assert "令和8年（2026年）11月2日（月）" in finding.ja
    assert "2026-11-02" in finding.en
    assert "回答書" in finding.bring_ja


@pytest.mark.parametrize(
    ("asked", "soonest"),
    [
        (date(2026, 4, 27), date(2026, 4, 30)),
        (date(2026, 4, 30), date(2026, 5, 7)),
        (date(2026, 5, 1), date(2026, 5, 7)),
    ],
)
def test_a_reply_takes_the_days_of_the_post(asked: date, soonest: date) -> None:
    """R-2.24, R-4.7: under `inquiry_letter_days`, three, no reply is brought sooner, nor on a closed day."""
    assert reply_from(NATIONAL, asked=asked) == soonest


def test_a_letter_that_came_back() -> None:
    """R-2.24: 転送不要: the application is cancelled and the address flagged, inside the term or after it."""
    for on in (SENT, date(2027, 1, 4)):
        found = inquiry(NATIONAL, sent=SENT, on=on, mail_returned=True)

        assert (found.state, found.address_flagged) == ("cancelled", True)
        assert [finding.code for finding in found.findings] == ["inquiry.mail-returned"]
