"""New issue, renewal and re-issue for a person who came in person, and what becomes of an application that waits.

An application is accepted or refused in one act, with all that it rests on; the issuing follows in steps of its own.
"""

from collections.abc import Iterable
from datetime import datetime

from openjpki.errors import Failure, Kind
from openjpki.rules.application import ApplicationEvent
from openjpki.rules.course import approve
from openjpki.rules.dates import civil_date
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, ApplicationState, CardState, CertificateKind, Procedure
from openjpki.rules.remaking import Voided
from openjpki.rules.words import Told as ToldWord
from openjpki.window import copies, selectors
from openjpki.window.acceptance import accept, receive, refusals, refuse
from openjpki.window.answers import ASKING_FAILED
from openjpki.window.applications import move, subject, write_findings
from openjpki.window.casework import (
    ISSUED_BY,
    ISSUING,
    WAITING,
    Asked,
    gather,
    kana_agreed,
    standing_at,
    written_in_kana,
)
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.counter import CardAtCounter
from openjpki.window.entries import ApplicationEntry
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.examination import Shown, examine, standing
from openjpki.window.findings import found
from openjpki.window.issuance import Issuance, hold_issuing
from openjpki.window.loading import load_application, load_resident, orders_of
from openjpki.window.models import Application, Resident
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox
from openjpki.window.outcomes import Outcome, ProcedureRefused
from openjpki.window.refunds import void_fee
from openjpki.window.states import OrderStep
from openjpki.window.telling import Told
from openjpki.window.verbs import Verb

__all__ = ["BOTH", "MustFinish", "NoKinds", "NothingWaits", "Outcome", "ProcedureRefused", "Procedures"]

BOTH = (CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE)
"""In the order of issue: the signature certificate ends no later than the authentication certificate (R-3.1)."""


class NoKinds(Failure):
    """An application names what it asks for."""

    code = "window.application.no-kinds"
    kind = Kind.USAGE
    ja = "署名用か利用者証明用、または両方の電子証明書を指定してください。"
    en = "Name the signature certificate, the authentication certificate, or both."


class NothingWaits(Failure):
    """The application is at an end, or is not one that is resumed or withdrawn here."""

    code = "window.application.closed"
    kind = Kind.REFUSED
    ja = "受付番号 {receipt} の申請は終了しているか、再開や取下げのできない手続きです({state:ja})。"
    en = "Application {receipt} is closed, or of a procedure that is neither resumed nor withdrawn ({state:en})."


class MustFinish(Failure):
    """The authority has made a new certificate valid, or may have, that the card does not use yet."""

    code = "window.application.must-finish"
    kind = Kind.REFUSED
    ja = "受付番号 {receipt} の新しい電子証明書はカードに書き込まれ、有効になっているか、その可能性があります。取り下げはできません。カードを置いて再開してください。"
    en = (
        "Application {receipt} has written a new certificate to the card, which is in force or may be, so it cannot be "
        "withdrawn. Put the card on the reader and resume."
    )


class ApprovalAwaited(Failure):
    """Everything stands but the approval of a second person."""

    code = "window.approval.awaited"
    kind = Kind.UNAVAILABLE
    ja = "受付番号 {receipt} の申請は、別の職員の承認を待っています。"
    en = "Application {receipt} waits for the approval of a second person."


class NothingToApprove(Failure):
    """The application waits for no approval."""

    code = "window.approval.nothing"
    kind = Kind.REFUSED
    ja = "受付番号 {receipt} の申請は承認を待っていません({state:ja})。"
    en = "Application {receipt} waits for no approval ({state:en})."


class SamePerson(Failure):
    """Who entered an application does not approve it."""

    code = "window.approval.same-person"
    kind = Kind.REFUSED
    ja = "受付番号 {receipt} の申請は {officer} が受け付けたため、{officer} は承認できません。別の職員の承認を受けてください。"
    en = "Application {receipt} was entered by {officer}, who cannot approve it. Have another officer approve it."


