"""What the authority gives up before sealed commands leave: whether the card carries them out is not in its hands any more.

An answer that is lost, or kept back, leaves it believing too little, never too much; the next session asks the card.
"""

from collections.abc import Callable, Mapping

from openjpki.authority.acts import Doer
from openjpki.authority.cards.works import Case, allows_pin_set
from openjpki.authority.models import CardKey, PinReset
from openjpki.authority.verbs import Verb
from openjpki.desk.messages import CardWork


def give_up(case: Case, doer: Doer) -> None:
    """Record, inside the act that seals the commands of an allowed work, what they may undo or use up."""
    if not allows_pin_set(case.request):
        _end_approvals(case, doer)
    _PRECAUTIONS.get(case.request.work, _nothing)(case, doer)


def _nothing(_: Case, __: Doer) -> None:
    pass


def _spend(case: Case, doer: Doer) -> None:
    """One permission leaves for one approval (R-6.3): a reset that was cut off behind this point is approved anew."""
    reset = PinReset.objects.get(order_id=case.request.order_id)
    reset.spent_at = doer.at
    reset.save(update_fields=["spent_at"])
    doer.note(Verb.PIN_RESET_PERMITTED, reset)


def _end_approvals(case: Case, doer: Doer) -> None:
    """No approval of before outlives another work on the card: that work takes permissions back, and none may follow it."""
    for reset in PinReset.objects.filter(card=case.card, spent_at__isnull=True):
        reset.spent_at = doer.at
        reset.save(update_fields=["spent_at"])
        doer.note(Verb.PIN_RESET_ENDED, reset)


def _take_back_delivery(case: Case, doer: Doer) -> None:
    """What was read back from the shadow slot may not stand there any more: it is not confirmed before it is read again."""
    waiting = CardKey.objects.filter(card=case.card, kind=case.kind.value, in_use_at__isnull=True)
    for key in waiting.filter(delivered_at__isnull=False):
        key.delivered_at = None
        key.save(update_fields=["delivered_at"])
        doer.note(Verb.CARD_KEY_UNDELIVERED, key)


_PRECAUTIONS: Mapping[CardWork, Callable[[Case, Doer], None]] = {
    CardWork.MAKE_KEY: _take_back_delivery,
    CardWork.DISCARD: _take_back_delivery,
    CardWork.ALLOW_PIN_SET: _spend,
}
