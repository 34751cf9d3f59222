"""`openjpki window stay` and `window extend-card`: a foreign resident's stay, and the card that ends with it (R-2.12, R-3.7)."""

import argparse

from openjpki.cli.answer import Answer, language_of
from openjpki.cli.rules.arguments import add_choice, add_day
from openjpki.cli.window_answers import finding_data, finding_lines, waiting_line
from openjpki.cli.window_arguments import add_person
from openjpki.rules.era import spoken
from openjpki.rules.kinds import Applicant, ResidenceStatus
from openjpki.rules.stay import Stay
from openjpki.rules.words import word
from openjpki.site.opening import opened
from openjpki.window.officer import Clerk

STAY_HELP = "enter a renewed period of stay, or another status of residence (R-1.8)"
EXTEND_HELP = "extend a foreign resident's card to the end of the stay (R-2.12)"


def add_stay(parser: argparse.ArgumentParser) -> None:
    """Add whose stay it is, and how long."""
    add_person(parser)
    add_choice(parser, "--status", [status.value for status in ResidenceStatus], "nationality or status of residence")
    add_day(parser, "--until", "last day of the period of stay, of a fixed stay", required=False)
    add_day(parser, "--on", "the day on which it was decided")


def add_extend(parser: argparse.ArgumentParser) -> None:
    """Add whose card it is, who brought it, and what the residence card says."""
    add_person(parser)
    parser.add_argument("--card", required=True, metavar="NAME", help="the card on the reader")
    parser.add_argument("--household", action="store_true", help="a member of the household came in the holder's place")
    add_day(
        parser,
        "--pending-since",
        "the renewal of the stay was asked for on this day, and is not decided (two months more, once)",
        required=False,
    )


def stay(arguments: argparse.Namespace) -> Answer:
    """Enter how long a resident may stay, and say what becomes of the card."""
    language = language_of(arguments)
    clerk = Clerk(arguments.officer, arguments.municipality)
    entered = Stay(status=ResidenceStatus(arguments.status), until=arguments.until)
    with opened(arguments.home) as house:
        found = house.window.stays.record(clerk, resident_code=arguments.resident, stay=entered, on=arguments.on)
    until = spoken(found.stay.until, language) if found.stay.until else ""
    status = word(found.stay.status, language)
    line = {
        "ja": f"記録しました。{status}{f'、{until}まで' if until else ''}。カードの有効期限は変わっていません。",
        "en": f"Entered: {status}{f', until {until}' if until else ''}. The card's last day is what it was.",
    }
    data = {
        "status": found.stay.status.value,
        "until": found.stay.until.isoformat() if found.stay.until else None,
        "waiting": found.waiting,
        "findings": [finding_data(finding) for finding in found.findings],
    }
    lines = [line[language], *finding_lines(found.findings, language), *waiting_line(found.waiting, language)]
    return Answer(data=data, lines=lines)


def extend(arguments: argparse.Namespace) -> Answer:
    """Extend the card on the reader; the certificates are issued again by `window reissue`."""
    language = language_of(arguments)
    clerk = Clerk(arguments.officer, arguments.municipality)
    applicant = Applicant.HOUSEHOLD if arguments.household else Applicant.SELF
    with (
        opened(arguments.home) as house,
        house.card_at_counter(arguments.card, clerk, arguments.resident) as card,
    ):
        found = house.window.stays.extend(
            clerk,
            resident_code=arguments.resident,
            card=card,
            applicant=applicant,
            pending_since=arguments.pending_since,
        )
    until = spoken(found.card.expires, language)
    line = {"ja": f"カードの有効期間を{until}まで延長しました。", "en": f"The card was extended to {until}."}
    data = {
        "card_number": found.card.card_number,
        "expires": found.card.expires.isoformat(),
        "waiting": found.waiting,
        "findings": [finding_data(finding) for finding in found.findings],
    }
    lines = [line[language], *finding_lines(found.findings, language), *waiting_line(found.waiting, language)]
    return Answer(data=data, lines=lines)
