"""`openjpki card …`: the virtual cards of a home, as a person sees them; PINs come from a prompt or standard input."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from openjpki.authority.cards.factory import CardFactory
from openjpki.authority.cards.keys import NAME, CardKeys
from openjpki.card.image import CardImage
from openjpki.card.pins import PinReference
from openjpki.cli.answer import Answer, BadValue, Commands, language_of
from openjpki.cli.card_catalogue import add_catalogue
from openjpki.cli.card_certificate import add_certificate
from openjpki.cli.card_facts import (
    PINS,
    certificate_data,
    certificate_words,
    day_data,
    line_of,
    words,
)
from openjpki.cli.card_inserted import add_which_card
from openjpki.cli.card_list import add_list, takes_no_pin
from openjpki.cli.card_pin import add_pin
from openjpki.cli.card_plug import add_plug
from openjpki.cli.card_read import add_read
from openjpki.cli.card_reader import show_in_reader
from openjpki.cli.rules.arguments import add_day
from openjpki.errors import Language
from openjpki.readers.store import CardStore
from openjpki.rules.dates import civil_date, months_after
from openjpki.rules.era import spoken
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pin_reset import kiosk_helps
from openjpki.rules.policy import Policy
from openjpki.rules.validity import card_expiry
from openjpki.site.city import WAKABA
from openjpki.site.entropy import entropy
from openjpki.site.home import Home
from openjpki.site.opening import opened
from openjpki.site.place import locked

_YEARS = 10
"""An adult's card is valid until the tenth birthday (R-3.7); a card without a holder until the same day ten years on."""

_NO_PINS = (
    "なし。顔認証マイナンバーカードには暗証番号がありません",
    "none: a face authentication card (顔認証マイナンバーカード) has no PINs",
)
_LOCKED = ("ロック中。市区町村の窓口で再設定できます", "locked; set anew at the municipal counter")
_LOCKED_ALONE = (
    "ロック中。市区町村の窓口か、アプリで予約してコンビニ等のキオスク端末で再設定できます",
    "locked; set anew at the municipal counter, or after an application in the app at a convenience store's kiosk",
)


def register(commands: Commands) -> None:
    """Add the `card` group."""
    group = commands.add_parser("card", help="the virtual cards of this home").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    add_list(group)
    show = group.add_parser("show", help="what is on a card")
    add_which_card(show)
    show.set_defaults(run=_show)
    new = group.add_parser("new", help="make a card: a number, no PINs, no certificates; blank, or of a resident")
    new.add_argument("name", metavar="NAME", help="what the card is called")
    whose = new.add_mutually_exclusive_group()
    whose.add_argument("--municipality", default=WAKABA.code, metavar="CODE", help=f"five digits ({WAKABA.code})")
    whose.add_argument("--resident", metavar="CODE", help="whose name, number and photo stand on it; eleven digits")
    add_day(new, "--expires", "last day of the card (ten years from now; a resident's birthday)", required=False)
    new.set_defaults(run=_new)
    add_pin(group)
    add_read(group)
    add_certificate(group)
    add_catalogue(group)
    add_plug(group)


@contextmanager
def _cards(arguments: argparse.Namespace) -> Iterator[tuple[Home, CardStore]]:
    """Open the home, shared with whoever else works in it, and its cards."""
    home = Home.open(arguments.home)
    with locked(home.path, exclusive=False):
        yield home, CardStore(home.cards)


def _show(arguments: argparse.Namespace) -> Answer:
    """Tell what is on a card. The signature certificate's four attributes stay behind its PIN and are not told."""
    if arguments.reader is not None:
        return show_in_reader(arguments)
    language = language_of(arguments)
    with _cards(arguments) as (home, store):
        image = store.look(arguments.name)
        moment, policy = home.clock()(), home.policy()
    certificates = {kind: _certificate(image, kind, moment) for kind in CertificateKind}
    data = {
        "name": arguments.name,
        "number": image.number,
        "municipality": image.municipality,
        **day_data("expires", image.expires),
        "certificates": {kind.value: certificate for kind, certificate in certificates.items()},
        "pins": {kind.value: _pin_data(image.pins[kind]) for kind in PinKind},
        "face": image.face is not None,
        "face_authentication": takes_no_pin(image),
    }
    in_force = frozenset(kind for kind, certificate in certificates.items() if certificate and certificate["in_period"])
    until = words(language, "カードの有効期間", "Card valid through")
    number = words(language, "製造番号", "number")
    lines = [
        f"{arguments.name}  {number} {image.number}",
        f"{until}: {spoken(image.expires, language)}",
        *(_certificate_line(kind, certificate, language) for kind, certificate in certificates.items()),
        *(_pin_line(kind, image, language, kiosk=_kiosk(policy, kind, image, in_force)) for kind in PinKind),
        *_face_lines(image, language),
    ]
    return Answer(data=data, lines=lines)


