import pytest

from openjpki.card.face import NoFace
from openjpki.desk.messages import LifeEventReported
from openjpki.rules.kinds import LifeEvent
from openjpki.window.card_updates import UpdateNotIdentified, UpdateWaits
from openjpki.window.changes import Change
from openjpki.window.loading import CardNotFound
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import HANAKO, TARO, WAKABA, Counter, at, audited

pytestmark = pytest.mark.django_db(databases=["window"])


def update(counter: Counter, resident: str = HANAKO, card: CounterCard | None = None) -> str:
    """Bring a card up to date; return its number."""
    updates = counter.window.card_updates
    return updates.update(WAKABA, resident_code=resident, card=card or counter.card, pin_shown=True).card_number


def test_a_card_is_brought_up_to_date(counter: Counter) -> None:
    """券面更新: the authority writes, the window keeps that it was done and nothing of the attributes."""
    counter.with_card()

    assert update(counter) == counter.card.number
    assert counter.card.written == 1
    (row,) = audited("card.updated")
    assert row.subject.startswith("card:99201/")
    assert row.data == {"municipality": "99201", "identified_by": "pin"}


def test_a_card_whose_holder_showed_no_pin_is_not_written_on(counter: Counter) -> None:
    """Whoever kept another's card must not learn by it where its holder lives now (支援措置)."""
    counter.with_card()
    with pytest.raises(UpdateNotIdentified) as refused:
        counter.window.card_updates.update(WAKABA, resident_code=HANAKO, card=counter.card, pin_shown=False)

    assert "pin-reset" in refused.value.message("ja")
    assert counter.card.written == 0
    assert audited("card.updated") == []


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
