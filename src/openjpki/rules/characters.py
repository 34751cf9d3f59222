"""The characters of a signature certificate: JIS X 0208 and JIS X 0212, others by substitute (R-1.9).

Python's `euc_jp` codec is that repertoire, half-width katakana apart. A name or address is never normalised (NFKC would
turn ① into 1): one character at a time keeps itself, or gets a substitute and a flag, or is refused.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from openjpki.errors import Failure, Kind

LONGEST_ADDRESS = 200
"""Characters of an address in a certificate."""

_SAME_CHARACTER = frozenset("\u2014\uff5e\u2225\uff0d\uffe0\uffe1\uffe2")
"""Code points by which another mapping writes a character of JIS X 0208 (U+FF0D for JIS 1-61): they stay as they are."""

_VARIANTS = str.maketrans(
    "髙﨑𠮷德瀨栁圡增寬敎橫每淸步歷溫狀產硏綠緖薰賴郞鄕靑黑𡈽𣘺𦚰𥱋𠀋𠮟㐂㟢㟁㓛徵巢戶户晚卽剝噓俱吞姬尙屛彥曆毗渴畵絕緣虛錄鍊閱黃悅愠昻閒甁靍咊凬",
    "高崎吉徳瀬柳土増寛教横毎清歩歴温状産研緑緒薫頼郎郷青黒土橋脇簗丈叱喜崎岸功徴巣戸戸晩即剥嘘倶呑姫尚屏彦暦毘渇画絶縁虚録錬閲黄悦慍昂間瓶鶴和風",
)
"""Our own small table of variants met in names and addresses; the authority's own table is not public."""

_HALF_WIDTH_KANA = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF61, 0xFF9E)} | {
    0xFF9E: "\u309b",  # ゛ and ゜ standing alone: NFKC would make combining marks of them
    0xFF9F: "\u309c",
}
_HALF_WIDTH_MARKS = frozenset("\uff9e\uff9f")

_VARIATION_SELECTORS = frozenset(chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
"""An ideographic variation sequence is out of the repertoire as a whole; its base character is the substitute."""


By = Literal["itself", "composed", "chosen", "variant", "width", "compatibility", "selector", "none"]
"""How a character is written: as it is; as one code point, the same character; by the holder's choice; by our table of
variants; full-width; as the ideograph it is compatible with; without its variation selector; not at all."""
_SAME: frozenset[By] = frozenset({"itself", "composed"})


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One character of a text with the marks and selectors that belong to it, and what is written for it."""

    position: int
    """Of its first code point in the text, counted from 1."""
    original: str = field(repr=False)
    written: str = field(repr=False)
    """Empty if there is no substitute."""
    by: By

    @property
    def flags(self) -> str:
        """Return one '0'/'1' per character written: '1' where it stands for another one."""
        return ("0" if self.by in _SAME else "1") * len(self.written)


class NoSubstitute(Failure):
    """A character has no substitute in the certificate's repertoire."""

    code = "characters.no-substitute"
    kind = Kind.REFUSED
    ja = "{position}文字目の文字(U+{code_point})は電子証明書に使えず、代替文字も決まっていません。代替文字を指定してください。"
    en = "Character {position} (U+{code_point}) cannot stand in a certificate and has no substitute. Choose one."


class BadSubstitute(Failure):
    """A chosen substitute is not of the repertoire."""

    code = "characters.bad-substitute"
    kind = Kind.REFUSED
    ja = "指定された代替文字は電子証明書に使えません。"
    en = "The chosen substitute cannot stand in a certificate."


def in_repertoire(character: str) -> bool:
    """Say whether one character can stand in a certificate: JIS X 0208 levels 1 and 2, JIS X 0212, printable ASCII."""
    if character in _SAME_CHARACTER:
        return True
    try:
        encoded = character.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    if encoded[0] == 0x8E:  # noqa: PLR2004  -- SS2 of EUC-JP: half-width katakana
        return False
    # The codec writes ¥ and ‾ as \ and ~: what does not come back is not the character.
    return encoded.decode("euc_jp") == character and unicodedata.category(character) != "Cc"


def substitute(text: str, chosen: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Return the text in the repertoire and one '0'/'1' flag per character of the result (R-1.9).

    `chosen` holds the holder's own substitutes by character (one or more characters, kana for instance); they go before
    ours. Raises `NoSubstitute` with the position counted from 1, or `BadSubstitute`.
    """
    found = list(pieces(text, chosen))
    for piece in found:
        if not piece.written:
            raise NoSubstitute(position=piece.position, code_point=f"{ord(piece.original[0]):04X}")
    return "".join(piece.written for piece in found), "".join(piece.flags for piece in found)


def pieces(text: str, chosen: Mapping[str, str] | None = None) -> Iterator[Piece]:
    """Yield the characters of a text with what is written for each, nothing where there is no substitute (R-1.9).

    Raises `BadSubstitute` if a chosen substitute is empty or out of the repertoire.
    """
    own = chosen or {}
    if not all(text and all(map(in_repertoire, text)) for text in own.values()):
        raise BadSubstitute
    start = 0
    while start < len(text):
        base, end = _composed(text, start)
        after = end
        while after < len(text) and text[after] in _VARIATION_SELECTORS and base not in _VARIATION_SELECTORS:
            after += 1
        written, by = _written(base, own)
        if after > end and by in _SAME:
            by = "selector"
        elif end - start > 1 and by == "itself":
            by = "width" if text[end - 1] in _HALF_WIDTH_MARKS else "composed"
        yield Piece(position=start + 1, original=text[start:after], written=written, by=by)
        start = after


def _composed(text: str, start: int) -> tuple[str, int]:
    """Return the character at a place, with a mark after it that makes one character of both, and the place after them."""
    base, pair = text[start], text[start : start + 2]
    mark = pair[1:]
    if mark in _HALF_WIDTH_MARKS:
        whole = unicodedata.normalize("NFKC", pair)
    elif mark and unicodedata.combining(mark):
        whole = unicodedata.normalize("NFC", pair)
    else:
        whole = pair
    return (whole, start + 2) if mark and len(whole) == 1 else (base, start + 1)


def _written(character: str, own: Mapping[str, str]) -> tuple[str, By]:
    """Return what is written for one character, and how it was found; the holder's choice goes before our table."""
    if in_repertoire(character):
        return character, "itself"
    if character in own:
        return own[character], "chosen"
    candidates: tuple[tuple[str, By], ...] = (
        (character.translate(_VARIANTS), "variant"),
        (character.translate(_HALF_WIDTH_KANA), "width"),
        (unicodedata.normalize("NFC", character), "compatibility"),  # U+F900 to U+FAFF: the same ideograph, twice
    )
    found = (one for one in candidates if len(one[0]) == 1 and in_repertoire(one[0]))
    return next(found, ("", "none"))