def _new(arguments: argparse.Namespace) -> Answer:
    """Have the authority's card factory make a card, blank or of a resident."""
    language = language_of(arguments)
    image = _of_resident(arguments) if arguments.resident else _blank(arguments)
    named = f"「{arguments.name}」(製造番号 {image.number})"
    english = f'"{arguments.name}" (number {image.number})'
    line = words(
        language,
        f"カード{named}を作りました。暗証番号と電子証明書はまだありません。",
        f"Made the card {english}. It has no PINs and no certificates yet.",
    )
    data = {
        "name": arguments.name,
        "number": image.number,
        "municipality": image.municipality,
        **day_data("expires", image.expires),
        "face": image.face is not None,
    }
    return Answer(data=data, lines=(line, *_face_lines(image, language)))


def _blank(arguments: argparse.Namespace) -> CardImage:
    with _cards(arguments) as (home, store):
        today = civil_date(home.clock()())
        expires = arguments.expires or months_after(today, 12 * _YEARS)
        keys = CardKeys(home.path / "authority" / "keys" / f"{NAME}.key", home.path / "authority" / "passphrase")
        try:
            image = CardFactory(keys, entropy).make(municipality=arguments.municipality, expires=expires)
        except ValueError:
            raise BadValue(
                option="--municipality",
                value=arguments.municipality,
                expected_ja="全国地方公共団体コードの先頭5桁です。",
                expected_en="It is the first five digits of a municipality code.",
            ) from None
        store.create(arguments.name, image)
    return image


def _of_resident(arguments: argparse.Namespace) -> CardImage:
    """Make a card of a person; without a day its last is the one that the rules give it today (R-3.7)."""
    with opened(arguments.home) as house:
        from openjpki.authority.cards.holders import made_for, registered

        at = house.clock()
        today = civil_date(at)
        holder = registered(arguments.resident, at)
        born = holder.attributes.birth_date
        expires = arguments.expires or card_expiry(house.policy, issued=today, received=today, born=born).expires
        image = made_for(house.factory, holder, expires, at)
        house.cards.create(arguments.name, image)
    return image


def _face_lines(image: CardImage, language: Language) -> tuple[str, ...]:
    if image.face is None:
        return ()
    ja = "氏名・住所・個人番号と顔写真が書き込まれています。"
    return (words(language, ja, "Name, address, individual number and photo are written on it."),)


def _certificate(image: CardImage, kind: CertificateKind, moment: datetime) -> dict[str, Any] | None:
    active = image.keys[kind].active
    if active is None or active.certificate is None:
        return None
    waits = {"successor_waits": image.keys[kind].shadow is not None}
    return certificate_data(active.certificate, moment) | waits


def _certificate_line(kind: CertificateKind, certificate: dict[str, Any] | None, language: Language) -> str:
    if certificate is None:
        return line_of(kind, [words(language, "なし", "none")], language)
    parts = certificate_words(certificate, language)
    if certificate["successor_waits"]:
        parts.append(words(language, "新しい鍵が使用開始を待っています", "a new key waits to be activated"))
    return line_of(kind, parts, language)


def _pin_data(pin: PinReference) -> dict[str, Any]:
    return {"tries": pin.tries, "limit": pin.limit, "state": _state(pin)}


def _state(pin: PinReference) -> str:
    if pin.digest is None:
        return "unset"
    return "set" if pin.tries else "locked"


def _kiosk(policy: Policy, kind: PinKind, image: CardImage, in_force: frozenset[CertificateKind]) -> bool:
    usable = frozenset(other for other in PinKind if _state(image.pins[other]) == "set")
    return kiosk_helps(policy, pin=kind, usable=usable, in_force=in_force)


def _pin_line(kind: PinKind, image: CardImage, language: Language, *, kiosk: bool) -> str:
    pin = image.pins[kind]
    if takes_no_pin(image):
        return f"{PINS[kind][language]}: {words(language, *_NO_PINS)}"
    told = {
        "unset": words(language, "未設定", "not set yet"),
        "locked": words(language, *(_LOCKED_ALONE if kiosk else _LOCKED)),
        "set": words(language, f"残り{pin.tries}回", f"tries left: {pin.tries}"),
    }
    return f"{PINS[kind][language]}: {told[_state(pin)]}"
