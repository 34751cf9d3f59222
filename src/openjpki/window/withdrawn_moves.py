"""転出取消: a move that the authority has not taken is taken back at the counter of the municipality that was left.

The authority is told first: once it has heard that the person stays, no arrival of this move can be taken any more, and
the two registers may be put back. Told and then interrupted, the act is done again.
"""

from datetime import datetime

from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import DepartureReported, ReportAccepted
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import LifeEvent
from openjpki.window import selectors
from openjpki.window.answers import expect
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.entries import ResidentEntry
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.loading import load_resident
from openjpki.window.models import OutboxMessage, RegisterEvent, Resident
from openjpki.window.officer import Clerk, Officer
from openjpki.window.outbox import Outbox
from openjpki.window.residents import subject
from openjpki.window.states import ResidentState
from openjpki.window.verbs import Verb


class MoveStands(Failure):
    """There is no move from here that the authority has refused."""

    code = "window.move.stands"
    kind = Kind.REFUSED
    ja = "機構が受け付けなかった転出はありません。転入が済んだかたは、転入先からこの市区町村への異動として入力してください。"
    en = "No move from here was refused by the authority. Who has arrived elsewhere comes back by a move to here."


class MoveFollowed(Failure):
    """More was entered about the person where they arrived."""

    code = "window.move.followed"
    kind = Kind.REFUSED
    ja = "転入先で、このかたについて別の届出が入力されています。転出は取り消せません。"
    en = "More was entered about this person at the municipality moved to. The move cannot be taken back."


class WithdrawnMoves:
    """The act of taking a move back."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox

    def withdraw(self, officer: Officer, *, resident_code: str) -> ResidentEntry:
        """Take back the last move from here; return the person, who lives here again as before.

        What waits about the person is tried once more: an arrival that is taken now stands. Raises `ResidentNotFound`,
        `MoveStands`, `MoveFollowed`, `AuthorityUnreachable`, or `AuthorityRefused` if the person is another's by now.
        """
        load_resident(officer, resident_code)
        if self._outbox.deliver(resident_code=resident_code).unreachable:
            raise AuthorityUnreachable
        _refused_arrival(officer, resident_code)
        at = self._equipment.moment()
        withdrawal = DepartureReported(
            report_id=self._equipment.new_id(),
            municipality=officer.municipality,
            resident_code=resident_code,
            to_municipality=officer.municipality,
            left_on=civil_date(at),
            reported_at=at,
        )
        expect(self._equipment.carrier.send(withdrawal), ReportAccepted)
        with act():
            leaving = load_resident(officer, resident_code, lock=True)
            arrival, arrived = _refused_arrival(officer, resident_code, lock=True)
            _put_back(officer, leaving, arrived, arrival, at=at)
        self._equipment.checkpoint(Checkpoint.MOVE_WITHDRAWN)
        return selectors.resident(officer, resident_code)


def _refused_arrival(officer: Officer, resident_code: str, *, lock: bool = False) -> tuple[OutboxMessage, Resident]:
    """Return the arrival elsewhere that the authority refused, and where the person is recorded for it."""
    rows = OutboxMessage.objects.across_municipalities().filter(resident_code=resident_code, sent_at__isnull=True)
    waiting = list((rows.select_for_update() if lock else rows).order_by("pk"))
    first = waiting[0] if waiting else None
    moves = RegisterEvent.objects.across_municipalities().filter(
        event=LifeEvent.MOVE.value, other_municipality=officer.municipality
    )
    move = moves.filter(report_id=first.message_id).select_related("resident").first() if first else None
    if first is None or move is None or not first.refusals:
        raise MoveStands
    if len(waiting) > 1:
        raise MoveFollowed
    return first, move.resident


def _put_back(officer: Officer, leaving: Resident, arrived: Resident, arrival: OutboxMessage, *, at: datetime) -> None:
    """Close the record elsewhere, open the one here again, and let the arrival wait no more, as refused."""
    arrived.state = ResidentState.MOVED_OUT.value
    arrived.ended_date = civil_date(at)
    arrived.save(update_fields=("state", "ended_date"))
    leaving.state = ResidentState.RESIDENT.value
    leaving.ended_date = None
    leaving.save(update_fields=("state", "ended_date"))
    arrival.sent_at, arrival.next_try_at = at, None
    arrival.save(update_fields=("sent_at", "next_try_at"))
    elsewhere = Clerk(officer.login, arrived.municipality)
    note(elsewhere, Verb.RESIDENT_LEFT, subject(arrived), at=at, to_municipality=officer.municipality)
    note(officer, Verb.MOVE_WITHDRAWN, subject(leaving), at=at, report=arrival.message_id)