class Procedures:
    """The acts of the counter that issue certificates. The officer's municipality is the person's."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox
        self._issuance = Issuance(equipment, outbox)

    def new_issue(
        self,
        officer: Officer,
        *,
        resident_code: str,
        card: CardAtCounter,
        shown: Shown,
        kinds: Iterable[CertificateKind] = BOTH,
    ) -> Outcome:
        """新規発行 (R-2.2): nothing of that kind is in force. Raises `ProcedureRefused` with the recorded findings."""
        return self._apply(officer, resident_code, card, Procedure.NEW, kinds, shown)

    def renew(
        self,
        officer: Officer,
        *,
        resident_code: str,
        card: CardAtCounter,
        shown: Shown,
        kinds: Iterable[CertificateKind] = BOTH,
    ) -> Outcome:
        """更新 (R-2.3): in force and inside the window of R-3.8. Raises `ProcedureRefused`."""
        return self._apply(officer, resident_code, card, Procedure.RENEWAL, kinds, shown)

    def reissue(
        self,
        officer: Officer,
        *,
        resident_code: str,
        card: CardAtCounter,
        shown: Shown,
        kinds: Iterable[CertificateKind] = BOTH,
    ) -> Outcome:
        """再発行 (R-2.4, R-5.22): in place of one that is alive or has ended. Raises `ProcedureRefused`."""
        return self._apply(officer, resident_code, card, Procedure.REISSUE, kinds, shown)

    def resume(self, officer: Officer, *, receipt: str, card: CardAtCounter) -> Outcome:
        """Go on with an application that waits, from the step it reached; the person must still be entitled.

        Where all stands on the card already, only the application's end is written. Raises `NothingWaits`,
        `ApprovalAwaited`, `ProcedureRefused`, and `ClosedMeanwhile` if somebody else closes it on the way.
        """
        application = load_application(officer, receipt)
        if application.state == ApplicationState.ISSUED.value:
            return self.finish(officer, receipt=receipt)
        _hold_waiting(application)
        if application.state not in ISSUING:
            raise ApprovalAwaited(receipt=receipt)
        self._examine_again(officer, application)
        return self._carry_out(officer, receipt, card)

    def approve(self, officer: Officer, *, receipt: str) -> ApplicationEntry:
        """Approve what another officer entered (R-2.27); with the card on the reader it is resumed then.

        Raises `NothingToApprove`, `SamePerson` for who entered it, and `ProcedureRefused` for what can be issued no more
        today: a renewal behind its window, a person who has left (R-1.1, R-3.8).
        """
        at = self._equipment.moment()
        code = load_application(officer, receipt).resident.resident_code
        with act():
            resident = load_resident(officer, code, lock=True)
            row = load_application(officer, receipt, lock=True)
            if row.state != ApplicationState.FEE_SETTLED.value:
                raise NothingToApprove(receipt=receipt, state=ToldWord(ApplicationState(row.state)))
            taken = approve(standing_at(row), by=officer.login)
            if taken.refused:
                raise SamePerson(receipt=receipt, officer=officer.login)
            kinds = tuple(map(CertificateKind, row.kinds))
            told = self._stands_in_the_way(row, resident, kinds, unordered=kinds, at=at)
            if told:
                late = all(finding.code == "renewal.over" for finding in told)
                write_findings(row, told, at=at)
                refuse(officer, row, told, at=at)
                told += self._void(officer, row, Voided.OFFICE_FAULT if late else Voided.NOT_HANDED_OVER, at=at)
            else:
                row.approved_by = officer.login
                row.save(update_fields=("approved_by",))
                move(row, *taken.application.path, at=at)
                note(officer, Verb.APPLICATION_APPROVED, subject(row), at=at, grounds=list(row.approval_grounds))
        self._equipment.checkpoint(Checkpoint.APPLICATION_JUDGED_AGAIN if told else Checkpoint.APPLICATION_APPROVED)
        if told:
            raise ProcedureRefused(receipt=receipt, findings=Told(told))
        return selectors.application(officer, receipt)

    def finish(self, officer: Officer, *, receipt: str) -> Outcome:
        """Close an application whose certificates are all in use on the card; it needs the card no more."""
        self._issuance.finish(officer, load_application(officer, receipt))
        return Outcome(application=selectors.application(officer, receipt), interruption=None)

    def withdraw(self, officer: Officer, *, receipt: str, office_fault: bool = False) -> ApplicationEntry:
        """Close an application that waits: withdrawn, or, partly issued, done with what was issued.

        A fee is paid back by the setting `refund_on_void`, not for what was issued in part, and always for an
        `office_fault`: the municipality or the authority erred (R-4.2). Raises `MustFinish` while a certificate that is
        in force, or may be, is not yet used by a living card.
        """
        at = self._equipment.moment()
        with act():
            application = load_application(officer, receipt, lock=True)
            _hold_waiting(application)
            if _may_be_in_force(application):
                raise MustFinish(receipt=receipt)
            partly = application.state == ApplicationState.PARTLY_ISSUED.value
            move(application, ApplicationEvent.HAND_OVER if partly else ApplicationEvent.WITHDRAW, at=at)
            note(officer, Verb.APPLICATION_WITHDRAWN, subject(application), at=at, partly_issued=partly)
            given_up = Voided.HOLDERS_WISH if partly else Voided.NOT_HANDED_OVER
            self._void(officer, application, Voided.OFFICE_FAULT if office_fault else given_up, at=at)
        self._equipment.checkpoint(Checkpoint.APPLICATION_WITHDRAWN)
        return selectors.application(officer, receipt)

    def _apply(
        self,
        officer: Officer,
        resident_code: str,
        card: CardAtCounter,
        procedure: Procedure,
        kinds: Iterable[CertificateKind],
        shown: Shown,
    ) -> Outcome:
        asked = Asked(procedure=procedure, kinds=in_order(kinds), card_number=card.card_number(), shown=shown)
        known_afresh = refresh_known(self._equipment, self._outbox, load_resident(officer, resident_code))
        at = self._equipment.moment()
        with act():
            resident = load_resident(officer, resident_code, lock=True)
            case = gather(resident, asked, on=civil_date(at))
            examination = examine(self._equipment.policy, case, authority_away=not known_afresh)
            application = receive(officer, resident, asked, examination, policy=self._equipment.policy, at=at)
            if examination.refused:
                refuse(officer, application, examination.findings, at=at)
            else:
                order_ids = {kind: self._equipment.new_id() for kind in asked.kinds}
                accept(
                    officer,
                    application,
                    examination,
                    order_ids,
                    at=at,
                    known_afresh=known_afresh,
                    kana_agreed=shown.kana_agreed,
                )
        self._equipment.checkpoint(Checkpoint.APPLICATION_ENTERED)
        receipt = application.receipt
        if examination.refused:
            raise ProcedureRefused(receipt=receipt, findings=Told(refusals(examination.findings)))
        if application.state not in ISSUING:
            awaited = ApprovalAwaited(receipt=receipt)
            return Outcome(application=selectors.application(officer, receipt), interruption=awaited)
        return self._carry_out(officer, receipt, card)

    def _examine_again(self, officer: Officer, application: Application) -> None:
        """Residence, card and age are judged on the day of issue (R-1.1), unless the authority has issued already.

        So is a renewal's window (R-3.8), unless an order is under way: it may have been issued in time, and is finished.
        """
        at = self._equipment.moment()
        steps = {CertificateKind(order.kind): OrderStep(order.step) for order in orders_of(application)}
        kinds = tuple(kind for kind, step in steps.items() if step in {OrderStep.PLANNED, OrderStep.KEYED})
        if not kinds or application.card is None:
            return
        under_way = not set(steps.values()) <= {OrderStep.PLANNED, OrderStep.ACTIVE}
        unordered = () if under_way else kinds
        with act():
            resident = load_resident(officer, application.resident.resident_code, lock=True)
            row = hold_issuing(officer, application.receipt)
            told = self._stands_in_the_way(row, resident, kinds, unordered=unordered, at=at)
            write_findings(row, told, at=at)
            if told and row.state == ApplicationState.READY.value:
                refuse(officer, row, told, at=at)
                told += self._void(officer, row, Voided.NOT_HANDED_OVER, at=at)
        self._equipment.checkpoint(Checkpoint.APPLICATION_JUDGED_AGAIN)
        if told:
            raise ProcedureRefused(receipt=application.receipt, findings=Told(told))

    def _stands_in_the_way(
        self,
        row: Application,
        resident: Resident,
        kinds: tuple[CertificateKind, ...],
        *,
        unordered: Iterable[CertificateKind],
        at: datetime,
    ) -> tuple[Finding, ...]:
        """Return what has come up against these certificates of an application since it was accepted."""
        number, applicant = row.card.card_number if row.card else "", Applicant(row.applicant)
        asked = Asked(
            procedure=Procedure(row.procedure), kinds=kinds, card_number=number, shown=Shown(applicant=applicant)
        )
        case = gather(resident, asked, on=civil_date(at))
        told = standing(self._equipment.policy, case, unordered=unordered)
        in_kana = written_in_kana(resident) if CertificateKind.SIGNATURE in kinds else None
        if in_kana is not None and not kana_agreed(row, in_kana):
            told += (found("window.kana-not-agreed"),)
        return refusals(told)

    def _void(self, officer: Officer, row: Application, because: Voided, *, at: datetime) -> tuple[Finding, ...]:
        return void_fee(officer, row, policy=self._equipment.policy, because=because, at=at)

    def _carry_out(self, officer: Officer, receipt: str, card: CardAtCounter) -> Outcome:
        interruption = self._issuance.carry_out(officer, receipt, card)
        return Outcome(application=selectors.application(officer, receipt), interruption=interruption)


def _hold_waiting(application: Application) -> None:
    """Raise `NothingWaits` for what is at its end, and for what is not carried out here: a revocation goes by its message."""
    if application.procedure not in ISSUED_BY or application.state not in WAITING:
        raise NothingWaits(receipt=application.receipt, state=ToldWord(ApplicationState(application.state)))


def _may_be_in_force(application: Application) -> bool:
    """Say whether a certificate of a living card waits for its use: written, it may have been confirmed unheard."""
    living = (CardState.ACTIVE.value, CardState.SUSPENDED.value)
    unsure = (OrderStep.WRITTEN.value, OrderStep.CONFIRMED.value)
    if application.card is None or application.card.state not in living:
        return False
    return any(order.step in unsure for order in orders_of(application))


def refresh_known(equipment: Equipment, outbox: Outbox, resident: Resident) -> bool:
    """Ask the authority what there is, and say whether it answered; if not, the counter goes by what it last knew."""
    if outbox.deliver(resident_code=resident.resident_code).waiting:
        return False
    try:
        copies.refresh(equipment, resident, at=equipment.moment())
    except ASKING_FAILED:
        return False
    return True


def in_order(kinds: Iterable[CertificateKind]) -> tuple[CertificateKind, ...]:
    """Return the kinds in the order of issue; raise `NoKinds`."""
    asked = set(kinds)
    if not asked:
        raise NoKinds
    return tuple(kind for kind in BOTH if kind in asked)
