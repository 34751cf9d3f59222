"""`openjpki window queue` and `window deliver`: what waits at a counter, why, since when, and until when."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openjpki.cli.answer import Answer, language_of
from openjpki.cli.counted import counted
from openjpki.cli.window_answers import application_data, application_lines, word
from openjpki.errors import Kind, Language
from openjpki.rules.dates import in_japan
from openjpki.rules.era import spoken
from openjpki.rules.kinds import ApplicationState, Procedure
from openjpki.site.opening import opened
from openjpki.window.entries import ApplicationEntry, MessageEntry, PauseEntry
from openjpki.window.officer import Clerk
from openjpki.window.states import MessageKind, MessageWait

_ABOUT: Mapping[MessageKind, Mapping[Language, str]] = {
    MessageKind.PERSON: {"ja": "住民の記録", "en": "a person recorded"},
    MessageKind.LIFE_EVENT: {"ja": "住民の異動", "en": "a register event"},
    MessageKind.DEPARTURE: {"ja": "住民の転出", "en": "a departure to another municipality"},
    MessageKind.STAY: {"ja": "在留期間などの変更", "en": "a resident's stay"},
    MessageKind.CARD: {"ja": "カードの状態", "en": "the state of a card"},
    MessageKind.REVOCATION: {"ja": "失効等の申請", "en": "an order to revoke or hold"},
}
_WHY: Mapping[MessageWait, Mapping[Language, str]] = {
    MessageWait.DUE: {"ja": "次の送信で送ります", "en": "goes with the next round"},
    MessageWait.AUTHORITY_AWAY: {
        "ja": "機構の応答を待っています",
        "en": "waits for the authority to answer",
    },
    MessageWait.REFUSED: {
        "ja": "機構が受け付けませんでした。記録を確認してください",
        "en": "the authority did not take it; look at the record",
    },
    MessageWait.BEHIND: {
        "ja": "同じかたの前の通知が済むのを待っています",
        "en": "waits behind an earlier message about the same person",
    },
    MessageWait.ANSWERED: {
        "ja": "機構が認めませんでした(送信は終わっています)",
        "en": "the authority refused it (it was sent, and waits no more)",
    },
}


def queue(arguments: argparse.Namespace) -> Answer:
    """List what waits, oldest first: messages to the authority, then applications; nothing is sent."""
    language = language_of(arguments)
    clerk = Clerk(arguments.officer, arguments.municipality)
    with opened(arguments.home) as house:
        window = house.window
        pause, waiting = window.pause(clerk), window.waiting_messages(clerk)
        messages, applications = window.messages(clerk), window.queue(clerk)
    data = {
        "waiting": waiting,
        "authority": None if pause is None else pause_data(pause),
        "messages": [message_data(entry) for entry in messages],
        "applications": [application_data(entry) for entry in applications],
    }
    heading = {
        "ja": f"機構への送信待ち{waiting}件、処理待ちの申請{len(applications)}件。",
        "en": f"Waiting: {counted(waiting, 'message')} for the authority, {counted(len(applications), 'application')}.",
    }
    lines = [
        heading[language],
        *(pause_lines(pause, language) if pause else ()),
        *(line for entry in messages for line in message_lines(entry, language)),
        *(line for entry in applications for line in _application_lines(entry, language)),
    ]
    return Answer(data=data, lines=lines)


def deliver(arguments: argparse.Namespace) -> Answer:
    """Send what is due, with `--now` whatever waits; with `--municipality` list what is left there."""
    language = language_of(arguments)
    with opened(arguments.home) as house:
        delivery = house.window.outbox.deliver(forced=arguments.now)
        left: tuple[MessageEntry, ...] = ()
        if arguments.municipality:
            left = house.window.messages(Clerk(arguments.officer, arguments.municipality))
    lines = {
        "ja": f"送信{delivery.sent}件、送信待ち{delivery.waiting}件。",
        "en": f"{counted(delivery.sent, 'message')} sent, {delivery.waiting} waiting.",
    }
    data = {
        "sent": delivery.sent,
        "waiting": delivery.waiting,
        "errors": list(delivery.errors),
        "messages": [message_data(entry) for entry in left],
    }
    told = [line for entry in left for line in message_lines(entry, language)]
    return Answer(data=data, lines=[lines[language], *told], kind=Kind.UNAVAILABLE if delivery.unreachable else None)


def message_data(entry: MessageEntry) -> dict[str, Any]:
    """Return a message to the authority as JSON-ready data: what it says stays inside."""
    return {
        "message_id": entry.message_id,
        "kind": entry.kind.value,
        "event": entry.event.value if entry.event else None,
        "resident_code": entry.resident_code,
        "queued_at": entry.queued_at.isoformat(),
        "attempts": entry.attempts,
        "last_error": entry.last_error,
        "wait": entry.wait.value,
        "next_try_at": entry.next_try_at.isoformat() if entry.next_try_at else None,
        "answered": entry.answered,
    }


def message_lines(entry: MessageEntry, language: Language) -> list[str]:
    """Tell a message: what it is about and since when it waits; below, why, how often it was tried, and the next try."""
    about = _ABOUT[entry.kind][language]
    event = f" ({word(entry.event, language)})" if entry.event else ""
    why = _WHY[entry.wait][language]
    code = f" [{entry.last_error}]" if entry.last_error else ""
    told = {
        "ja": (
            f"{about}{event}  住民票コード {entry.resident_code}  {_moment(entry.queued_at, language)} から",
            f"  {why}{code}。送信{entry.attempts}回",
            f"、次は {_moment(entry.next_try_at, language)}" if entry.next_try_at else "",
        ),
        "en": (
            f"{about}{event}  resident {entry.resident_code}  since {_moment(entry.queued_at, language)}",
            f"  {why}{code}; tries: {entry.attempts}",
            f"; the next at {_moment(entry.next_try_at, language)}" if entry.next_try_at else "",
        ),
    }
    heading, reason, then = told[language]
    return [heading, reason + then]


def pause_data(entry: PauseEntry) -> dict[str, Any]:
    """Return the authority's absence as JSON-ready data."""
    return {
        "failures": entry.failures,
        "since": entry.since.isoformat(),
        "next_try_at": entry.next_try_at.isoformat(),
        "last_error": entry.last_error,
    }


