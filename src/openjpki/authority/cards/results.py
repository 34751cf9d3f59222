"""What the authority learns from a session that is done: it heard it from the card itself, whatever the window says."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openjpki.authority.acts import Doer
from openjpki.authority.cards.works import certificate_of
from openjpki.authority.means import Means
from openjpki.authority.models import Card, CardKey, Certificate
from openjpki.authority.verbs import Verb
from openjpki.card.administration import Status
from openjpki.card.apdu import CommandApdu
from openjpki.card.secure_channel import ChannelBroken
from openjpki.desk.messages import CardWork, CardWorkAsked, CardWorkDone
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.kinds import CertificateKind


@dataclass(frozen=True)
class _Heard:
    """The last command of a work and its answer."""

    means: Means
    request: CardWorkAsked
    card: Card
    command: CommandApdu
    data: bytes
    doer: Doer

    @property
    def kind(self) -> CertificateKind:
        if self.request.kind is None:  # `card_works.script` holds that there is one
            raise TypeError(self.request.work)
        return self.request.kind

    def done(self, **results: bytes | None) -> CardWorkDone:
        return CardWorkDone(work_id=self.request.work_id, **results)  # type: ignore[arg-type]  # mypy: one type for all


def conclude(
    means: Means, request: CardWorkAsked, card: Card, exchange: tuple[CommandApdu, bytes], doer: Doer
) -> CardWorkDone:
    """Record, inside the act, the last command of a work and what the card answered; return it in the window's words."""
    command, data = exchange
    heard = _Heard(means, request, card, command, data, doer)
    return _RESULTS.get(request.work, _nothing)(heard)


def _nothing(heard: _Heard) -> CardWorkDone:
    return heard.done()


def _made(heard: _Heard) -> CardWorkDone:
    """Attest a key: made in this card, now, for this kind."""
    digest = hashlib.sha256(heard.data).hexdigest()
    if KeyAlgorithm.of(heard.data) is not heard.means.profiles.algorithm or CardKey.objects.filter(pk=digest).exists():
        raise ChannelBroken
    key = CardKey.objects.create(digest=digest, card=heard.card, kind=heard.kind.value, made_at=heard.doer.at)
    heard.doer.note(Verb.CARD_KEY_MADE, key, {"card": str(heard.card), "kind": key.kind})
    return heard.done(public_key=heard.data)


def _proven(heard: _Heard) -> CardWorkDone:
    return heard.done(proof=heard.data)


def _read(heard: _Heard) -> CardWorkDone:
    """Witness the delivery of a certificate that was issued for this card."""
    found = certificate_of(heard.card, heard.kind, hashlib.sha256(heard.data).digest())
    key = _key_of(found, heard.card)
    if key is not None and key.delivered_at is None:
        key.delivered_at = heard.doer.at
        key.save(update_fields=["delivered_at"])
        heard.doer.note(Verb.CARD_KEY_DELIVERED, key, {"certificate": str(found)})
    return heard.done(certificate=heard.data)


def _told(heard: _Heard) -> CardWorkDone:
    status = Status.from_bytes(heard.data)
    if status.in_use is not None:
        _used(heard, status.in_use)
    return heard.done(waiting_key=status.waiting_key, in_use=status.in_use)


def _activated(heard: _Heard) -> CardWorkDone:
    _used(heard, heard.command.data)
    return heard.done()


def _used(heard: _Heard, digest: bytes) -> None:
    _mark_used(heard, _key_of(certificate_of(heard.card, heard.kind, digest), heard.card))


def _mark_used(heard: _Heard, key: CardKey | None) -> None:
    if key is not None and key.in_use_at is None:
        key.in_use_at = heard.doer.at
        key.save(update_fields=["in_use_at"])
        heard.doer.note(Verb.CARD_KEY_IN_USE, key)


def _key_of(certificate: Certificate | None, card: Card) -> CardKey | None:
    if certificate is None:
        return None
    return CardKey.objects.filter(digest=certificate.public_key_digest, card=card).first()


_RESULTS: Mapping[CardWork, Callable[[_Heard], CardWorkDone]] = {
    CardWork.MAKE_KEY: _made,
    CardWork.PROVE: _proven,
    CardWork.READ_BACK: _read,
    CardWork.STATUS: _told,
    CardWork.ACTIVATE: _activated,
}
