"""Revocation by request, a report of a compromised key, a hold: queued at once, whether the authority answers or not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openjpki.desk.messages import RevocationAccepted, RevocationOrder
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind, LifeEvent, Procedure
from openjpki.rules.revocation import BOTH, Effect, effect_of
from openjpki.rules.words import Told as ToldWord
from openjpki.window import copies, selectors
from openjpki.window.acceptance import receive, refusals, refuse
from openjpki.window.answers import expect
from openjpki.window.applications import move, subject
from openjpki.window.casework import Asked, gather
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.counter import CardAtCounter
from openjpki.window.entries import ApplicationEntry, CertificateEntry
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.examination import Shown, examine_ending
from openjpki.window.loading import load_resident
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox, put
from openjpki.window.procedures import ProcedureRefused, in_order, refresh_known
from openjpki.window.telling import Told
from openjpki.window.verbs import Verb

PROCEDURE_OF: Mapping[LifeEvent, Procedure] = {
    LifeEvent.REQUEST: Procedure.REVOCATION,
    LifeEvent.KEY_COMPROMISE: Procedure.REVOCATION,
    LifeEvent.HOLD: Procedure.HOLD,
}
"""What is asked for → the procedure that it is (R-2.5, R-2.6, R-2.7)."""


class NotAsked(Failure):
    """The event is nothing that a holder asks for."""

    code = "window.revocation.event"
    kind = Kind.USAGE
    ja = (
        "「{event:ja}」による失効は申請では受け付けません。request・key-compromise・hold のいずれかを指定してください。"
    )
    en = '"{event:en}" is nothing a holder asks for. Use request, key-compromise or hold.'


@dataclass(frozen=True, kw_only=True)
class RevocationOutcome:
    """An accepted request: what the rules say it ends, and what the authority has ended so far."""

    application: ApplicationEntry
    effect: Effect
    ended: tuple[CertificateEntry, ...]
    """Empty while the order waits."""
    waiting: int
    """Messages about the person that still wait for the authority."""


class Revocations:
    """The acts of the counter that end certificates at the holder's word."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox

    def request(
        self,
        officer: Officer,
        *,
        resident_code: str,
        event: LifeEvent,
        shown: Shown,
        card: CardAtCounter | None = None,
        kinds: Iterable[CertificateKind] = BOTH,
    ) -> RevocationOutcome:
        """End certificates by request, key compromise or hold (R-5.1, R-5.2, R-5.8); only a request chooses the kinds.

        `card` is the one whose PIN was tried; a PIN of no card, or of another person's, is refused.
        Raises `ProcedureRefused` with the recorded findings, or `AuthorityRefused` once the refusal is recorded.
        """
        if event not in PROCEDURE_OF:
            raise NotAsked(event=ToldWord(event))
        number = card.card_number() if card else ""
        known_afresh = refresh_known(self._equipment, self._outbox, load_resident(officer, resident_code))
        chosen = kinds if event is LifeEvent.REQUEST else BOTH
        asked = Asked(procedure=PROCEDURE_OF[event], kinds=in_order(chosen), card_number=number, shown=shown)
        at = self._equipment.moment()
        with act():
            resident = load_resident(officer, resident_code, lock=True)
            case = gather(resident, asked, on=civil_date(at))
            examination = examine_ending(self._equipment.policy, case, known_afresh=known_afresh)
            application = receive(officer, resident, asked, examination, policy=self._equipment.policy, at=at)
            order = RevocationOrder(
                order_id=self._equipment.new_id(),
                municipality=officer.municipality,
                officer=officer.login,
                resident_code=resident_code,
                event=event,
                kinds=asked.kinds,
                occurred_on=civil_date(at),
                ordered_at=at,
            )
            if examination.refused:
                refuse(officer, application, examination.findings, at=at)
            else:
                move(application, *examination.application.path, at=at)
                application.message_id = order.order_id
                application.save(update_fields=("message_id",))
                put(order, at=at)
                words = [kind.value for kind in asked.kinds]
                note(officer, Verb.REVOCATION_REQUESTED, subject(application), at=at, event=event.value, kinds=words)
        self._equipment.checkpoint(Checkpoint.ENDING_ENTERED)
        if examination.refused:
            raise ProcedureRefused(receipt=application.receipt, findings=Told(refusals(examination.findings)))
        delivery = self._outbox.deliver(resident_code=resident_code)
        answer = delivery.answers.get(order.order_id)
        ended = expect(answer, RevocationAccepted).ended if answer is not None else ()
        return RevocationOutcome(
            application=selectors.application(officer, application.receipt),
            effect=effect_of(self._equipment.policy, event, civil_date(at), kinds=asked.kinds),
            ended=copies.told(resident, ended),
            waiting=delivery.waiting,
        )
