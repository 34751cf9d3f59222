"""`openjpki rules …`: the rule book asked from the command line. The same functions serve the pages."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from openjpki.cli.answer import Answer, Commands, Run, language_of
from openjpki.cli.rules import cards, events, explain, fees, lives, terms, texts, visits
from openjpki.cli.rules.arguments import add_choice, add_day, moment, not_before, policy_of
from openjpki.cli.rules.findings import WAYS, answered, coded, told
from openjpki.cli.rules.people import add_holder, add_today, add_visit, holder_of, takes_today, today_of, visit_of
from openjpki.errors import Kind, Language
from openjpki.rules.dates import JST, BadDay, in_japan, read_day
from openjpki.rules.documents import TABLE, DocumentList, accepted_until, greatest_age_months
from openjpki.rules.eligibility import may_have
from openjpki.rules.era import spoken
from openjpki.rules.identity import decide
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.office import MAIN_OFFICE, office_of, office_open, terminal_open
from openjpki.rules.policy import Policy
from openjpki.rules.public_services import PublicService, service_hours
from openjpki.rules.renewal import renewal_window
from openjpki.rules.validity import authentication_expiry, signature_expiry
from openjpki.rules.words import limit


def register(commands: Commands) -> None:
    """Add the `rules` group."""
    group = commands.add_parser("rules", help="ask the rule book").add_subparsers(
        title="questions", metavar="QUESTION", required=True
    )
    for name, (words, add, run) in _QUESTIONS.items():
        parser = group.add_parser(name, help=words, description=words)
        add(parser)
        parser.add_argument(
            "--policy",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a setting of the rule book, or preset=national|page; may be repeated",
        )
        parser.set_defaults(run=_for_today(run))


def _for_today(run: Run) -> Run:
    """Return a question's function that says for which day it answers where nobody named one."""

    def run_for_today(arguments: argparse.Namespace) -> Answer:
        if not takes_today(arguments):
            return run(arguments)
        arguments.on = today_of(arguments)
        answer = run(arguments)
        day = spoken(arguments.on, language_of(arguments))
        line = f"手続きの日を今日、{day}として答えました。" if arguments.lang == "ja" else f"Answered for today, {day}."
        return replace(answer, data={**answer.data, "on": arguments.on.isoformat()}, lines=(*answer.lines, line))

    return run_for_today


def _documents(arguments: argparse.Namespace) -> Answer:
    policy, language = policy_of(arguments), language_of(arguments)
    rows, lines = [], []
    lists: dict[DocumentList, list[str]] = {kind: [] for kind in DocumentList}
    for kind, row in TABLE.items():
        until = accepted_until(policy, kind)
        rows.append(
            {
                "kind": kind.value,
                "ja": row.ja,
                "en": row.en,
                "list": row.list.value,
                "accepted_from": row.accepted_from.isoformat() if row.accepted_from else None,
                "months": greatest_age_months(policy, kind) or None,
                "issued_since": row.issued_since.isoformat() if row.issued_since else None,
                "accepted_until": until.isoformat() if until else None,
            }
        )
        lists[row.list].append(f"  {kind.value:40}{row.ja if language == 'ja' else row.en}{_until(until, language)}")
    for one, members in lists.items():
        lines += [_LISTS[one][language != "ja"], *members]
    return Answer(data={"documents": rows, "rules": ["R-2.21", "R-2.22"]}, lines=lines)


_LISTS: Mapping[DocumentList, tuple[str, str]] = {
    DocumentList.A: (
        "A 官公署発行の顔写真付きの本人確認書類",
        "A  identity documents with a photo, issued by a public office",
    ),
    DocumentList.B: (
        "B そのほかの本人確認書類(氏名・住所または氏名・生年月日の記載があるもの)",
        "B  other identity documents, with name and address or name and birth date",
    ),
    DocumentList.POWER: (
        "代理人であることや届出がわかる書類(本人確認書類にはなりません)",
        "   papers that show a power or a report; they prove nobody's identity",
    ),
}


def _until(until: date | None, language: Language) -> str:
    if until is None:
        return ""
    return f"({spoken(until, language)}まで)" if language == "ja" else f" (through {spoken(until, language)})"


