"""The expiry notices of a day: selected municipality by municipality, in batches, each one transaction (R-7.1 to R-7.5).

A run may be killed, repeated and raced: what stands in a letter is not selected again, and what a killed run did not
reach, the next one does. So are days on which nobody ran it caught up with. What was renewed or ended since is taken out
of the letters that wait.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from openjpki.authority.acts import Doer, act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means
from openjpki.authority.models import (
    Card,
    Certificate,
    Notice,
    NoticeBatch,
    NoticeDecision,
    NoticeState,
    Person,
    PersonState,
)
from openjpki.authority.models.certificate import PENDING
from openjpki.authority.notices.choice import Choice, Expiry, choose
from openjpki.authority.register.municipalities import all_enrolled
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.era import Told
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState
from openjpki.rules.notices import addressee_of, announced

CARDS_OF_A_BATCH: Final = 200
"""Cards that one transaction looks at: their holders are locked for as long, a second at most."""
_ID_BYTES = 16
"""128 random bits: a number that no other letter has."""


class DayAhead(Failure):
    """A letter about what will be due would name what may be renewed by then."""

    code = "authority.notices.day-ahead"
    kind = Kind.USAGE
    ja = "有効期限通知書の対象は、今日({today:ja})までの日について選びます。"
    en = "Expiry notices are selected for days up to today ({today:en})."


class DayBehind(Failure):
    """Letters that wait were due on a later day: behind it they would look as if they were not."""

    code = "authority.notices.day-behind"
    kind = Kind.USAGE
    ja = "有効期限通知書の対象は{last:ja}の分まで選んでいます。それより前の日は指定できません。"
    en = "Expiry notices are selected for {last:en} already. An earlier day cannot be named."


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one batch decided."""

    municipality: str
    noticed: int
    """New letters."""
    skipped: int
    """Expiries that get none, for a reason that is new."""
    taken_out: int
    """Expiries taken out of letters that waited."""


@dataclass(frozen=True, kw_only=True)
class Selected:
    """What a run did."""

    on: date
    batches: tuple[Batch, ...]
    """Those that decided anything, in their order."""
    waiting: int
    """Letters that wait for their municipality now."""


def select_notices(
    means: Means, at: datetime, *, on: date | None = None, tell: Callable[[Batch], None] = lambda _: None
) -> Selected:
    """Select the notices of a day, today's if none is named; `tell` hears of each batch once it is durable.

    Raises `DayAhead` or `DayBehind`: days go forward, as the letters do.
    """
    today = civil_date(at)
    on = on or today
    if on > today:
        raise DayAhead(today=Told.of(today))
    last = NoticeBatch.objects.aggregate(last=Max("on_date"))["last"]
    if last is not None and on < last:
        raise DayBehind(last=Told.of(last))
    batches = []
    for municipality in all_enrolled():
        for batch in _batches(means, municipality.code, on, at):
            batches.append(batch)
            tell(batch)
    waiting = Notice.objects.filter(state=NoticeState.WAITING.value).count()
    return Selected(on=on, batches=tuple(batches), waiting=waiting)


def _batches(means: Means, municipality: str, on: date, at: datetime) -> Iterator[Batch]:
    """Yield what each batch of a municipality decided; one without a decision leaves no trace."""
    after = 0
    while cards := _candidates(means, municipality, on, after):
        after = cards[-1]
        with act():
            batch = _decide(means, municipality, cards, on, authority_at(at))
        if batch is not None:
            means.checkpoint(Checkpoint.NOTICES_SELECTED)
            yield batch


def _candidates(means: Means, municipality: str, on: date, after: int) -> list[int]:
    """Return the next cards on which something undecided is due, or whose letter waits, by the keys of their rows."""
    span = announced(means.policy, on=on)
    in_letters = NoticeDecision.objects.filter(notice__isnull=False, without="")
    certificates = Certificate.objects.filter(
        card=OuterRef("pk"), state=CertificateState.VALID.value, expires__range=span
    ).exclude(Exists(in_letters.filter(key=OuterRef("key"))))
    card_told = in_letters.filter(card=OuterRef("pk"), expires=OuterRef("expires"), key__startswith=_CARD)
    card_due = Q(state=CardState.ACTIVE.value, expires__range=span) & ~Exists(card_told)
    waiting = Notice.objects.filter(card=OuterRef("pk"), state=NoticeState.WAITING.value)
    theirs = Card.objects.filter(person__municipality=municipality, pk__gt=after)
    found = theirs.filter(Exists(certificates) | card_due | Exists(waiting))
    return list(found.order_by("pk").values_list("pk", flat=True)[:CARDS_OF_A_BATCH])


def _decide(means: Means, municipality: str, keys: list[int], on: date, doer: Doer) -> Batch | None:
    """Decide about these cards and write it down with the batch; None if there is nothing to write."""
    lock_holders(keys)
    batch = NoticeBatch(municipality=municipality, on_date=on, selected_at=doer.at, noticed=0, skipped=0, taken_out=0)
    batch.save()
    for shelf in shelves(Card.objects.filter(pk__in=keys, person__municipality=municipality)):
        _carry_out(batch, shelf, shelf.choose(means, on=on), on, means.entropy(_ID_BYTES).hex())
    if not (batch.noticed or batch.skipped or batch.taken_out):
        batch.delete()
        return None
    batch.save()
    counts = {"noticed": batch.noticed, "skipped": batch.skipped, "taken_out": batch.taken_out}
    doer.note(Verb.NOTICES_SELECTED, batch, {"municipality": municipality, "on": on.isoformat(), **counts})
    return Batch(municipality=municipality, **counts)


