"""`openjpki window pin-reset`: the holder's new PIN goes from the reader's keyboard to the card, by the authority's permission."""

import argparse
from typing import TYPE_CHECKING

from openjpki.cli.answer import Answer, language_of
from openjpki.cli.card_facts import PINS
from openjpki.cli.window_answers import application_data
from openjpki.cli.window_arguments import documents_shown, typed
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import check_pin

if TYPE_CHECKING:
    from openjpki.site.house import House
    from openjpki.window.officer import Clerk


def pin_reset(arguments: argparse.Namespace, house: "House", clerk: "Clerk") -> Answer:
    """Set one PIN anew (R-6.3). Its form is asked first, so that a slip uses up no permission."""
    language, kind = language_of(arguments), PinKind(arguments.kind)
    new = check_pin(kind, typed(arguments, (kind,), language)[kind], house.policy)
    with house.card_at_counter(arguments.card, clerk, arguments.resident) as card:
        entry = house.window.pin_resets.reset(
            clerk,
            resident_code=arguments.resident,
            pin=kind,
            shown=documents_shown(arguments),
            card=card,
            approver=arguments.approved_by or "",
        )
        card.pins.set(kind, bytearray(new.encode()))
        tries = card.pins.tries_left(kind)
    words = PINS[kind][language]
    line = {
        "ja": f"受付番号 {entry.receipt}:{words}を再設定しました。残り{tries}回です。",
        "en": f"Application {entry.receipt}: the {words} was set anew. Tries left: {tries}.",
    }
    return Answer(data={**application_data(entry), "kind": kind.value, "tries": tries}, lines=[line[language]])
