"""A PIN that a new card lets nobody set by himself: at the hand-over its holder does, by the authority's permission (R-6.3, R-6.5).

Behind the PIN of the text application stand the individual number and the attributes, so whoever finds a card that was not
handed over yet must not be able to set it. The hand-over itself is the act in which the holder was identified.
"""

from openjpki.desk.messages import PinResetApproved, PinResetOrder
from openjpki.rules.kinds import PinKind
from openjpki.window.answers import expect
from openjpki.window.counter import CardAtCounter
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.officer import Officer
from openjpki.window.verbs import Verb


def permit_first(
    equipment: Equipment, officer: Officer, *, resident_code: str, subject: str, pin: PinKind, card: CardAtCounter
) -> None:
    """Have the authority approve that the holder sets this PIN, and tell the card; raises what either refuses.

    Where it is cut off the PIN stays as it was, and is set by a reset (R-6.3).
    """
    at = equipment.moment()
    order = PinResetOrder(
        order_id=equipment.new_id(),
        municipality=officer.municipality,
        officer=officer.login,
        resident_code=resident_code,
        card_number=card.card_number(),
        pin=pin,
        ordered_at=at,
    )
    with act():
        note(officer, Verb.PIN_RESET_REQUESTED, subject, at=at, pin=pin.value, order=order.order_id)
    expect(equipment.carrier.send(order), PinResetApproved)
    card.permit_reset(order.order_id)
    with act():
        note(officer, Verb.PIN_RESET_PERMITTED, subject, at=equipment.moment(), order=order.order_id)
