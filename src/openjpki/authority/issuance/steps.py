"""Steps 1 to 3 of issuance, each committed before the next begins; docs/issuance.md has the same numbers.

A crash between any two leaves a row from which the same order sent again, or `resume`, goes on or undoes it. Steps 4
and 5 are in `delivery`: until then the old certificate stays valid, and the holder is never left with nothing.
"""

from datetime import datetime

from openjpki.authority.acts import Doer, act, window_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.ending import close
from openjpki.authority.generations.issuers import issuing
from openjpki.authority.generations.profile_records import hold_recorded
from openjpki.authority.issuance.admission import (
    certified_before,
    hold_key,
    hold_standing,
    hold_uncertified,
    key_digest,
)
from openjpki.authority.issuance.drafting import draft
from openjpki.authority.issuance.orders import advance_to, give_up, hold
from openjpki.authority.issuance.serials import draw, key_of
from openjpki.authority.means import Means
from openjpki.authority.models import Card, Certificate, Order, OrderState
from openjpki.authority.models.certificate import OPEN
from openjpki.authority.questions import Question
from openjpki.authority.receipts import IdReused
from openjpki.authority.register.limits import hold_order_age
from openjpki.authority.register.municipalities import enrolled
from openjpki.authority.register.persons import card_of, locked_served_by
from openjpki.authority.verbs import Verb
from openjpki.desk.carrier import encode
from openjpki.desk.messages import CertificateIssued, CertificateOrder
from openjpki.errors import Failure, Kind
from openjpki.pki.certificate import issue, lint, prepared_from
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.lifecycle import CertificateEvent


class IssuerEnded(Failure):
    """The generation ended between the draft of a certificate and its signature."""

    code = "authority.issuer-ended"
    kind = Kind.REFUSED
    ja = "発行元の認証局の世代が終了したため、この申請では発行できません。あらためて申請してください。"
    en = "The CA generation that was to sign has ended. Order the certificate again."


_KNOWN = Question(lambda slot: Order.objects.filter(order_id=slot("order_id")).only("request"))
_ON_ITS_WAY = Question(
    lambda slot: Order.objects.filter(card=slot("card"), kind=slot("kind"), state__in=[state.value for state in OPEN])
)


def issue_ordered(means: Means, request: CertificateOrder, at: datetime) -> CertificateIssued:
    """Take an order through steps 1 to 3, from wherever an earlier attempt left it: the same order, the same reply."""
    enrolled(request.municipality)
    doer = window_at(at, request.municipality, request.officer)
    _step_1_number(means, request, doer)
    return carry_to_signed(means, request.order_id, doer)


def carry_to_signed(means: Means, order_id: str, doer: Doer) -> CertificateIssued:
    """Take a numbered order through steps 2 and 3; a refusal on the way closes it and is raised."""
    try:
        _step_2_lint(means, order_id, doer)
        signed = _step_3_sign(means, order_id, doer)
    except Failure as failure:
        if failure.kind is not Kind.UNAVAILABLE:
            give_up(means, order_id, failure.code, doer)
        raise
    return _issued(order_id, signed or _certificate_of(order_id))


def _step_1_number(means: Means, request: CertificateOrder, doer: Doer) -> None:
    """Step 1: the order is admitted and stored with its serial. The same id with other content is refused."""
    with act():
        person = locked_served_by(means, request.resident_code, request.municipality)
        known = _KNOWN.one(order_id=request.order_id)
        if known is not None:
            if bytes(known.request) != encode(request):
                raise IdReused(message_id=request.order_id)
            return
        hold_order_age(means, request.ordered_at, doer.at)
        card = card_of(person, request.card_number)
        before = certified_before(card, request.public_key, doer.at)
        hold_standing(means, request, person, card, before, doer.at)
        hold_key(means, request, before)
        issuing(request.kind, doer.at)
        hold_recorded(means, Profile(request.kind.value))
        _close_former(means, card, request.kind, doer)
        serial = draw(request.kind, doer)
        order = Order.objects.create(
            order_id=request.order_id,
            municipality=request.municipality,
            officer=request.officer,
            person=person,
            card=card,
            kind=request.kind.value,
            request=encode(request),
            certificate_key=key_of(request.kind, serial),
            numbered_at=doer.at,
        )
        doer.note(Verb.ORDER_NUMBERED, order, {"serial": serial, "kind": request.kind.value})
    means.checkpoint(Checkpoint.NUMBERED)