def _add_renewal_window(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--expires", "last day of the certificate's validity")


def _renewal_window(arguments: argparse.Namespace) -> Answer:
    window = renewal_window(policy_of(arguments), arguments.expires)
    language = language_of(arguments)
    opens, closes = spoken(window.opens, language), spoken(window.closes, language)
    line = f"更新期間は{opens}から{closes}までです。" if language == "ja" else f"Renewal runs from {opens} to {closes}."
    return Answer(
        data={"opens": window.opens.isoformat(), "closes": window.closes.isoformat(), "rules": list(window.rules)},
        lines=(
            f"{line} [{', '.join(window.rules)}]",
            *_letter_of_window(policy_of(arguments), arguments.expires, language),
        ),
    )


def _letter_of_window(policy: Policy, expires: date, language: Language) -> Iterator[str]:
    """Tell where the page's letter has other days (CF-1, CF-2)."""
    ours, letter = renewal_window(policy, expires), renewal_window(Policy.preset("page"), expires)
    if (ours.opens, ours.closes) != (letter.opens, letter.closes):
        opens, closes = spoken(letter.opens, language), spoken(letter.closes, language)
        ja = f"市のページ(S-32)の文字どおりなら、{opens}から{closes}までです(CF-2)。"
        yield ja if language == "ja" else f"By the letter of the page (S-32): {opens} to {closes} (CF-2)."


def _add_validity(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--kind", [kind.value for kind in CertificateKind], "which certificate")
    add_day(parser, "--issued", "day of issue")
    add_day(parser, "--born", "the holder's birth date")
    add_day(parser, "--card-expires", "last day of the card")
    add_day(parser, "--authentication-expires", "last day of the living authentication certificate", required=False)
    add_day(parser, "--replaces-expiring", "last day of the certificate it replaces", required=False)


def _validity(arguments: argparse.Namespace) -> Answer:
    not_before(arguments, "issued", "born")
    not_before(arguments, "card_expires", "issued")
    not_before(arguments, "authentication_expires", "issued")
    compute = signature_expiry if arguments.kind == CertificateKind.SIGNATURE.value else authentication_expiry
    expiry = compute(
        policy_of(arguments),
        issued=arguments.issued,
        born=arguments.born,
        card_expires=arguments.card_expires,
        authentication_expires=arguments.authentication_expires,
        replaces_expiring=arguments.replaces_expiring,
    )
    language = language_of(arguments)
    day, why = spoken(expiry.expires, language), limit(expiry.because, language)
    line = f"{day}まで有効です({why})。" if language == "ja" else f"Valid through {day}: {why}."
    return Answer(
        data={"expires": expiry.expires.isoformat(), "because": expiry.because, "rules": list(expiry.rules)},
        lines=(line, f"[{', '.join(expiry.rules)}]"),
    )


def _add_eligibility(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--kind", [kind.value for kind in CertificateKind], "which certificate")
    add_day(parser, "--born", "the holder's birth date")
    add_day(parser, "--on", "day of the procedure")
    add_holder(parser)


def _eligibility(arguments: argparse.Namespace) -> Answer:
    not_before(arguments, "on", "born")
    found = may_have(
        policy_of(arguments),
        holder_of(arguments),
        kind=CertificateKind(arguments.kind),
        on=arguments.on,
        accompanied=arguments.accompanied,
    )
    language = language_of(arguments)
    yes, no = ("申請できます。", "申請できません。") if language == "ja" else ("May apply.", "May not apply.")
    return Answer(
        data={"eligible": found.eligible, "findings": coded(found.findings, language)},
        lines=(yes if found.eligible else no, *told(found.findings, language)),
        kind=None if found.eligible else Kind.REFUSED,
    )


def _add_route(parser: argparse.ArgumentParser) -> None:
    add_visit(parser)
    add_today(parser)
    add_day(parser, "--born", "the holder's birth date: whether this person may is judged too", required=False)
    add_holder(parser)


def _route(arguments: argparse.Namespace) -> Answer:
    found = decide(policy_of(arguments), visit_of(arguments, today_of(arguments)))
    language = language_of(arguments)
    return Answer(
        data={"route": found.route, "findings": coded(found.findings, language)},
        lines=(WAYS[found.route][language != "ja"], *told(found.findings, language)),
        kind=Kind.REFUSED if found.route == "refused" else None,
    )


def _add_office(parser: argparse.ArgumentParser) -> None:
    words = "moment in Japanese time; a day alone asks whether the office opens on it"
    parser.add_argument("--at", type=_day_or_moment, metavar="DATETIME", required=True, help=words)
    parser.add_argument("--office", default=MAIN_OFFICE, metavar="CODE", help="a branch office (default: the main one)")


def _day_or_moment(text: str) -> date | datetime:
    try:
        return read_day(text)
    except BadDay:
        return moment("--at")(text)


def _office(arguments: argparse.Namespace) -> Answer:
    policy, language, at = policy_of(arguments), language_of(arguments), arguments.at
    kept = office_of(policy, arguments.office).hours
    whole_day = not isinstance(at, datetime)
    hours = office_open(policy, datetime.combine(at, kept.opens, JST) if whole_day else at, arguments.office)
    asked = spoken(at if not isinstance(at, datetime) else in_japan(at).date(), language)
    if whole_day:
        yes, no = (
            ("は開庁日です", "は閉庁日です") if language == "ja" else (": open on that day", ": closed on that day")
        )
    else:
        asked += f" {in_japan(at):%H:%M}"
        yes, no = (" 開庁しています", " 閉庁しています") if language == "ja" else (": open", ": closed")
    why = ": ".join(filter(None, (_because(hours.because, language), hours.holiday)))
    times = f" {kept.opens:%H:%M}–{kept.closes:%H:%M}" if hours.open else ""
    return Answer(
        data={"open": hours.open, "because": hours.because},
        lines=(f"{asked}{yes if hours.open else no}{times} [{why}; {', '.join(hours.rules)}]",),
    )


_BECAUSE: Mapping[str, str] = {
    "open": "受付時間内",
    "opened-day": "臨時の開庁日",
    "closed-day": "臨時の閉庁日",
    "holiday": "祝日",
    "yearly-closure": "年末年始など毎年の閉庁日",
    "closed-weekday": "閉庁の曜日",
    "before-hours": "受付時間の前",
    "after-hours": "受付時間の後",
}
"""Why an office is open or closed, as a clerk says it."""


def _because(word: str, language: Language) -> str:
    return _BECAUSE[word] if language == "ja" else word


_TERMINAL = "terminal"
"""The authority's terminal is asked about like a public service."""


def _add_service(parser: argparse.ArgumentParser) -> None:
    services = [*(service.value for service in PublicService), _TERMINAL]
    add_choice(parser, "--service", services, "what is to be used")
    parser.add_argument("--at", type=moment("--at"), metavar="DATETIME", required=True, help="moment, Japanese time")


def _service(arguments: argparse.Namespace) -> Answer:
    policy, language = policy_of(arguments), language_of(arguments)
    yes, no = ("利用できます", "利用できません") if language == "ja" else ("open", "closed")
    if arguments.service == _TERMINAL:
        hours = terminal_open(policy, arguments.at)
        line = f"{yes if hours.open else no} [{_because(hours.because, language)}]"
        return answered((), hours.rules, language, line=line, data={"open": hours.open, "because": hours.because})
    found = service_hours(policy, service=PublicService(arguments.service), at=arguments.at)
    line = f"{yes if found.open else no} [{_because(found.because, language)}]"
    data = {"open": found.open, "because": found.because}
    return answered(found.findings, found.rules, language, line=line, data=data)


def _add_nothing(_: argparse.ArgumentParser) -> None:
    """Add no argument of its own."""


_QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "documents": ("the documents a person can show", _add_nothing, _documents),
    "renewal-window": ("when a certificate can be renewed", _add_renewal_window, _renewal_window),
    "validity": ("until when a certificate is valid", _add_validity, _validity),
    "eligibility": ("whether a person may have a certificate", _add_eligibility, _eligibility),
    "route": ("same day, inquiry letter, or refused", _add_route, _route),
    "office": ("whether the window is open", _add_office, _office),
    "service": ("whether a public service or the authority's terminal is open", _add_service, _service),
    **visits.QUESTIONS,
    **events.QUESTIONS,
    **terms.QUESTIONS,
    **cards.QUESTIONS,
    **fees.QUESTIONS,
    **texts.QUESTIONS,
    **lives.QUESTIONS,
    **explain.QUESTIONS,
}
