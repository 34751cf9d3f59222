"""Carries an accepted application out: for each certificate key, order, certificate, card, confirmation, activation.

Each step is committed before the next begins, so whatever breaks in between, `carry_out` goes on from there. What is
sent to the authority is stored first and sent again unchanged under the same order id. The old key stays in use until
the authority has made the new certificate valid.

The steps, as `models.OrderStep` names what is reached: (1) KEYED, (2) ISSUED, (3) WRITTEN, (4) CONFIRMED, (5) ACTIVE.
"""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from openjpki.desk.carrier import AuthorityUnreachable, decode_request, encode
from openjpki.desk.messages import (
    CertificateActivated,
    CertificateIssued,
    CertificateOrder,
    DeliveryConfirmed,
    Reply,
    Request,
)
from openjpki.errors import Failure, Kind
from openjpki.rules.application import ApplicationEvent
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import ApplicationState, CertificateKind, Procedure
from openjpki.rules.remaking import Voided
from openjpki.rules.words import Told as ToldWord
from openjpki.window import copies
from openjpki.window.answers import ASKING_FAILED, AuthorityRefused, expect
from openjpki.window.applications import move, subject, write_findings
from openjpki.window.casework import ISSUING, kana_agreed, written_in_kana
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.counter import CardAtCounter
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.loading import load_application, orders_of
from openjpki.window.models import Application, Order
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox
from openjpki.window.refunds import void_fee
from openjpki.window.relay import CardWorkRefused
from openjpki.window.states import OrderStep
from openjpki.window.verbs import Verb

_R = TypeVar("_R", bound=Reply)


class OtherCard(Failure):
    """The card on the reader is not the application's."""

    code = "window.issue.other-card"
    kind = Kind.REFUSED
    ja = "リーダーのカードは受付番号 {receipt} の申請のカードではありません。カードを確認してください。"
    en = "The card on the reader is not the one of application {receipt}. Check the card."


class FactsWaiting(Failure):
    """The authority does not know yet what the register knows of this person."""

    code = "window.issue.facts-waiting"
    kind = Kind.UNAVAILABLE
    ja = "このかたの異動の報告{count}件を機構が受け付けていないため({codes})、発行を待っています。"
    en = "{count} reports about this person wait for the authority to take them ({codes}); the issue waits for them."


class ReadBackDiffers(Failure):
    """What the card holds is not what was written."""

    code = "window.issue.read-back-differs"
    kind = Kind.UNAVAILABLE
    ja = "カードから読み戻した電子証明書が、書き込んだものと一致しません。もう一度実行してください。"
    en = "The certificate read back from the card is not the one that was written. Try again."


class ClosedMeanwhile(Failure):
    """Somebody else closed the application while its certificates were on their way."""

    code = "window.issue.closed-meanwhile"
    kind = Kind.REFUSED
    ja = "受付番号 {receipt} の申請は、発行の途中で別の担当者が終了しました({state:ja})。"
    en = "Application {receipt} was closed by somebody else while it was being carried out ({state:en})."


_CHECKPOINTS = {
    OrderStep.KEYED: Checkpoint.KEYED,
    OrderStep.ISSUED: Checkpoint.ISSUED,
    OrderStep.WRITTEN: Checkpoint.WRITTEN,
    OrderStep.CONFIRMED: Checkpoint.CONFIRMED,
    OrderStep.ACTIVE: Checkpoint.ACTIVE,
}


@dataclass(frozen=True)
class _Issue:
    """One certificate on its way, with all that a step needs."""

    officer: Officer
    application: Application
    order: Order
    card: CardAtCounter

    @property
    def kind(self) -> CertificateKind:
        return CertificateKind(self.order.kind)


