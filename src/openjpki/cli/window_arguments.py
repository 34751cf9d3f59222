"""How `openjpki window …` reads its arguments, and the PINs that are never among them."""

import argparse
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from openjpki.card.terminal import JpkiTerminal, PinLocked
from openjpki.cli import pins
from openjpki.cli.answer import BadValue, language_of
from openjpki.cli.card_facts import PINS
from openjpki.cli.rules.arguments import add_choice, add_day, document
from openjpki.errors import Language
from openjpki.rules.kinds import Applicant, CertificateKind, LifeEvent, PinKind, Power, Sex
from openjpki.rules.lifecycle import CardEvent
from openjpki.rules.pins import check_pin
from openjpki.rules.policy import Policy
from openjpki.site.city import MUNICIPALITIES
from openjpki.window.changes import ITEMS, Change
from openjpki.window.examination import Shown

REQUESTS = (LifeEvent.REQUEST, LifeEvent.KEY_COMPROMISE, LifeEvent.HOLD)
"""What a holder asks for (R-2.5, R-2.6, R-2.7)."""
_ONE_FOR_ALL: Mapping[Language, str] = {
    "ja": "利用者証明用・住民基本台帳用・券面事項入力補助用に共通の暗証番号(数字4桁)",
    "en": "one PIN of four digits for authentication, resident record and card face entry",
}
REPRESENTATIVES = (Power.PARENT, Power.MINORS_GUARDIAN, Power.GUARDIAN)
"""Who acts in the holder's place whatever a list of acts says (R-1.6)."""
_MAX_LOGIN = 64
"""Characters of an account's name, as the registers hold it."""
_LOGIN = re.compile(rf"[A-Za-z0-9._@-]{{1,{_MAX_LOGIN}}}")


def change(arguments: argparse.Namespace) -> Change:
    """Return the register event; raises `BadValue` for an arrival that is no move, or that changes more."""
    found = Change(
        event=LifeEvent(arguments.event),
        on=arguments.on,
        address=arguments.address,
        name=arguments.name,
        kana=arguments.kana,
        birth_date=arguments.birth_date,
        sex=Sex(arguments.sex) if arguments.sex else None,
    )
    if arguments.to_municipality and found != Change(event=LifeEvent.MOVE, on=found.on, address=found.address):
        raise BadValue(
            option="--to-municipality",
            value=arguments.to_municipality,
            expected_ja="転入(--event move と --address)だけに指定できます。",
            expected_en="It goes with --event move and --address only.",
        )
    return found


def login(option: str) -> Callable[[str], str]:
    """Return the reader of an officer's login: 1 to 64 letters, digits and the signs of an account's name; it raises `BadValue`."""

    def read(text: str) -> str:
        if _LOGIN.fullmatch(text):
            return text
        raise BadValue(
            option=option,
            value=text[:_MAX_LOGIN],
            expected_ja=f"英数字と . _ @ - で、1 から {_MAX_LOGIN} 文字です。",
            expected_en=f"It has 1 to {_MAX_LOGIN} of the letters, digits and . _ @ -.",
        )

    return read


def kinds(arguments: argparse.Namespace) -> tuple[CertificateKind, ...]:
    """Return the kinds asked for, both if none is named."""
    return tuple(map(CertificateKind, arguments.kind)) or tuple(CertificateKind)


def shown(arguments: argparse.Namespace, terminal: JpkiTerminal | None) -> Shown:
    """Return what the person shows; the PIN goes to the card and nowhere else. A wrong one is refused with its tries.

    A locked one does not match: with a document the procedure goes on after the PIN is set anew (R-6.3, S-61 to S-63).
    """
    matches = None
    if arguments.pin_stdin and terminal is not None:
        kind = CertificateKind.AUTHENTICATION
        found = typed(arguments, (PinKind.AUTHENTICATION,), language_of(arguments))
        try:
            terminal.verify_pin(kind, bytearray(found[PinKind.AUTHENTICATION].encode()))
            matches = True
        except PinLocked:
            matches = False
    return replace(
        documents_shown(arguments), pin_matches=matches, kana_agreed=getattr(arguments, "kana_agreed", False)
    )


def documents_shown(arguments: argparse.Namespace) -> Shown:
    """Return who came with which documents, where no PIN is tried."""
    power = Power(arguments.representative) if arguments.representative else None
    return Shown(
        documents=tuple(arguments.document),
        copies_taken=arguments.copies_taken,
        applicant=Applicant.LEGAL_REPRESENTATIVE if power else Applicant.SELF,
        power=power,
        representative_documents=tuple(arguments.representative_document),
    )


