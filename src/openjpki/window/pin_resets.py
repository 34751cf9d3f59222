"""A PIN set anew at the counter (R-6.3): identified, recorded, approved by the authority, permitted on the card, typed by the holder.

The window never has the new PIN: it sees the permission set, and the holder types at the reader.
"""

from dataclasses import dataclass

from openjpki.desk.messages import PinResetApproved, PinResetOrder
from openjpki.errors import Failure
from openjpki.rules.application import ApplicationEvent
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import ApplicationState, CertificateKind, PinKind, Procedure
from openjpki.window import selectors
from openjpki.window.acceptance import receive, refusals, refuse
from openjpki.window.answers import expect
from openjpki.window.applications import move, subject
from openjpki.window.casework import Asked, gather
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.counter import CardAtCounter
from openjpki.window.entries import ApplicationEntry
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.examination import Shown, examine_pin_reset
from openjpki.window.issuance import ClosedMeanwhile
from openjpki.window.loading import load_application, load_resident
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox
from openjpki.window.outcomes import ProcedureRefused
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
        kind: CertificateKind,
        shown: Shown,
        card: CardAtCounter,
        approver: str = "",
    ) -> ApplicationEntry:
        """Let the holder set the PIN of this certificate at the reader without the old one.

        `approver`: the login of the second person at the counter, where the municipality asks for one. Raises `ProcedureRefused` with the recorded findings. Whatever fails afterwards withdraws the application and is
        raised: the reset is applied for again.
        """
        number = card.card_number()
        self._outbox.deliver(resident_code=resident_code)
        asked = Asked(procedure=Procedure.PIN_RESET, kinds=(kind,), card_number=number, shown=shown)
        accepted = self._accept(officer, resident_code, asked, approver)
        try:
            expect(self._equipment.carrier.send(accepted.order), PinResetApproved)
            card.permit_reset(accepted.order.order_id)
        except Failure as failure:
            self._end(officer, accepted, ApplicationEvent.WITHDRAW, Verb.APPLICATION_WITHDRAWN, failure.code)
            self._equipment.checkpoint(Checkpoint.APPLICATION_WITHDRAWN)
            raise
        self._end(officer, accepted, ApplicationEvent.PERFORM, Verb.PIN_RESET_PERMITTED, "")
        self._equipment.checkpoint(Checkpoint.PIN_RESET_RECORDED)
        return selectors.application(officer, accepted.receipt)

    def abandon(self, officer: Officer, *, receipt: str) -> ApplicationEntry:
        """Withdraw a reset that a crash cut off, wherever it stood: it is applied for again."""
        at = self._equipment.moment()
        with act():
            application = load_application(officer, receipt, lock=True)
            if application.state == ApplicationState.READY.value:
                move(application, ApplicationEvent.WITHDRAW, at=at)
                note(officer, Verb.APPLICATION_WITHDRAWN, subject(application), at=at)
        self._equipment.checkpoint(Checkpoint.APPLICATION_WITHDRAWN)
        return selectors.application(officer, receipt)

    def _accept(self, officer: Officer, resident_code: str, asked: Asked, approver: str) -> _Accepted:
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
                pin, second = asked.kinds[0].value, application.approved_by
                note(officer, Verb.PIN_RESET_REQUESTED, subject(application), at=at, pin=pin, approved_by=second)
        self._equipment.checkpoint(Checkpoint.APPLICATION_ENTERED)
        if examination.refused:
            raise ProcedureRefused(receipt=application.receipt, findings=Told(refusals(examination.findings)))
        order = PinResetOrder(
            order_id=self._equipment.new_id(),
            municipality=officer.municipality,
            officer=officer.login,
            resident_code=resident_code,
            card_number=asked.card_number,
            pin=PinKind(asked.kinds[0].value),
            ordered_at=at,
        )
        return _Accepted(receipt=application.receipt, order=order)

    def _end(self, officer: Officer, accepted: _Accepted, event: ApplicationEvent, verb: Verb, code: str) -> None:
        at = self._equipment.moment()
        with act():
            application = load_application(officer, accepted.receipt, lock=True)
            if application.state != ApplicationState.READY.value:
                raise ClosedMeanwhile(receipt=application.receipt, state=application.state)
            move(application, event, at=at)
            note(officer, verb, subject(application), at=at, order=accepted.order.order_id, code=code)
