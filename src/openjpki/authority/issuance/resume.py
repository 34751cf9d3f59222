"""After a crash, and once a day: every order that is on its way goes on, waits, or is undone."""

from dataclasses import dataclass
from datetime import datetime

from openjpki.authority.acts import Doer, act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.ending import close
from openjpki.authority.generations.profile_records import ProfilesDiffer
from openjpki.authority.issuance.delivery import carry_to_active
from openjpki.authority.issuance.orders import hold
from openjpki.authority.issuance.steps import carry_to_signed
from openjpki.authority.means import Means
from openjpki.authority.models import Order, OrderState
from openjpki.authority.models.certificate import OPEN
from openjpki.errors import Failure, Kind


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What became of the open orders, by their ids."""

    signed: tuple[str, ...]
    """Stood before their signature; they have it now and wait for their delivery."""
    activated: tuple[str, ...]
    """Had been confirmed; their certificates are valid now."""
    waiting: tuple[str, ...]
    """Signed, and not yet confirmed; or not to be signed before a change of profiles is approved. There is still time."""
    closed: tuple[str, ...]
    """Never confirmed in time, or refused by now; what was signed for them is revoked, unspecified (R-5.11)."""


def resume(means: Means, at: datetime) -> Resumed:
    """Carry every open order as far as the authority alone can, or undo it. Safe at any time, and twice.

    An order that was confirmed is always finished: the card has the new key. Any other is closed when it is older
    than `Terms.delivery_patience`.
    """
    states = [state.value for state in OPEN]
    outcomes: dict[str, list[str]] = {"signed": [], "activated": [], "waiting": [], "closed": []}
    open_orders = Order.objects.filter(state__in=states).order_by("numbered_at", "order_id")
    for order in list(open_orders):
        outcomes[_carry(means, order, authority_at(at))].append(order.order_id)
    return Resumed(**{outcome: tuple(orders) for outcome, orders in outcomes.items()})


def _carry(means: Means, order: Order, doer: Doer) -> str:
    try:
        return _finish(means, order, doer)
    except ProfilesDiffer:
        return "waiting"
    except Failure as failure:
        if failure.kind is Kind.UNAVAILABLE:
            raise
        return "closed"


def _finish(means: Means, order: Order, doer: Doer) -> str:
    state = OrderState(order.state)
    if state is OrderState.CONFIRMED:
        carry_to_active(means, order.order_id, doer)
        return "activated"
    if doer.at - order.numbered_at > means.terms.delivery_patience:
        return _undo(means, order.order_id, doer)
    if state is OrderState.SIGNED:
        return "waiting"
    carry_to_signed(means, order.order_id, doer)
    return "signed"


def _undo(means: Means, order_id: str, doer: Doer) -> str:
    """Close an order that waited too long; one that was confirmed a moment ago is finished instead."""
    with act():
        held = hold(order_id)
        if held.state in (OrderState.NUMBERED, OrderState.LINTED, OrderState.SIGNED):
            close(means, held.order, "never-delivered", doer)
    if held.state is OrderState.CLOSED:
        means.checkpoint(Checkpoint.ORDER_CLOSED)
        return "closed"
    carry_to_active(means, order_id, doer)
    return "activated"
