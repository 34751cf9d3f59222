"""`openjpki rules deadline`, `renewal`, `notice`, `retention` and others: last days, the notice, how long records are kept."""

import argparse
from collections.abc import Callable
from datetime import date
from typing import Any

from openjpki.cli.answer import Answer, BadValue, Run, language_of
from openjpki.cli.rules.arguments import add_choice, add_day, policy_of
from openjpki.cli.rules.findings import answered, coded, refused, told
from openjpki.cli.rules.people import add_today, today_of
from openjpki.errors import Language
from openjpki.rules.deadlines import Deadline, deadline, move_in, standing
from openjpki.rules.era import spoken
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, RecordKind, Term
from openjpki.rules.notices import Addressee, Held, Notice, brought, lost, returned, select
from openjpki.rules.renewal import about_the_days, renewal
from openjpki.rules.retention import destruction, retention
from openjpki.rules.words import word


def _add_deadline(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--term", [term.value for term in Term], "which term")
    add_day(parser, "--since", "the day that starts it; for what never moves, the end itself")
    add_day(parser, "--on", "day on which somebody asks", required=False)


def _deadline(arguments: argparse.Namespace) -> Answer:
    found = deadline(policy_of(arguments), term=Term(arguments.term), since=arguments.since)
    return _term(arguments, found, arguments.since)


def _add_move_in(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--moved", "day of moving in")
    add_day(parser, "--planned-departure", "day named in the report of the departure (転出予定日)")
    add_day(parser, "--on", "day on which somebody asks", required=False)


def _move_in(arguments: argparse.Namespace) -> Answer:
    found = move_in(policy_of(arguments), moved=arguments.moved, planned_departure=arguments.planned_departure)
    return _term(arguments, found, arguments.moved if found.term is Term.MOVE_IN else arguments.planned_departure)


def _term(arguments: argparse.Namespace, found: Deadline, since: date) -> Answer:
    """Say a term and where a person stands on the day that is asked for; without one, on the last one."""
    language, term = language_of(arguments), found.term
    asked = standing(policy_of(arguments), term=term, since=since, on=arguments.on or found.last_day)
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


def _add_renewal(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--expires", "last day of the certificate's validity")
    add_day(parser, "--card-expires", "last day of the card")
    parser.add_argument("--notice", action="store_true", help="the expiry notice is in hand")
    parser.add_argument("--foreign-national", action="store_true", help="the holder is no Japanese national")
    add_today(parser)


_RENEWALS = {
    "yes": ("更新できます。", "May be renewed."),
    "closed": ("更新期間中ですが、この日は窓口が開いていません。", "Inside the renewal period, but on a closed day."),
    "no": ("更新できません。", "May not be renewed."),
}
"""What is said first: on a closed day the period is open, and the window is not."""


def _renewal(arguments: argparse.Namespace) -> Answer:
    policy, language, on = policy_of(arguments), language_of(arguments), today_of(arguments)
    found = renewal(
        policy,
        expires=arguments.expires,
        card_expires=arguments.card_expires,
        on=on,
        notice=arguments.notice,
        japanese=not arguments.foreign_national,
    )
    findings = (*found.findings, *about_the_days(policy, found, on))
    codes = {finding.code for finding in findings}
    way = "closed" if "renewal.closed-day" in codes else "no" if refused(findings) else "yes"
    return answered(
        findings,
        found.window.rules,
        language,
        line=_RENEWALS[way][language != "ja"],
        data={
            "open": way == "yes",
            "opens": found.window.opens.isoformat(),
            "closes": found.window.closes.isoformat(),
        },
        kind=refused(findings),
    )


def _add_notice_in_hand(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--state", ["brought", "lost", "returned"], "what became of the notice")
    add_day(parser, "--named", "the expiry on the notice that is brought", required=False)
    add_day(parser, "--current", "last day of the living certificate", required=False)
    add_today(parser)


def _notice_in_hand(arguments: argparse.Namespace) -> Answer:
    policy, language, days = policy_of(arguments), language_of(arguments), (arguments.named, arguments.current)
    findings: tuple[Finding, ...]
    if arguments.state != "brought":
        findings = (lost(policy) if arguments.state == "lost" else returned(),)
    elif None in days:
        raise BadValue(
            option="--state",
            value=arguments.state,
            expected_ja="--named と --current も指定してください。",
            expected_en="Give --named and --current as well.",
        )
    else:
        findings = brought(policy, named=arguments.named, current=arguments.current, on=today_of(arguments))
    nothing = "そのまま手続きできます。" if language == "ja" else "Nothing to say: it goes on."
    return Answer(
        data={"findings": coded(findings, language), "rules": ["R-7.1", "R-7.6"]},
        lines=(*(told(findings, language) or [nothing]), "[R-7.1, R-7.6]"),
        kind=refused(findings),
    )


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "deadline": ("the last day of a term, and the open days around it", _add_deadline, _deadline),
    "move-in": ("until when a move into the municipality is reported", _add_move_in, _move_in),
    "renewal": ("whether a certificate can be renewed on a day", _add_renewal, _renewal),
    "notice-in-hand": (
        "what is said to who brings, lost or never got the notice",
        _add_notice_in_hand,
        _notice_in_hand,
    ),
    "notice": ("the expiry notice that a person gets", _add_notice, _notice),
    "retention": ("how long a record is kept", _add_retention, _retention),
}
"""The questions of `openjpki rules`: what it says, its arguments, its answer."""
