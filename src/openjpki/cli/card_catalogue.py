"""`openjpki card catalogue`: the test cards by name, what each is for, and what a service should do with it."""

import argparse
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.card_facts import CERTIFICATES, PINS, words
from openjpki.cli.home_named import home_named
from openjpki.errors import Language
from openjpki.lab import catalogue
from openjpki.lab.catalogue import ABSENT, Expected, Standing, TestCard, What, card_named
from openjpki.lab.dated import dated
from openjpki.rules.dates import civil_date
from openjpki.rules.era import spoken
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.policy import Policy
from openjpki.site.clock import real_moment
from openjpki.site.home import Home
from openjpki.site.lives.printed import OnTheCard, on_the_card
from openjpki.site.place import locked


def add_catalogue(group: Commands) -> None:
    """Add the command to the `card` group."""
    help_ = "the test cards by name: what each is, and what a service should do with it"
    parser = group.add_parser("catalogue", help=help_, description=f"{help_} (`openjpki init --test-cards` makes them)")
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="one card, with its acts as of today; with --home also what is printed on it there",
    )
    parser.set_defaults(run=_catalogue)


def _catalogue(arguments: argparse.Namespace) -> Answer:
    """Tell of all cards, or of one with the days of its acts, and with what is printed on the one of `--home`."""
    language, today = language_of(arguments), civil_date(real_moment())
    cards = (card_named(arguments.name),) if arguments.name else catalogue.CATALOGUE
    pins = {kind.value: catalogue.PINS.of(kind) for kind in PinKind}
    lines = [line for card in cards for line in _lines(card, language)]
    if arguments.name:
        lines += _more(cards[0], today, language)
    lines.append(_pins_line(language))
    data: dict[str, Any] = {"pins": pins, "cards": [card_data(card, today) for card in cards]}
    if arguments.name and home_named(arguments):
        found = _found(arguments, cards[0])
        data["printed"] = printed_data(found)
        lines += _printed_lines(found, language)
    return Answer(data=data, lines=lines)


def _found(arguments: argparse.Namespace, card: TestCard) -> OnTheCard:
    home = Home.open(arguments.home)
    with locked(home.path, exclusive=False):
        return on_the_card(home, card)


def printed_data(found: OnTheCard) -> dict[str, Any]:
    """Return what is printed on a test card of a home as data."""
    codes = found.codes
    return {
        "number": found.number,
        "expires": found.expires.isoformat(),
        "code_a": codes.code_a if codes else None,
        "code_b": codes.code_b if codes else None,
    }


def _printed_lines(found: OnTheCard, language: Language) -> Iterator[str]:
    """Yield what opens the face of the card: the codes that a holder reads off it."""
    until = spoken(found.expires, language)
    yield f"{words(language, '製造番号', 'number')} {found.number}, {words(language, '有効期限', 'valid through')} {until}"
    if found.codes is None:
        yield words(language, "券面には何も印刷されていません。", "Nothing is printed on it.")
        return
    yield f"{words(language, '照合番号A(個人番号)', 'code A (individual number)')}: {found.codes.code_a}"
    yield f"{words(language, '照合番号B', 'code B')}: {found.codes.code_b}"


def card_data(card: TestCard, today: date) -> dict[str, Any]:
    """Return a card of the catalogue as data; its days are those of a card made on `today`."""
    made = dated(card, today, Policy())
    return {
        "name": card.name,
        "purpose": {"ja": card.purpose.ja, "en": card.purpose.en},
        "login": {"ja": card.login.ja, "en": card.login.en},
        "signing": {"ja": card.signing.ja, "en": card.signing.en},
        "resident": card.person.resident_code if card.person else None,
        "municipality": made.municipality if card.person else None,
        "acts": [
            {"act": act.what.value, "on": day.isoformat(), "kinds": [kind.value for kind in act.kinds]}
            for day, act in made.acts
        ],
        "certificates": {
            kind.value: {
                "standing": card.expected(kind).standing.value,
                "reason": reason.value if (reason := card.expected(kind).reason) else None,
                "expires": present.expires.isoformat() if (present := made.present(kind)) else None,
                "pin": pin_state(card, PinKind(kind.value)),
            }
            for kind in CertificateKind
        },
    }


