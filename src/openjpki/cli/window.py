"""`openjpki window …`: the counter of a municipality, act by act. PINs come from a prompt or standard input only."""

import argparse
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from openjpki.cli import window_notices, window_stays
from openjpki.cli.answer import Answer, Commands, Run, language_of
from openjpki.cli.counted import counted
from openjpki.cli.window_answers import (
    application_data,
    application_lines,
    certificate_data,
    certificate_line,
    effect_data,
    effect_lines,
    finding_data,
    finding_lines,
    interruption_data,
    interruption_lines,
    resident_data,
    resident_lines,
    unset_lines,
    visible_line,
    waiting_line,
)
from openjpki.cli.window_arguments import (
    add_applications,
    add_approve,
    add_card_stop,
    add_card_update,
    add_deliver,
    add_event,
    add_hand_over,
    add_import,
    add_issue,
    add_nothing,
    add_person,
    add_pin_reset,
    add_residents,
    add_resume,
    add_revoke,
    add_withdraw,
    change,
    hold_receipt_complete,
    holders_pins,
    kinds,
    login,
    shown,
)
from openjpki.cli.window_cards import card_update
from openjpki.cli.window_moves import withdraw_move
from openjpki.cli.window_pins import pin_reset
from openjpki.cli.window_queue import deliver, queue
from openjpki.cli.window_recovery import recovered
from openjpki.cli.window_stops import card_stop, one_resident
from openjpki.errors import Language
from openjpki.rules.era import spoken
from openjpki.rules.kinds import LifeEvent, Procedure
from openjpki.rules.revocation import Effect
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.opening import opened
from openjpki.window.entries import CertificateEntry
from openjpki.window.officer import Clerk
from openjpki.window.outcomes import Outcome, ProcedureRefused
from openjpki.window.register_csv import MAX_BYTES

if TYPE_CHECKING:
    from openjpki.site.house import (
        CounterCard,
        House,
        ReaderCard,
    )  # Django must be set up before its modules are loaded

_ISSUES = {"issue": Procedure.NEW, "renew": Procedure.RENEWAL, "reissue": Procedure.REISSUE}
_HELP = {
    "issue": "issue certificates where none is in force (R-2.2)",
    "renew": "renew inside the window (R-2.3)",
    "reissue": "issue again in place of one that is alive or has ended (R-2.4)",
}


_EVERYWHERE = frozenset({"deliver", "resume"})
"""Commands that mean every municipality if none is named."""


def register(commands: Commands) -> None:
    """Add the `window` group."""
    group = commands.add_parser("window", help="the counter of a municipality").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    for name, (words, add, run) in _COMMANDS.items():
        parser = group.add_parser(name, help=words, description=words)
        parser.add_argument(
            "--municipality",
            required=name not in _EVERYWHERE,
            choices=[municipality.code for municipality in MUNICIPALITIES],
            help="whose counter it is",
        )
        parser.add_argument(
            "--officer", type=login("--officer"), default="clerk", metavar="LOGIN", help="who acts (clerk)"
        )
        add(parser)
        parser.set_defaults(run=run)


_AS_HEARD = {
    "ja": "電子証明書の状態は、最後に機構に確認したときのものです。`openjpki window residents --resident CODE` で、今の状態を確認できます。",
    "en": "Certificates are shown as last heard of. `openjpki window residents --resident CODE` asks the authority about one person.",
}


def _import(arguments: argparse.Namespace) -> Answer:
    """Import a resident register from CSV, whole or not at all."""
    with arguments.file.open("rb") as file:
        source = file.read(MAX_BYTES + 1)
    with _counter(arguments) as (house, clerk):
        imported = house.window.residents.import_csv(clerk, source)
    line = {
        "ja": f"住民{imported.residents}人を登録しました。",
        "en": f"Entered {counted(imported.residents, 'resident')}.",
    }
    language = language_of(arguments)
    data = {"residents": imported.residents, "waiting": imported.waiting}
    return Answer(data=data, lines=[line[language], *waiting_line(imported.waiting, language)])


