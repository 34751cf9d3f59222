import pytest

from openjpki.authority.acts import act
from openjpki.authority.counting import raised
from openjpki.authority.models import SerialCounter, StatusHead
from tests.support.authority import Crash

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_a_counter_begins_at_zero_and_says_where_it_stands() -> None:
    """Each key counts by itself; the one row of the journal's head likewise."""
    with act():
        stood = [raised(SerialCounter, key, by=by) for key, by in (("one", 1), ("one", 1), ("two", 3), ("one", 2))]
        head = [raised(StatusHead, StatusHead.ONLY, by=by) for by in (2, 1)]

    assert (stood, head) == ([1, 2, 3, 4], [2, 3])
    assert dict(SerialCounter.objects.values_list("kind", "last")) == {"one": 4, "two": 3}


def test_what_an_act_drew_that_failed_is_drawn_again() -> None:
    """The counter goes back with the act: no number is left out."""

    def fail() -> None:
        with act():
            raised(SerialCounter, "one", by=1)
            raise Crash

    with pytest.raises(Crash):
        fail()
    with act():
        assert raised(SerialCounter, "one", by=1) == 1


def test_a_counter_that_cannot_be_made_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """No number is ever guessed."""
    monkeypatch.setattr("openjpki.authority.counting._raised", lambda *_: None)

    with act(), pytest.raises(AssertionError):
        raised(SerialCounter, "one", by=1)