def _close_former(means: Means, card: Card, kind: CertificateKind, doer: Doer) -> None:
    """Close an order still on its way to the same card: its key went with the card's one shadow slot (R-5.11)."""
    for former in _ON_ITS_WAY.ask(card=card.pk, kind=kind.value):
        close(means, former, "ordered-again", doer)


def _step_2_lint(means: Means, order_id: str, doer: Doer) -> None:
    """Step 2: the to-be-signed certificate is made from the register, linted and stored. Nothing is signed yet."""
    with act():
        held = hold(order_id)
        held.hold_open()
        if held.state is not OrderState.NUMBERED:
            return
        request = held.request
        before = certified_before(held.card, request.public_key, doer.at)
        hold_standing(means, request, held.person, held.card, before, doer.at)
        hold_uncertified(before)
        drafted = draft(means, held, before.live, doer.at)
        lint(drafted.prepared, bytes(drafted.issuer.certificate))
        certificate = Certificate.objects.create(
            key=held.order.certificate_key,
            kind=held.order.kind,
            serial=drafted.serial,
            issuer=drafted.issuer,
            person=held.person,
            card=held.card,
            issuing_municipality=held.order.municipality,
            public_key_digest=key_digest(request.public_key),
            to_be_signed=drafted.prepared.to_be_signed,
            issued_on=drafted.issued_on,
            expires=drafted.expiry.expires,
            because=drafted.expiry.because,
        )
        held.move_to(OrderState.LINTED)
        rules = list(drafted.expiry.rules)
        doer.note(Verb.CERTIFICATE_LINTED, certificate, {"because": drafted.expiry.because, "rules": rules})
    means.checkpoint(Checkpoint.LINTED)


def _step_3_sign(means: Means, order_id: str, doer: Doer) -> Certificate | None:
    """Step 3: the stored bytes are linted again and signed. The certificate is undelivered: its status is unknown.

    Returns it, or None for an order that stands elsewhere.
    """
    with act():
        held = hold(order_id)
        held.hold_open()
        if held.state is not OrderState.LINTED:
            return None
        certificate = held.certificate
        issuer = certificate.issuer
        if issuer.ended_at is not None:
            raise IssuerEnded
        hold_recorded(means, Profile(held.kind.value))
        prepared = prepared_from(means.profiles, bytes(certificate.to_be_signed), Profile(held.kind.value))
        token = lint(prepared, bytes(issuer.certificate), means.external_lint)
        certificate.der = issue(token, means.keys.signer(issuer.key_name))
        advance_to(certificate, CertificateEvent.SIGN)
        held.move_to(OrderState.SIGNED)
        doer.note(Verb.CERTIFICATE_SIGNED, certificate, {"issuer": str(issuer)})
    means.checkpoint(Checkpoint.SIGNED)
    return certificate


def _certificate_of(order_id: str) -> Certificate:
    """Return what an order became earlier."""
    order = Order.objects.get(order_id=order_id)
    return Certificate.objects.select_related("issuer").get(key=order.certificate_key)


def _issued(order_id: str, certificate: Certificate) -> CertificateIssued:
    return CertificateIssued(
        order_id=order_id,
        serial=certificate.serial,
        certificate=bytes(certificate.der or b""),
        issuer_certificate=bytes(certificate.issuer.certificate),
        expires=certificate.expires,
        because=certificate.because,
    )