def _residents(arguments: argparse.Namespace) -> Answer:
    """List the register, with cards and certificates as last known; one person's are asked of the authority."""
    with _counter(arguments) as (house, clerk):
        if arguments.resident:
            return one_resident(arguments, house, clerk)
        entries = house.window.residents.list(clerk, after=arguments.after)
    language = language_of(arguments)
    lines = [line for entry in entries for line in resident_lines(entry, language)]
    if any(entry.certificates for entry in entries):
        lines.append(_AS_HEARD[language])
    nobody = {"ja": "登録されている住民はいません。", "en": "Nobody is on the register."}
    return Answer(data={"residents": [resident_data(entry) for entry in entries]}, lines=lines or [nobody[language]])


def _applications(arguments: argparse.Namespace) -> Answer:
    """List applications: the latest, or with `--waiting` those not at an end."""
    with _counter(arguments) as (house, clerk):
        entries = house.window.queue(clerk) if arguments.waiting else house.window.applications(clerk)
    language = language_of(arguments)
    lines = [line for entry in entries for line in application_lines(entry, language)]
    none = {"ja": "申請はありません。", "en": "There are no applications."}
    data = {"applications": [application_data(entry) for entry in entries]}
    return Answer(data=data, lines=lines or [none[language]])


def _hand_over(arguments: argparse.Namespace) -> Answer:
    """Hand a card over; the holder sets the PINs at a prompt, or on standard input."""
    language = language_of(arguments)
    with _counter(arguments) as (house, clerk):
        pins = holders_pins(arguments, house.policy, language)
        from openjpki.site.handover import hand_over

        with house.card_at_counter(arguments.card, clerk, arguments.resident) as card:
            handed = hand_over(
                house,
                clerk,
                card,
                resident_code=arguments.resident,
                pins=pins,
                received_on=arguments.received,
                stay_until=arguments.stay_until,
            )
    expires = handed.card.expires.isoformat()
    line = {
        "ja": f"カードを交付しました。{spoken(handed.card.expires, language)}まで有効です。",
        "en": f"The card was handed over. It is valid until {expires}.",
    }
    unset = [pin for pin in pins if pin not in handed.pins_set]
    data = {
        "card_number": handed.card.card_number,
        "expires": expires,
        "waiting": handed.waiting,
        "pins_set": [pin.value for pin in handed.pins_set],
        "pins_unset": [pin.value for pin in unset],
    }
    return Answer(
        data=data,
        lines=[line[language], *unset_lines(unset, language), *waiting_line(handed.waiting, language)],
    )


def _issue(procedure: Procedure) -> Run:
    """Return the command of a procedure that issues certificates."""

    def run(arguments: argparse.Namespace) -> Answer:
        with (
            _counter(arguments) as (house, clerk),
            house.card_at_counter(arguments.card, clerk, arguments.resident) as card,
        ):
            acts = house.window.procedures
            act = {
                Procedure.NEW: acts.new_issue,
                Procedure.RENEWAL: acts.renew,
                Procedure.REISSUE: acts.reissue,
            }[procedure]
            outcome = act(
                clerk,
                resident_code=arguments.resident,
                card=card,
                shown=shown(arguments, card.terminal),
                kinds=kinds(arguments),
            )
        return _outcome(outcome, language_of(arguments))

    return run


def _card_update(arguments: argparse.Namespace) -> Answer:
    """Bring a card's face up to date."""
    with _counter(arguments) as (house, clerk):
        return card_update(arguments, house, clerk)


def _card_stop(arguments: argparse.Namespace) -> Answer:
    """Record a stop of a card, or its end."""
    with _counter(arguments) as (house, clerk):
        return card_stop(arguments, house, clerk)


