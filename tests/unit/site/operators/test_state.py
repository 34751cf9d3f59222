from dataclasses import replace
from datetime import timedelta

import pytest

from openjpki.authority.means import Terms
from openjpki.authority.publishing.following import following
from openjpki.site.operators import state
from openjpki.site.operators.state import state_of
from openjpki.site.settings import ROLES
from openjpki.site.watching import figures
from openjpki.site.watching.figures import ListFigures
from openjpki.site.watching.health import Finding
from tests.support.pages import Pages

pytestmark = pytest.mark.django_db(databases=ROLES)


def test_a_store_is_sound_stale_or_not_there(pages: Pages) -> None:
    """The page says how far it has come, or that a responder says tryLater."""
    now = pages.scene.clock()
    assert state_of(pages.house, now, "ja").status.standing == "none"
    with following(pages.house.home.status, Terms().clock_tolerance) as follower:
        follower.round(now)
    found = state_of(pages.house, now, "ja").status
    assert (found.standing, found.store, found.behind) == ("sound", found.journal, 0)
    assert found.journal > 0
    assert state_of(pages.house, now + timedelta(hours=1), "ja").status.standing == "stale"


def test_lists_that_need_somebody_come_first(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run out, never made, late; of sound ones beyond the page only the number is told."""
    one = ListFigures(issuer="signature-1", municipality="1", number=7, age_seconds=90, left_seconds=10, is_late=False)
    told = (one, replace(one, is_late=True), replace(one, number=0), replace(one, left_seconds=-1.0), one)
    monkeypatch.setattr(figures, "lists", lambda _: told)
    monkeypatch.setattr(state, "MOST_LISTS", 4)
    now = pages.scene.clock()
    page = state_of(pages.house, now, "en")

    assert [entry.standing for entry in page.lists] == ["run-out", "none", "late", "sound"]
    assert page.lists_more == 1
    assert (page.lists[0].next_update, page.lists[1].this_update) == (now - timedelta(seconds=1), None)
    assert page.lists[3].age_minutes == 1


def test_a_check_is_sound_worth_a_look_or_not_sound() -> None:
    """With its figures in words, in Japanese; in English by their stable names."""
    found = Finding(sound=True, warning=True, figures={"late": 1, "hour": 2})

    assert state._check("lists", found, "ja").figures == (("更新の遅れ", "1"), ("1時間以内", "2"))
    assert state._check("lists", found, "en").figures[0] == ("late", "1")
    standings = [state._check("x", one, "ja").standing for one in (found, Finding(sound=True), Finding(sound=False))]
    assert standings == ["warning", "sound", "unsound"]


def test_responders_are_told_with_their_ends(pages: Pages) -> None:
    """One line for each certificate in force."""
    pages.house.authority.renew_responders()
    now = pages.scene.clock()
    found = state_of(pages.house, now, "ja").responders

    assert {one.issuer for one in found} == {"authentication-1", "signature-1"}
    assert all(one.not_after > now and one.days_left > 20 for one in found)