def typed(arguments: argparse.Namespace, kinds: tuple[PinKind, ...], language: Language) -> dict[PinKind, str]:
    """Return the holder's PINs, one a line of standard input, or from a prompt that shows nothing."""
    prompts = [f"{PINS[kind][language]}: " for kind in kinds]
    return dict(zip(kinds, pins.typed(prompts, from_stdin=arguments.pin_stdin), strict=True))


def holders_pins(arguments: argparse.Namespace, policy: Policy, language: Language) -> dict[PinKind, str]:
    """Return the PINs that a holder sets at the hand-over, in the form they are to have (R-6.1, R-6.5).

    One number serves for all PINs of four digits, as is usual, or with `--separate-pins` each has its own.
    """
    kinds = tuple(kind for kind in PinKind if kind in policy.window_pins)
    short = tuple(kind for kind in kinds if kind is not PinKind.SIGNATURE)
    if arguments.separate_pins or len(short) < 2:  # noqa: PLR2004  -- there is nothing to share
        found = typed(arguments, kinds, language)
    else:
        alone = tuple(kind for kind in kinds if kind not in short)
        prompts = [*(f"{PINS[kind][language]}: " for kind in alone), f"{_ONE_FOR_ALL[language]}: "]
        *others, shared = pins.typed(prompts, from_stdin=arguments.pin_stdin)
        found = dict(zip(alone, others, strict=True)) | dict.fromkeys(short, shared)
    return {kind: check_pin(kind, pin, policy) for kind, pin in found.items()}


def add_import(parser: argparse.ArgumentParser) -> None:
    """Add what an import takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV in UTF-8 (docs/window.md has the columns)")


def add_residents(parser: argparse.ArgumentParser) -> None:
    """Add where a list begins, or whose record alone is shown."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--after", default="", metavar="CODE", help="go on behind this resident code")
    which.add_argument(
        "--resident", default="", metavar="CODE", help="this person alone, the certificates asked of the authority now"
    )


def add_applications(parser: argparse.ArgumentParser) -> None:
    """Add which applications are listed."""
    parser.add_argument("--waiting", action="store_true", help="only those that are not at an end")


def add_person(parser: argparse.ArgumentParser) -> None:
    """Add whose record it is."""
    parser.add_argument("--resident", required=True, metavar="CODE", help="resident code, eleven digits")


def add_identity(parser: argparse.ArgumentParser) -> None:
    """Add what is asked for, and what the person shows."""
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=[kind.value for kind in CertificateKind],
        help="which certificate (both)",
    )
    _add_documents(parser)
    parser.add_argument("--pin-stdin", action="store_true", help="check the authentication PIN from standard input")


def add_issue(parser: argparse.ArgumentParser) -> None:
    """Add what an issue takes."""
    add_person(parser)
    parser.add_argument("--card", required=True, metavar="NAME", help="the card on the reader")
    add_identity(parser)
    parser.add_argument(
        "--kana-agreed",
        action="store_true",
        help="the holder saw the name in kana, as the certificate will carry it, and agreed (R-1.9)",
    )


def add_hand_over(parser: argparse.ArgumentParser) -> None:
    """Add what a hand-over takes."""
    add_person(parser)
    parser.add_argument("--card", required=True, metavar="NAME", help="the card on the reader")
    add_day(parser, "--received", "day on which the authority received the card's application (today)", required=False)
    add_day(parser, "--stay-until", "last day of a foreign resident's period of stay", required=False)
    parser.add_argument(
        "--separate-pins",
        action="store_true",
        help="ask for each PIN of four digits; without it one number serves for the three of them",
    )
    parser.add_argument(
        "--pin-stdin",
        action="store_true",
        help="signature PIN, then the one of four digits (or with --separate-pins authentication, resident record and card face entry PIN), one a line",
    )


def add_card_update(parser: argparse.ArgumentParser) -> None:
    """Add whose card it is, and which, and how its holder types the PIN."""
    add_person(parser)
    parser.add_argument("--card", required=True, metavar="NAME", help="the card on the reader")
    parser.add_argument("--pin-stdin", action="store_true", help="the resident record PIN, one line of standard input")