def pin_state(card: TestCard, pin: PinKind) -> str:
    """Return what `card show` says of the PIN of a card: set, locked or unset."""
    if pin in card.locked:
        return "locked"
    return "set" if pin in card.pins else "unset"


def standing_words(expected: Expected, language: Language) -> str:
    """Return what a person reads of an expected standing."""
    told = STANDINGS[expected.standing][language]
    return f"{told} ({expected.reason.value})" if expected.reason else told


STANDINGS: Mapping[Standing, Mapping[Language, str]] = {
    Standing.GOOD: {"ja": "有効", "en": "good"},
    Standing.REVOKED: {"ja": "失効", "en": "revoked"},
    Standing.HELD: {"ja": "一時保留", "en": "on hold"},
    Standing.EXPIRED: {"ja": "期限切れ", "en": "expired"},
    Standing.ABSENT: {"ja": "なし", "en": "none"},
}
PIN_STATES: Mapping[str, Mapping[Language, str]] = {
    "set": {"ja": "", "en": ""},
    "locked": {"ja": "暗証番号ロック中", "en": "PIN locked"},
    "unset": {"ja": "暗証番号なし", "en": "no PIN"},
}
_ACTS: Mapping[What, Mapping[Language, str]] = {
    What.HAND_OVER: {"ja": "カードの交付", "en": "handed over"},
    What.ISSUE: {"ja": "電子証明書の発行", "en": "issued"},
    What.RENEW: {"ja": "電子証明書の更新", "en": "renewed"},
    What.REISSUE: {"ja": "電子証明書の再発行", "en": "issued again"},
    What.MOVE: {"ja": "引越し", "en": "moved"},
    What.RENAME: {"ja": "氏名の変更", "en": "name changed"},
    What.DEATH: {"ja": "死亡", "en": "died"},
    What.EMIGRATION: {"ja": "国外転出", "en": "left Japan"},
    What.HOLD: {"ja": "一時停止", "en": "stopped for a while"},
    What.LOSE: {"ja": "紛失の届出", "en": "reported as lost"},
    What.REVOKE: {"ja": "失効の申請", "en": "revoked by request"},
    What.LEAK: {"ja": "漏えい等の届出", "en": "reported as compromised"},
    What.LOCK: {"ja": "暗証番号のロック", "en": "PIN locked"},
}


def _lines(card: TestCard, language: Language) -> Iterator[str]:
    yield f"{card.name}  {card.purpose.text(language)}"
    for kind in (CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE):
        expected = card.expected(kind)
        state = PIN_STATES[pin_state(card, PinKind(kind.value))][language] if expected != ABSENT else ""
        parts = [standing_words(expected, language), *([state] if state else [])]
        yield f"    {CERTIFICATES[kind][language]}: {words(language, '、', ', ').join(parts)}"
    yield f"    {words(language, 'ログイン', 'login')}: {card.login.text(language)}"
    yield f"    {words(language, '署名', 'signing')}: {card.signing.text(language)}"


def _more(card: TestCard, today: date, language: Language) -> Iterator[str]:
    """Yield whose card it is, and how it became what it is, as of a day."""
    made = dated(card, today, Policy())
    if card.person:
        lives = words(language, "住民票コード", "resident")
        yield f"    {lives}: {card.person.resident_code} ({made.municipality})"
    for day, act in made.acts:
        kinds = words(language, "、", ", ").join(CERTIFICATES[kind][language] for kind in act.kinds)
        told = _ACTS[act.what][language]
        yield f"    {spoken(day, language)}: {told}{f' ({kinds})' if kinds else ''}"


def _pins_line(language: Language) -> str:
    parts = [f"{PINS[kind][language]}: {catalogue.PINS.of(kind)}" for kind in PinKind]
    return words(language, "、", ", ").join(parts)
