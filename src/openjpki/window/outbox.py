"""The outbox: at least once, in order per person, nothing dropped while the authority cannot be reached.

A message is written in the transaction of its act. A fact that the authority refuses holds up the later messages of
that person: the authority's register must not skip a fact. An order that it refuses is answered, with the refusal kept.
What failed is left alone for a while (`back_off`), a refused message by itself, everything of a municipality while the
authority does not answer it; a round that somebody waits for does not wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, get_args

from django.db.models import F, Q, QuerySet

from openjpki.desk.carrier import SealRefused, decode_request, encode
from openjpki.desk.messages import Fact, Refused, Reply, ReportAccepted, Request, RevocationAccepted, RevocationOrder
from openjpki.errors import Failure, Kind
from openjpki.window import copies
from openjpki.window.answers import AuthorityRefused, UnexpectedAnswer
from openjpki.window.applications import perform
from openjpki.window.back_off import Patience, is_due
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.models import AuthorityPause, OutboxMessage, Resident
from openjpki.window.officer import Clerk
from openjpki.window.verbs import Verb

Queued = Fact | RevocationOrder
"""What may wait in the outbox."""
_FACTS: Final = get_args(Fact)
_ACTOR = "window"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What one round of delivery did."""

    sent: int
    waiting: int
    """Messages that still wait, of those this round was about."""
    unreachable: bool
    """Whether something was not sent because the authority did not answer, in this round or shortly before it."""
    errors: tuple[str, ...] = ()
    """Codes of refusals, in the order in which they came."""
    answers: Mapping[str, Reply] = field(default_factory=dict, repr=False)
    """Message id → answer, for the messages of this round."""


def put(message: Queued, *, at: datetime) -> None:
    """Queue a message, inside the transaction of the act that says it."""
    OutboxMessage(
        municipality=message.municipality,
        resident_code=message.resident_code,
        message_id=_id_of(message),
        message=encode(message).decode(),
        queued_at=at,
    ).save(force_insert=True)


def put_all(messages: list[Queued], *, at: datetime) -> None:
    """Queue many messages at once, for an import."""
    OutboxMessage.objects.across_municipalities().bulk_create(
        OutboxMessage(
            municipality=message.municipality,
            resident_code=message.resident_code,
            message_id=_id_of(message),
            message=encode(message).decode(),
            queued_at=at,
        )
        for message in messages
    )


