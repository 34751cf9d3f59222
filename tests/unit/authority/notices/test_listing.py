from datetime import date

import pytest

from openjpki.authority.models import NoticeState
from openjpki.authority.notices.listing import letters, skipped
from openjpki.desk.messages import Notices, NoticesAsked, ReportAccepted
from tests.support.authority import Scene

pytestmark = pytest.mark.django_db(databases=["authority"])

PRINT_DAY, EXPIRES = date(2030, 3, 10), date(2030, 6, 10)


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Return two residents whose cards end on one day, one of them with the stay; the notices of the day are selected."""
    for number in ("1", "2"):
        scene.expect(ReportAccepted, scene.person(number * 11))
        scene.expect(ReportAccepted, scene.card(number * 15, resident=number * 11, expires=EXPIRES))
    scene.expect(ReportAccepted, scene.stay(EXPIRES, resident="2" * 11))
    scene.at(PRINT_DAY).authority.select_notices()
    return scene


def test_a_letter_is_listed_with_what_it_is_about(scene: Scene) -> None:
    """R-7.4: where it is, and what was decided about each expiry; nobody's name."""
    (entry,) = letters()

    assert (entry.municipality, entry.state, entry.selected_on) == ("99201", NoticeState.WAITING, PRINT_DAY)
    assert [(one.about, one.expires, one.without, one.decided_on) for one in entry.about] == [
        ("card", EXPIRES, "", PRINT_DAY)
    ]
    assert letters(after=entry.notice_id) == letters(municipality="99202") == ()
    given = scene.expect(Notices, NoticesAsked(municipality="99201", asked_at=scene.clock())).letters[0]
    scene.expect(Notices, NoticesAsked(municipality="99201", asked_at=scene.clock(), kept=(given.notice_id,)))
    assert (letters()[0].state, letters()[0].handed_over_at) == (NoticeState.HANDED_OVER, scene.clock())


@pytest.mark.usefixtures("scene")
def test_what_is_in_no_letter_is_listed_with_its_reason() -> None:
    """R-7.2: who gets none, by the expiry and the rule's code."""
    (entry,) = skipped(municipality="99201")

    assert (entry.decision.about, entry.decision.without) == ("card", "notice.fixed-stay")
    assert skipped(after=entry.key) == skipped(municipality="99202") == skipped(limit=0) == ()
    assert letters(limit=0) == ()
