"""`openjpki authority verifier …`, `hold …` and `consent …`: whom the authority tells what, and what callers ask of it."""

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from openjpki.cli.answer import Answer, BadValue, Commands, language_of
from openjpki.cli.moments import told_moment
from openjpki.cli.rules.arguments import day
from openjpki.errors import Language
from openjpki.rules.era import spoken
from openjpki.rules.kinds import CertificateKind, CertificateState
from openjpki.rules.phone_hold import Question
from openjpki.rules.verifiers import Ground, Right, VerifierEvent, VerifierKind
from openjpki.rules.words import word
from openjpki.site.opening import opened
from openjpki.site.operators.verifier_words import ITEMS_JA, KINDS_JA, RIGHTS_JA, STATES_JA
from openjpki.site.private import write_private

if TYPE_CHECKING:
    from openjpki.authority.models import Consent
    from openjpki.authority.verifiers.register import Registration
    from openjpki.site.verifiers import Entry  # Django must be set up before its modules are loaded

W = TypeVar("W", Ground, Right, Question)


def _words(words: "type[Ground | Right | Question]") -> str:
    return ", ".join(word.value for word in words)


REGISTRATION: Mapping[str, dict[str, Any]] = {
    "--code": {"help": "what its certificates call it: small letters, digits, hyphens"},
    "--name": {"help": "its name"},
    "--kind": {"choices": [kind.value for kind in VerifierKind], "help": "who it is"},
    "--grounds": {"metavar": "LIST", "help": f"of {_words(Ground)}: the paragraphs of the Act"},
    "--rights": {"metavar": "LIST", "help": f"of {_words(Right)}: what it may ask"},
    "--since": {"type": day("--since"), "metavar": "DAY", "help": "first day of the registration"},
    "--until": {"type": day("--until"), "metavar": "DAY", "help": "last day of the registration, included"},
    "--corporate-number": {
        "required": False,
        "default": "",
        "metavar": "DIGITS",
        "help": "its 13 digits, if it has them",
    },
}
"""What a notification says, as options; those that must be given say nothing of it."""


def add(acts: Commands) -> None:
    """Add the commands to those of the authority."""
    _add_verifier(acts)
    _add_hold(acts)
    _add_consent(acts)


def _add_verifier(acts: Commands) -> None:
    group = acts.add_parser("verifier", help="the register of verifiers: who may ask what, on which ground")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    new = commands.add_parser("add", help="register a verifier that has notified the authority")
    for option, settings in REGISTRATION.items():
        new.add_argument(option, **({"required": True} | settings))
    new.add_argument(
        "--approved-by", default="", metavar="APPROVAL", help="in a sandbox: the paper by which it is registered"
    )
    new.set_defaults(run=enter)
    commands.add_parser("list", help="list every verifier that was ever registered").set_defaults(run=show_all)
    one = commands.add_parser("show", help="show a verifier and its certificates")
    one.set_defaults(run=show)
    made = commands.add_parser("certify", help="make a client certificate from a verifier's request")
    made.add_argument("--csr", type=Path, required=True, metavar="FILE", help="the certificate request, PEM")
    made.add_argument("--out", type=Path, required=True, metavar="FILE", help="where its certificate goes, PEM")
    made.add_argument(
        "--ca-out", type=Path, metavar="FILE", help="where the certificate of the verifiers' CA goes, PEM"
    )
    made.set_defaults(run=certify)
    ended = commands.add_parser("revoke", help="take nothing more under a certificate, from now on")
    ended.add_argument("--fingerprint", required=True, metavar="HEX", help="SHA-256 of the certificate, colons or not")
    ended.set_defaults(run=revoke)
    moves = {
        VerifierEvent.SUSPEND: "let a verifier ask nothing for a while",
        VerifierEvent.RESUME: "let a suspended verifier ask again",
        VerifierEvent.END: "end a registration and its certificates, for good",
    }
    found = [one, made, ended]
    for event, text in moves.items():
        command = commands.add_parser(event.value, help=text)
        command.set_defaults(run=_moving(event))
        found.append(command)
    for command in found:
        command.add_argument("--code", required=True, help="the verifier's code")


