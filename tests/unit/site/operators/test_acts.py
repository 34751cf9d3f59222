from datetime import timedelta

import pytest

from openjpki.authority.control.approvals import ActExpired, NoSuchAct
from openjpki.authority.control.kinds import ActKind
from openjpki.site.operators.acts import act_page, acts_before
from openjpki.site.settings import ROLES
from tests.support.operators import SATO, SUZUKI, TANAKA
from tests.support.pages import Pages

pytestmark = pytest.mark.django_db(databases=ROLES)


def test_an_act_says_what_keeps_an_operator_from_it(pages: Pages) -> None:
    """Nothing, or the same refusal that the command line gives."""
    number = pages.operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SUZUKI})
    now = pages.scene.clock()
    page = act_page(number, TANAKA, now)

    assert (page.hindrance, page.file, page.content) == (None, f"act-{number}.json", (("operator", SUZUKI),))
    assert isinstance(act_page(number, TANAKA, now + timedelta(days=8)).hindrance, ActExpired)
    assert page.entry.done_at is None
    with pytest.raises(NoSuchAct):
        act_page(9, TANAKA, now)


def test_acts_are_listed_newest_first(pages: Pages) -> None:
    """One that is done has its moment; an authority without acts has an empty list."""
    now = pages.scene.clock()
    assert acts_before(now, None) == ((), None)
    pages.operators.carried_out(ActKind.OPERATOR_REMOVAL, {"operator": SUZUKI})
    number = pages.operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SATO})
    entries, further = acts_before(now, None)

    assert ([entry.number for entry in entries], further) == ([number, number - 1], None)
    assert (entries[1].state, entries[1].done_at) == ("done", now)
