"""Which work on a card the authority allows, and the commands that it is. The window names the work; nothing of it is believed."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from openjpki.authority.cards.pin_resets import PinResetUnknown, hold_reset
from openjpki.authority.means import Means
from openjpki.authority.models import Card, CardKey, Certificate, Order, OrderState, Person, PinReset
from openjpki.authority.models.certificate import LIVE
from openjpki.authority.records import state_at
from openjpki.authority.register.limits import CardExpired
from openjpki.authority.register.persons import hold_resident
from openjpki.card import administration as commands
from openjpki.card.administration import KeyForm
from openjpki.card.apdu import CommandApdu
from openjpki.card.face_files import attribute_files
from openjpki.desk.messages import CardWork, CardWorkAsked
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, PinKind

FORMS: Mapping[KeyAlgorithm, KeyForm] = {
    KeyAlgorithm.RSA_2048_SHA_256: KeyForm.RSA_2048,
    KeyAlgorithm.P384_SHA_384: KeyForm.P_384,
}


class WorkIncomplete(Failure):
    """The message does not say what the work is about."""

    code = "authority.card-work.incomplete"
    kind = Kind.USAGE
    ja = "カードへの作業「{work}」に必要な指定がありません。"
    en = 'The card work "{work}" lacks what it is about.'


class CardNotActive(Failure):
    """The card is stopped or ended."""

    code = "authority.card-work.card-not-active"
    kind = Kind.REFUSED
    ja = "このカードは一時停止中か、廃止されているため、この作業はできません。"
    en = "The card is suspended or at its end, so this cannot be done on it."


class NotIssued(Failure):
    """No certificate that the authority issued for this card is meant."""

    code = "authority.card-work.not-issued"
    kind = Kind.REFUSED
    ja = "このカードのために発行した電子証明書ではないため、書き込めません。"
    en = "It is no certificate that was issued for this card, so it cannot be written to it."


class NotActivated(Failure):
    """The authority has made no new certificate of this card valid."""

    code = "authority.card-work.not-activated"
    kind = Kind.REFUSED
    ja = "新しい電子証明書がまだ有効になっていないため、カードでの使用を開始できません。"
    en = "No new certificate is in force yet, so the card cannot begin to use it."


class WaitsForUse(Failure):
    """The certificate in the shadow slot is in force: it is the holder's only valid one (decision 0008)."""

    code = "authority.card-work.waits-for-use"
    kind = Kind.REFUSED
    ja = "カードに書き込んだ新しい電子証明書は既に有効です。取り消さずに、使用を開始してください。"
    en = "The new certificate on the card is in force already. It cannot be discarded: bring it into use."


@dataclass(frozen=True)
class Case:
    """A work asked for, with the rows that the act has locked."""

    means: Means
    request: CardWorkAsked
    person: Person
    card: Card
    at: datetime

    @property
    def kind(self) -> CertificateKind:
        """Return which of the two keys it is about; raises `WorkIncomplete`."""
        if self.request.kind is None:
            raise WorkIncomplete(work=self.request.work.value)
        return self.request.kind


def script(case: Case) -> tuple[CommandApdu, ...]:
    """Return the commands of a work before they are sealed; raises the refusal of what is not allowed.

    Every session first brings the hand-over data of the card to what the register has: a hand-over that was cut off is
    made good by whatever comes next. And every one that allows no PIN to be set takes back what another has allowed: a
    reset that was given up leaves nothing behind (R-6.3).
    """
    handed_over = commands.set_hand_over_data(case.person.municipality, case.card.expires)
    first = (handed_over,) if allows_pin_set(case.request) else (handed_over, commands.take_back_pin_sets())
    return (*first, *_SCRIPTS[case.request.work](case))


def allows_pin_set(request: CardWorkAsked) -> bool:
    """Say whether this is the one work that permits a PIN to be set."""
    return request.work is CardWork.ALLOW_PIN_SET


def certificate_of(card: Card, kind: CertificateKind, digest: bytes) -> Certificate | None:
    """Return the certificate with this SHA-256 that was signed for the card."""
    signed = Certificate.objects.filter(card=card, kind=kind.value, der__isnull=False).select_related("issuer")
    return next((one for one in signed.order_by("-serial") if _digest(one) == digest), None)