def _add_hold(acts: Commands) -> None:
    group = acts.add_parser("hold", help="the telephone desk: cards stopped at a caller's word (R-5.20)")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    stop = commands.add_parser("stop", help="stop a card, hold its login certificate, end its signature certificate")
    which = stop.add_mutually_exclusive_group(required=True)
    which.add_argument("--card-number", default="", metavar="NUMBER", help="the card's number")
    which.add_argument("--resident-code", default="", metavar="CODE", help="the resident whose card it is")
    stop.add_argument(
        "--asked", required=True, metavar="LIST", help=f"of {_words(Question)}: what was asked, and answered rightly"
    )
    stop.add_argument("--operator", required=True, metavar="LOGIN", help="who took the call")
    stop.set_defaults(run=stop_card)
    commands.add_parser("list", help="list the stops that no window has recorded yet").set_defaults(run=show_stopped)


def _add_consent(acts: Commands) -> None:
    group = acts.add_parser("consent", help="holders' consents that a verifier be given newer attributes (R-8.7)")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listed = commands.add_parser("list", help="list a holder's consents, for the holder")
    listed.add_argument("--resident-code", required=True, metavar="CODE", help="the holder")
    listed.set_defaults(run=show_consents)
    withdrawn = commands.add_parser("withdraw", help="take a consent back at the holder's word, for good")
    withdrawn.add_argument("--consent", required=True, metavar="ID", help="the consent's number: 64 hexadecimal digits")
    withdrawn.set_defaults(run=withdraw)
    for command in (listed, withdrawn):
        command.add_argument("--operator", required=True, metavar="LOGIN", help="who took the call")


def enter(arguments: argparse.Namespace) -> Answer:
    """Register a verifier."""
    with opened(arguments.home) as house:
        entry = house.verifiers().register(registration_of(arguments), approved_by=arguments.approved_by)
        return _told(entry, language_of(arguments))


def registration_of(arguments: argparse.Namespace) -> "Registration":
    """Return the registration that the options of `REGISTRATION` say; a home must be open."""
    from openjpki.authority.verifiers.register import Registration

    return Registration(
        code=arguments.code,
        name=arguments.name,
        kind=VerifierKind(arguments.kind),
        grounds=_read(arguments.grounds, Ground, "--grounds"),
        rights=_read(arguments.rights, Right, "--rights"),
        since=arguments.since,
        until=arguments.until,
        corporate_number=arguments.corporate_number,
    )


def show_all(arguments: argparse.Namespace) -> Answer:
    """List all verifiers."""
    with opened(arguments.home) as house:
        rows = [as_data(entry) for entry in house.verifiers().all()]
    language = language_of(arguments)
    none = {"ja": "登録された検証者はありません。", "en": "No verifier is registered."}[language]
    return Answer(data={"verifiers": rows}, lines=[_line(row, language) for row in rows] or [none])


def show(arguments: argparse.Namespace) -> Answer:
    """Show one verifier."""
    with opened(arguments.home) as house:
        return _told(house.verifiers().one(arguments.code), language_of(arguments))


def certify(arguments: argparse.Namespace) -> Answer:
    """Make a client certificate."""
    request = arguments.csr.read_bytes()
    with opened(arguments.home) as house:
        issued = house.verifiers().certify(arguments.code, request)
    write_private(arguments.out, issued.certificate)
    if arguments.ca_out is not None:
        write_private(arguments.ca_out, issued.trust)
    told = {
        "ja": f"接続用証明書を {arguments.out} に書き出しました(SHA-256 {issued.fingerprint})。",
        "en": f"The client certificate is in {arguments.out} (SHA-256 {issued.fingerprint}).",
    }
    data = {"code": arguments.code, "fingerprint": issued.fingerprint, "certificate": str(arguments.out)}
    return Answer(data=data, lines=[told[language_of(arguments)], *_ca_told(arguments)])


