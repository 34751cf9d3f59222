"""The outbox: at least once, in order per person, nothing dropped while the authority cannot be reached.

A message is written in the transaction of its act. A fact that the authority refuses holds up the later messages of
that person: the authority's register must not skip a fact. An order that it refuses is answered, with the refusal kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, get_args

from django.db.models import F, QuerySet

from openjpki.desk.carrier import AuthorityUnreachable, SealRefused, decode_request, encode
from openjpki.desk.messages import Fact, Refused, Reply, ReportAccepted, Request, RevocationAccepted, RevocationOrder
from openjpki.errors import Failure
from openjpki.window import copies
from openjpki.window.answers import AuthorityRefused, UnexpectedAnswer
from openjpki.window.applications import perform
from openjpki.window.equipment import Equipment, act, note
from openjpki.window.models import OutboxMessage, Resident
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
    """Whether the round stopped because the authority did not answer."""
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

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment

    def deliver(self, *, resident_code: str = "") -> Delivery:
        """Send what waits, for one person or for all, until all is answered or the authority does not answer.

        Never raises for a refusal or an unreachable authority: the outcome says so, and the messages wait.
        """
        answers: dict[str, Reply] = {}
        errors: list[str] = []
        held_up: set[str] = set()
        last, unreachable = 0, False
        while (row := self._next(after=last, resident_code=resident_code)) is not None:
            last = row.pk
            if row.resident_code in held_up:
                continue
            try:
                answers[row.message_id] = self._send(row, errors)
            except AuthorityUnreachable as failure:
                self._failed(row, failure)
                unreachable = True
                break
            except Failure as failure:
                self._failed(row, failure)
                errors.append(_code_of(failure))
                held_up.add(row.resident_code)
        return Delivery(
            sent=len(answers),
            waiting=_waiting(resident_code).count(),
            unreachable=unreachable,
            errors=tuple(errors),
            answers=answers,
        )

    def _next(self, *, after: int, resident_code: str) -> OutboxMessage | None:
        return _waiting(resident_code).filter(pk__gt=after).order_by("pk").first()

    def _send(self, row: OutboxMessage, errors: list[str]) -> Reply:
        """Send one message and keep its answer; raises the failure that holds it up."""
        request = decode_request(row.message.encode())
        reply = self._equipment.carrier.send(request)
        at = self._equipment.moment()
        if isinstance(reply, Refused):
            if isinstance(request, _FACTS):
                raise AuthorityRefused.by(reply)
            errors.append(reply.code)
        elif not isinstance(reply, ReportAccepted | RevocationAccepted):
            raise UnexpectedAnswer(answer=type(reply).__name__)
        with act():
            self._answered(row, request, reply, at=at)
        return reply

    def _answered(self, row: OutboxMessage, request: Request, reply: Reply, *, at: datetime) -> None:
        refused = reply.code if isinstance(reply, Refused) else ""
        if not _mark(row, at=at, sent_at=at, last_error=refused):
            return  # another process brought the same answer first and wrote all of this
        if isinstance(reply, ReportAccepted | RevocationAccepted) and reply.ended:
            residents = Resident.objects.for_municipality(row.municipality)
            copies.store(residents.get(resident_code=row.resident_code), reply.ended, at=at)
        officer = Clerk(_ACTOR, row.municipality)
        if isinstance(request, RevocationOrder):
            perform(officer, request.order_id, reply if isinstance(reply, Refused) else None, at=at)
        verb = Verb.MESSAGE_REFUSED if refused else Verb.MESSAGE_DELIVERED
        note(officer, verb, f"message:{row.message_id}", at=at, type=type(request).__name__, code=refused)

    def _failed(self, row: OutboxMessage, failure: Failure) -> None:
        """Keep the message and write why it still waits; a new refusal is an audit row, the same one again is not."""
        at = self._equipment.moment()
        code = _code_of(failure)
        with act():
            if code != row.last_error and not isinstance(failure, AuthorityUnreachable):
                officer = Clerk(_ACTOR, row.municipality)
                note(officer, Verb.MESSAGE_REFUSED, f"message:{row.message_id}", at=at, code=code)
            _mark(row, at=at, sent_at=None, last_error=code)


def _waiting(resident_code: str) -> QuerySet[OutboxMessage]:
    rows = OutboxMessage.objects.across_municipalities().filter(sent_at__isnull=True)
    return rows.filter(resident_code=resident_code) if resident_code else rows


def _mark(row: OutboxMessage, *, at: datetime, sent_at: datetime | None, last_error: str) -> bool:
    """Write what came of an attempt; say whether the message still waited."""
    rows = OutboxMessage.objects.for_municipality(row.municipality).filter(pk=row.pk, sent_at__isnull=True)
    return rows.update(attempts=F("attempts") + 1, tried_at=at, sent_at=sent_at, last_error=last_error) > 0


def _id_of(message: Queued) -> str:
    return message.order_id if isinstance(message, RevocationOrder) else message.report_id


def _code_of(failure: Failure) -> str:
    return failure.reason if isinstance(failure, AuthorityRefused | SealRefused) else failure.code
