"""`openjpki window card-update`: what changed is written on the card."""

import argparse
from typing import TYPE_CHECKING

from openjpki.cli.answer import Answer, language_of
from openjpki.cli.card_facts import words
from openjpki.cli.window_arguments import typed
from openjpki.rules.kinds import PinKind

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