def awaiting_use(card: Card, kind: CertificateKind) -> Certificate | None:
    """Return the newest certificate that the authority made valid for the card, if the card does not use it yet."""
    confirmed = (OrderState.CONFIRMED.value, OrderState.ACTIVATED.value)
    orders = Order.objects.filter(card=card, kind=kind.value, state__in=confirmed)
    keys = list(orders.values_list("certificate_key", flat=True))
    certificate = Certificate.objects.filter(key__in=keys).order_by("-serial").first()
    if certificate is None:
        return None
    waits = CardKey.objects.filter(digest=certificate.public_key_digest, in_use_at__isnull=True).exists()
    return certificate if waits else None


def _digest(certificate: Certificate) -> bytes:
    return hashlib.sha256(bytes(certificate.der or b"")).digest()


def _hand_over(_: Case) -> tuple[CommandApdu, ...]:
    return ()


def _status(case: Case) -> tuple[CommandApdu, ...]:
    return (commands.status(case.kind),)


def _make_key(case: Case) -> tuple[CommandApdu, ...]:
    _hold_active(case)
    _hold_free(case)
    return (commands.generate_key(case.kind, FORMS[case.means.profiles.algorithm]),)


def _prove(case: Case) -> tuple[CommandApdu, ...]:
    if not case.request.order_id:
        raise WorkIncomplete(work=case.request.work.value)
    return (commands.prove(case.kind, case.request.order_id, case.request.municipality),)


def _store(case: Case) -> tuple[CommandApdu, ...]:
    digest = case.request.certificate_digest
    found = certificate_of(case.card, case.kind, digest) if digest else None
    if found is None or found.der is None:
        raise NotIssued
    return commands.store_certificate(case.kind, bytes(found.der), bytes(found.issuer.certificate))


def _read_back(case: Case) -> tuple[CommandApdu, ...]:
    return (commands.read_back(case.kind),)


def _activate(case: Case) -> tuple[CommandApdu, ...]:
    certificate = awaiting_use(case.card, case.kind)
    orders = Order.objects.filter(state=OrderState.ACTIVATED.value)
    if certificate is None or not orders.filter(certificate_key=certificate.key).exists():
        raise NotActivated
    return (commands.activate(case.kind, _digest(certificate)),)


def _discard(case: Case) -> tuple[CommandApdu, ...]:
    _hold_free(case)
    return (commands.discard(case.kind),)


def _allow_pin_set(case: Case) -> tuple[CommandApdu, ...]:
    _hold_active(case)
    reset = PinReset.objects.filter(order_id=case.request.order_id, card=case.card).first()
    if reset is None or reset.municipality != case.request.municipality:
        raise PinResetUnknown
    hold_reset(case.means, reset, case.at)
    return (commands.allow_pin_set(PinKind(reset.pin)),)


def _attributes(case: Case) -> tuple[CommandApdu, ...]:
    """Write the register's name and address on a card that is in force: those of the person who holds it."""
    _hold_active(case)
    if case.card.ends(case.person.stay()) < civil_date(case.at):
        raise CardExpired
    number = case.means.card_keys.individual_number_of(case.person.resident_code)
    return commands.write_attributes(*attribute_files(number, case.person.attributes(), case.means.face_key))


def _hold_active(case: Case) -> None:
    """Raise `NotResident` or `CardNotActive`: nothing new is put on the card of who is gone, or on a stopped one (R-1.2)."""
    hold_resident(case.person)
    if case.card.state != CardState.ACTIVE.value:
        raise CardNotActive


def _hold_free(case: Case) -> None:
    """Raise `WaitsForUse` if the shadow slot holds what is the holder's only valid certificate."""
    waiting = awaiting_use(case.card, case.kind)
    if waiting is not None and state_at(waiting, case.at) in (*LIVE, CertificateState.UNDELIVERED):
        raise WaitsForUse


_SCRIPTS: Mapping[CardWork, Callable[[Case], tuple[CommandApdu, ...]]] = {
    CardWork.HAND_OVER: _hand_over,
    CardWork.STATUS: _status,
    CardWork.MAKE_KEY: _make_key,
    CardWork.PROVE: _prove,
    CardWork.STORE: _store,
    CardWork.READ_BACK: _read_back,
    CardWork.ACTIVATE: _activate,
    CardWork.DISCARD: _discard,
    CardWork.ALLOW_PIN_SET: _allow_pin_set,
    CardWork.ATTRIBUTES: _attributes,
}
