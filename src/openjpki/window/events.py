"""Register events: entered once, reported to the authority, which ends by the rules what they end (R-5.3, R-5.4, R-8.2)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from openjpki.desk.messages import DepartureReported, LifeEventReported, ReportAccepted
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.era import Told
from openjpki.rules.kinds import CertificateState, LifeEvent, Sex
from openjpki.rules.revocation import Effect, effect_of, visible_at
from openjpki.window import copies
from openjpki.window.answers import ASKING_FAILED
from openjpki.window.changes import BadEventDate, BadItem, Change, check
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.entries import CertificateEntry
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.loading import copies_of, load_resident
from openjpki.window.models import RegisterEvent, Resident
from openjpki.window.moves import arrive
from openjpki.window.officer import Clerk, Officer
from openjpki.window.outbox import Outbox, put
from openjpki.window.residents import attributes_of, subject
from openjpki.window.rows import certificate_entry
from openjpki.window.states import ResidentState, told_state
from openjpki.window.verbs import Verb

_LEAVES = {LifeEvent.DEATH: ResidentState.DEAD, LifeEvent.EMIGRATION: ResidentState.EMIGRATED}


class NotOnRegister(Failure):
    """The person has left this register: nothing more happens to the record."""

    code = "window.event.not-resident"
    kind = Kind.REFUSED
    ja = "このかたは現在この市区町村の住民記録にありません({state:ja})。異動は入力できません。"
    en = "This person is not on this register now ({state:en}); no event can be entered."


class NothingChanges(Failure):
    """The record has that value already."""

    code = "window.event.unchanged"
    kind = Kind.REFUSED
    ja = "{item} は登録済みの内容と同じです。異動として扱わないため、電子証明書は失効しません。"
    en = "The value of {item} is what the register has. It is no event, and no certificate ends."


@dataclass(frozen=True, kw_only=True)
class EffectShown:
    """What an event would do to the person's certificates, as the rules say and this window knows them."""

    effect: Effect
    visible_at: datetime
    """From when the status may show it (R-2.28)."""
    ends: tuple[CertificateEntry, ...]
    """The person's certificates in force that would end or be held."""


@dataclass(frozen=True, kw_only=True)
class EventRecorded:
    """What was entered, and how far the authority has heard of it."""

    report_id: str
    effect: Effect
    ended: tuple[CertificateEntry, ...]
    """What the authority said it ended; empty while the report waits."""
    waiting: int
    """Messages about the person that still wait for the authority."""


