"""A PIN set anew at the counter (R-6.3): identified, recorded, approved by the authority, permitted on the card, typed by the holder.

The window never has the new PIN: it sees the permission set, and the holder types at the reader.
"""

from contextlib import suppress
from dataclasses import dataclass

from openjpki.desk.carrier import SealRefused
from openjpki.desk.messages import PinResetApproved, PinResetOrder
from openjpki.errors import Failure
from openjpki.rules.application import ApplicationEvent
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import ApplicationState, CardState, CertificateKind, PinKind, Procedure
from openjpki.rules.words import Told as ToldWord
from openjpki.window import selectors
from openjpki.window.acceptance import receive, refusals, refuse
from openjpki.window.answers import AuthorityRefused, expect
from openjpki.window.applications import move, subject
from openjpki.window.casework import Asked, gather
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.counter import CardAtCounter
from openjpki.window.entries import ApplicationEntry
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.examination import Shown, examine_pin_reset
from openjpki.window.issuance import ClosedMeanwhile
from openjpki.window.loading import load_application, load_resident
from openjpki.window.models import Application
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox
from openjpki.window.outcomes import ProcedureRefused
from openjpki.window.relay import CardWorkRefused
from openjpki.window.states import ResidentState
from openjpki.window.telling import Told
from openjpki.window.verbs import Verb


@dataclass(frozen=True, kw_only=True)
class _Accepted:
    """An application that was accepted, with the order that carries it out."""

    receipt: str
    order: PinResetOrder


class PinResets:
    """The act of the counter that lets a PIN be set anew."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox

    def reset(
        self,
        officer: Officer,
        *,
        resident_code: str,
        pin: PinKind,
        shown: Shown,
        card: CardAtCounter,
        approver: str = "",
    ) -> ApplicationEntry:
        """Let the holder set this PIN at the reader without the old one; each of the four is reset alone (R-6.5).

        `approver`: the login of the second person at the counter, where the municipality asks for one. Raises
        `ProcedureRefused` with the recorded findings. Whatever fails afterwards is raised, and the reset is applied for
        again: it is withdrawn once the card has nothing left of it, at the latest by the next one.
        """
        number = card.card_number()
        self._outbox.deliver(resident_code=resident_code)
        self._close_former(officer, resident_code, card)
        asked = Asked(procedure=Procedure.PIN_RESET, kinds=_kinds(pin), card_number=number, shown=shown)
        accepted = self._accept(officer, resident_code, asked, pin, approver)
        approved = False
        try:
            expect(self._equipment.carrier.send(accepted.order), PinResetApproved)
            approved = True
            card.permit_reset(accepted.order.order_id)
        except Failure as failure:
            with suppress(Failure):  # it stays open until the card is here
                if approved or not isinstance(failure, AuthorityRefused | SealRefused):
                    _take_back(card)
                self._withdraw(officer, accepted, failure)
            raise
        try:
            self._end(officer, accepted, ApplicationEvent.PERFORM, Verb.PIN_RESET_PERMITTED, "")
        except ClosedMeanwhile:
            with suppress(Failure):
                _take_back(card)
            raise
        self._equipment.checkpoint(Checkpoint.PIN_RESET_RECORDED)
        return selectors.application(officer, accepted.receipt)

    def abandon(self, officer: Officer, *, receipt: str, card: CardAtCounter | None) -> ApplicationEntry:
        """Withdraw a reset that was cut off, wherever it stood: it is applied for again.

        `card`: its card on the reader, from which a permission is taken back first; None only where `needs_card` says so.
        """
        if card is not None:
            _take_back(card)
        at = self._equipment.moment()
        with act():
            application = load_application(officer, receipt, lock=True)
            if application.state == ApplicationState.READY.value:
                move(application, ApplicationEvent.WITHDRAW, at=at)
                note(officer, Verb.APPLICATION_WITHDRAWN, subject(application), at=at)
        self._equipment.checkpoint(Checkpoint.APPLICATION_WITHDRAWN)
        return selectors.application(officer, receipt)

    def _close_former(self, officer: Officer, resident_code: str, card: CardAtCounter) -> None:
        """Bring what was cut off before to its end, now that the card is here."""
        rows = Application.objects.for_municipality(officer.municipality).filter(
            resident__resident_code=resident_code,
            procedure=Procedure.PIN_RESET.value,
            state=ApplicationState.READY.value,
        )
        for former in rows.select_related("card", "resident"):
            own = former.card is not None and former.card.card_number == card.card_number()
            if own or not needs_card(former):
                self.abandon(officer, receipt=former.receipt, card=card if own else None)

    def _withdraw(self, officer: Officer, accepted: _Accepted, failure: Failure) -> None:
        self._end(officer, accepted, ApplicationEvent.WITHDRAW, Verb.APPLICATION_WITHDRAWN, failure.code)
        self._equipment.checkpoint(Checkpoint.APPLICATION_WITHDRAWN)

    def _accept(self, officer: Officer, resident_code: str, asked: Asked, pin: PinKind, approver: str) -> _Accepted:
        at = self._equipment.moment()
        with act():
            resident = load_resident(officer, resident_code, lock=True)
            case = gather(resident, asked, on=civil_date(at))
            examination = examine_pin_reset(self._equipment.policy, case, officer=officer.login, approver=approver)
            application = receive(officer, resident, asked, examination, policy=self._equipment.policy, at=at)
            if examination.refused:
                refuse(officer, application, examination.findings, at=at)
            else:
                move(application, *examination.application.path, at=at)
                told = {"pin": pin.value, "approved_by": application.approved_by}
                note(officer, Verb.PIN_RESET_REQUESTED, subject(application), at=at, **told)
        self._equipment.checkpoint(Checkpoint.APPLICATION_ENTERED)
        if examination.refused:
            raise ProcedureRefused(receipt=application.receipt, findings=Told(refusals(examination.findings)))
        order = PinResetOrder(
            order_id=self._equipment.new_id(),
            municipality=officer.municipality,
            officer=officer.login,
            resident_code=resident_code,
            card_number=asked.card_number,
            pin=pin,
            ordered_at=at,
        )
        return _Accepted(receipt=application.receipt, order=order)

    def _end(self, officer: Officer, accepted: _Accepted, event: ApplicationEvent, verb: Verb, code: str) -> None:
        at = self._equipment.moment()
        with act():
            application = load_application(officer, accepted.receipt, lock=True)
            if application.state != ApplicationState.READY.value:
                raise ClosedMeanwhile(receipt=application.receipt, state=ToldWord(ApplicationState(application.state)))
            move(application, event, at=at)
            note(officer, verb, subject(application), at=at, order=accepted.order.order_id, code=code)


def _kinds(pin: PinKind) -> tuple[CertificateKind, ...]:
    """Return the certificate that a PIN is for; the other two PINs are for none."""
    return tuple(kind for kind in CertificateKind if kind.value == pin.value)


def needs_card(application: Application) -> bool:
    """Say whether a reset that was cut off may have left a permission on a card that its holder can use here."""
    living = (CardState.ACTIVE.value, CardState.SUSPENDED.value)
    here = application.resident.state == ResidentState.RESIDENT.value
    return here and application.card is not None and application.card.state in living


def _take_back(card: CardAtCounter) -> None:
    """Take a permission off the card; where the authority serves person or card here no more, it allows none either."""
    try:
        card.take_back_resets()
    except CardWorkRefused as refusal:
        if not refusal.is_about_standing:
            raise
