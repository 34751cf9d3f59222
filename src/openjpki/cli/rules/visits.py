"""`openjpki rules family`, `inquiry`, `continued-use`, `disclosure`: several people, several visits, a move."""

import argparse
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openjpki.cli.answer import Answer, BadValue, Run, language_of
from openjpki.cli.rules.arguments import add_choice, add_day, document, not_before, policy_of
from openjpki.cli.rules.findings import WAYS, answered, coded, refused, told
from openjpki.cli.rules.people import add_counter, add_holder, add_today, add_visit, holder_of, today_of, visit_of
from openjpki.errors import Kind
from openjpki.rules.address_protection import disclosure
from openjpki.rules.deadlines import Deadline
from openjpki.rules.era import spoken
from openjpki.rules.family import decide_together
from openjpki.rules.inquiry import inquiry
from openjpki.rules.kinds import Applicant, CertificateKind, Procedure
from openjpki.rules.moving import card_after_move, continued_use_abroad
from openjpki.rules.words import word


@dataclass(frozen=True, kw_only=True)
class _Member:
    """One member of a family: the name, and the words that `rules route` would be asked with."""

    name: str
    asked: argparse.Namespace


def _member(kind: type[argparse.ArgumentParser]) -> Callable[[str], _Member]:
    """Return the reader of NAME: OPTIONS; it raises `BadValue`, or what the options raise."""

    def read(text: str) -> _Member:
        name, colon, options = text.partition(":")
        parser = kind(prog="openjpki rules route", add_help=False)
        add_visit(parser)
        add_day(parser, "--born", "the holder's birth date", required=False)
        add_holder(parser)
        try:
            words = shlex.split(options)
        except ValueError:
            words, colon = [], ""
        if not (colon and name.strip()):
            raise BadValue(
                option="--member",
                value=text,
                expected_ja="「名前: OPTIONS」の形で、OPTIONS は `openjpki rules route` のものを指定してください。",
                expected_en="The form is NAME: OPTIONS, with the options of `openjpki rules route`.",
            )
        return _Member(name=name.strip(), asked=parser.parse_args(words))

    return read


