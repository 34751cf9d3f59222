"""What a register event changes in a person's record: pure. An event that changes nothing ends nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from openjpki.errors import Failure, Kind
from openjpki.rules.era import Told
from openjpki.rules.kinds import LifeEvent, Sex
from openjpki.rules.words import Told as ToldWord
from openjpki.window import shapes

ITEMS: Mapping[LifeEvent, str] = {
    LifeEvent.MOVE: "address",
    LifeEvent.NAME: "name",
    LifeEvent.BIRTH_DATE: "birth_date",
    LifeEvent.SEX: "sex",
    LifeEvent.DEATH: "",
    LifeEvent.EMIGRATION: "",
}
"""Register event → the item of the record that it changes; empty where the person leaves the register (R-5.3, R-5.4)."""


class NoRegisterEvent(Failure):
    """The event does not come through the register."""

    code = "window.event.not-of-the-register"
    kind = Kind.USAGE
    ja = (
        "「{event:ja}」は住民記録の異動ではありません。カードの紛失・返納や失効申請は、それぞれの手続きで受け付けます。"
    )
    en = '"{event:en}" is no event of the resident register. Loss, return and requests have procedures of their own.'


class WrongItems(Failure):
    """The event changes one item, and exactly that one is needed."""

    code = "window.event.items"
    kind = Kind.USAGE
    ja = "「{event:ja}」の異動には、変更後の項目({item})だけを指定してください。"
    en = 'The event "{event:en}" takes the new value of exactly this item: {item}.'


class BadItem(Failure):
    """The new value is not of its form."""

    code = "window.event.bad-item"
    kind = Kind.USAGE
    ja = "{item} の内容が正しくありません。登録できる形は docs/window.md にあります。"
    en = "The value of {item} is not of its form. docs/window.md has the forms."


class BadEventDate(Failure):
    """The event cannot have happened on that day."""

    code = "window.event.date"
    kind = Kind.USAGE
    ja = "異動日の{on:ja}は、未来の日か、生年月日または住定日より前の日です。"
    en = "The day {on:en} lies in the future, or before the person's birth or residence here."


@dataclass(frozen=True, kw_only=True)
class Change:
    """A register event with the item that it changes; the others are None. `repr` shows no personal data."""

    event: LifeEvent
    on: date
    """The day on which it happened."""
    address: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    kana: str | None = field(default=None, repr=False)
    """May go with a name."""
    birth_date: date | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)

    @property
    def item(self) -> str:
        """Return the name of the item that is changed; empty if the person leaves the register."""
        return ITEMS[self.event]


def check(change: Change, *, today: date) -> None:
    """Raise `NoRegisterEvent`, `WrongItems`, `BadItem` or `BadEventDate` for a change that cannot be entered."""
    if change.event not in ITEMS:
        raise NoRegisterEvent(event=ToldWord(change.event))
    given = {item for item in ITEMS.values() if item and getattr(change, item) is not None}
    needed = {change.item} - {""}
    if given != needed or (change.kana is not None and change.event is not LifeEvent.NAME):
        raise WrongItems(event=ToldWord(change.event), item=change.item or "—")
    bad = [item for item, holds in _forms(change, today).items() if not holds]
    if bad:
        raise BadItem(item=", ".join(bad))
    if change.on > today:
        raise BadEventDate(on=Told.of(change.on))


def _forms(change: Change, today: date) -> dict[str, bool]:
    """Return for each item of the change whether it is of its form; what is absent is."""
    return {
        "address": change.address is None or shapes.address_is_well_formed(change.address),
        "name": change.name is None or shapes.name_is_well_formed(change.name),
        "kana": change.kana is None or shapes.kana_is_well_formed(change.kana),
        "birth_date": change.birth_date is None or shapes.birth_date_is_possible(change.birth_date, today=today),
    }
