"""The terminal's side of what is written on a card of its holder: number and attributes as text, the photo as a picture.

Which PIN or printed code opens what is the card's rule (C myna-card): 照合番号A the number, 照合番号B the attributes, the
PIN both; either code the face. The signature over what was read is looked at each time (`face_reading`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Final, Generic, TypeVar

from openjpki.card import text, visual
from openjpki.card.apdu import CommandApdu, Ins, ResponseApdu
from openjpki.card.connection import Connection
from openjpki.card.conversation import CURRENT, Conversation, Place
from openjpki.card.face import MAX_FILE
from openjpki.card.face import NoFace as NoFace  # noqa: PLC0414  -- what this terminal raises is told with it
from openjpki.card.face_reading import (
    FaceUnreadable,
    Seal,
    WrittenAttributes,
    attributes_in,
    number_in,
    photo_in,
    seal_of_attributes,
    seal_of_number,
    seal_of_photo,
)
from openjpki.card.objects import ISSUER_DOMAIN_AID
from openjpki.card.pin_answers import PinLocked, hold_right, misses_told, tries_told
from openjpki.card.pins import CodeKind, PinName, lengths
from openjpki.card.tlv import begun
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import ToldPin, check_pin
from openjpki.rules.policy import Policy

T = TypeVar("T")


class BadCode(Failure):
    """The code has not the form of one that is printed on a card; it was not sent."""

    code = "card.code.form"
    kind = Kind.REFUSED
    ja = "照合番号{letter}は、数字{digits}桁で入力してください({where_ja})。カードには送っていません。"
    en = "Code {letter} has {digits} digits: {where_en}. Nothing was sent to the card."


class WrongCode(Failure):
    """The code did not match; a try is spent."""

    code = "card.code.wrong"
    kind = Kind.REFUSED
    ja = "照合番号{letter}が違います。ロックされるまであと{tries}回です。"
    en = "Code {letter} is wrong. Tries left before it locks: {tries}."


class CodeLocked(Failure):
    """The code has no tries left."""

    code = "card.code.locked"
    kind = Kind.REFUSED
    ja = "照合番号{letter}がロックされています。照合番号は変更できません。市区町村の窓口でご相談ください。"
    en = "Code {letter} is locked. It cannot be changed: ask at the municipal counter."


@unique
class Opener(Enum):
    """What the holder types."""

    PIN = "pin"
    """券面事項入力補助用の暗証番号."""
    CODE_A = "code-a"
    """照合番号A: the individual number."""
    CODE_B = "code-b"
    """照合番号B: birth date, western year of the last day, security code, as printed on the card."""


@unique
class Item(Enum):
    """What is read."""

    TEXT = "text"
    """The four attributes."""
    NUMBER = "number"
    PHOTO = "photo"


OPENERS: Final[Mapping[Item, Mapping[Opener, PinName]]] = {
    Item.TEXT: {Opener.PIN: PinKind.CARD_FACE_ENTRY, Opener.CODE_B: CodeKind.TEXT_B},
    Item.NUMBER: {Opener.PIN: PinKind.CARD_FACE_ENTRY, Opener.CODE_A: CodeKind.TEXT_A},
    Item.PHOTO: {Opener.CODE_B: CodeKind.VISUAL_B, Opener.CODE_A: CodeKind.VISUAL_A},
}
"""What opens what; the first is the usual one."""

_REFERENCES: Final[Mapping[PinName, int]] = {
    PinKind.CARD_FACE_ENTRY: text.PIN,
    CodeKind.TEXT_A: text.CODE_A,
    CodeKind.TEXT_B: text.CODE_B,
    CodeKind.VISUAL_A: visual.CODE_A,
    CodeKind.VISUAL_B: visual.CODE_B,
}
_FILES: Final[Mapping[Item, int]] = {
    Item.TEXT: text.ATTRIBUTES,
    Item.NUMBER: text.NUMBER,
    Item.PHOTO: visual.FACE,
}
_LETTERS: Final[Mapping[CodeKind, str]] = {
    CodeKind.TEXT_A: "A",
    CodeKind.VISUAL_A: "A",
    CodeKind.TEXT_B: "B",
    CodeKind.VISUAL_B: "B",
}
"""照合番号A or B, as the holder knows them."""
_ON_THE_BACK = ("カードの裏面にある個人番号", "the individual number, on the back of the card")
_ON_THE_FRONT = (
    "カードの表面にある生年月日の年(元号)・月・日を各2桁、有効期限の西暦4桁、セキュリティコード4桁の順に続けます。例:2000年3月4日生まれなら 120304…",
    (
        "from the front of the card, in a row: the birth date as YYMMDD with the year of the era, the western year of the last day, "
        "the security code (born on 4 March 2000: 120304…)"
    ),
)
_WHERE: Final[Mapping[PinName, tuple[str, str]]] = {
    CodeKind.TEXT_A: _ON_THE_BACK,
    CodeKind.VISUAL_A: _ON_THE_BACK,
    CodeKind.TEXT_B: _ON_THE_FRONT,
    CodeKind.VISUAL_B: _ON_THE_FRONT,
}
"""Where the digits of a code stand; the year of 照合番号B is the era's (C myna-card, docs/card.md `code_year`)."""
_TEXT: Final = Place(aid=text.AID, without=NoFace, without_file=NoFace)
_VISUAL: Final = Place(aid=visual.AID, without=NoFace, without_file=NoFace)