class Outbox:
    """Delivers what waits."""

    def __init__(self, equipment: Equipment, patience: Patience = Patience()) -> None:  # noqa: B008  -- it is frozen
        self._equipment = equipment
        self._patience = patience

    def deliver(self, *, resident_code: str = "", forced: bool = False) -> Delivery:
        """Send what is due, for one person or for all, until all is answered or the authority does not answer.

        A round about one person is asked for by somebody at the counter: like a `forced` one it tries what waits for
        its time, too. Never raises for a refusal or an unreachable authority: the outcome says so, and the messages
        wait.
        """
        forced = forced or bool(resident_code)
        answers: dict[str, Reply] = {}
        errors: list[str] = []
        held_up: set[str] = set()
        pauses = self._pauses()
        silent = set() if forced else {code for code, pause in pauses.items() if not self._is_due(pause)}
        last = 0
        while (row := self._next(last, resident_code, silent, forced=forced)) is not None:
            last = row.pk
            if row.resident_code in held_up:
                continue
            try:
                answers[row.message_id] = self._send(row, errors)
            except Failure as failure:
                held_up.add(row.resident_code)
                if _is_absence(failure):
                    self._unanswered(row, failure)
                    silent.add(row.municipality)
                    continue
                self._refused(row, failure)
                errors.append(_code_of(failure))
            if pauses.pop(row.municipality, None) is not None:
                AuthorityPause.objects.for_municipality(row.municipality).delete()
        return Delivery(
            sent=len(answers),
            waiting=_waiting(resident_code).count(),
            unreachable=_waiting(resident_code).filter(municipality__in=silent).exists(),
            errors=tuple(errors),
            answers=answers,
        )

    def _pauses(self) -> dict[str, AuthorityPause]:
        return {pause.municipality: pause for pause in AuthorityPause.objects.across_municipalities()}

    def _is_due(self, tried: AuthorityPause | OutboxMessage) -> bool:
        return is_due(self._equipment.moment(), next_try_at=tried.next_try_at, tried_at=tried.tried_at)

    def _next(self, after: int, resident_code: str, silent: set[str], *, forced: bool) -> OutboxMessage | None:
        """Return the next message to try; what a person's earlier message waits for, the later ones wait for too."""
        waits = Q(municipality__in=silent)
        if not forced:
            now = self._equipment.moment()
            waits |= Q(next_try_at__gt=now, tried_at__lte=now)  # `is_due`, as a question
        behind = _waiting("").filter(waits).values("resident_code")
        return _waiting(resident_code).filter(pk__gt=after).exclude(resident_code__in=behind).order_by("pk").first()

    def _send(self, row: OutboxMessage, errors: list[str]) -> Reply:
        """Send one message and keep its answer; raises the failure that holds it up."""
        request = decode_request(row.message.encode())
        reply = self._equipment.carrier.send(request)
        self._equipment.checkpoint(Checkpoint.MESSAGE_SENT)
        at = self._equipment.moment()
        if isinstance(reply, Refused):
            if isinstance(request, _FACTS):
                raise AuthorityRefused.by(reply)
            errors.append(reply.code)
        elif not isinstance(reply, ReportAccepted | RevocationAccepted):
            raise UnexpectedAnswer(answer=type(reply).__name__)
        with act():
            self._answered(row, request, reply, at=at)
        self._equipment.checkpoint(Checkpoint.MESSAGE_MARKED)
        return reply

    def _answered(self, row: OutboxMessage, request: Request, reply: Reply, *, at: datetime) -> None:
        refused = reply.code if isinstance(reply, Refused) else ""
        if not _mark(row, at=at, sent_at=at, last_error=refused, next_try_at=None):
            return  # another process brought the same answer first and wrote all of this
        if isinstance(reply, ReportAccepted | RevocationAccepted) and reply.ended:
            residents = Resident.objects.for_municipality(row.municipality)
            copies.store(residents.get(resident_code=row.resident_code), reply.ended, at=at)
        officer = Clerk(_ACTOR, row.municipality)
        if isinstance(request, RevocationOrder):
            perform(officer, request.order_id, reply if isinstance(reply, Refused) else None, at=at)
        verb = Verb.MESSAGE_REFUSED if refused else Verb.MESSAGE_DELIVERED
        note(officer, verb, f"message:{row.message_id}", at=at, type=type(request).__name__, code=refused)

    def _refused(self, row: OutboxMessage, failure: Failure) -> None:
        """Keep the message and write why it still waits; a new refusal is an audit row, the same one again is not."""
        at = self._equipment.moment()
        code = _code_of(failure)
        refusals = row.refusals + 1
        with act():
            if code != row.last_error:
                officer = Clerk(_ACTOR, row.municipality)
                note(officer, Verb.MESSAGE_REFUSED, f"message:{row.message_id}", at=at, code=code)
            next_try_at = at + self._patience.refused.after(refusals)
            _mark(row, at=at, last_error=code, refusals=refusals, next_try_at=next_try_at)
        self._equipment.checkpoint(Checkpoint.MESSAGE_FAILED)

    def _unanswered(self, row: OutboxMessage, failure: Failure) -> None:
        """Leave the authority alone for a while, with everything of this municipality; the message itself is due."""
        at = self._equipment.moment()
        with act():
            _mark(row, at=at, last_error=failure.code, next_try_at=None)
            pauses = AuthorityPause.objects.for_municipality(row.municipality)
            before = pauses.select_for_update().first()
            failures = before.failures + 1 if before else 1
            pauses.update_or_create(
                municipality=row.municipality,
                defaults={
                    "failures": failures,
                    "since": before.since if before else at,
                    "tried_at": at,
                    "next_try_at": at + self._patience.unreachable.after(failures),
                    "last_error": failure.code,
                },
            )
        self._equipment.checkpoint(Checkpoint.MESSAGE_FAILED)


def _waiting(resident_code: str) -> QuerySet[OutboxMessage]:
    rows = OutboxMessage.objects.across_municipalities().filter(sent_at__isnull=True)
    return rows.filter(resident_code=resident_code) if resident_code else rows


def _mark(row: OutboxMessage, *, at: datetime, **came: object) -> bool:
    """Write what came of an attempt; say whether the message still waited."""
    rows = OutboxMessage.objects.for_municipality(row.municipality).filter(pk=row.pk, sent_at__isnull=True)
    return rows.update(attempts=F("attempts") + 1, tried_at=at, **came) > 0


def _is_absence(failure: Failure) -> bool:
    """Say whether the authority as a whole is away or asks to be left alone: any UNAVAILABLE but a wrong answer."""
    return failure.kind is Kind.UNAVAILABLE and not isinstance(failure, UnexpectedAnswer)


def _id_of(message: Queued) -> str:
    return message.order_id if isinstance(message, RevocationOrder) else message.report_id


def _code_of(failure: Failure) -> str:
    return failure.reason if isinstance(failure, AuthorityRefused | SealRefused) else failure.code
