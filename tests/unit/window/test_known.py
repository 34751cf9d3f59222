import pytest

from openjpki.window.loading import ResidentNotFound
from tests.unit.window.counter import HANAKO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])


def test_what_the_authority_did_by_itself_is_heard(counter: Counter) -> None:
    """R-5.20: what no window ordered is known after the question; that the record was read is written down."""
    counter.with_card(HANAKO)
    counter.desk.reachable = False
    assert not counter.window.known.ask(WAKABA, HANAKO).afresh
    counter.desk.reachable = True
    known = counter.window.known.ask(WAKABA, HANAKO)

    assert known.afresh
    assert known.resident.resident_code == HANAKO
    assert len(audited("resident.read")) == 2


def test_nobody_is_asked_about_a_stranger(counter: Counter) -> None:
    """Somebody who is not on the register is refused before the authority is asked."""
    with pytest.raises(ResidentNotFound):
        counter.register().window.known.ask(WAKABA, "0" * 11)
