"""`openjpki rules face-card`, `kiosk`, `phone`, `stay` and others: what is done with a card, and until when it serves."""

import argparse
from collections.abc import Callable

from openjpki.cli.answer import Answer, Run, language_of
from openjpki.cli.rules.arguments import add_choice, add_day, moment, not_before, policy_of
from openjpki.cli.rules.findings import WAYS, answered, refused
from openjpki.cli.rules.people import add_counter, add_holder, add_kinds, add_today, kinds_of, today_of, visit_of
from openjpki.errors import Kind
from openjpki.rules.era import spoken
from openjpki.rules.face_card import face_card_switch
from openjpki.rules.insurance import insurance
from openjpki.rules.kinds import Applicant, CertificateKind, CertificateState, PinKind, Procedure, ResidenceStatus
from openjpki.rules.phone import phone_issue
from openjpki.rules.pin_reset import kiosk_reset
from openjpki.rules.stay import Extension, extension, special_period, stay_limit
from openjpki.rules.validity import card_expiry
from openjpki.rules.words import limit
from openjpki.site.clock import real_moment

_BOTH = frozenset(CertificateKind)


def _add_face_card(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--direction", ["to-face", "to-pin"], "to a card without PINs, or back")
    add_counter(parser)
    add_today(parser)
    add_day(parser, "--born", "the holder's birth date: whether this person may is judged too", required=False)
    add_holder(parser)
    parser.set_defaults(procedure=Procedure.NEW.value, kind=[])


def _face_card(arguments: argparse.Namespace) -> Answer:
    language = language_of(arguments)
    visit = visit_of(arguments, today_of(arguments))
    found = face_card_switch(policy_of(arguments), visit, direction=arguments.direction)
    return answered(
        found.findings,
        ("R-1.11",),
        language,
        line=f"{WAYS[found.route][language != 'ja']} (¥{found.yen})",
        data={
            "route": found.route,
            "ends": [kind.value for kind in CertificateKind if kind in found.ends],
            "sets_pins": found.sets_pins,
            "yen": found.yen,
        },
        kind=Kind.REFUSED if found.route == "refused" else None,
    )


def _add_kiosk(parser: argparse.ArgumentParser) -> None:
    pins = [pin.value for pin in PinKind]
    add_choice(parser, "--pin", pins, "the PIN to be set anew")
    parser.add_argument("--known", action="append", default=[], choices=pins, help="a PIN that is known and not locked")
    add_kinds(parser, "--not-in-force", "a certificate that has expired or ended")
    parser.add_argument("--applied", type=moment("--applied"), metavar="DATETIME", help="when the app took it")
    parser.add_argument("--at", type=moment("--at"), metavar="DATETIME", help="moment, Japanese time (default: now)")


_PLACES = {
    "kiosk": ("キオスク端末で再設定できます。", "At a kiosk."),
    "kiosk-later": ("次のことをしてから、キオスク端末で再設定できます。", "At a kiosk, after what is said below."),
    "window": ("窓口で再設定します。", "At the window."),
}


def _kiosk(arguments: argparse.Namespace) -> Answer:
    language = language_of(arguments)
    found = kiosk_reset(
        policy_of(arguments),
        pin=PinKind(arguments.pin),
        known=frozenset(PinKind(pin) for pin in arguments.known),
        in_force=_BOTH - kinds_of(arguments.not_in_force),
        applied=arguments.applied,
        at=arguments.at or real_moment(),
    )
    line = _PLACES[found.place][language != "ja"]
    return answered(
        found.findings, ("R-6.6",), language, line=line, data={"place": found.place}, kind=refused(found.findings)
    )


def _add_phone(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--applicant", [applicant.value for applicant in Applicant], "who asks")
    parser.add_argument("--at-the-window", action="store_true", help="not in the app, but at the window")
    parser.add_argument("--pin-matches", action="store_true", help="the card took the signature PIN")
    add_kinds(parser, "--not-in-force", "a certificate of the card that has expired or ended")


def _phone(arguments: argparse.Namespace) -> Answer:
    policy_of(arguments)  # refuses a bad setting; nothing here depends on one
    language = language_of(arguments)
    found = phone_issue(
        applicant=Applicant(arguments.applicant),
        online=not arguments.at_the_window,
        in_force=_BOTH - kinds_of(arguments.not_in_force),
        pin_matches=arguments.pin_matches,
    )
    yes, no = ("申し込めます。", "申し込めません。") if language == "ja" else ("May apply.", "May not apply.")
    return answered(
        found.findings,
        ("R-2.11",),
        language,
        line=yes if found.open else no,
        data={"open": found.open},
        kind=refused(found.findings),
    )


def _add_stay(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--card-expires", "last day of the card, as written on it")
    add_day(parser, "--stay-until", "last day of the new period of stay")
    add_day(parser, "--card-issued", "day of the card's issue")
    add_day(parser, "--received", "day on which the card was applied for (default: that of the issue)", required=False)
    add_day(parser, "--born", "the holder's birth date")
    add_choice(parser, "--applicant", [applicant.value for applicant in Applicant], "who came")
    add_today(parser)


def _stay(arguments: argparse.Namespace) -> Answer:
    not_before(arguments, "card_issued", "born")
    not_before(arguments, "card_expires", "card_issued")
    birthday = card_expiry(
        policy_of(arguments),
        issued=arguments.card_issued,
        received=arguments.received or arguments.card_issued,
        born=arguments.born,
    )
    found = extension(
        card_expires=arguments.card_expires,
        stay_until=arguments.stay_until,
        birthday_limit=birthday.expires,
        on=today_of(arguments),
        applicant=Applicant(arguments.applicant),
    )
    return _extended(arguments, found)


def _add_special_period(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--stay-until", "last day of the period of stay that runs out")
    add_day(parser, "--applied", "day on which its renewal was asked for", required=False)
    add_day(parser, "--decided", "day on which it was decided", required=False)
    parser.add_argument("--used", action="store_true", help="the card was extended so before")
    add_today(parser)


def _special_period(arguments: argparse.Namespace) -> Answer:
    policy_of(arguments)  # refuses a bad setting; nothing here depends on one
    found = special_period(
        stay_until=arguments.stay_until,
        applied_on=arguments.applied,
        on=today_of(arguments),
        used=arguments.used,
        decided_on=arguments.decided,
    )
    return _extended(arguments, found)


def _extended(arguments: argparse.Namespace, found: Extension) -> Answer:
    language, until = language_of(arguments), found.card_until
    if until is None:
        line = "延長できません。" if language == "ja" else "Not extended."
    else:
        day = spoken(until, language)
        line = f"カードの有効期間は{day}までになります。" if language == "ja" else f"The card runs to {day}."
    return answered(
        found.findings,
        ("R-2.12", "R-3.7"),
        language,
        line=line,
        data={"card_until": until.isoformat() if until else None, "certificates": found.certificates},
        kind=Kind.REFUSED if until is None else None,
    )


def _add_card_validity(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--issued", "day of the card's issue")
    add_day(parser, "--received", "day on which it was applied for (default: that of the issue)", required=False)
    add_day(parser, "--born", "the holder's birth date")
    statuses = [status.value for status in ResidenceStatus]
    parser.add_argument(
        "--status", choices=statuses, default=ResidenceStatus.JAPANESE.value, help="nationality or status of residence"
    )
    add_day(parser, "--stay-until", "last day of the period of stay", required=False)


def _card_validity(arguments: argparse.Namespace) -> Answer:
    not_before(arguments, "issued", "born")
    language = language_of(arguments)
    found = card_expiry(
        policy_of(arguments),
        issued=arguments.issued,
        received=arguments.received or arguments.issued,
        born=arguments.born,
        stay_until=stay_limit(status=ResidenceStatus(arguments.status), stay_until=arguments.stay_until),
    )
    day, why = spoken(found.expires, language), limit(found.because, language)
    line = f"カードは{day}まで有効です({why})。" if language == "ja" else f"The card is valid through {day}: {why}."
    return Answer(
        data={"expires": found.expires.isoformat(), "because": found.because, "rules": list(found.rules)},
        lines=(line, f"[{', '.join(found.rules)}]"),
    )


def _add_insurance(parser: argparse.ArgumentParser) -> None:
    states = [state.value for state in CertificateState]
    parser.add_argument(
        "--state", choices=states, default=CertificateState.VALID.value, help="of the authentication certificate"
    )
    add_day(parser, "--expires", "last day of its validity")
    add_today(parser)


def _insurance(arguments: argparse.Namespace) -> Answer:
    language = language_of(arguments)
    found = insurance(
        policy_of(arguments),
        state=CertificateState(arguments.state),
        expires=arguments.expires,
        on=today_of(arguments),
    )
    yes, no = ("使えます", "使えません") if language == "ja" else ("serves", "does not serve")
    line = (
        f"マイナ保険証: {yes if found.usable else no}"
        if language == "ja"
        else f"The card {yes if found.usable else no}."
    )
    return answered(
        found.findings,
        ("R-3.11",),
        language,
        line=line,
        data={"usable": found.usable, "until": found.until.isoformat()},
        kind=refused(found.findings),
    )


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "face-card": ("how a card becomes one without PINs, or back", _add_face_card, _face_card),
    "kiosk": ("whether a PIN can be set anew at a kiosk", _add_kiosk, _kiosk),
    "phone": ("whether a phone gets its certificates", _add_phone, _phone),
    "card-validity": ("until when a card is valid", _add_card_validity, _card_validity),
    "stay": ("how a card is extended with a new period of stay", _add_stay, _stay),
    "special-period": (
        "how a card runs on while a renewal of the stay is pending",
        _add_special_period,
        _special_period,
    ),
    "insurance": ("whether the card still serves as health insurance card", _add_insurance, _insurance),
}
"""The questions of `openjpki rules`: what it says, its arguments, its answer."""
