"""券面更新: what changed in the record, name or address, is written on the chip of the card that the holder brings."""

from openjpki.errors import Failure, Kind
from openjpki.window.cards import card_subject
from openjpki.window.counter import CardAtCounter
from openjpki.window.entries import CardEntry
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.loading import load_card, load_resident
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox
from openjpki.window.rows import card_entry
from openjpki.window.verbs import Verb


class UpdateWaits(Failure):
    """The authority has not heard of the change yet: it would write what was before."""

    code = "window.card.update-waits"
    kind = Kind.UNAVAILABLE
    ja = "このかたについての機構への通知が{waiting}件、届いていません。届いてから、カードへの書込みを行ってください。"
    en = "{waiting} messages about this person have not reached the authority. Write on the card once they have."


class UpdateNotIdentified(Failure):
    """Nobody showed that it is the holder's card that is brought."""

    code = "window.card.update-pin"
    kind = Kind.REFUSED
    ja = (
        "カードへの書込みには、本人が入力する住民基本台帳用の暗証番号が必要です。"
        "お忘れのときやロックしているときは、先に暗証番号の再設定(`openjpki window pin-reset`)をしてください。"
    )
    en = (
        "To write on a card takes the PIN of the resident record, typed by its holder. "
        "Where it is forgotten or locked, it is set anew first (`openjpki window pin-reset`)."
    )


class CardUpdates:
    """The act that brings a card's face up to date. The print on plastic is another matter, and the picture of it too."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox

    def update(self, officer: Officer, *, resident_code: str, card: CardAtCounter, pin_shown: bool) -> CardEntry:
        """Have the authority write the person's attributes as its register has them; done again, it changes nothing.

        `pin_shown`: the card said that the holder's PIN of the resident record was right. Whoever has only the card could
        read on it, by the code printed there, where its holder has moved to. Raises `UpdateNotIdentified`, `CardNotFound`
        for a card of another, `UpdateWaits`, and what the authority or the card refuses.
        """
        if not pin_shown:
            raise UpdateNotIdentified
        number = card.card_number()
        waiting = self._outbox.deliver(resident_code=resident_code).waiting
        row = load_card(officer, load_resident(officer, resident_code), number)
        if waiting:
            raise UpdateWaits(waiting=waiting)
        card.write_attributes()
        with act():
            note(officer, Verb.CARD_UPDATED, card_subject(row), at=self._equipment.moment(), identified_by="pin")
        return card_entry(row)
