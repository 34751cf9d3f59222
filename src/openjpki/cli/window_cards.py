"""`openjpki window card-update` and `card-stop`: what changed is written on the card; a stop, and its end, are recorded."""

import argparse
from typing import TYPE_CHECKING

from openjpki.cli.answer import Answer, language_of
from openjpki.cli.card_facts import words
from openjpki.cli.window_arguments import typed
from openjpki.rules.kinds import PinKind
from openjpki.rules.lifecycle import CARD, CardEvent

if TYPE_CHECKING:
    from openjpki.site.house import House
    from openjpki.window.officer import Clerk


def card_update(arguments: argparse.Namespace, house: "House", clerk: "Clerk") -> Answer:
    """Write the person's attributes on the card as they are now, once its holder has shown the PIN of the resident record."""
    with house.card_at_counter(arguments.card, clerk, arguments.resident) as card:
        pin = typed(arguments, (PinKind.RESIDENT_RECORD,), language_of(arguments))[PinKind.RESIDENT_RECORD]
        card.pins.verify(PinKind.RESIDENT_RECORD, bytearray(pin.encode()))
        entry = house.window.card_updates.update(clerk, resident_code=arguments.resident, card=card, pin_shown=True)
    line = words(
        language_of(arguments),
        "カードのICチップの氏名・住所などを、今の記録のとおりに書き換えました。券面の追記は別に行います。",
        "Name, address and the rest on the card's chip are those of the record now. What is printed on it is another matter.",
    )
    return Answer(data={"card_number": entry.card_number, "updated": True}, lines=(line,))


def card_stop(arguments: argparse.Namespace, house: "House", clerk: "Clerk") -> Answer:
    """Record that the resident's card is stopped, as when they called, or that it was found again (R-5.20)."""
    from openjpki.window.loading import CardNotFound  # Django must be set up before its modules are loaded

    event = CardEvent(arguments.event)
    held = house.window.residents.show(clerk, arguments.resident).cards
    card = next((card for card in reversed(held) if CARD.events(card.state)), None)
    if card is None:
        raise CardNotFound
    changed = house.window.cards.change(
        clerk, resident_code=arguments.resident, card_number=card.card_number, event=event
    )
    state, waiting = changed.card.state.value, changed.waiting
    lines = [words(language_of(arguments), f"カードの状態: {CARD.words[changed.card.state]}", f"The card is {state}.")]
    if waiting:
        lines.append(
            words(
                language_of(arguments), f"認証局への送信待ち {waiting} 件", f"{waiting} messages wait for the authority"
            )
        )
    return Answer(data={"card_number": changed.card.card_number, "state": state, "waiting": waiting}, lines=lines)
