import pytest

from openjpki.card.face import NoFace
from openjpki.desk.messages import LifeEventReported
from openjpki.rules.kinds import LifeEvent
from openjpki.window.card_updates import UpdateWaits
from openjpki.window.changes import Change
from openjpki.window.loading import CardNotFound
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import HANAKO, TARO, WAKABA, Counter, at, audited

pytestmark = pytest.mark.django_db(databases=["window"])


def update(counter: Counter, resident: str = HANAKO, card: CounterCard | None = None) -> str:
    """Bring a card up to date; return its number."""
    return counter.window.card_updates.update(WAKABA, resident_code=resident, card=card or counter.card).card_number


def test_a_card_is_brought_up_to_date(counter: Counter) -> None:
    """券面更新: the authority writes, the window keeps that it was done and nothing of the attributes."""
    counter.with_card()

    assert update(counter) == counter.card.number
    assert counter.card.written == 1
    (row,) = audited("card.updated")
    assert row.subject.startswith("card:99201/")
    assert row.data == {"municipality": "99201"}


def test_the_authority_hears_of_the_change_first(counter: Counter) -> None:
    """It would write what was before: the report goes out, or nothing is written."""
    counter.with_card()
    counter.desk.cut_before.add(LifeEventReported)
    change = Change(event=LifeEvent.NAME, on=at("2021-07-01").date(), name="見本　華子", kana="ミホン　ハナコ")
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)
    with pytest.raises(UpdateWaits) as waits:
        update(counter)
    assert waits.value.data == {"waiting": 1}
    assert counter.card.written == 0
    counter.desk.cut_before.clear()
    update(counter)
    assert counter.card.written == 1


def test_only_the_persons_own_card_is_written_on(counter: Counter) -> None:
    """R-1.2: the card that was handed over to the person, and of no other; what the card says is passed on."""
    counter.with_card()
    for resident, card in ((TARO, counter.card), (HANAKO, CounterCard("9" * 15))):
        with pytest.raises(CardNotFound):
            update(counter, resident, card)
    counter.card.raises["write_attributes"] = NoFace()
    with pytest.raises(NoFace):
        update(counter)
    assert audited("card.updated") == []