def _ca_told(arguments: argparse.Namespace) -> list[str]:
    """Say where the CA's certificate is, or how it is got: without it a verifier does not know the door."""
    language = language_of(arguments)
    if arguments.ca_out is None:
        told = {
            "ja": "検証者には、検証者用認証局の証明書も渡してください(`--ca-out FILE` で書き出します)。",
            "en": "The verifier needs the verifiers' CA too: `--ca-out FILE` writes its certificate.",
        }
    else:
        told = {
            "ja": f"検証者用認証局の証明書を {arguments.ca_out} に書き出しました。両方を検証者に渡してください。",
            "en": f"The verifiers' CA is in {arguments.ca_out}. Hand both to the verifier.",
        }
    return [told[language]]


def revoke(arguments: argparse.Namespace) -> Answer:
    """End a certificate."""
    with opened(arguments.home) as house:
        return _told(
            house.verifiers().revoke(arguments.code, arguments.fingerprint.replace(":", "")), language_of(arguments)
        )


def stop_card(arguments: argparse.Namespace) -> Answer:
    """Stop a card at a caller's word."""
    asked = _read(arguments.asked, Question, "--asked")
    with opened(arguments.home) as house:
        stopped = house.verifiers().stop(
            arguments.operator, asked, card_number=arguments.card_number, resident_code=arguments.resident_code
        )
        ended: list[dict[str, Any]] = [
            {"kind": one.kind, "serial": one.serial, "state": one.state} for one in stopped.ended
        ]
        number, municipality = stopped.card.card_number, stopped.card.municipality
    told = {
        "ja": [
            f"製造番号 {number} のカードを一時停止しました。",
            *(
                f"{word(CertificateKind(one['kind']), 'ja')} No. {one['serial']}: {word(CertificateState(one['state']), 'ja')}"
                for one in ended
            ),
            f"次に、市区町村 {municipality} の窓口が一時停止を記録します: `openjpki window card-stop --municipality {municipality} --resident CODE --event suspend`",
        ],
        "en": [
            f"Card {number} is stopped.",
            *(f"{one['kind']} {one['serial']}: {one['state']}" for one in ended),
            f"Next, the window of municipality {municipality} records the stop: `openjpki window card-stop --municipality {municipality} --resident CODE --event suspend`",
        ],
    }
    data = {"card_number": number, "municipality": municipality, "ended": ended}
    return Answer(data=data, lines=told[language_of(arguments)])


def show_stopped(arguments: argparse.Namespace) -> Answer:
    """List the stops that no window has recorded."""
    with opened(arguments.home) as house:
        rows: list[dict[str, Any]] = [
            {
                "card_number": hold.card.card_number,
                "municipality": hold.card.municipality,
                "operator": hold.operator,
                "asked": list(hold.asked),
                "held_at": hold.held_at.isoformat(),
            }
            for hold in house.verifiers().stopped()
        ]
    none = {"ja": "窓口の記録を待つ一時停止はありません。", "en": "No stop waits for a window."}[language_of(arguments)]
    told = {
        "ja": "製造番号 {card_number}: {at} に一時停止、市区町村 {municipality}、受付 {operator}",
        "en": "card {card_number}: stopped on {at}, municipality {municipality}, taken by {operator}",
    }
    language = language_of(arguments)
    lines = [told[language].format(**row, at=told_moment(row["held_at"], language)) for row in rows]
    return Answer(data={"stopped": rows}, lines=lines or [none])


def show_consents(arguments: argparse.Namespace) -> Answer:
    """List a holder's consents."""
    with opened(arguments.home) as house:
        rows = [_consent(one) for one in house.verifiers().consents(arguments.operator, arguments.resident_code)]
    none = {"ja": "同意はありません。", "en": "There is no consent."}[language_of(arguments)]
    language = language_of(arguments)
    return Answer(
        data={"consents": rows}, lines=[line for row in rows for line in _consent_lines(row, language)] or [none]
    )