@dataclass(frozen=True, kw_only=True)
class Read(Generic[T]):
    """What was read, and whether digest and signature hold over it. `repr` does not show it."""

    content: T = field(repr=False)
    seal: Seal


class FaceTerminal:
    """A conversation about the face of one card; it raises `NoFace` before a try could be spent on a card without one.

    What is typed is sent only in the form that it must have: `BadDigitsPin` and `BadCode` spend no try; then `WrongPin`,
    `PinLocked`, `WrongCode` or `CodeLocked`. A bytearray is overwritten with zeros after use.
    """

    def __init__(self, connection: Connection, policy: Policy | None = None) -> None:
        self._talk = Conversation.over(connection)
        self._policy = policy or Policy()

    def read_number(self, opener: Opener, secret: bytes | bytearray) -> Read[str]:
        """Return the individual number (個人番号)."""
        self._open(_TEXT, text.NUMBER, OPENERS[Item.NUMBER][opener], secret)
        self._talk.select(_TEXT, text.NUMBER)
        file = self._talk.read(_TEXT, 0)  # whole, with the filler behind the object: the digest covers it
        seal = seal_of_number(file, self._object(_TEXT, text.INTEGRITY), self._object(_TEXT, text.CERTIFICATE))
        return Read(content=number_in(file), seal=seal)

    def read_attributes(self, opener: Opener, secret: bytes | bytearray) -> Read[WrittenAttributes]:
        """Return the four attributes."""
        self._open(_TEXT, text.ATTRIBUTES, OPENERS[Item.TEXT][opener], secret)
        file = self._object(_TEXT, text.ATTRIBUTES)
        seal = seal_of_attributes(file, self._object(_TEXT, text.INTEGRITY), self._object(_TEXT, text.CERTIFICATE))
        return Read(content=attributes_in(file), seal=seal)

    def read_photo(self, opener: Opener, secret: bytes | bytearray) -> Read[bytes]:
        """Return the photo, JPEG 2000."""
        self._open(_VISUAL, visual.FACE, OPENERS[Item.PHOTO][opener], secret)
        file = self._object(_VISUAL, visual.FACE)
        return Read(content=photo_in(file), seal=seal_of_photo(file, self._object(_VISUAL, visual.CERTIFICATE)))

    def hold_usable(self, item: Item, opener: Opener) -> int:
        """Return the tries left of what opens an item, before anybody types; raises `PinLocked` or `CodeLocked` where there is none."""
        name = OPENERS[item][opener]
        place = _VISUAL if item is Item.PHOTO else _TEXT
        self._talk.select(place, _FILES[item])
        self._talk.select(place, _REFERENCES[name])
        command = CommandApdu(cla=0x00, ins=Ins.VERIFY, p1=0x00, p2=CURRENT)
        tries = tries_told(command, self._talk.ask(command))
        if not tries:
            raise _locked(name)
        return tries

    def leave(self) -> None:
        """Close what was opened: who comes to the card next must type again."""
        self._talk.leave(ISSUER_DOMAIN_AID)

    def _open(self, place: Place, file: int, name: PinName, secret: bytes | bytearray) -> None:
        try:
            typed = self._checked(name, secret.decode("latin-1"))
            self._talk.select(place, file)
            self._talk.select(place, _REFERENCES[name])
            command = CommandApdu(cla=0x00, ins=Ins.VERIFY, p1=0x00, p2=CURRENT, data=typed)
            _hold_right(command, self._talk.ask(command), name)
        finally:
            if isinstance(secret, bytearray):
                secret[:] = bytes(len(secret))

    def _checked(self, name: PinName, typed: str) -> bytes:
        if isinstance(name, PinKind):
            return check_pin(name, typed, self._policy).encode("ascii")
        if not (typed.isascii() and typed.isdecimal() and len(typed) in lengths(name)):
            where_ja, where_en = _WHERE[name]
            raise BadCode(letter=_LETTERS[name], digits=lengths(name).start, where_ja=where_ja, where_en=where_en)
        return typed.encode("ascii")

    def _object(self, place: Place, file: int) -> bytes:
        """Return the one data object of a file, without what stands behind it."""
        self._talk.select(place, file)
        beginning = self._talk.read(place, 0)
        try:
            _, header, size = begun(beginning)
        except ValueError as error:
            raise FaceUnreadable from error
        if header + size > MAX_FILE:
            raise FaceUnreadable
        return self._talk.read_on(place, beginning, header + size)


def _locked(name: PinName) -> Failure:
    return PinLocked(pin=ToldPin(name)) if isinstance(name, PinKind) else CodeLocked(letter=_LETTERS[name])


def _hold_right(command: CommandApdu, answer: ResponseApdu, name: PinName) -> None:
    """Raise what an answer to VERIFY means of a PIN, or of a printed code, unless it matched."""
    if isinstance(name, PinKind):
        hold_right(command, answer, name)
    elif (tries := misses_told(command, answer)) is not None:
        raise WrongCode(letter=_LETTERS[name], tries=tries) if tries else _locked(name)
