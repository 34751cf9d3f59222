"""How long a foreign resident may stay: recorded, reported, and written on the card when it is extended (R-2.12, R-3.7).

A renewed stay lengthens nothing by itself. The card is extended at the counter before its end; then the certificates are
issued again by their own procedure.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from openjpki.desk.messages import CardReported, StayReported
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import LAST_DAY, civil_date
from openjpki.rules.era import Told
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, CardState
from openjpki.rules.stay import Extension, Stay, extension, special_period
from openjpki.rules.validity import card_expiry
from openjpki.rules.words import Told as ToldWord
from openjpki.window.changes import BadEventDate
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.counter import CardAtCounter
from openjpki.window.entries import CardEntry
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.events import NothingChanges, NotOnRegister
from openjpki.window.loading import living_card, load_card, load_resident
from openjpki.window.models import CardHolding, Resident
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox, put
from openjpki.window.residents import foreigner_of, subject
from openjpki.window.rows import card_entry
from openjpki.window.states import ResidentState, told_state
from openjpki.window.verbs import Verb


class StayNotWhole(Failure):
    """A fixed stay has a last day, and no other status has one."""

    code = "window.stay.not-whole"
    kind = Kind.USAGE
    ja = "在留期間の満了日は、在留期間のあるかた(fixed-stay)に必要で、ほかのかたには指定できません。"
    en = "A fixed stay takes its last day, and nothing else takes one."


class NoStayToExtendBy(Failure):
    """No period of stay limits this person's card."""

    code = "window.card.no-stay"
    kind = Kind.REFUSED
    ja = "このかたのカードに在留期間による期限はないため、延長の手続きはありません。新しいカードの交付を申請してください。"
    en = "No period of stay limits this person's card, so it is not extended. A new card is applied for."


class CardNotInUse(Failure):
    """A stopped or abolished card is not extended."""

    code = "window.card.not-in-use"
    kind = Kind.REFUSED
    ja = "このカードは現在使われていない({state:ja})ため、延長できません。"
    en = "This card is not in use ({state:en}), so it is not extended."


class ExtensionRefused(Failure):
    """A rule of the stay says no; its sentences are passed on."""

    code = "window.card.extension-refused"
    kind = Kind.REFUSED
    ja = "カードの有効期間を延長できません。{ja}({reason})"
    en = "The card cannot be extended. {en} ({reason})"

    def __init__(self, finding: Finding) -> None:
        super().__init__(reason=finding.code, rule=finding.rule, ja=finding.ja, en=finding.en)
        self.finding = finding


@dataclass(frozen=True, kw_only=True)
class StayRecorded:
    """What was entered, and what is to be done with the card now."""

    stay: Stay
    findings: tuple[Finding, ...]
    """How the living card is extended, or why it is not; nothing without one, or without a limit."""
    waiting: int
    """Messages about the person that still wait for the authority."""


@dataclass(frozen=True, kw_only=True)
class CardExtended:
    """What became of a card."""

    card: CardEntry
    findings: tuple[Finding, ...]
    """What is to be done about the certificates."""
    waiting: int


