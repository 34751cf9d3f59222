from datetime import date

import pytest

from openjpki.errors import Failure
from openjpki.rules.kinds import LifeEvent, Sex
from openjpki.window.changes import BadEventDate, BadItem, Change, NoRegisterEvent, WrongItems, check

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "change",
    [
        Change(event=LifeEvent.MOVE, on=TODAY, address="見本県若葉市二丁目1番1号"),
        Change(event=LifeEvent.NAME, on=TODAY, name="実例　花子", kana="ジツレイ　ハナコ"),
        Change(event=LifeEvent.NAME, on=TODAY, name="実例　花子"),
        Change(event=LifeEvent.BIRTH_DATE, on=TODAY, birth_date=date(1990, 6, 11)),
        Change(event=LifeEvent.SEX, on=TODAY, sex=Sex.MALE),
        Change(event=LifeEvent.DEATH, on=TODAY),
        Change(event=LifeEvent.EMIGRATION, on=TODAY),
    ],
)
def test_an_event_takes_the_item_that_it_changes(change: Change) -> None:
    """R-5.3, R-5.4: a change of one of the four items, or an end of the record."""
    check(change, today=TODAY)

    assert "花子" not in repr(change)


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        (Change(event=LifeEvent.CARD_LOST, on=TODAY), NoRegisterEvent),
        (Change(event=LifeEvent.MOVE, on=TODAY), WrongItems),
        (Change(event=LifeEvent.MOVE, on=TODAY, name="実例　花子"), WrongItems),
        (Change(event=LifeEvent.DEATH, on=TODAY, address="見本県若葉市"), WrongItems),
        (Change(event=LifeEvent.SEX, on=TODAY, sex=Sex.MALE, kana="カナ"), WrongItems),
        (Change(event=LifeEvent.MOVE, on=TODAY, address="若葉市"), BadItem),
        (Change(event=LifeEvent.NAME, on=TODAY, name=""), BadItem),
        (Change(event=LifeEvent.NAME, on=TODAY, name="実例", kana="じつれい"), BadItem),
        (Change(event=LifeEvent.BIRTH_DATE, on=TODAY, birth_date=date(2027, 1, 1)), BadItem),
        (Change(event=LifeEvent.DEATH, on=date(2026, 11, 24)), BadEventDate),
    ],
)
def test_what_cannot_be_entered_is_refused(change: Change, failure: type[Failure]) -> None:
    """An event of another procedure, a missing or additional item, a bad form, a day in the future."""
    with pytest.raises(failure):
        check(change, today=TODAY)


def test_the_day_that_cannot_be_is_told_as_days_are() -> None:
    """One form for persons in every room: era, Gregorian year and weekday."""
    with pytest.raises(BadEventDate, match=r"2026-11-24 \(Tue\)") as refused:
        check(Change(event=LifeEvent.DEATH, on=date(2026, 11, 24)), today=TODAY)
    assert "令和8年（2026年）11月24日（火）" in refused.value.message("ja")