def withdraw(arguments: argparse.Namespace) -> Answer:
    """Take a consent back."""
    with opened(arguments.home) as house:
        row = _consent(house.verifiers().withdraw(arguments.operator, arguments.consent))
    return Answer(data={"consent": row}, lines=_consent_lines(row, language_of(arguments)))


def as_data(entry: "Entry") -> dict[str, Any]:
    """Return what may be told of a verifier."""
    row = entry.row
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "corporate_number": row.corporate_number or None,
        "grounds": list(row.grounds),
        "rights": list(row.rights),
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "state": row.state,
        "approved_by": row.approved_by or None,
        "certificates": [
            {
                "fingerprint": one.fingerprint,
                "not_before": one.not_before.isoformat(),
                "not_after": one.not_after.isoformat(),
                "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            }
            for one in entry.certificates
        ],
    }


def _moving(event: VerifierEvent) -> Callable[[argparse.Namespace], Answer]:
    def run(arguments: argparse.Namespace) -> Answer:
        with opened(arguments.home) as house:
            return _told(house.verifiers().move(arguments.code, event), language_of(arguments))

    return run


def _told(entry: "Entry", language: Language) -> Answer:
    row = as_data(entry)
    return Answer(
        data={"verifier": row},
        lines=[_line(row, language), *(_certificate_line(one, language) for one in row["certificates"])],
    )


def _line(row: dict[str, Any], language: Language) -> str:
    last = date.fromisoformat(row["until"])
    if language == "ja":
        may = "・".join(RIGHTS_JA[right] for right in row["rights"])
        return f"{row['code']} {row['name']}: {STATES_JA[row['state']]}、{KINDS_JA[row['kind']]}、{may}、{spoken(last, language)}まで"
    rights = ", ".join(row["rights"])
    return f"{row['code']} {row['name']}: {row['state']}, {row['kind']}, {rights}, until {spoken(last, language)}"


def _certificate_line(certificate: dict[str, Any], language: Language) -> str:
    revoked = certificate["revoked_at"]
    moment = told_moment(revoked or certificate["not_after"], language)
    told = {
        "ja": f"{moment} 失効" if revoked else f"{moment} まで",
        "en": f"revoked on {moment}" if revoked else f"until {moment}",
    }
    return f"  {certificate['fingerprint']}  {told[language]}"


def _consent(consent: "Consent") -> dict[str, Any]:
    return {
        "consent_id": consent.consent_id,
        "verifier": consent.verifier_id,
        "items": list(consent.items),
        "purpose": consent.purpose,
        "scope": consent.scope,
        "since": consent.since.isoformat(),
        "until": consent.until.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
    }


def _consent_lines(row: dict[str, Any], language: Language) -> list[str]:
    """Tell a consent: its number, by which it is taken back, and below who is given what for what, and until when."""
    until, taken_back = spoken(date.fromisoformat(row["until"]), language), row["withdrawn_at"]
    if language == "ja":
        items = "・".join(ITEMS_JA[item] for item in row["items"])
        state = f"{told_moment(taken_back, language)} 撤回" if taken_back else f"{until}まで"
        return [
            row["consent_id"],
            f"  検証者 {row['verifier']}: {items}、{state}",
            f"  {row['purpose']}({row['scope']})",
        ]
    state = f"withdrawn on {told_moment(taken_back, language)}" if taken_back else f"until {until}"
    return [
        row["consent_id"],
        f"  verifier {row['verifier']}: {', '.join(row['items'])}, {state}",
        f"  {row['purpose']} ({row['scope']})",
    ]


def _read(text: str, vocabulary: type[W], option: str) -> frozenset[W]:
    """Read a list of words, joined by commas; raises `BadValue`."""
    known = {str(member.value): member for member in vocabulary}
    words = [word for word in text.split(",") if word]
    if not words or not known.keys() >= set(words):
        raise BadValue(
            option=option,
            value=text,
            expected_ja=f"次の語をコンマでつなぎます: {', '.join(known)}。",
            expected_en=f"It takes, joined by commas: {', '.join(known)}.",
        )
    return frozenset(known[word] for word in words)
