"""Cards: handed over, stopped, resumed, ended. Each change is reported to the authority through the outbox.

The holder sets the PINs at the reader, between agent and card, before the hand-over is entered; none passes here.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from openjpki.desk.messages import CardReported
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.era import Told
from openjpki.rules.kinds import CardState, LifeEvent, PinKind
from openjpki.rules.lifecycle import CARD, CardEvent, advance
from openjpki.rules.validity import Expiry, card_expiry
from openjpki.window import shapes
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.counter import CardAtCounter
from openjpki.window.entries import CardEntry
from openjpki.window.equipment import Equipment, act, note, over_what_is_there
from openjpki.window.first_pins import permit_first
from openjpki.window.loading import living_card, load_card, load_resident
from openjpki.window.models import CardHolding, Resident
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox, put
from openjpki.window.rows import card_entry
from openjpki.window.states import ResidentState
from openjpki.window.verbs import Verb

END_CAUSES = (LifeEvent.CARD_LOST, LifeEvent.CARD_RETURNED)
"""Why a card ends before its day (R-5.2, R-5.6)."""


class NotResident(Failure):
    """The person is no longer in this municipality's register."""

    code = "window.card.not-resident"
    kind = Kind.REFUSED
    ja = "このかたは現在この市区町村に住民登録がないため、カードを交付できません。現在お住まいの市区町村で手続きしてください。"
    en = "This person is not registered here any more, so no card can be handed over. Apply where the person lives now."


class CardHeldAlready(Failure):
    """The person has a living card."""

    code = "window.card.held-already"
    kind = Kind.REFUSED
    ja = "このかたは有効期限が{expires:ja}のカードをお持ちです。返納または紛失の届出を受けてから交付してください。"
    en = "This person holds a card valid until {expires:en}. Take its return or the report of its loss first."


class BadCardNumber(Failure):
    """What the card says of itself is no card number."""

    code = "window.card.bad-number"
    kind = Kind.REFUSED
    ja = "カードの製造番号を読み取れません(数字15桁ではありません)。カードを確認してください。"
    en = "The card's number cannot be read (it is not fifteen digits). Check the card."


class CardNumberTaken(Failure):
    """Another hand-over has this number."""

    code = "window.card.number-taken"
    kind = Kind.REFUSED
    ja = "この製造番号のカードは既に交付済みです。カードを確認してください。"
    en = "A card with this number has been handed over already. Check the card."


class NoValidity(Failure):
    """The card would be over on the day of its hand-over."""

    code = "window.card.no-validity"
    kind = Kind.REFUSED
    ja = "在留期間の満了日({stay_until:ja})が過ぎているため、カードを交付できません。在留期間を確認してください。"
    en = "The period of stay ended on {stay_until:en}, so no card can be handed over. Check the period of stay."


class ReceivedLater(Failure):
    """The card's application would reach the authority only after the card is handed over."""

    code = "window.card.received-later"
    kind = Kind.USAGE
    ja = "カードの申請の受付日({received_on:ja})が、交付の日より後になっています。"
    en = "The authority cannot have received the card's application on {received_on:en}: that is after the hand-over."


class CauseNeeded(Failure):
    """A card ends for a reason, and nothing else has one."""

    code = "window.card.cause"
    kind = Kind.USAGE
    ja = "カードの廃止には、紛失(card-lost)か返納(card-returned)の別が必要です。ほかの変更には指定できません。"
    en = "Abolishing a card takes a cause, card-lost or card-returned; other changes take none."


@dataclass(frozen=True, kw_only=True)
class CardChanged:
    """What became of a card, and whether the authority knows."""

    card: CardEntry
    waiting: int
    """Messages about the person that still wait for the authority."""
    permitted: tuple[PinKind, ...] = ()
    """PINs that the authority permitted the holder to set, of those asked for at the hand-over."""