class Events:
    """Acts on a person's record."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox

    def effects_before_confirming(
        self, officer: Officer, *, resident_code: str, change: Change, from_municipality: str = ""
    ) -> EffectShown:
        """Show what the event would end if it were entered now; enters nothing and raises what `record` would.

        `from_municipality` is where the person still is recorded, for a move from there.
        """
        at = self._equipment.moment()
        registered_at = Clerk(officer.login, from_municipality) if from_municipality else officer
        resident = load_resident(registered_at, resident_code)
        _check(resident, change, civil_date(at))
        return self._shown(resident, change.event, at)

    def record(self, officer: Officer, *, resident_code: str, change: Change) -> EventRecorded:
        """Enter an event in the register and report it; raises `NotOnRegister`, `NothingChanges` or what `changes` raises."""
        at = self._equipment.moment()
        with act():
            resident = load_resident(officer, resident_code, lock=True)
            _check(resident, change, civil_date(at))
            _apply(resident, change)
            report_id = self._enter(officer, resident, change.event, change.on, at)
        return self._deliver(resident, report_id, change.event, at)

    def move_in(
        self, officer: Officer, *, resident_code: str, from_municipality: str, address: str, on: date
    ) -> EventRecorded:
        """転入: the person and the card move here; the register left behind keeps the removed record (R-5.21).

        Stands for the notice between the two municipalities; the continued use of the card is taken with it. Each of
        them reports its side, the departure first: the authority takes no arrival without it.
        """
        at = self._equipment.moment()
        change = Change(event=LifeEvent.MOVE, on=on, address=address)
        with act():
            leaving = load_resident(Clerk(officer.login, from_municipality), resident_code, lock=True)
            _check(leaving, change, civil_date(at))
            arrived = arrive(officer, leaving, address=address, on=on, at=at)
            put(self._departure(leaving, to=officer.municipality, on=on, at=at), at=at)
            report_id = self._enter(officer, arrived, change.event, on, at, came_from=from_municipality)
        return self._deliver(arrived, report_id, change.event, at)

    def _departure(self, leaving: Resident, *, to: str, on: date, at: datetime) -> DepartureReported:
        """Return what the municipality left behind reports."""
        return DepartureReported(
            report_id=self._equipment.new_id(),
            municipality=leaving.municipality,
            resident_code=leaving.resident_code,
            to_municipality=to,
            left_on=on,
            reported_at=at,
        )

    def _enter(
        self, officer: Officer, resident: Resident, event: LifeEvent, on: date, at: datetime, *, came_from: str = ""
    ) -> str:
        """Write the event, its report and its audit row, inside the act's transaction; return the report's number."""
        report_id = self._equipment.new_id()
        RegisterEvent(
            municipality=resident.municipality,
            resident=resident,
            event=event.value,
            occurred_date=on,
            recorded_at=at,
            officer=officer.login,
            report_id=report_id,
            other_municipality=came_from,
        ).save(force_insert=True)
        report = LifeEventReported(
            report_id=report_id,
            municipality=resident.municipality,
            resident_code=resident.resident_code,
            event=event,
            occurred_on=on,
            attributes=attributes_of(resident) if resident.state == ResidentState.RESIDENT.value else None,
            reported_at=at,
        )
        put(report, at=at)
        note(officer, Verb.EVENT_RECORDED, subject(resident), at=at, event=event.value, report=report_id)
        return report_id

    def _deliver(self, resident: Resident, report_id: str, event: LifeEvent, at: datetime) -> EventRecorded:
        """Send the report and say what came of it."""
        self._equipment.checkpoint(Checkpoint.EVENT_ENTERED)
        delivery = self._outbox.deliver(resident_code=resident.resident_code)
        if not delivery.waiting:
            with suppress(*ASKING_FAILED):  # the answer's endings are stored already; the rest is asked again later
                copies.refresh(self._equipment, resident, at=at)
        answer = delivery.answers.get(report_id)
        ended = answer.ended if isinstance(answer, ReportAccepted) else ()
        return EventRecorded(
            report_id=report_id,
            effect=effect_of(self._equipment.policy, event, civil_date(at)),
            ended=copies.told(resident, ended),
            waiting=delivery.waiting,
        )

    def _shown(self, resident: Resident, event: LifeEvent, at: datetime) -> EffectShown:
        today = civil_date(at)
        effect = effect_of(self._equipment.policy, event, today)
        in_force = (
            entry
            for entry in map(certificate_entry, copies_of(resident))
            if entry.state in {CertificateState.VALID, CertificateState.HELD} and entry.expires >= today
        )
        return EffectShown(
            effect=effect,
            visible_at=visible_at(self._equipment.policy, event, at),
            ends=tuple(entry for entry in in_force if effect.of(entry.kind) is not None),
        )


def _check(resident: Resident, change: Change, today: date) -> None:
    """Raise what stands against entering the change in this person's record."""
    check(change, today=today)
    if resident.state != ResidentState.RESIDENT.value:
        raise NotOnRegister(state=told_state(resident.state))
    if change.on < resident.resident_since_date:
        raise BadEventDate(on=Told.of(change.on))
    if change.birth_date is not None and change.birth_date > resident.resident_since_date:
        raise BadItem(item="birth_date")
    if change.item and _new_value(change) == getattr(resident, change.item):
        raise NothingChanges(item=change.item)


def _apply(resident: Resident, change: Change) -> None:
    """Write the change into the record; a person who left stays as a removed record."""
    if change.item:
        setattr(resident, change.item, _new_value(change))
    if change.kana is not None:
        resident.kana = change.kana
    if change.event in _LEAVES:
        resident.state = _LEAVES[change.event].value
        resident.ended_date = change.on
    resident.save()


def _new_value(change: Change) -> object:
    value = getattr(change, change.item)
    return value.value if isinstance(value, Sex) else value
