"""Steps 4 and 5 of issuance: the certificate is on the card, so it becomes valid and its predecessor superseded."""

import hashlib
import hmac
from datetime import datetime

from django.db.models import Exists, OuterRef

from openjpki.authority.acts import Doer, act, window_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.ending import supersede
from openjpki.authority.issuance.orders import Held, OrderUnknown, advance_to, hold
from openjpki.authority.issuance.serials import serial_of
from openjpki.authority.means import Means
from openjpki.authority.models import CardKey, Certificate, Order, OrderState
from openjpki.authority.publishing import journal
from openjpki.authority.questions import Question
from openjpki.authority.records import state_at
from openjpki.authority.verbs import Verb
from openjpki.desk.messages import CertificateActivated, DeliveryConfirmed
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateState
from openjpki.rules.lifecycle import CertificateEvent


class NotIssuedYet(Failure):
    """The order has no certificate yet."""

    code = "authority.not-issued-yet"
    kind = Kind.REFUSED
    ja = "申請 {order_id} の電子証明書はまだ発行されていません。同じ申請をもう一度送ってください。"
    en = "The order {order_id} has no certificate yet. Send the same order again."


class ReadBackDiffers(Failure):
    """What the card holds is not what was issued."""

    code = "authority.read-back-differs"
    kind = Kind.REFUSED
    ja = "カードから読み戻した電子証明書が、発行したものと一致しません。もう一度書き込んでください。"
    en = "The certificate read back from the card is not the one issued. Write it again."


class NotReadBack(Failure):
    """No session read the certificate back from the card: only the window says that it is there."""

    code = "authority.not-read-back"
    kind = Kind.REFUSED
    ja = "電子証明書がカードに書き込まれたことを確認できていません。カードを置いて、もう一度書き込んでください。"
    en = "Nothing shows that the certificate stands on the card. Put the card on the reader and write it again."


_READ_BACK = Question(
    lambda slot: Certificate.objects.filter(key=slot("key")).annotate(
        delivered=Exists(
            CardKey.objects.filter(digest=OuterRef("public_key_digest"), card=slot("card"), delivered_at__isnull=False)
        )
    )
)


def confirm(means: Means, request: DeliveryConfirmed, at: datetime) -> CertificateActivated:
    """Take an order through steps 4 and 5; confirmed again, it gives the same reply."""
    doer = window_at(at, request.municipality)
    _step_4_confirm(means, request, doer)
    return carry_to_active(means, request.order_id, doer)


def carry_to_active(means: Means, order_id: str, doer: Doer) -> CertificateActivated:
    """Take a confirmed order through step 5."""
    order = _step_5_activate(means, order_id, doer)
    serial = serial_of(order.certificate_key)
    return CertificateActivated(order_id=order_id, serial=serial, superseded=order.superseded_serial)


def _step_4_confirm(means: Means, request: DeliveryConfirmed, doer: Doer) -> None:
    """Step 4: it was written to the card, and what was read back is what was issued."""
    with act():
        held = hold(request.order_id)
        if held.order.municipality != request.municipality:
            raise OrderUnknown(order_id=request.order_id)
        held.hold_open()
        if held.state in (OrderState.NUMBERED, OrderState.LINTED):
            raise NotIssuedYet(order_id=request.order_id)
        certificate, delivered = _read_back(held)
        issued = hashlib.sha256(bytes(certificate.der or b"")).digest()
        if not hmac.compare_digest(issued, request.read_back):
            raise ReadBackDiffers
        if held.state is not OrderState.SIGNED:
            return
        if not delivered:
            raise NotReadBack
        held.move_to(OrderState.CONFIRMED)
        doer.note(Verb.ORDER_CONFIRMED, held.order)
    means.checkpoint(Checkpoint.CONFIRMED)


def _read_back(held: Held) -> tuple[Certificate, bool]:
    """Return the certificate and whether a session read it back from the card, in one question."""
    (certificate,) = _READ_BACK.ask(key=held.order.certificate_key, card=held.card.pk)
    return certificate, bool(getattr(certificate, "delivered", False))


def _step_5_activate(means: Means, order_id: str, doer: Doer) -> Order:
    """Step 5: one transaction makes the new certificate valid and the old one superseded (R-1.10, R-5.7).

    Returns the order as it stands then.
    """
    with act():
        held = hold(order_id)
        held.hold_open()
        if held.state is not OrderState.CONFIRMED:
            return held.order
        certificate, old = held.certificate_and_place()
        held.order.superseded_serial = _make_room(means, old, doer)
        advance_to(certificate, CertificateEvent.ACTIVATE)
        held.move_to(OrderState.ACTIVATED)
        journal.note(certificate.key, doer.at)
        doer.note(Verb.CERTIFICATE_ACTIVATED, certificate, {"superseded": held.order.superseded_serial})
    means.checkpoint(Checkpoint.ACTIVATED)
    return held.order


def _make_room(means: Means, old: Certificate | None, doer: Doer) -> int | None:
    """End the certificate in whose place the new one comes, and return its serial; an expired one is only filed."""
    if old is None:
        return None
    if state_at(old, doer.at) is CertificateState.EXPIRED:
        advance_to(old, CertificateEvent.EXPIRE)
        doer.note(Verb.CERTIFICATE_EXPIRED, old)
        return None
    supersede(means, old, doer)
    return old.serial