class Cards:
    """Acts on cards."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox

    def hand_over(
        self,
        officer: Officer,
        *,
        resident_code: str,
        card: CardAtCounter,
        received_on: date | None = None,
        stay_until: date | None = None,
        permit: Sequence[PinKind] = (),
    ) -> CardChanged:
        """Hand the card on the reader over to a resident; it is valid from today as R-3.7 says.

        `received_on` is the day on which the authority received the card's application (today if not given),
        `stay_until` the last day of a foreign resident's period of stay. `permit`: the PINs that only the authority lets
        the holder set; what it does not permit, or not now, is set by a reset later (R-6.3, R-6.5).
        """
        number = card.card_number()
        at = self._equipment.moment()
        row = over_what_is_there(lambda: self._enter(officer, resident_code, number, at, received_on, stay_until))
        self._equipment.checkpoint(Checkpoint.CARD_HANDED_OVER)
        waiting = self._outbox.deliver(resident_code=resident_code).waiting
        with suppress(Failure):  # whatever the authority does next on this card writes it again
            card.take_hand_over_data()
        permitted = []
        for pin in permit:
            with suppress(Failure):  # the card is handed over all the same
                permit_first(
                    self._equipment, officer, resident_code=resident_code, subject=card_subject(row), pin=pin, card=card
                )
                permitted.append(pin)
        return CardChanged(card=card_entry(row), waiting=waiting, permitted=tuple(permitted))

    def hold_receivable(
        self,
        officer: Officer,
        *,
        resident_code: str,
        card: CardAtCounter,
        received_on: date | None = None,
        stay_until: date | None = None,
    ) -> None:
        """Raise what stands against handing the card over now; enters nothing.

        The holder sets the PINs before the hand-over is entered: a crash in between leaves a card that was not handed
        over, and the hand-over is begun anew.
        """
        at = self._equipment.moment()
        resident = load_resident(officer, resident_code)
        _check_receivable(resident, card.card_number())
        held = living_card(resident)
        if held is not None and held.expires_date >= civil_date(at):
            raise CardHeldAlready(expires=Told.of(held.expires_date))
        self._expiry(resident, at, received_on, stay_until)

    def _enter(
        self,
        officer: Officer,
        resident_code: str,
        number: str,
        at: datetime,
        received_on: date | None,
        stay_until: date | None,
    ) -> CardHolding:
        """Write the hand-over and its report."""
        today = civil_date(at)
        with act():
            resident = load_resident(officer, resident_code, lock=True)
            _check_receivable(resident, number)
            self._end_expired(officer, resident, at)
            expiry = self._expiry(resident, at, received_on, stay_until)
            row = CardHolding(
                municipality=officer.municipality,
                resident=resident,
                card_number=number,
                expires_date=expiry.expires,
                state=CardState.ACTIVE.value,
                handed_over_date=today,
            )
            row.save(force_insert=True)
            put(self._report(resident, row, None, at), at=at)
            rules = list(expiry.rules)
            note(
                officer,
                Verb.CARD_HANDED_OVER,
                card_subject(row),
                at=at,
                expires=expiry.expires.isoformat(),
                rules=rules,
            )
        return row

    def _expiry(self, resident: Resident, at: datetime, received_on: date | None, stay_until: date | None) -> Expiry:
        """Return the last day of a card handed over at a moment (R-3.7); raise `ReceivedLater` or `NoValidity`."""
        today = civil_date(at)
        if received_on is not None and received_on > today:
            raise ReceivedLater(received_on=Told.of(received_on))
        expiry = card_expiry(
            self._equipment.policy,
            issued=today,
            received=received_on or today,
            born=resident.birth_date,
            stay_until=stay_until,
        )
        if expiry.expires < today:
            raise NoValidity(stay_until=Told.of(expiry.expires))
        return expiry

    def change(
        self,
        officer: Officer,
        *,
        resident_code: str,
        card_number: str,
        event: CardEvent,
        cause: LifeEvent | None = None,
    ) -> CardChanged:
        """Stop, resume or abolish a card along `rules.lifecycle.CARD`; abolishing takes a cause (R-5.2, R-5.6).

        Raises `CardNotFound`, `CauseNeeded` or `IllegalTransition`.
        """
        if (event is CardEvent.ABOLISH) != (cause in END_CAUSES):
            raise CauseNeeded
        at = self._equipment.moment()
        with act():
            resident = load_resident(officer, resident_code, lock=True)
            row = load_card(officer, resident, card_number)
            self._change(officer, resident, row, event, cause, at)
        self._equipment.checkpoint(Checkpoint.CARD_CHANGED)
        waiting = self._outbox.deliver(resident_code=resident_code).waiting
        return CardChanged(card=card_entry(row), waiting=waiting)

    def _end_expired(self, officer: Officer, resident: Resident, at: datetime) -> None:
        """Close a card whose last day is over; raise `CardHeldAlready` if it is not."""
        held = living_card(resident)
        if held is None:
            return
        if held.expires_date >= civil_date(at):
            raise CardHeldAlready(expires=Told.of(held.expires_date))
        self._change(officer, resident, held, CardEvent.EXPIRE, None, at)

    def _change(
        self,
        officer: Officer,
        resident: Resident,
        row: CardHolding,
        event: CardEvent,
        cause: LifeEvent | None,
        at: datetime,
    ) -> None:
        row.state = advance(CARD, CardState(row.state), event).value
        row.save(update_fields=("state",))
        put(self._report(resident, row, cause, at), at=at)
        cause_word = cause.value if cause else None
        note(officer, Verb.CARD_CHANGED, card_subject(row), at=at, state=row.state, cause=cause_word)

    def _report(self, resident: Resident, row: CardHolding, event: LifeEvent | None, at: datetime) -> CardReported:
        return CardReported(
            report_id=self._equipment.new_id(),
            municipality=resident.municipality,
            resident_code=resident.resident_code,
            card_number=row.card_number,
            expires=row.expires_date,
            state=CardState(row.state),
            event=event,
            reported_at=at,
        )


def _check_receivable(resident: Resident, number: str) -> None:
    """Raise what stands against this card going to this person, the person's other cards excepted."""
    if resident.state != ResidentState.RESIDENT.value:
        raise NotResident
    if not shapes.card_number_is_well_formed(number):
        raise BadCardNumber
    if CardHolding.objects.across_municipalities().filter(card_number=number).exists():
        raise CardNumberTaken


def card_subject(row: CardHolding) -> str:
    """Return what the record calls a card."""
    return f"card:{row.municipality}/{row.pk}"