def _pin_reset(arguments: argparse.Namespace) -> Answer:
    """Let the holder set a PIN anew."""
    with _counter(arguments) as (house, clerk):
        return pin_reset(arguments, house, clerk)


def _resume(arguments: argparse.Namespace) -> Answer:
    """Go on with an application that waits; without a receipt number, with everything that was interrupted."""
    if not arguments.receipt:
        with _counter(arguments) as (house, clerk), _waiting_card(house, arguments) as waiting:
            return recovered(house.window.recovery.resume(clerk, waiting=waiting), language_of(arguments))
    hold_receipt_complete(arguments)
    with _counter(arguments) as (house, clerk):
        resident = house.window.application(clerk, arguments.receipt).resident_code
        with house.card_at_counter(arguments.card, clerk, resident) as card:
            outcome = house.window.procedures.resume(clerk, receipt=arguments.receipt, card=card)
    return _outcome(outcome, language_of(arguments))


def _approve(arguments: argparse.Namespace) -> Answer:
    """Approve what another officer entered; with the card on the reader it is resumed."""
    with _counter(arguments) as (house, clerk):
        entry = house.window.procedures.approve(clerk, receipt=arguments.receipt)
    return Answer(data=application_data(entry), lines=application_lines(entry, language_of(arguments)))


def _withdraw(arguments: argparse.Namespace) -> Answer:
    """Close an application that waits."""
    with _counter(arguments) as (house, clerk):
        entry = house.window.procedures.withdraw(clerk, receipt=arguments.receipt, office_fault=arguments.office_fault)
    return Answer(data=application_data(entry), lines=application_lines(entry, language_of(arguments)))


def _event(arguments: argparse.Namespace) -> Answer:
    """Enter a register event, or with `--preview` only show what it would end."""
    language = language_of(arguments)
    entered = change(arguments)
    with _counter(arguments) as (house, here):
        events, arrives = house.window.events, arguments.to_municipality
        clerk = Clerk(here.login, arrives) if arrives else here
        if arguments.preview:
            effects = events.effects_before_confirming(
                clerk,
                resident_code=arguments.resident,
                change=entered,
                from_municipality=here.municipality if arrives else "",
            )
            return _endings(effects.effect, effects.ends, 0, language)
        if arrives:
            recorded = events.move_in(
                clerk,
                resident_code=arguments.resident,
                from_municipality=here.municipality,
                address=entered.address or "",
                on=entered.on,
            )
        else:
            recorded = events.record(clerk, resident_code=arguments.resident, change=entered)
    return _endings(recorded.effect, recorded.ended, recorded.waiting, language)


def _revoke(arguments: argparse.Namespace) -> Answer:
    """End certificates at the holder's word: a request, a compromised key, a hold."""
    language = language_of(arguments)
    with _counter(arguments) as (house, clerk), _reader(house, arguments, clerk) as card:
        outcome = house.window.revocations.request(
            clerk,
            resident_code=arguments.resident,
            event=LifeEvent(arguments.event),
            shown=shown(arguments, card.terminal if card else None),
            card=card,
            kinds=kinds(arguments),
        )
    told = _endings(outcome.effect, outcome.ended, outcome.waiting, language)
    application = outcome.application
    return Answer(
        data={**told.data, "application": application_data(application)},
        lines=[*application_lines(application, language), *told.lines],
        kind=told.kind,
    )


@contextmanager
def _counter(arguments: argparse.Namespace) -> "Iterator[tuple[House, Clerk]]":
    """Open the home, with the clerk who acts."""
    with opened(arguments.home) as house:
        yield house, Clerk(arguments.officer, arguments.municipality or "")


@contextmanager
def _waiting_card(house: "House", arguments: argparse.Namespace) -> "Iterator[ReaderCard | None]":
    """Lay the card of `--card` on the reader, if one is named; whose it is shows by its number."""
    if not arguments.card:
        yield None
        return
    with house.card_on_reader(arguments.card) as card:
        yield card


