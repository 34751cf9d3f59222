"""Revocation on request, on a reported leak, and the hold (R-5.1, R-5.2, R-5.8)."""

from datetime import datetime

from openjpki.authority.acts import act, window_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.ending import end_for
from openjpki.authority.means import Means
from openjpki.authority.receipts import answered, keep
from openjpki.authority.register.limits import hold_order_age
from openjpki.authority.register.municipalities import enrolled
from openjpki.authority.register.persons import locked_served_by
from openjpki.authority.register.reports import DayImpossible, NotOfThisMessage
from openjpki.desk.messages import RevocationAccepted, RevocationOrder
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import FIRST_DAY, civil_date
from openjpki.rules.kinds import LifeEvent
from openjpki.rules.revocation import effect_of
from openjpki.rules.words import Told

ORDERED = (LifeEvent.REQUEST, LifeEvent.KEY_COMPROMISE, LifeEvent.HOLD)
"""What is ordered; everything else is reported as a fact."""


class NothingNamed(Failure):
    """A request for revocation must say which certificates it means."""

    code = "authority.nothing-named"
    kind = Kind.REFUSED
    ja = "失効させる電子証明書の種類が指定されていません。"
    en = "The request does not name a certificate to revoke."


def revoke(means: Means, order: RevocationOrder, at: datetime) -> RevocationAccepted:
    """End the certificates of a person that the order names, or that the rules add, once.

    The same order again gets the same answer. Nothing alive to end is an answer too: the list is empty.
    """
    enrolled(order.municipality)
    if order.event not in ORDERED:
        raise NotOfThisMessage(event=Told(order.event))
    if order.event is LifeEvent.REQUEST and not order.kinds:
        raise NothingNamed
    if not FIRST_DAY <= order.occurred_on <= civil_date(at):
        raise DayImpossible(field="occurred_on")
    doer = window_at(at, order.municipality, order.officer)
    with act():
        before = answered(means, order.order_id, order, doer)
        if before is None:
            hold_order_age(means, order.ordered_at, at)
            person = locked_served_by(means, order.resident_code, order.municipality)
            effect = effect_of(means.policy, order.event, civil_date(at), kinds=order.kinds)
            before = keep(order.order_id, end_for(means, person, order.event, effect, doer), doer)
    means.checkpoint(Checkpoint.REVOCATION_TAKEN)
    return RevocationAccepted(order_id=order.order_id, ended=before)
