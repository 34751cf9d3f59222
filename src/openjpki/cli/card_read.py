"""`openjpki card read`: what is written on a card of its holder, by the PIN or a code that is printed on the card."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openjpki.card.face_reading import Seal
from openjpki.card.face_terminal import OPENERS, FaceTerminal, Item, Opener
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.card_facts import PINS, SEXES, words
from openjpki.cli.card_inserted import Inserted, add_which_card, inserted, typed_between
from openjpki.cli.output import require_place, write_whole
from openjpki.cli.pins import one_typed, prompt_for
from openjpki.errors import Failure, Kind, Language
from openjpki.rules.era import spoken
from openjpki.rules.kinds import PinKind

_HELP = {
    Item.TEXT: "name, address, birth date and sex (券面事項入力補助AP): by the PIN or 照合番号B",
    Item.NUMBER: "the individual number (マイナンバー), which nothing else prints: by the PIN or 照合番号A",
    Item.PHOTO: "the photo (券面事項確認AP), JPEG 2000 into a file: by 照合番号B or A",
}
_TYPED: Mapping[Opener, Mapping[Language, str]] = {
    Opener.PIN: PINS[PinKind.CARD_FACE_ENTRY],
    Opener.CODE_A: {"ja": "照合番号A(個人番号12桁)", "en": "code A (individual number, 12 digits)"},
    Opener.CODE_B: {
        "ja": "照合番号B(生年月日の和暦6桁、有効期限の西暦4桁、セキュリティコード4桁)",
        "en": "code B (birth date YYMMDD by era year, western year of the last day, security code; 14 digits)",
    },
}
_CALLED: Mapping[Language, tuple[str, str, str, str]] = {
    "ja": ("氏名", "住所", "生年月日", "性別"),
    "en": ("Name", "Address", "Birth date", "Sex"),
}


class NotAsSigned(Failure):
    """The signature over what was read does not hold; a file of it would pass for the card's."""

    code = "card.face.not-as-signed"
    kind = Kind.REFUSED
    ja = (
        "読み取った情報の署名が一致しません。カードの中の情報が、書き込まれたときから変わっています。ファイルには書き出していません。"
        "それでも書き出すときは --unverified を付けてください。"
    )
    en = (
        "The signature over what was read does not hold: it is not what was written on the card by its issuer. No file was written. "
        "With --unverified it is written all the same."
    )


def add_read(group: Commands) -> None:
    """Add the `read` commands to the `card` group."""
    items = group.add_parser("read", help="read what is written on a card of its holder").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    for item in Item:
        openers = [opener.value for opener in OPENERS[item]]
        parser = items.add_parser(item.value, help=_HELP[item], description=f"Read {_HELP[item]}.")
        add_which_card(parser)
        parser.add_argument("--by", choices=openers, default=openers[0], help=f"what is typed ({openers[0]})")
        parser.add_argument(
            "--out",
            required=item is Item.PHOTO,
            type=Path,
            metavar="F",
            help="where it goes, instead of being shown; only you may read it",
        )
        parser.add_argument(
            "--unverified", action="store_true", help="with --out: also what is not as its issuer signed it"
        )
        parser.add_argument("--pin-stdin", action="store_true", help="PIN or code from standard input")
        parser.set_defaults(run=_read, item=item)


def _read(arguments: argparse.Namespace) -> Answer:
    """Read one thing; what was typed is sent only in its form, and the card is left with nothing open.

    What is not as it was signed is told, and the command ends as one that found something invalid; it goes into a file only
    by `--unverified`.
    """
    language, opener = language_of(arguments), Opener(arguments.by)
    if arguments.out is not None:
        require_place(arguments.out)

    def read(card: Inserted, secret: str) -> tuple[dict[str, str], _Found]:
        terminal = FaceTerminal(card.talk, card.policy)
        try:
            return card.named, _READERS[arguments.item](terminal, opener, bytearray(secret.encode()))
        finally:
            terminal.leave()

    named, found = typed_between(
        lambda: inserted(arguments),
        ask=lambda card: FaceTerminal(card.talk, card.policy).hold_usable(arguments.item, opener),
        prompt=lambda tries: one_typed(
            prompt_for(_TYPED[opener][language], tries, language), from_stdin=arguments.pin_stdin
        ),
        do=read,
    )
    data, lines = found.data, found.lines[language]
    if arguments.out is not None:
        if not (found.seal.held or arguments.unverified):
            raise NotAsSigned
        write_whole(arguments.out, found.file)
        data = {"out": str(arguments.out)}
        lines = (words(language, f"{arguments.out} に書き出しました。", f"Written to {arguments.out}."),)
    signature = {"holds": found.seal.held, "signer": found.seal.signer}
    return Answer(
        data={**named, **data, "signature": signature},
        lines=[*lines, _seal_line(found.seal, language)],
        kind=None if found.seal.held else Kind.REFUSED,
    )


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What was read, as data, as lines, and as the file that `--out` asks for."""

    data: dict[str, Any]
    lines: Mapping[Language, Sequence[str]]
    file: bytes
    seal: Seal


def _text(terminal: FaceTerminal, opener: Opener, secret: bytearray) -> _Found:
    read = terminal.read_attributes(opener, secret)
    born, sex = _day(read.content.birth_date), read.content.sex
    attributes = {
        "name": read.content.name,
        "address": read.content.address,
        "birth_date": born.isoformat() if born else read.content.birth_date,
        "sex": sex.value,
    }
    day: dict[Language, str] = dict.fromkeys(_CALLED, attributes["birth_date"])
    if born:
        day = {language: spoken(born, language, weekday=False) for language in _CALLED}
    lines = {
        language: [
            f"{name}: {read.content.name}",
            f"{address}: {read.content.address}",
            f"{birth_date}: {day[language]}",
            f"{called}: {SEXES[sex][language]}",
        ]
        for language, (name, address, birth_date, called) in _CALLED.items()
    }
    return _Found(data={"attributes": attributes}, lines=lines, file=_as_json(attributes), seal=read.seal)


def _number(terminal: FaceTerminal, opener: Opener, secret: bytearray) -> _Found:
    read = terminal.read_number(opener, secret)
    data = {"individual_number": read.content}
    return _Found(
        data=data,
        lines={"ja": (f"個人番号: {read.content}",), "en": (f"Individual number: {read.content}",)},
        file=_as_json(data),
        seal=read.seal,
    )


def _photo(terminal: FaceTerminal, opener: Opener, secret: bytearray) -> _Found:
    read = terminal.read_photo(opener, secret)
    return _Found(data={}, lines={"ja": (), "en": ()}, file=read.content, seal=read.seal)


_READERS: Mapping[Item, Callable[[FaceTerminal, Opener, bytearray], _Found]] = {
    Item.TEXT: _text,
    Item.NUMBER: _number,
    Item.PHOTO: _photo,
}


def _day(digits: str) -> date | None:
    """Return the day that eight digits are; None where part of it is not known."""
    try:
        return date.fromisoformat(digits)
    except ValueError:
        return None


def _as_json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"


def _seal_line(seal: Seal, language: Language) -> str:
    """Say what the signature shows and what it does not: nobody stands here behind the key that signed."""
    if not seal.held:
        return words(
            language,
            "署名が一致しません。カードの中の情報が、書き込まれたときから変わっています。",
            "The signature does not hold: what is on the card is not what was signed.",
        )
    return words(
        language,
        f"署名は一致しました(鍵ID {seal.signer})。その鍵が発行者のものかどうかは、ここでは確認していません。",
        f"The signature holds (key {seal.signer}). Whether that key is the issuer's is not looked at here.",
    )