def pause_lines(entry: PauseEntry, language: Language) -> list[str]:
    """Tell since when the authority has not answered, and when it is asked again."""
    since, then = _moment(entry.since, language), _moment(entry.next_try_at, language)
    told = {
        "ja": f"機構は {since} から応答していません({entry.failures}回)[{entry.last_error}]。次は {then} に送ります。",
        "en": f"The authority has not answered since {since} ({counted(entry.failures, 'try', 'tries')}) [{entry.last_error}]; "
        f"the next try is at {then}.",
    }
    return [told[language]]


def _application_lines(entry: ApplicationEntry, language: Language) -> list[str]:
    """Tell an application that waits, and what for: its revocation's message, or the card and what is done with it."""
    resume = f"`openjpki window resume --receipt {entry.receipt}`"
    if entry.state is ApplicationState.FEE_SETTLED:
        approve = f"`openjpki window approve --receipt {entry.receipt} --officer LOGIN`"
        words = (
            f"  別の職員が {approve} で承認します" if language == "ja" else f"  another officer approves it: {approve}"
        )
        return [*application_lines(entry, language), words]
    if entry.procedure is Procedure.PIN_RESET:
        close = "`openjpki window resume --card NAME`"
        cut_off = {
            "ja": f"  途中で止まっています。カードを置いて {close} で取り下げ、もう一度申請します",
            "en": f"  was cut off; withdrawn with the card on the reader and {close}, and applied for again",
        }
        return [*application_lines(entry, language), cut_off[language]]
    told = {
        "ja": f"  カードを置いて {resume} で再開します" if entry.orders else "  上の通知が機構に届くのを待っています",
        "en": f"  goes on with the card on the reader and {resume}"
        if entry.orders
        else "  waits for its message above to reach the authority",
    }
    return [*application_lines(entry, language), told[language]]


def _moment(at: datetime, language: Language) -> str:
    there = in_japan(at)
    return f"{spoken(there.date(), language)} {there:%H:%M:%S}"
