"""`openjpki window card-stop`, and one resident of `window residents`: the authority is asked, the stop told, and the next step (R-5.20)."""

import argparse
from enum import Enum, unique
from typing import TYPE_CHECKING

from openjpki.cli.answer import Answer, language_of
from openjpki.cli.card_facts import words
from openjpki.cli.window_answers import (
    certificate_data,
    certificate_line,
    finding_data,
    finding_lines,
    resident_data,
    resident_lines,
    waiting_line,
    word,
)
from openjpki.errors import Language
from openjpki.rules.catalogue import find
from openjpki.rules.dates import civil_date
from openjpki.rules.finding import Finding
from openjpki.rules.follow_up import found_again
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, LifeEvent
from openjpki.rules.lifecycle import CARD, CardEvent
from openjpki.window.entries import CardEntry, CertificateEntry, ResidentEntry

if TYPE_CHECKING:
    from openjpki.site.house import House
    from openjpki.window.known import Known
    from openjpki.window.officer import Clerk


@unique
class Stage(Enum):
    """How far a stop has come, as the window sees it."""

    HELD = "held"
    """A certificate of the card is held, and the card is in use here: somebody telephoned, or it was found and the rest is to be done."""
    STOPPED = "stopped"
    """The stop is recorded, and the card was not found yet."""
    FOUND = "found"
    """The card is in use again, and a certificate that the stop ended was not issued anew."""


def stage_of(entry: ResidentEntry, *, found: bool = False) -> Stage | None:
    """Return how far a stop of the person's card has come; None: it has none, or everything is done.

    `found`: the window has just recorded that it was found. Until the certificates are issued anew one may stay held.
    """
    card = living_card(entry)
    if card is None:
        return None
    if card.state is not CardState.ACTIVE:
        return Stage.STOPPED if card.state is CardState.SUSPENDED else None
    newest = _newest(entry, card)
    if any(one.state is CertificateState.HELD for one in newest):
        return Stage.FOUND if found else Stage.HELD
    ended = any(one.state is CertificateState.REVOKED and one.event is LifeEvent.HOLD for one in newest)
    return Stage.FOUND if ended else None


def living_card(entry: ResidentEntry) -> CardEntry | None:
    """Return the newest card of a person for which something can still happen."""
    return next((card for card in reversed(entry.cards) if CARD.events(card.state)), None)


def one_resident(arguments: argparse.Namespace, house: "House", clerk: "Clerk") -> Answer:
    """Tell one person, the certificates as the authority has them now."""
    known = house.window.known.ask(clerk, arguments.resident)
    language, entry = language_of(arguments), known.resident
    lines = [
        *resident_lines(entry, language),
        *_stale(known, language),
        *_steps(arguments, house, stage_of(entry), language),
    ]
    return Answer(data={"residents": [resident_data(entry)]}, lines=lines)


def card_stop(arguments: argparse.Namespace, house: "House", clerk: "Clerk") -> Answer:
    """Record that the resident's card is stopped, as when they called, or that it was found again (R-5.20)."""
    from openjpki.window.loading import CardNotFound  # Django must be set up before its modules are loaded

    language = language_of(arguments)
    card = living_card(house.window.residents.show(clerk, arguments.resident))
    if card is None:
        raise CardNotFound
    number, event = card.card_number, CardEvent(arguments.event)
    changed = house.window.cards.change(clerk, resident_code=arguments.resident, card_number=number, event=event)
    known = house.window.known.ask(clerk, arguments.resident)
    entry, state = known.resident, changed.card.state
    certificates = _newest(entry, changed.card)
    stage = stage_of(entry, found=event is CardEvent.RESUME)
    findings = _findings(house, stage)
    lines = [
        words(language, f"カードの状態: {word(state, language)}", f"The card is {state.value}."),
        *(f"  {certificate_line(one, language)}" for one in certificates),
        *waiting_line(changed.waiting, language),
        *_stale(known, language),
        *_steps(arguments, house, stage, language),
    ]
    data = {
        "card_number": number,
        "state": state.value,
        "waiting": changed.waiting,
        "certificates": [certificate_data(one) for one in certificates],
        "findings": [finding_data(finding) for finding in findings],
    }
    return Answer(data=data, lines=lines)


def _newest(entry: ResidentEntry, card: CardEntry) -> tuple[CertificateEntry, ...]:
    """Return the newest certificate of each kind on a card."""
    of_card = [one for one in entry.certificates if one.card_number == card.card_number]  # oldest first
    newest = {one.kind: one for one in of_card}
    return tuple(newest[kind] for kind in CertificateKind if kind in newest)


def _findings(house: "House", stage: Stage | None) -> tuple[Finding, ...]:
    """Return what the rules say of a stop as it stands: how it is lifted, or what follows once it is (R-5.20)."""
    if stage is None:
        return ()
    if stage is Stage.FOUND:
        return found_again(house.policy, on=civil_date(house.clock())).follow_up.findings
    return (find("hold.not-found"),)


def _steps(arguments: argparse.Namespace, house: "House", stage: Stage | None, language: Language) -> list[str]:
    """Tell what comes next after a stop, with the command that does it."""
    if stage is None:
        return []
    whose = f"--municipality {arguments.municipality} --resident {arguments.resident}"
    reissue = f"`openjpki window reissue {whose} --card NAME --document KIND`"
    said = {
        Stage.HELD: (
            (
                f"電話で一時停止された直後なら `openjpki window card-stop {whose} --event suspend` で一時停止を記録してください。"
                f"見つかったことを記録した後なら {reissue} で電子証明書を発行し直してください。"
            ),
            (
                f"Right after a call, record the stop: `openjpki window card-stop {whose} --event suspend`. "
                f"Once it is recorded that the card was found, issue anew: {reissue}."
            ),
        ),
        Stage.STOPPED: (
            f"カードが見つかったら、本人を確認し、`openjpki window card-stop {whose} --event resume` で一時停止を解除してください。",
            f"Once the card is found and the holder identified, lift the stop: `openjpki window card-stop {whose} --event resume`.",
        ),
        Stage.FOUND: (
            f"次に、カードを置いて {reissue} で電子証明書を発行し直してください。",
            f"Next, with the card on the reader, issue anew: {reissue}.",
        ),
    }
    return [*finding_lines(_findings(house, stage), language), words(language, *said[stage])]


def _stale(known: "Known", language: Language) -> list[str]:
    """Say that the authority was not heard."""
    if known.afresh:
        return []
    return [
        words(
            language,
            "機構に確認できませんでした。電子証明書の状態は、最後に確認したときのものです。`openjpki window queue` で理由を見られます。",
            "The authority could not be asked: certificates are shown as last heard of. `openjpki window queue` says why.",
        )
    ]