def lock_holders(cards: list[int]) -> None:
    """Lock the holders of these cards, in one order, until the act ends: nothing else moves what is on them."""
    holders = list(Person.objects.filter(cards__in=cards).values_list("pk", flat=True).distinct())
    list(Person.objects.select_for_update().filter(pk__in=holders).order_by("pk"))


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A card whose holder is locked, with all that was ever on it and what was decided about it."""

    card: Card
    expiry: Expiry
    certificates: tuple[Expiry, ...]
    decisions: dict[str, NoticeDecision]

    @property
    def waiting(self) -> Notice | None:
        """Return the letter about the card that waits."""
        letters = (decision.notice for decision in self.decisions.values() if decision.notice is not None)
        return next((letter for letter in letters if letter.state == NoticeState.WAITING.value), None)

    def in_letter(self, letter: Notice | None) -> frozenset[str]:
        """Return the keys of what stands in a letter."""
        theirs = (one for one in self.decisions.values() if letter is not None and not one.without)
        return frozenset(one.key for one in theirs if one.notice_id == letter.pk) if letter else frozenset()

    def choose(self, means: Means, *, on: date, about: frozenset[str] | None = None) -> Choice:
        """Choose among all that was in no letter that was handed over, or among the keys `about`."""
        person = self.card.person
        told = (one.key for one in self.decisions.values() if one.notice is not None and not one.without)
        keys = frozenset(one.key for one in (self.expiry, *self.certificates)) - frozenset(told)
        on_record = person.state == PersonState.RESIDENT.value
        return choose(
            means.policy,
            addressee=addressee_of(on_record=on_record, stay=person.stay()),
            card=self.expiry,
            certificates=self.certificates,
            about=keys | self.in_letter(self.waiting) if about is None else about,
            on=on,
            left_behind=self.card.municipality != person.municipality,
        )


def shelves(cards: "QuerySet[Card]") -> Iterator[Shelf]:
    """Yield these cards as they stand, by the keys of their rows; their holders are locked."""
    rows = list(cards.select_related("person").order_by("pk"))
    certificates: dict[int, list[Expiry]] = defaultdict(list)
    pending = [state.value for state in PENDING]
    delivered = Certificate.objects.filter(card__in=rows).exclude(state__in=pending).order_by("issued_on", "serial")
    for key, of, kind, state, expires in delivered.values_list("key", "card_id", "kind", "state", "expires"):
        one = Expiry(key=key, kind=CertificateKind(kind), state=CertificateState(state), expires=expires)
        certificates[of].append(one)
    decisions: dict[int, dict[str, NoticeDecision]] = defaultdict(dict)
    for decision in NoticeDecision.objects.filter(card__in=rows).select_related("notice"):
        decisions[decision.card_id][decision.key] = decision
    for card in rows:
        key = f"{_CARD}{card.pk}/{card.expires.isoformat()}"
        expiry = Expiry(key=key, kind=None, state=CardState(card.state), expires=card.expires)
        yield Shelf(card=card, expiry=expiry, certificates=tuple(certificates[card.pk]), decisions=decisions[card.pk])


_CARD = "card/"


def _carry_out(batch: NoticeBatch, shelf: Shelf, choice: Choice, on: date, new_id: str) -> None:
    """Write a choice down: the letter, what goes into it, what leaves it, what gets none; count in the batch."""
    letter, before = shelf.waiting, shelf.in_letter(shelf.waiting)
    batch.taken_out += take_out(choice, before)
    for key, reason in choice.skipped.items():
        if key not in before and (key not in shelf.decisions or shelf.decisions[key].without != reason):
            _store(shelf, key, on, notice=None, without=reason)
            batch.skipped += 1
    fresh = [one.key for one in choice.named if one.key not in before]
    if fresh and letter is None:
        letter = Notice.objects.create(notice_id=new_id, batch=batch, person=shelf.card.person, card=shelf.card)
        batch.noticed += 1
    for key in fresh:
        _store(shelf, key, on, notice=letter, without="")
    if letter is not None and not choice.named:
        letter.state = NoticeState.TAKEN_OUT.value
        letter.save(update_fields=["state"])


def take_out(choice: Choice, keys: frozenset[str]) -> int:
    """Take out of its letter what was named in it and is not any more; return how much it was."""
    out = {key: reason for key, reason in {**choice.gone, **choice.skipped}.items() if key in keys}
    for key, reason in out.items():
        NoticeDecision.objects.filter(key=key).update(without=reason)
    return len(out)


def _store(shelf: Shelf, key: str, on: date, *, notice: Notice | None, without: str) -> None:
    expires = next(one.expires for one in (shelf.expiry, *shelf.certificates) if one.key == key)
    decided = {"notice": notice, "without": without, "decided_on": on}
    known = shelf.decisions.get(key)
    if known is None:
        NoticeDecision.objects.create(key=key, card=shelf.card, expires=expires, **decided)
    elif notice is None:
        NoticeDecision.objects.filter(key=key).update(without=without, decided_on=on)
    else:
        NoticeDecision.objects.filter(key=key).update(**decided)
