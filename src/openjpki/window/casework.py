"""Gathers the facts of a case from the rows of the counter; what they mean is `examination`'s to say."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from openjpki.errors import Failure
from openjpki.rules import agency, course
from openjpki.rules.dates import civil_date
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import (
    ApplicationState,
    ApprovalGround,
    CardState,
    CertificateKind,
    CertificateState,
    FeeReason,
    LifeEvent,
    Procedure,
    Sex,
)
from openjpki.rules.person import FourAttributes
from openjpki.rules.substitution import certified
from openjpki.window.examination import IN_KANA, Case, Known, Shown
from openjpki.window.loading import cards_of, copies_of, living_card
from openjpki.window.models import Application, CardHolding, CertificateCopy, FeeRecord, FindingRecord, Resident
from openjpki.window.refunds import KEPT, REFUNDED
from openjpki.window.states import ResidentState

ISSUING = (ApplicationState.READY.value, ApplicationState.PARTLY_ISSUED.value)
"""States in which an application that issues has its certificates made."""
WAITING = (ApplicationState.FEE_SETTLED.value, *ISSUING)
"""States in which a card's shadow slots belong to such an application; the first waits for a second person (R-2.27)."""
ISSUED_BY = tuple(procedure.value for procedure in Procedure if procedure in agency.ISSUING)
"""The procedures that issue: only their applications hold a card's slots, and only they are resumed and withdrawn."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the person asks for at the counter."""

    procedure: Procedure
    kinds: tuple[CertificateKind, ...]
    card_number: str
    """Of the card on the reader; empty where no card is shown."""
    shown: Shown


def card_on_counter(resident: Resident, card_number: str) -> CardHolding | None:
    """Return the resident's card with that number, else the card they should have brought, if there is one."""
    cards = cards_of(resident)
    same = next((card for card in cards if card.card_number == card_number), None)
    return same or living_card(resident) or (cards[-1] if cards else None)


def gather(resident: Resident, asked: Asked, *, on: date) -> Case:
    """Return the case of a person who asks for something on a day."""
    card = card_on_counter(resident, asked.card_number)
    waiting = _applications(resident).filter(state__in=WAITING, procedure__in=ISSUED_BY).first()
    return Case(
        procedure=asked.procedure,
        kinds=asked.kinds,
        on=on,
        resident=resident.state == ResidentState.RESIDENT.value,
        born=resident.birth_date,
        card=CardState(card.state) if card else None,
        card_expires=card.ends(resident.stay) if card else None,
        own_card_shown=card is not None and card.card_number == asked.card_number,
        history=_history(resident),
        shown=asked.shown,
        waiting=waiting.receipt if waiting else "",
        characters=_characters(resident),
        stay=resident.stay,
        card_paid=card is not None and _card_paid(resident, card),
    )


def _characters(resident: Resident) -> tuple[Finding, ...]:
    """Say how name and address would be written (R-1.9); what cannot be is a refusal, as the authority would word it."""
    attributes = FourAttributes(
        name=resident.name, address=resident.address, birth_date=resident.birth_date, sex=Sex(resident.sex)
    )
    try:
        return certified(attributes, reading=resident.kana).findings
    except Failure as failure:
        ja, en = failure.message("ja"), failure.message("en")
        return (Finding(code=failure.code, rule="R-1.9", sentence="", severity="refusal", ja=ja, en=en),)


def written_in_kana(resident: Resident) -> Finding | None:
    """Return what is told of a name of which a word would be written in kana today (R-1.9); None if none would."""
    return next((finding for finding in _characters(resident) if finding.code == IN_KANA), None)


def kana_agreed(row: Application, in_kana: Finding) -> bool:
    """Say whether the holder agreed to a name written like that.

    What was told at the counter names what is written: an agreement ends with the name, or the reading, it was given for.
    """
    told = FindingRecord.objects.for_municipality(row.municipality).filter(application=row, code=IN_KANA)
    return told.filter(ja=in_kana.ja).exists()


def standing_at(row: Application) -> course.Application:
    """Return the application of a row as the rules know it, at the step it has reached."""
    return course.Application(
        procedure=Procedure(row.procedure),
        kinds=frozenset(map(CertificateKind, row.kinds)),
        entered_by=row.officer,
        state=ApplicationState(row.state),
        grounds=frozenset(map(ApprovalGround, row.approval_grounds)),
        approved_by=row.approved_by,
    )


def _applications(resident: Resident) -> QuerySet[Application]:
    return Application.objects.for_municipality(resident.municipality).filter(resident=resident)


def _card_paid(resident: Resident, card: CardHolding) -> bool:
    """Say whether the fee for this card's re-making was settled with an earlier application, and not paid back (R-4.2)."""
    fees = FeeRecord.objects.for_municipality(resident.municipality)
    settled = fees.filter(application__card=card, reason=FeeReason.CARD_LOST.value)
    given_up = Q(application__state__in=(ApplicationState.REFUSED.value, ApplicationState.WITHDRAWN.value))
    told = FindingRecord.objects.for_municipality(resident.municipality)
    kept, refunded = (told.filter(code=code).values("application") for code in (KEPT, REFUNDED))
    paid = settled.filter(~given_up | Q(application__in=kept))
    return paid.exclude(application__in=refunded).exists()  # one that was issued in part may be done, and paid back


def _history(resident: Resident) -> tuple[Known, ...]:
    ends = {card.card_number: card.expires_date for card in cards_of(resident)}
    return tuple(_known(copy, ends.get(copy.card_number)) for copy in copies_of(resident))


def _known(copy: CertificateCopy, card_expires: date | None) -> Known:
    return Known(
        kind=CertificateKind(copy.kind),
        state=CertificateState(copy.state),
        expires=copy.expires_date,
        event=LifeEvent(copy.event) if copy.event else None,
        ended_on=civil_date(copy.effective_at) if copy.effective_at else None,
        card_expires=card_expires,
    )