class Stays:
    """Acts on the stay of a resident."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox

    def record(self, officer: Officer, *, resident_code: str, stay: Stay, on: date) -> StayRecorded:
        """Enter 在留期間の更新, another status or 帰化 in the register, and report it; it ends nothing and lengthens nothing.

        `on`: the day on which it was decided. Raises `ResidentNotFound`, `NotOnRegister`, `StayNotWhole`, `BadEventDate` or
        `NothingChanges`.
        """
        if not stay.is_whole or (stay.until is not None and stay.until > LAST_DAY):
            raise StayNotWhole
        at = self._equipment.moment()
        today = civil_date(at)
        with act():
            resident = load_resident(officer, resident_code, lock=True)
            _check(resident, stay, on, today)
            resident.residence_status, resident.stay_until_date = stay.status.value, stay.until
            resident.save(update_fields=("residence_status", "stay_until_date"))
            report = StayReported(
                report_id=self._equipment.new_id(),
                municipality=resident.municipality,
                resident_code=resident.resident_code,
                foreigner=foreigner_of(stay),
                occurred_on=on,
                reported_at=at,
            )
            put(report, at=at)
            note(officer, Verb.STAY_RECORDED, subject(resident), at=at, report=report.report_id)
        self._equipment.checkpoint(Checkpoint.EVENT_ENTERED)
        waiting = self._outbox.deliver(resident_code=resident_code).waiting
        card = living_card(resident)
        found = self._extension(resident, card, Applicant.SELF, today) if card is not None else None
        return StayRecorded(stay=stay, findings=found.findings if found else (), waiting=waiting)

    def extend(
        self,
        officer: Officer,
        *,
        resident_code: str,
        card: CardAtCounter,
        applicant: Applicant = Applicant.SELF,
        pending_since: date | None = None,
    ) -> CardExtended:
        """Extend the card on the reader to the end of the stay, or through the 特例期間 (R-2.12, R-3.7; E-27).

        `pending_since`: the day on which the renewal of the stay was asked for, where it is not decided yet; the residence
        card shows it. Raises `CardNotFound`, `CardNotInUse`, `NoStayToExtendBy` or `ExtensionRefused`.
        """
        number = card.card_number()
        at = self._equipment.moment()
        with act():
            resident = load_resident(officer, resident_code, lock=True)
            if resident.state != ResidentState.RESIDENT.value:
                raise NotOnRegister(state=told_state(resident.state))
            row = load_card(officer, resident, number)
            found = self._granted(resident, row, applicant, pending_since, civil_date(at))
            row.save(update_fields=("expires_date", "special_until_date"))
            put(self._report(resident, row, at), at=at)
            expires, special = row.expires_date.isoformat(), pending_since is not None
            note(
                officer,
                Verb.CARD_EXTENDED,
                f"card:{row.municipality}/{row.pk}",
                at=at,
                expires=expires,
                special=special,
            )
        self._equipment.checkpoint(Checkpoint.CARD_CHANGED)
        waiting = self._outbox.deliver(resident_code=resident_code).waiting
        with suppress(Failure):  # whatever the authority does next on this card writes the new day
            card.take_hand_over_data()
        return CardExtended(card=card_entry(row), findings=found.findings, waiting=waiting)

    def _granted(
        self, resident: Resident, row: CardHolding, applicant: Applicant, pending_since: date | None, today: date
    ) -> Extension:
        """Set the card's new last day and return what is found; raise what stands against it."""
        if row.state != CardState.ACTIVE.value:
            raise CardNotInUse(state=ToldWord(CardState(row.state)))
        if pending_since is None:
            found = self._extension(resident, row, applicant, today)
        else:
            found = self._special(resident, row, pending_since, today)
        if found is None:
            raise NoStayToExtendBy
        if found.card_until is None:
            raise ExtensionRefused(found.findings[0])
        row.expires_date = found.card_until
        if pending_since is not None:
            row.special_until_date = found.card_until
        return found

    def _extension(self, resident: Resident, row: CardHolding, applicant: Applicant, today: date) -> Extension | None:
        limit = resident.stay.limit()
        if limit is None:
            return None
        return extension(
            card_expires=row.expires_date,
            stay_until=limit,
            birthday_limit=self._birthday_limit(resident, row),
            on=today,
            applicant=applicant,
        )

    def _special(self, resident: Resident, row: CardHolding, pending_since: date, today: date) -> Extension | None:
        """Return the 特例期間 of a card that ends with the stay, never past the birthday that ends it (R-3.7)."""
        limit = resident.stay.limit()
        if limit is None:
            return None
        used = row.special_until_date is not None
        found = special_period(stay_until=limit, applied_on=pending_since, on=today, used=used)
        if found.card_until is None:
            return found
        until = min(found.card_until, self._birthday_limit(resident, row))
        return Extension(card_until=until, certificates=False, findings=found.findings)

    def _birthday_limit(self, resident: Resident, row: CardHolding) -> date:
        """Return the day past which the card never ran: counted from its issue (R-3.7)."""
        issued = row.handed_over_date
        return card_expiry(self._equipment.policy, issued=issued, received=issued, born=resident.birth_date).expires

    def _report(self, resident: Resident, row: CardHolding, at: datetime) -> CardReported:
        return CardReported(
            report_id=self._equipment.new_id(),
            municipality=resident.municipality,
            resident_code=resident.resident_code,
            card_number=row.card_number,
            expires=row.expires_date,
            state=CardState(row.state),
            event=None,
            reported_at=at,
        )


def _check(resident: Resident, stay: Stay, on: date, today: date) -> None:
    """Raise what stands against entering the stay in this person's record."""
    if resident.state != ResidentState.RESIDENT.value:
        raise NotOnRegister(state=told_state(resident.state))
    if not resident.birth_date <= on <= today:
        raise BadEventDate(on=Told.of(on))
    if stay == resident.stay:
        raise NothingChanges(item="stay")
