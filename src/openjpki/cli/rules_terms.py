"""`openjpki rules deadline`, `notice`, `retention`: last days, the expiry notice, and how long records are kept."""

import argparse
from collections.abc import Callable
from typing import Any

from openjpki.cli.answer import Answer, Run, language_of
from openjpki.cli.rules_arguments import add_choice, add_day, policy_of
from openjpki.cli.rules_findings import coded, refused, told
from openjpki.errors import Language
from openjpki.rules.deadlines import deadline, standing
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, RecordKind, Term
from openjpki.rules.notices import Addressee, Held, Notice, select
from openjpki.rules.retention import destruction, retention
from openjpki.rules.words import spoken, word


def _add_deadline(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--term", [term.value for term in Term], "which term")
    add_day(parser, "--since", "the day that starts it; for what never moves, the end itself")
    add_day(parser, "--on", "day on which somebody asks", required=False)


def _deadline(arguments: argparse.Namespace) -> Answer:
    policy, language, term = policy_of(arguments), language_of(arguments), Term(arguments.term)
    found = deadline(policy, term=term, since=arguments.since)
    asked = standing(policy, term=term, since=arguments.since, on=arguments.on or found.last_day)
    last = spoken(found.last_day, language)
    line = f"{word(term, 'ja')}の期限は{last}です。" if language == "ja" else f"{term.value}: through {last}."
    data = {
        "last_day": found.last_day.isoformat(),
        "counted": found.counted.isoformat(),
        "last_open_day": found.last_open_day.isoformat(),
        "next_open_day": found.next_open_day.isoformat(),
        "in_time": asked.in_time,
        "findings": coded(asked.findings, language),
        "rules": list(found.rules),
    }
    lines = (line, *told(asked.findings, language), f"[{', '.join(found.rules)}]")
    return Answer(data=data, lines=lines, kind=refused(asked.findings))


def _add_retention(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--record", [record.value for record in RecordKind], "which record")
    add_day(parser, "--made", "day on which it was made")
    add_day(parser, "--due-expiry", "day on which its certificate ends or would have ended", required=False)
    add_day(parser, "--on", "day on which somebody would destroy it", required=False)


def _retention(arguments: argparse.Namespace) -> Answer:
    policy, language, record = policy_of(arguments), language_of(arguments), RecordKind(arguments.record)
    due = arguments.due_expiry
    kept = retention(policy, record=record, made=arguments.made, due_expiry=due)
    findings: tuple[Finding, ...] = ()
    if arguments.on:
        findings = destruction(policy, record=record, made=arguments.made, due_expiry=due, on=arguments.on)
    until = spoken(kept.until, language)
    line = (
        f"{word(record, 'ja')}は{until}まで保存します。"
        if language == "ja"
        else f"{record.value}: kept through {until}."
    )
    data = {
        "until": kept.until.isoformat(),
        "destroy_from": kept.destroy_from.isoformat(),
        "findings": coded(findings, language),
        "rules": list(kept.rules),
    }
    lines = (line, *told(findings, language), f"[{', '.join(kept.rules)}]")
    return Answer(data=data, lines=lines, kind=refused(findings))


def _add_notice(parser: argparse.ArgumentParser) -> None:
    choices = [addressee.value for addressee in Addressee]
    parser.add_argument(
        "--addressee", choices=choices, default=Addressee.RESIDENT.value, help="how the person stands on the record"
    )
    add_day(parser, "--card-expires", "last day of the card")
    for kind in CertificateKind:
        add_day(parser, f"--{kind.value}-expires", f"last day of the living {kind.value} certificate", required=False)
    add_day(parser, "--on", "day of printing")


def _notice(arguments: argparse.Namespace) -> Answer:
    language = language_of(arguments)
    ends = {kind: getattr(arguments, f"{kind.value}_expires") for kind in CertificateKind}
    found = select(
        policy_of(arguments),
        addressee=Addressee(arguments.addressee),
        held=Held(
            card=CardState.ACTIVE,
            card_expires=arguments.card_expires,
            certificates=tuple((kind, CertificateState.VALID, day) for kind, day in ends.items() if day),
        ),
        on=arguments.on,
    )
    data: dict[str, Any] = {"notice": None, "findings": coded(found.findings, language)}
    line = "有効期限通知書は送付しません。" if language == "ja" else "No notice."
    if found.notice:
        data["notice"] = _letter(found.notice)
        line = _letter_line(found.notice, language)
    return Answer(data=data, lines=(line, *told(found.findings, language)))


def _letter(notice: Notice) -> dict[str, Any]:
    return {
        "card": notice.card,
        "certificates": [kind.value for kind in CertificateKind if kind in notice.kinds],
        "expires": notice.expires.isoformat(),
        "printed": notice.printed.isoformat(),
        "posted": notice.posted.isoformat(),
        "opens": notice.opens.isoformat(),
        "enclosed": [enclosure.value for enclosure in notice.enclosed],
        "forwarded": notice.forwarded,
    }


def _letter_line(notice: Notice, language: Language) -> str:
    names = [word(kind, language) for kind in CertificateKind if kind in notice.kinds]
    if notice.card:
        names.insert(0, "マイナンバーカード" if language == "ja" else "card")
    posted, expires = spoken(notice.posted, language), spoken(notice.expires, language)
    if language == "ja":
        return f"有効期限通知書({'・'.join(names)}、有効期限{expires})を{posted}に転送不要の郵便で送付します。"
    return f"A notice ({', '.join(names)}; expiry {expires}) goes out on {posted}, not to be forwarded."


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "deadline": ("the last day of a term, and the open days around it", _add_deadline, _deadline),
    "notice": ("the expiry notice that a person gets", _add_notice, _notice),
    "retention": ("how long a record is kept", _add_retention, _retention),
}
"""The questions of `openjpki rules`: what it says, its arguments, its answer."""
