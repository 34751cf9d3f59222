"""A name or an address as the register has it and as a certificate carries it, side by side (R-1.9).

What neither our table nor the holder's choice can write is written in kana. A reading is not divided among the characters
of a word: the whole family or given name takes its reading, and each of its characters is flagged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from openjpki.errors import Failure, Kind
from openjpki.rules.catalogue import find
from openjpki.rules.characters import LONGEST_ADDRESS, By, NoSubstitute, Piece, pieces
from openjpki.rules.finding import Finding
from openjpki.rules.person import CertifiedAttributes, FourAttributes

SPACE = "\u3000"
"""Between family and given name, in the name as in its reading."""

_KANA = frozenset(
    chr(code)
    for code in (*range(0x3041, 0x3097), *range(0x309B, 0x309F), *range(0x30A1, 0x30F7), *range(0x30FB, 0x30FF))
)
_SAME: frozenset[By | Literal["kana"]] = frozenset({"itself", "composed"})


class AddressTooLong(Failure):
    """The address has no room in a certificate."""

    code = "characters.address-too-long"
    kind = Kind.REFUSED
    ja = "住所が{length}文字あります。電子証明書に記載できるのは{most}文字までです。"
    en = "The address has {length} characters; a certificate holds {most}."


class BadReading(Failure):
    """The reading is no kana, or has not the name's words."""

    code = "characters.bad-reading"
    kind = Kind.REFUSED
    ja = "読みは、氏名と同じように姓と名を全角の空白で区切って、かなで指定してください。"
    en = "Give the reading in kana, family and given name separated by a full-width space as in the name."


@dataclass(frozen=True, kw_only=True)
class Change:
    """One character, or one word in kana, that is written otherwise."""

    position: int
    """In the original, counted from 1."""
    original: str = field(repr=False)
    written: str = field(repr=False)
    by: By | Literal["kana"]


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """Both forms: the original is kept, the other is certified. `repr` shows neither."""

    original: str = field(repr=False)
    text: str = field(repr=False)
    flags: str
    """One '0'/'1' per character of `text`."""
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


def substitution(text: str, *, reading: str | None = None, chosen: Mapping[str, str] | None = None) -> Substitution:
    """Return a text in the certificate's characters beside its original (R-1.9): by substitute, else by kana.

    `reading`: the フリガナ of a name, its words separated as the name's are; `chosen` as in `characters.substitute`, where
    the holder asks for another substitute. Raises `NoSubstitute` where only a reading would help and none is given,
    `BadReading`, or `BadSubstitute`.
    """
    words = list(_words(pieces(text, chosen)))
    result: list[str] = []
    flags: list[str] = []
    changes: list[Change] = []
    for number, word in enumerate(words):
        missing = next((piece for piece in word if not piece.written), None)
        if missing is None:
            result.append("".join(piece.written for piece in word))
            flags.append("".join(piece.flags for piece in word))
            changes.extend(_changed(word))
        elif reading is None:
            raise NoSubstitute(position=missing.position, code_point=f"{ord(missing.original[0]):04X}")
        else:
            kana = _kana(reading, number, of=len(words))
            original = "".join(piece.original for piece in word)
            result.append(kana)
            flags.append("1" * len(kana))
            changes.append(Change(position=word[0].position, original=original, written=kana, by="kana"))
    return Substitution(
        original=text,
        text=SPACE.join(result),
        flags="0".join(flags),
        changes=tuple(changes),
        findings=tuple(_findings(changes)),
    )


@dataclass(frozen=True, kw_only=True)
class Certified:
    """The four attributes as a signature certificate carries them, and what the holder should know of it."""

    attributes: CertifiedAttributes
    findings: tuple[Finding, ...]


def certified(
    attributes: FourAttributes, *, reading: str | None = None, chosen: Mapping[str, str] | None = None
) -> Certified:
    """Return the four attributes as a signature certificate carries them (R-1.9); an address has no reading.

    `reading` and `chosen` as in `substitution`, of the name. Raises what that raises, or `AddressTooLong`.
    """
    name = substitution(attributes.name, reading=reading, chosen=chosen)
    address = substitution(attributes.address, chosen=chosen)
    if len(address.text) > LONGEST_ADDRESS:
        raise AddressTooLong(length=len(address.text), most=LONGEST_ADDRESS)
    carried = CertifiedAttributes(
        name=name.text,
        name_substitutions=name.flags,
        address=address.text,
        address_substitutions=address.flags,
        birth_date=attributes.birth_date,
        sex=attributes.sex,
    )
    return Certified(attributes=carried, findings=tuple(_findings((*name.changes, *address.changes))))


def _words(found: Iterator[Piece]) -> Iterator[list[Piece]]:
    word: list[Piece] = []
    for piece in found:
        if piece.original == SPACE:
            yield word
            word = []
        else:
            word.append(piece)
    yield word


def _changed(word: Sequence[Piece]) -> Iterator[Change]:
    for piece in word:
        if piece.by not in _SAME:
            yield Change(position=piece.position, original=piece.original, written=piece.written, by=piece.by)


def _kana(reading: str, number: int, *, of: int) -> str:
    """Return one word of a reading that has so many, half-width kana made full-width."""
    words = reading.split(SPACE)
    found = list(pieces(words[number])) if len(words) == of else []
    written = "".join(piece.written for piece in found)
    if not found or not all(piece.written for piece in found) or not _KANA.issuperset(written):
        raise BadReading
    return written


def _findings(changes: Sequence[Change]) -> Iterator[Finding]:
    in_kana = [change.written for change in changes if change.by == "kana"]
    if len(in_kana) < len(changes):
        yield find("characters.substituted", count=len(changes) - len(in_kana))
    if in_kana:
        yield find("characters.in-kana", written=SPACE.join(in_kana))
