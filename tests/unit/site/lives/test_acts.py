from pathlib import Path

import pytest

from openjpki.errors import Failure
from openjpki.lab.catalogue import PINS, What
from openjpki.lab.dated import EVENTS
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.house import House
from openjpki.site.lives.acts import CLERK, SET_AT_COUNTER
from openjpki.site.settings import ROLES
from openjpki.window.models import Application
from openjpki.window.officer import Clerk
from tests.unit.site.lives.living import lived

pytestmark = pytest.mark.django_db(databases=ROLES)


def test_who_came_is_kept(tmp_path: Path) -> None:
    """A ward's guardian applied, and a person without a PIN was known by a document (R-1.7, R-1.11)."""

    def look(house: House, _: list[str]) -> None:
        applicants = Application.objects.for_municipality("99201").order_by("pk").values_list("applicant", flat=True)
        assert list(applicants) == ["legal-representative", "self"]
        image = house.cards.look("face-auth")
        assert image.pins[PinKind.AUTHENTICATION].digest is None
        assert image.keys[CertificateKind.AUTHENTICATION].active is not None
        ward = house.cards.look("ward")
        assert ward.pins[PinKind.AUTHENTICATION].matches(PINS.digits.encode(), ward.salt_of(PinKind.AUTHENTICATION))
        assert ward.pins[PinKind.SIGNATURE].digest is None

    lived(tmp_path / "home", "ward", "face-auth", look=look)


def test_an_act_that_is_not_done_to_its_end_makes_no_home(tmp_path: Path) -> None:
    """Where a second person has to approve, nothing is issued by one clerk: told by card and act, and nothing is left."""
    with pytest.raises(Failure) as failed:
        lived(tmp_path / "home", "face-auth", look=_never, policy={"second_person_for": "no-pin"})

    assert failed.value.code == "lab.act-failed"
    assert "window.approval.awaited" in failed.value.message("en")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["lock"]


def _never(_: House, __: list[str]) -> None:
    pytest.fail("the home was made")


def test_the_clerk_of_the_lives_is_a_clerk() -> None:
    """The login in the records is the one that commands use by default."""
    assert Clerk(CLERK, "99201") == Clerk("clerk", "99201")


def test_every_event_of_a_life_ends_what_the_rules_say() -> None:
    """What happens to a holder or a card is an event of the rules; what is done at the counter is none."""
    at_counter = {What.HAND_OVER, What.ISSUE, What.RENEW, What.REISSUE, What.LOCK}

    assert set(EVENTS) == set(What) - at_counter
    assert set(SET_AT_COUNTER) <= set(PinKind)