@contextmanager
def _reader(house: "House", arguments: argparse.Namespace, clerk: Clerk) -> "Iterator[CounterCard | None]":
    """Lay the card on the reader, if one is named."""
    if not arguments.card:
        yield None
        return
    with house.card_at_counter(arguments.card, clerk, arguments.resident) as card:
        yield card


def _told_by_findings(run: Run) -> Run:
    """Answer a recorded refusal with its receipt number and all findings, each with its rule and what to bring."""

    def wrapped(arguments: argparse.Namespace) -> Answer:
        try:
            return run(arguments)
        except ProcedureRefused as refused:
            language = language_of(arguments)
            heading = {"ja": f"{refused.receipt}  お手続きできません。", "en": f"{refused.receipt}  refused"}
            return Answer(
                data={"receipt": refused.receipt, "findings": [finding_data(found) for found in refused.findings]},
                lines=[heading[language], *finding_lines(refused.findings, language)],
                kind=refused.kind,
            )

    return wrapped


def _outcome(outcome: Outcome, language: Language) -> Answer:
    entry, interruption = outcome.application, outcome.interruption
    return Answer(
        data={**application_data(entry), "interruption": interruption_data(interruption)},
        lines=[*application_lines(entry, language), *interruption_lines(interruption, entry.receipt, language)],
        kind=interruption.kind if interruption else None,
    )


def _endings(effect: Effect, ended: Iterable[CertificateEntry], waiting: int, language: Language) -> Answer:
    ended = tuple(ended)
    return Answer(
        data={
            "effect": effect_data(effect),
            "certificates": [certificate_data(entry) for entry in ended],
            "waiting": waiting,
        },
        lines=[
            *effect_lines(effect, language),
            *(f"  {certificate_line(entry, language)}" for entry in ended),
            *visible_line(ended, language),
            *waiting_line(waiting, language),
        ],
    )


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "import": ("import a resident register from CSV", add_import, _import),
    "residents": ("who is on the register, with cards and certificates", add_residents, _residents),
    "applications": ("the latest applications, or those that wait", add_applications, _applications),
    "hand-over": ("hand a card over to a resident, who sets the PINs", add_hand_over, _hand_over),
    **{name: (_HELP[name], add_issue, _told_by_findings(_issue(procedure))) for name, procedure in _ISSUES.items()},
    "card-update": (
        "write the name and address of the record on the card's chip",
        add_card_update,
        _card_update,
    ),
    "card-stop": ("record that a card is stopped, or was found again (R-5.20)", add_card_stop, _card_stop),
    "pin-reset": (
        "let the holder set a PIN anew without the old one (R-6.3)",
        add_pin_reset,
        _told_by_findings(_pin_reset),
    ),
    "resume": (
        "go on with what was interrupted: messages, and applications that wait",
        add_resume,
        _told_by_findings(_resume),
    ),
    "approve": ("approve what another officer entered (R-2.27)", add_approve, _told_by_findings(_approve)),
    "withdraw": ("close an application that waits", add_withdraw, _withdraw),
    "event": ("enter a register event (R-5.3, R-5.4)", add_event, _event),
    "stay": (window_stays.STAY_HELP, window_stays.add_stay, window_stays.stay),
    "extend-card": (window_stays.EXTEND_HELP, window_stays.add_extend, window_stays.extend),
    "notices": (window_notices.HELP, window_notices.add_notices, window_notices.notices),
    "withdraw-move": ("take back a move from here that the authority has not taken", add_person, withdraw_move),
    "revoke": ("revoke or hold at the holder's word (R-2.5 to R-2.7)", add_revoke, _told_by_findings(_revoke)),
    "queue": ("what waits: messages to the authority and applications, and why", add_nothing, queue),
    "deliver": ("send what is due to the authority, or with --now whatever waits", add_deliver, deliver),
}
