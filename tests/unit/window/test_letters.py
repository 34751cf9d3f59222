from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.notices import Enclosure, PaperState
from openjpki.rules.policy import Policy
from openjpki.window.letters import Letter, NoticeEntry, letter

NATIONAL = Policy.preset("national")


def entry(*told: str, card: date | None = None, opens: date = date(2026, 5, 2)) -> NoticeEntry:
    """Return a letter about an authentication certificate, and a card that may end with it."""
    return NoticeEntry(
        notice_id="a",
        resident_code="12345678901",
        card_expires=card,
        signature_expires=None,
        authentication_expires=date(2026, 8, 1),
        opens=opens,
        selected_on=date(2026, 5, 1),
        post_by=date(2026, 5, 15),
        enclosed=(Enclosure.NOTICE,),
        told=told,
        state=PaperState.PRINTED,
    )


def written(notice: NoticeEntry) -> Letter:
    """Write a letter."""
    return letter(NATIONAL, notice, name="見本　花子", address="見本県若葉市1番", on=date(2026, 5, 2))


def test_a_letter_names_the_first_open_day() -> None:
    """R-3.8, R-4.4, R-7.6; S-33, S-34: the window opens on a Saturday in the holidays; the letter says when to come."""
    found = written(entry("notice.comes-early"))

    assert found.first_open_day == date(2026, 5, 7)
    (says,) = found.says
    assert (says.code, says.rule) == ("notice.comes-early", "R-7.1")


def test_a_letter_says_what_the_authority_found() -> None:
    """R-7.4, R-7.5: each code has its sentence, with the letter's own days; what the rule book does not word is left out."""
    found = written(
        entry("notice.card-first", "notice.authentication-alone", "notice.of-tomorrow", card=date(2026, 8, 3))
    )

    assert [finding.code for finding in found.says] == ["notice.card-first", "notice.authentication-alone"]
    assert "8月3日" in found.says[0].ja
    assert found.notice.expires == date(2026, 8, 1)


@given(
    st.lists(st.sampled_from(["notice.card-first", "notice.comes-early", "notice.authentication-alone"]), max_size=4)
)
def test_whatever_is_told_is_worded_in_order(told: list[str]) -> None:
    """R-7.3: nothing that the authority told is lost on the way to the paper."""
    assert [finding.code for finding in written(entry(*told)).says] == told
