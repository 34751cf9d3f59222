"""How `openjpki rules eligibility` and `rules route` read the holder, who came, and the papers."""

import argparse
from collections.abc import Sequence
from datetime import date

from openjpki.cli.answer import BadValue
from openjpki.cli.rules.arguments import add_choice, add_day, document, not_before, only_with
from openjpki.rules.dates import civil_date
from openjpki.rules.eligibility import Card, Holder
from openjpki.rules.kinds import Applicant, Capacity, CardState, CertificateKind, Power, Procedure, Residence
from openjpki.rules.representation import Claim
from openjpki.rules.visit import Visit
from openjpki.site.clock import real_moment

_CARDS: dict[str, Card] = {**{state.value: state for state in CardState}, "juki": "juki"}
_ABOUT_THE_HOLDER = (
    "power",
    "residence",
    "foreign_national",
    "capacity",
    "ward",
    "accompanied",
    "not_resident",
    "card",
    "face_card",
)
_FORMS = ("none", "sealed", "opened", "returned")


def add_holder(parser: argparse.ArgumentParser) -> None:
    """Add what bears on whether a holder may have a certificate."""
    residences = [residence.value for residence in Residence]
    capacities = [capacity.value for capacity in Capacity]
    parser.add_argument("--residence", choices=residences, help="where the holder is recorded (default: here)")
    parser.add_argument("--foreign-national", action="store_true", help="the holder is no Japanese national")
    parser.add_argument("--capacity", choices=capacities, help="the holder's capacity in law (default: full)")
    parser.add_argument("--ward", action="store_true", help="the holder is an adult ward (成年被後見人)")
    parser.add_argument("--accompanied", action="store_true", help="holder and legal representative both came")
    parser.add_argument("--not-resident", action="store_true", help="the holder is not on this resident record")
    parser.add_argument("--card", choices=list(_CARDS), help="the card's state (default: active)")
    parser.add_argument("--face-card", action="store_true", help="the card has no PIN (顔認証マイナンバーカード)")


def holder_of(arguments: argparse.Namespace) -> Holder:
    """Return the holder; `--ward` and `--not-resident` are short for one capacity and one residence."""
    _agree(arguments, "ward", "capacity", Capacity.GUARDIANSHIP.value)
    here = {Residence.HERE.value, Residence.ABROAD_HERE.value}
    _agree(arguments, "not_resident", "residence", *(one.value for one in Residence if one.value not in here))
    residence = Residence.ELSEWHERE if arguments.not_resident else Residence.HERE
    capacity = Capacity.GUARDIANSHIP if arguments.ward else Capacity.FULL
    return Holder(
        born=arguments.born,
        residence=Residence(arguments.residence) if arguments.residence else residence,
        japanese=not arguments.foreign_national,
        capacity=Capacity(arguments.capacity) if arguments.capacity else capacity,
        card=_CARDS[arguments.card or CardState.ACTIVE.value],
        face_card=arguments.face_card,
    )


def _agree(arguments: argparse.Namespace, flag: str, option: str, *values: str) -> None:
    """Refuse a flag beside an option that says otherwise (BadValue)."""
    given = getattr(arguments, option)
    if getattr(arguments, flag) and given is not None and given not in values:
        short = f"--{flag.replace('_', '-')}"
        raise BadValue(
            option=f"--{option}",
            value=given,
            expected_ja=f"{short} と食い違っています。",
            expected_en=f"It contradicts {short}.",
        )


def add_visit(parser: argparse.ArgumentParser) -> None:
    """Add the procedure, who came, and what lies on the counter."""
    add_choice(parser, "--procedure", [procedure.value for procedure in Procedure], "what is asked for")
    add_kinds(parser, "--kind", "a certificate asked for")
    add_counter(parser)