class Issuance:
    """The issuing part of the counter's procedures."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox
        self._steps: Mapping[OrderStep, Callable[[_Issue], None]] = {
            OrderStep.PLANNED: self._make_key,
            OrderStep.KEYED: self._order,
            OrderStep.ISSUED: self._write,
            OrderStep.WRITTEN: self._confirm,
            OrderStep.CONFIRMED: self._activate,
        }

    def carry_out(self, officer: Officer, receipt: str, card: CardAtCounter) -> Failure | None:
        """Issue what is still missing; return what interrupted it, or None if the application is done.

        An interrupted application waits and is resumed by the same call. Raises `OtherCard`, `ClosedMeanwhile`, and
        `AuthorityRefused` once the refusal is recorded.
        """
        application = load_application(officer, receipt)
        try:
            _check_card(application, card)
            self._deliver_facts(application)
            for order in orders_of(application):
                self._carry(_Issue(officer, application, order, card))
            self.finish(officer, application)
        except (OtherCard, AuthorityRefused, ClosedMeanwhile):
            raise
        except Failure as interruption:
            return interruption
        return None

    def _deliver_facts(self, application: Application) -> None:
        """Deliver all facts about the person before an order: the authority holds the order against them."""
        delivery = self._outbox.deliver(resident_code=application.resident.resident_code)
        if delivery.unreachable:
            raise AuthorityUnreachable
        if delivery.waiting:
            raise FactsWaiting(count=delivery.waiting, codes=", ".join(delivery.errors))

    def _carry(self, issue: _Issue) -> None:
        if self._key_is_lost(issue):
            self._plan_again(issue)
        while (step := OrderStep(issue.order.step)) is not OrderStep.ACTIVE:
            try:
                self._steps[step](issue)
            except CardWorkRefused as refusal:
                if step is not OrderStep.PLANNED or not refusal.is_about_standing:
                    raise
                told = AuthorityRefused(**refusal.data)  # before the order what the order would have been told
                raise self._refused(issue, told) from refusal

    def _key_is_lost(self, issue: _Issue) -> bool:
        """Say whether the card no longer has the key that was ordered for; nothing can come of that order."""
        if OrderStep(issue.order.step) not in {OrderStep.KEYED, OrderStep.ISSUED, OrderStep.WRITTEN}:
            return False
        return issue.card.waiting_key_digest(issue.kind) != hashlib.sha256(bytes(issue.order.public_key)).digest()

    def _plan_again(self, issue: _Issue) -> None:
        order = issue.order
        with act():
            _hold_waiting(issue)
            order.order_id = self._equipment.new_id()
            order.step = OrderStep.PLANNED.value
            order.save(update_fields=("order_id", "step"))
        self._equipment.checkpoint(Checkpoint.ORDER_PLANNED_AGAIN)

    def _make_key(self, issue: _Issue) -> None:
        """(1) The card makes a key in the shadow slot and proves that it has it (R-8.1 step 4)."""
        application, order, kind = issue.application, issue.order, issue.kind
        number = issue.card.card_number()
        issue.card.discard(kind)
        key = issue.card.generate_key(kind)
        at = self._equipment.moment()
        message = CertificateOrder(
            order_id=order.order_id,
            municipality=application.municipality,
            officer=application.officer,
            resident_code=application.resident.resident_code,
            card_number=number,
            kind=kind,
            procedure=Procedure(application.procedure),
            public_key=key,
            proof_of_possession=issue.card.prove(kind, order.order_id),
            ordered_at=at,
            name_reading=_agreed_reading(application) if kind is CertificateKind.SIGNATURE else None,
        )
        order.public_key = key
        order.message = encode(message).decode()
        self._reached(issue, OrderStep.KEYED, Verb.CERTIFICATE_ORDERED, at=at)

    def _order(self, issue: _Issue) -> None:
        """(2) The authority holds the order against its own register and signs (R-8.1 steps 5 to 8)."""
        order = issue.order
        answer = self._ask(issue, decode_request(order.message.encode()), CertificateIssued)
        order.serial = answer.serial
        order.certificate = answer.certificate
        order.issuer_certificate = answer.issuer_certificate
        order.expires_date = answer.expires
        order.because = answer.because
        self._reached(issue, OrderStep.ISSUED, Verb.CERTIFICATE_RECEIVED, at=self._equipment.moment())

    def _write(self, issue: _Issue) -> None:
        """(3) The certificate is written to the card and read back (R-8.1 step 9)."""
        certificate = bytes(issue.order.certificate)
        issue.card.load(issue.kind, certificate)
        if issue.card.read_back(issue.kind) != certificate:
            raise ReadBackDiffers
        self._reached(issue, OrderStep.WRITTEN, Verb.CERTIFICATE_WRITTEN, at=self._equipment.moment())

    def _confirm(self, issue: _Issue) -> None:
        """(4) The authority makes the new certificate valid and supersedes the old one in one act (R-1.10, R-5.7)."""
        at = self._equipment.moment()
        message = DeliveryConfirmed(
            order_id=issue.order.order_id,
            municipality=issue.application.municipality,
            read_back=hashlib.sha256(issue.card.read_back(issue.kind)).digest(),
            confirmed_at=at,
        )
        self._ask(issue, message, CertificateActivated)
        self._reached(issue, OrderStep.CONFIRMED, Verb.CERTIFICATE_CONFIRMED, at=at)

    def _activate(self, issue: _Issue) -> None:
        """(5) The card uses the new key; a card that does already was cut off before it could say so."""
        if issue.card.digest_in_use(issue.kind) != hashlib.sha256(bytes(issue.order.certificate)).digest():
            issue.card.activate(issue.kind)
        self._reached(issue, OrderStep.ACTIVE, Verb.CERTIFICATE_ACTIVATED, at=self._equipment.moment())

    def _reached(self, issue: _Issue, step: OrderStep, verb: Verb, *, at: datetime) -> None:
        """Commit a step with its audit row, and what it means for the application."""
        application, order = issue.application, issue.order
        with act():
            _hold_waiting(issue)
            order.step = step.value
            order.save()
            note(
                issue.officer,
                verb,
                f"order:{order.order_id}",
                at=at,
                kind=order.kind,
                receipt=application.receipt,
                serial=order.serial,
            )
            if step is OrderStep.ACTIVE:
                done = all(other.step == OrderStep.ACTIVE.value for other in orders_of(application))
                move(application, ApplicationEvent.ISSUE if done else ApplicationEvent.ISSUE_PART, at=at)
        self._equipment.checkpoint(_CHECKPOINTS[step])

    def _ask(self, issue: _Issue, message: Request, kind: type[_R]) -> _R:
        """Return the authority's answer; a refusal is recorded before it is raised."""
        try:
            return expect(self._equipment.carrier.send(message), kind)
        except AuthorityRefused as refusal:
            raise self._refused(issue, refusal) from refusal

    def _refused(self, issue: _Issue, refusal: AuthorityRefused) -> AuthorityRefused:
        """Keep the refusal, empty the shadow slot, and end the application if none of it was issued.

        A partly issued one stays open: the rest is tried again with a new key and order, or the application closed.
        Returns what the person is told: the refusal, and what becomes of the fee.
        """
        application, order = issue.application, issue.order
        at = self._equipment.moment()
        about_fee: tuple[Finding, ...] = ()
        with act():
            _hold_waiting(issue)
            note(issue.officer, Verb.CERTIFICATE_REFUSED, f"order:{order.order_id}", at=at, code=refusal.reason)
            write_findings(application, (refusal.finding,), at=at)
            order.order_id = self._equipment.new_id()
            order.step = OrderStep.PLANNED.value
            order.save()
            if application.state == ApplicationState.READY.value:
                move(application, ApplicationEvent.REFUSE, at=at)
                note(issue.officer, Verb.APPLICATION_REFUSED, subject(application), at=at, codes=[refusal.reason])
                policy, nothing = self._equipment.policy, Voided.NOT_HANDED_OVER
                about_fee = void_fee(issue.officer, application, policy=policy, because=nothing, at=at)
        self._equipment.checkpoint(Checkpoint.CERTIFICATE_REFUSED)
        with suppress(Failure):  # a card that is gone keeps an unused key, which the next order replaces
            issue.card.discard(issue.kind)
        return refusal.followed_by(about_fee) if about_fee else refusal

    def finish(self, officer: Officer, application: Application) -> None:
        """All certificates stand on the card: the card goes back to its holder, and the lists are brought up to date.

        An application that another process has finished stays as it is.
        """
        at = self._equipment.moment()
        with act():
            standing = load_application(officer, application.receipt, lock=True)
            if standing.state == ApplicationState.ISSUED.value:
                move(standing, ApplicationEvent.HAND_OVER, at=at)
                note(officer, Verb.APPLICATION_DONE, subject(standing), at=at)
        self._equipment.checkpoint(Checkpoint.APPLICATION_DONE)
        with suppress(*ASKING_FAILED):  # the next examination asks again
            copies.refresh(self._equipment, application.resident, at=at)


def _agreed_reading(application: Application) -> str | None:
    """Return the reading of the name, if the holder agreed that the name of today is written with it (R-1.9)."""
    resident = application.resident
    resident.refresh_from_db()
    in_kana = written_in_kana(resident)
    return resident.kana if in_kana is not None and kana_agreed(application, in_kana) else None


def hold_issuing(officer: Officer, receipt: str) -> Application:
    """Lock an application inside the act and return it as it stands; raise `ClosedMeanwhile` if it waits no more."""
    standing = load_application(officer, receipt, lock=True)
    if standing.state not in ISSUING:
        raise ClosedMeanwhile(receipt=standing.receipt, state=ToldWord(ApplicationState(standing.state)))
    return standing


def _hold_waiting(issue: _Issue) -> None:
    issue.application.state = hold_issuing(issue.officer, issue.application.receipt).state


def _check_card(application: Application, card: CardAtCounter) -> None:
    if application.card is None or card.card_number() != application.card.card_number:
        raise OtherCard(receipt=application.receipt)