def add_card_stop(parser: argparse.ArgumentParser) -> None:
    """Add whose card it is, and what is recorded."""
    add_person(parser)
    stops = (CardEvent.SUSPEND.value, CardEvent.RESUME.value)
    add_choice(parser, "--event", stops, "what is recorded: a stop, or that the card was found again")


def add_pin_reset(parser: argparse.ArgumentParser) -> None:
    """Add what a PIN reset takes."""
    add_person(parser)
    parser.add_argument("--card", required=True, metavar="NAME", help="the card on the reader")
    add_choice(parser, "--kind", [kind.value for kind in PinKind], "which PIN")
    _add_documents(parser)
    parser.add_argument(
        "--approved-by",
        type=login("--approved-by"),
        metavar="LOGIN",
        help="the second person at the counter, where the municipality asks for one (R-2.27)",
    )
    parser.add_argument("--pin-stdin", action="store_true", help="the new PIN, one line of standard input")


def add_resume(parser: argparse.ArgumentParser) -> None:
    """Add what a resumption takes."""
    parser.add_argument("--receipt", default="", metavar="NUMBER", help="this application only, YYYY-NNNNNN")
    parser.add_argument("--card", metavar="NAME", help="the card on the reader, for applications that need it")


def hold_receipt_complete(arguments: argparse.Namespace) -> None:
    """Hold that one application is named with its municipality and its card; raises `BadValue`."""
    if not (arguments.municipality and arguments.card):
        raise BadValue(
            option="--receipt",
            value=arguments.receipt,
            expected_ja="受付番号には --municipality と --card も必要です。",
            expected_en="One application takes --municipality and --card too.",
        )


def add_approve(parser: argparse.ArgumentParser) -> None:
    """Add which application it is."""
    parser.add_argument("--receipt", required=True, metavar="NUMBER", help="receipt number, YYYY-NNNNNN")


def add_withdraw(parser: argparse.ArgumentParser) -> None:
    """Add which application it is, and by whose fault."""
    add_approve(parser)
    parser.add_argument(
        "--office-fault",
        action="store_true",
        help="the municipality or the authority erred: a fee is paid back in any case (R-4.2)",
    )


def add_event(parser: argparse.ArgumentParser) -> None:
    """Add what a register event takes."""
    add_person(parser)
    add_choice(parser, "--event", [event.value for event in ITEMS], "what happened")
    add_day(parser, "--on", "the day on which it happened")
    parser.add_argument("--address", metavar="TEXT", help="the new address, with a move")
    parser.add_argument("--name", metavar="TEXT", help="the new name")
    parser.add_argument("--kana", metavar="TEXT", help="its reading")
    add_day(parser, "--birth-date", "the corrected birth date", required=False)
    parser.add_argument("--sex", choices=[sex.value for sex in Sex], help="the corrected entry")
    parser.add_argument(
        "--to-municipality",
        choices=[municipality.code for municipality in MUNICIPALITIES],
        help="with a move: entered at the counter of this municipality",
    )
    parser.add_argument("--preview", action="store_true", help="only show what it would end")


def add_revoke(parser: argparse.ArgumentParser) -> None:
    """Add what a request takes."""
    add_person(parser)
    add_choice(parser, "--event", [event.value for event in REQUESTS], "what is asked for")
    parser.add_argument("--card", default="", metavar="NAME", help="the card on the reader, for --pin-stdin")
    add_identity(parser)


def add_deliver(parser: argparse.ArgumentParser) -> None:
    """Add whether the times of the next tries count."""
    parser.add_argument("--now", action="store_true", help="try everything, also what is left alone for a while")


def _add_documents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--document",
        action="append",
        default=[],
        type=document("--document"),
        metavar="KIND[:EXPIRES]",
        help="an identity document that was shown; may be repeated",
    )
    parser.add_argument("--copies-taken", action="store_true", help="paper copies of the documents were taken (R-2.26)")
    parser.add_argument(
        "--representative",
        choices=[power.value for power in REPRESENTATIVES],
        help="the legal representative came in the holder's place, by this right (R-1.6)",
    )
    parser.add_argument(
        "--representative-document",
        action="append",
        default=[],
        type=document("--representative-document"),
        metavar="KIND[:EXPIRES]",
        help="a document of the representative's, or a paper that proves the right; may be repeated",
    )


def add_nothing(_: argparse.ArgumentParser) -> None:
    """Add no option."""
