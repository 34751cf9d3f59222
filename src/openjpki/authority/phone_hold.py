"""一時停止 by telephone: an operator of the call centre stops a card at the holder's word (R-5.8, R-5.20).

The card is suspended, its authentication certificate held, its signature certificate over, in one act; answers say so at
once, lists with their next publication. The way back is the window's (`register`, `rules.revocation.after_hold`): the
municipality first reports that it knows the card is stopped, and then that it was found. A report that does not know
of the call, one written before it and still on its way, neither says that the municipality knows nor sets the card free.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from openjpki.authority.acts import Doer, act, phone_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.ending import end_for
from openjpki.authority.means import Means
from openjpki.authority.models import Card, Certificate, Person, PhoneHold
from openjpki.authority.register.persons import CardUnknown, locked
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CardState, LifeEvent
from openjpki.rules.lifecycle import CARD, CardEvent, advance
from openjpki.rules.phone_hold import Question, unasked
from openjpki.rules.revocation import effect_of
from openjpki.rules.words import word

_OPERATOR = re.compile("[A-Za-z0-9._-]{1,64}")


class QuestionsUnasked(Failure):
    """The caller was not asked who they are."""

    code = "authority.phone.questions-unasked"
    kind = Kind.REFUSED
    ja = "本人確認の質問({questions_ja})をしていません。確認してから停止してください。"
    en = "Not all questions were asked ({questions}). Ask them before the card is stopped."


class BadOperator(Failure):
    """Who took the call must be named."""

    code = "authority.phone.bad-operator"
    kind = Kind.USAGE
    ja = "受付者は英数字と . _ - で64文字までです。"
    en = "The operator is named by up to 64 letters, digits, dots, underscores and hyphens."


class CardStoppedByPhone(Failure):
    """The card was stopped by telephone, and the municipality has not said that it knows."""

    code = "authority.card-stopped-by-phone"
    kind = Kind.REFUSED
    ja = "このカードは電話により一時停止されています。窓口で一時停止を記録してから、停止を解除してください。"
    en = "The card was stopped by telephone. Record the stop at the window first, and then that the card was found."


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """A card that was stopped, and the certificates that this ended or held."""

    card: Card
    ended: tuple[Certificate, ...]


def stop(means: Means, card_number: str, asked: Collection[Question], operator: str, at: datetime) -> Stopped:
    """Stop a card; raises what stands against it.

    `asked` are the questions that the operator asked, with answers that agreed with the register. A card that is
    stopped already is stopped again without effect: the caller hears the same.
    """
    if not _OPERATOR.fullmatch(operator):
        raise BadOperator
    if missing := unasked(asked):
        raise QuestionsUnasked(
            questions=", ".join(question.value for question in missing),
            questions_ja="・".join(word(question, "ja") for question in missing),
        )
    doer = phone_at(at, operator)
    with act():
        card = _locked_card(card_number)
        before = CardState(card.state)
        words = [question.value for question in Question if question in asked]
        doer.note(Verb.CARD_STOPPED_BY_PHONE, card, {"asked": words, "before": before.value})
        if before is not CardState.SUSPENDED:
            card.state = advance(CARD, before, CardEvent.SUSPEND).value
            card.save(update_fields=["state"])
        if not PhoneHold.objects.filter(card=card, acknowledged_at__isnull=True).exists():
            known_at = at if before is CardState.SUSPENDED else None  # its municipality stopped it itself
            PhoneHold.objects.create(card=card, operator=operator, asked=words, held_at=at, acknowledged_at=known_at)
        effect = effect_of(means.policy, LifeEvent.HOLD, civil_date(at))
        ended = end_for(means, card.person, LifeEvent.HOLD, effect, doer, card=card)
    means.checkpoint(Checkpoint.CARD_STOPPED)
    return Stopped(card=card, ended=tuple(ended))


def heard(card: Card, state: CardState, reported_at: datetime, doer: Doer) -> None:
    """Hold a municipality's report of a card against the calls about it, inside the report's act.

    The report that a card is stopped, or gone, says that the municipality knows, unless it was written before the call.
    Raises `CardStoppedByPhone` for one that would set a card free before that, or was written before a call.
    """
    holds = PhoneHold.objects.filter(card=card)
    held = holds.filter(acknowledged_at__isnull=True).first()
    if state is CardState.ACTIVE:
        if held is not None or holds.filter(held_at__gt=reported_at).exists():
            raise CardStoppedByPhone
        return
    if held is None or (state is CardState.SUSPENDED and reported_at < held.held_at):
        return
    held.acknowledged_at = doer.at
    held.save(update_fields=["acknowledged_at"])
    doer.note(Verb.PHONE_STOP_KNOWN, card)


def card_in_use(resident_code: str) -> str:
    """Return the number of the card that a resident holds, the newest if there are two; raises `CardUnknown`."""
    usable = (CardState.ACTIVE.value, CardState.SUSPENDED.value)
    found = Card.objects.filter(person__resident_code=resident_code, state__in=usable).order_by("-pk").first()
    if found is None:
        raise CardUnknown
    return found.card_number


def caller(*, card_number: str, resident_code: str, doer: Doer) -> Card:
    """Return the card that a call is about, with its holder, so that answers can be held against the register.

    It is named by its number or as the one of a resident. Reading a person's record is an act too. Raises `CardUnknown`.
    """
    with act():
        number = card_number or card_in_use(resident_code)
        card = Card.objects.filter(card_number=number).select_related("person").first()
        if card is None:
            raise CardUnknown
        doer.note(Verb.PERSON_READ, card.person, {"card": str(card), "what": "call"})
    return card


def listed(doer: Doer) -> list[PhoneHold]:
    """Return what `phone_holds` does, and write down that the list was looked at: it names cards of people."""
    with act():
        found = phone_holds()
        doer.note(Verb.PHONE_STOPS_READ, "phone-stops", {"count": len(found)})
    return found


def phone_holds() -> list[PhoneHold]:
    """Return the cards that were stopped by telephone and whose municipality has not said that it knows, oldest first."""
    waiting = PhoneHold.objects.filter(acknowledged_at__isnull=True)
    return list(waiting.select_related("card").order_by("held_at", "pk"))


def _locked_card(card_number: str) -> Card:
    """Return a card, its holder's row locked: acts on one person's certificates come one by one."""
    found = Card.objects.filter(card_number=card_number).select_related("person").first()
    if found is None:
        raise CardUnknown
    person: Person = locked(found.person.resident_code)
    card = Card.objects.select_for_update().get(pk=found.pk)
    card.person = person
    return card