def _add_family(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--came", required=True, metavar="NAME", help="who came and shows the papers of the family")
    parser.add_argument(
        "--shown",
        action="append",
        default=[],
        type=document("--shown"),
        metavar="KIND[:EXPIRES][@ISSUED]",
        help="a paper that is shown once for all",
    )
    parser.add_argument(
        "--member",
        action="append",
        required=True,
        type=_member(type(parser)),
        metavar="NAME: OPTIONS",
        help='a member with the options of `rules route`: "Hana: --procedure new --applicant self --born 1990-06-10"',
    )
    add_today(parser)


def _family(arguments: argparse.Namespace) -> Answer:
    policy, language, on = policy_of(arguments), language_of(arguments), today_of(arguments)
    members: list[_Member] = arguments.member
    names = [member.name for member in members]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadValue(
            option="--member", value=twice, expected_ja="同じ名前が2回あります。", expected_en="The name stands twice."
        )
    for member in members:
        member.asked.on = on
    visits = {member.name: visit_of(member.asked, on) for member in members}
    found = decide_together(policy, visits, came=arguments.came, shown=arguments.shown)
    lines = []
    for name, one in found.routes.items():
        lines += [f"{name}: {WAYS[one.route][language != 'ja']}", *told(one.findings, language)]
    return Answer(
        data={
            "members": {
                name: {"route": one.route, "findings": coded(one.findings, language)}
                for name, one in found.routes.items()
            },
            "shared": [kind.value for kind in found.shared],
            "findings": coded(found.findings, language),
            "rules": ["R-2.20", "R-2.22", "R-2.25"],
        },
        lines=(*lines, *told(found.findings, language)),
        kind=Kind.REFUSED if "refused" in {one.route for one in found.routes.values()} else None,
    )


def _add_inquiry(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--sent", "day on which the letter was sent")
    parser.add_argument("--mail-came-back", action="store_true", help="the post brought it back")
    add_today(parser)


def _inquiry(arguments: argparse.Namespace) -> Answer:
    not_before(arguments, "on", "sent")
    language = language_of(arguments)
    found = inquiry(
        policy_of(arguments), sent=arguments.sent, on=today_of(arguments), mail_returned=arguments.mail_came_back
    )
    until = spoken(found.until, language)
    line = f"回答書の期限は{until}です。" if language == "ja" else f"The reply counts through {until}: {found.state}."
    data = {"state": found.state, "until": found.until.isoformat(), "address_flagged": found.address_flagged}
    return answered(found.findings, ("R-2.24", "R-4.7"), language, line=line, data=data, kind=refused(found.findings))


def _add_disclosure(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--to", [applicant.value for applicant in Applicant], "who stands at the counter")
    parser.add_argument("--protected", action="store_true", help="the holder is under 支援措置")


def _disclosure(arguments: argparse.Namespace) -> Answer:
    language = language_of(arguments)
    found = disclosure(policy_of(arguments), protected=arguments.protected, to=Applicant(arguments.to))
    copies = [kind for kind in CertificateKind if kind in found.copies]
    shown, not_shown = (
        ("住所を見せてよい。", "住所を見せてはいけない。")
        if language == "ja"
        else ("The address may be shown.", "The address may not be shown.")
    )
    names = ", ".join(word(kind, language) for kind in copies)
    line = f"{shown if found.address else not_shown}" + (f"写し: {names}" if language == "ja" else f" Copies: {names}.")
    data = {"address": found.address, "copies": [kind.value for kind in copies]}
    return answered(found.findings, ("R-0.3", "R-2.26"), language, line=line, data=data, kind=refused(found.findings))


def _add_continued_use(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--reported", "day of the 転入届 or 転居届")
    parser.add_argument("--within", action="store_true", help="a move inside the municipality (転居届)")
    add_day(parser, "--moved-again", "day of another departure since", required=False)
    parser.add_argument("--signature", action="store_true", help="a new signature certificate is asked for too")
    add_counter(parser)
    add_today(parser)
    add_day(parser, "--born", "the holder's birth date: whether this person may is judged too", required=False)
    add_holder(parser)
    parser.set_defaults(procedure=Procedure.REISSUE.value, kind=[])


def _continued_use(arguments: argparse.Namespace) -> Answer:
    not_before(arguments, "on", "reported")
    not_before(arguments, "moved_again", "reported")
    language = language_of(arguments)
    if arguments.signature:
        arguments.kind = [CertificateKind.SIGNATURE.value]
    found = card_after_move(
        policy_of(arguments),
        visit_of(arguments, today_of(arguments)),
        reported=arguments.reported,
        within=arguments.within,
        moved_again=arguments.moved_again,
    )
    card, names = WAYS[found.card][language != "ja"], ("カード", "署名用電子証明書")
    line = f"{names[0] if language == 'ja' else 'Card'}: {card}"
    if found.signature:
        line += (
            f" {names[1] if language == 'ja' else 'Signature certificate'}: {WAYS[found.signature][language != 'ja']}"
        )
    if found.deadline:
        last = spoken(found.deadline.last_day, language)
        line += f" 継続利用の期限は{last}です。" if language == "ja" else f" The continued use is asked for by {last}."
    data = {"card": found.card, "signature": found.signature, **_days(found.deadline)}
    return answered(
        found.findings,
        ("R-2.13", "R-5.21", "R-5.22"),
        language,
        line=line,
        data=data,
        kind=Kind.REFUSED if found.card == "refused" else None,
    )


def _add_continued_use_abroad(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--leaves", "day of leaving Japan")
    add_day(parser, "--born", "the holder's birth date")
    add_holder(parser)
    add_today(parser)


def _continued_use_abroad(arguments: argparse.Namespace) -> Answer:
    not_before(arguments, "on", "born")
    language = language_of(arguments)
    found = continued_use_abroad(
        policy_of(arguments), holder_of(arguments), leaves=arguments.leaves, on=today_of(arguments)
    )
    last = spoken(found.deadline.last_day, language)
    yes, no = ("手続きできます", "手続きできません") if language == "ja" else ("May apply", "May not apply")
    line = f"{yes if found.open else no}" + (f"(期限は{last})。" if language == "ja" else f": through {last}.")
    return answered(
        found.findings,
        ("R-2.14", "R-5.5"),
        language,
        line=line,
        data={"open": found.open, **_days(found.deadline)},
        kind=refused(found.findings),
    )


def _days(found: Deadline | None) -> Mapping[str, str | None]:
    if found is None:
        return {"last_day": None, "last_open_day": None}
    return {"last_day": found.last_day.isoformat(), "last_open_day": found.last_open_day.isoformat()}


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "family": ("how several members of a family are served in one visit", _add_family, _family),
    "inquiry": ("where an inquiry letter stands", _add_inquiry, _inquiry),
    "disclosure": ("whose address may be shown or printed", _add_disclosure, _disclosure),
    "continued-use": ("how a card goes on after a move", _add_continued_use, _continued_use),
    "continued-use-abroad": (
        "whether a card can go on being used abroad",
        _add_continued_use_abroad,
        _continued_use_abroad,
    ),
}
"""The questions of `openjpki rules`: what it says, its arguments, its answer."""