def add_kinds(parser: argparse.ArgumentParser, option: str, words: str) -> None:
    """Add an option that names certificates, and may be repeated."""
    kinds = [kind.value for kind in CertificateKind]
    parser.add_argument(option, action="append", default=[], choices=kinds, help=words)


def kinds_of(words: Sequence[str]) -> frozenset[CertificateKind]:
    """Return the certificates that were named."""
    return frozenset(CertificateKind(word) for word in words)


def add_counter(parser: argparse.ArgumentParser) -> None:
    """Add who came and what lies on the counter, whatever is asked for."""
    add_choice(parser, "--applicant", [applicant.value for applicant in Applicant], "who came")
    parser.add_argument(
        "--pin-matches", action="store_true", help="the card says the PINs match; without it they do not"
    )
    for option, words in (("--document", "a document of the holder"), ("--agent-document", "one of who acts")):
        parser.add_argument(
            option, action="append", default=[], type=document(option), metavar="KIND[:EXPIRES][@ISSUED]", help=words
        )
    parser.add_argument("--inquiry-form", choices=_FORMS, default="none", help="the 照会書兼回答書 on the counter")
    parser.add_argument("--unsigned", action="store_true", help="the form lacks the holder's signature or seal")
    add_day(parser, "--form-until", "last day printed on the form that came with the notice", required=False)
    add_day(parser, "--inquiry-sent", "day on which the inquiry letter was sent", required=False)
    parser.add_argument("--mail-came-back", action="store_true", help="an inquiry letter to this address came back")
    parser.add_argument("--certificate-expired", action="store_true", help="the certificate has expired")
    parser.add_argument("--card-items-change", action="store_true", help="items on the card are to be changed")
    powers = [power.value for power in Power]
    parser.add_argument("--power", choices=powers, help="by what right a legal representative acts")
    parser.add_argument("--covered", action="store_true", help="the list of acts (代理行為目録) covers the application")
    parser.add_argument("--same-household", action="store_true", help="parent and child are in one household")
    parser.add_argument("--register-here", action="store_true", help="the family register (戸籍) is kept here")


def add_today(parser: argparse.ArgumentParser) -> None:
    """Add the day of the procedure, which is today if nothing is said."""
    add_day(parser, "--on", "day of the procedure (default: today)", required=False)
    parser.set_defaults(may_be_today=True)


def takes_today(arguments: argparse.Namespace) -> bool:
    """Say whether today is the day of the procedure because nobody named another."""
    return getattr(arguments, "may_be_today", False) and arguments.on is None


def today_of(arguments: argparse.Namespace) -> date:
    """Return the day of the procedure."""
    return arguments.on or civil_date(real_moment())


def visit_of(arguments: argparse.Namespace, on: date) -> Visit:
    """Return the visit; what is said of the holder needs `--born`, what is said of a power `--power` (BadValue)."""
    not_before(arguments, "on", "born")
    only_with(arguments, "born", _ABOUT_THE_HOLDER)
    only_with(arguments, "power", ("covered", "same_household", "register_here"))
    claim = (
        Claim(
            power=Power(arguments.power),
            covered=arguments.covered,
            same_household=arguments.same_household,
            register_here=arguments.register_here,
        )
        if arguments.power
        else None
    )
    return Visit(
        procedure=Procedure(arguments.procedure),
        applicant=Applicant(arguments.applicant),
        on=on,
        kinds=kinds_of(arguments.kind),
        holder=holder_of(arguments) if arguments.born else None,
        claim=claim,
        accompanied=arguments.accompanied,
        pin_matches=arguments.pin_matches,
        documents=tuple(arguments.document),
        agent_documents=tuple(arguments.agent_document),
        form=arguments.inquiry_form,
        form_signed=not arguments.unsigned,
        form_until=arguments.form_until,
        inquiry_sent=arguments.inquiry_sent,
        address_flagged=arguments.mail_came_back,
        certificate_expired=arguments.certificate_expired,
        card_items_change=arguments.card_items_change,
    )
