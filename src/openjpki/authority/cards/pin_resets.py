"""The approval of a PIN reset (R-6.3): without one no session lets a PIN be set."""

import hashlib
from datetime import datetime

from openjpki.authority.acts import act, window_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means
from openjpki.authority.models import PinReset
from openjpki.authority.receipts import IdReused
from openjpki.authority.register.limits import hold_order_age
from openjpki.authority.register.municipalities import enrolled
from openjpki.authority.register.persons import card_of, hold_resident, locked_served_by
from openjpki.authority.verbs import Verb
from openjpki.desk.carrier import encode
from openjpki.desk.messages import PinResetApproved, PinResetOrder
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CardState


class CardNotUsable(Failure):
    """A PIN is set anew on an active card only."""

    code = "authority.pin-reset.card"
    kind = Kind.REFUSED
    ja = "このカードは一時停止中か、廃止または期限切れのため、暗証番号を再設定できません。"
    en = "The card is suspended, abolished or expired, so no PIN on it can be set anew."


class PinResetUnknown(Failure):
    """No reset was approved under this number for this card."""

    code = "authority.pin-reset.unknown"
    kind = Kind.REFUSED
    ja = "このカードの暗証番号の再設定は承認されていません。"
    en = "No PIN reset was approved for this card under this number."


class PinResetOver(Failure):
    """The approval was used, or is too old."""

    code = "authority.pin-reset.over"
    kind = Kind.REFUSED
    ja = "この承認による暗証番号の再設定は済んでいるか、承認の期限が過ぎています。もう一度申請してください。"
    en = "This approval of a PIN reset was used, or its time is over. Apply again."


def approve(means: Means, request: PinResetOrder, at: datetime) -> PinResetApproved:
    """Record the approval; the same order again gets the same reply, another under its number is refused, and an old one."""
    enrolled(request.municipality)
    digest = hashlib.sha256(encode(request)).hexdigest()
    doer = window_at(at, request.municipality, request.officer)
    with act():
        person = locked_served_by(means, request.resident_code, request.municipality)
        before = PinReset.objects.filter(order_id=request.order_id).first()
        if before is not None:
            if before.digest != digest:
                raise IdReused(message_id=request.order_id)
            return PinResetApproved(order_id=request.order_id)
        hold_order_age(means, request.ordered_at, at)
        hold_resident(person)
        card = card_of(person, request.card_number)
        if card.state != CardState.ACTIVE.value or card.ends(person.stay()) < civil_date(at):
            raise CardNotUsable
        reset = PinReset.objects.create(
            order_id=request.order_id,
            municipality=request.municipality,
            officer=request.officer,
            card=card,
            pin=request.pin.value,
            digest=digest,
            approved_at=at,
        )
        doer.note(Verb.PIN_RESET_APPROVED, reset, {"card": str(card), "pin": reset.pin})
    means.checkpoint(Checkpoint.PIN_RESET_APPROVED)
    return PinResetApproved(order_id=request.order_id)


def hold_reset(means: Means, reset: PinReset, at: datetime) -> None:
    """Raise `PinResetOver` unless the approval is unused and of these days."""
    if reset.spent_at is not None or at - reset.approved_at > means.terms.pin_reset:
        raise PinResetOver
